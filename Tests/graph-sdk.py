"""Uses Microsoft's own client on the emulator at the address that is given: create, read, patch, assign, page, delete."""
import asyncio
import sys

import httpx
from azure.core.credentials import AccessToken
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph_beta import GraphRequestAdapter, GraphServiceClient
from msgraph_beta.generated.device_management.device_configurations.item.assign.assign_post_request_body import AssignPostRequestBody
from msgraph_beta.generated.models.device_configuration_assignment import DeviceConfigurationAssignment
from msgraph_beta.generated.models.eas_authentication_method import EasAuthenticationMethod
from msgraph_beta.generated.models.group_assignment_target import GroupAssignmentTarget
from msgraph_beta.generated.models.ios_eas_email_profile_configuration import IosEasEmailProfileConfiguration
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_beta.generated.models.user_email_source import UserEmailSource

ADDRESS = sys.argv[1]
TENANT = "11111111-1111-4111-8111-111111111111"
GROUP = "44444444-4444-4444-8444-444444444444"


class Credential:
    """The emulator's token, as azure-identity would get one."""

    def get_token(self, *scopes, **_):
        form = {"grant_type": "client_credentials", "client_id": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "client_secret": "s3cret", "scope": "https://graph.microsoft.com/.default"}
        answer = httpx.post(f"{ADDRESS}/{TENANT}/oauth2/v2.0/token", data=form)
        answer.raise_for_status()
        return AccessToken(answer.json()["access_token"], 2**31)


async def main():
    provider = AzureIdentityAuthenticationProvider(Credential(), scopes=["https://graph.microsoft.com/.default"], allowed_hosts=["127.0.0.1"])
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = ADDRESS + "/beta"
    client = GraphServiceClient(request_adapter=adapter)
    collection = client.device_management.device_configurations

    profile = IosEasEmailProfileConfiguration(odata_type="#microsoft.graph.iosEasEmailProfileConfiguration", display_name="Staff mail", host_name="outlook.office365.com", account_name="Mail")
    profile.authentication_method = EasAuthenticationMethod.UsernameAndPassword
    profile.email_address_source = UserEmailSource.PrimarySmtpAddress
    made = await collection.post(profile)
    assert isinstance(made, IosEasEmailProfileConfiguration) and made.id and made.version == 1, made
    item = collection.by_device_configuration_id(made.id)

    read = await item.get()
    assert read.host_name == "outlook.office365.com" and read.email_address_source == UserEmailSource.PrimarySmtpAddress and read.use_o_auth is False

    await item.patch(IosEasEmailProfileConfiguration(odata_type="#microsoft.graph.iosEasEmailProfileConfiguration", use_o_auth=True))
    read = await item.get()
    assert read.use_o_auth is True and read.version == 2 and read.display_name == "Staff mail"

    target = GroupAssignmentTarget(odata_type="#microsoft.graph.groupAssignmentTarget", group_id=GROUP)
    answer = await item.assign.post(AssignPostRequestBody(assignments=[DeviceConfigurationAssignment(target=target)]))
    assert [a.target.group_id for a in answer.value] == [GROUP]
    assigned = await item.assignments.get()
    assert [a.target.group_id for a in assigned.value] == [GROUP]

    for number in range(4):
        await collection.post(IosEasEmailProfileConfiguration(odata_type="#microsoft.graph.iosEasEmailProfileConfiguration", display_name=f"Mail {number}"))
    page, names = await collection.get(), []
    while page:
        names += [c.display_name for c in page.value]
        page = await collection.with_url(page.odata_next_link).get() if page.odata_next_link else None
    assert names == ["SCEP", "Staff mail"] + [f"Mail {n}" for n in range(4)], names

    await item.delete()
    try:
        await item.get()
        raise AssertionError("it is still there")
    except ODataError as error:
        assert error.response_status_code == 404 and error.error.code == "ResourceNotFound"
    print("6 passed, 0 failed")


asyncio.run(main())
