#!/usr/bin/env bash
#
# From profiles that were clicked together to Git: the exports of three tenants become a config repository, what they have is
# recorded as applied, and the first pull request is reviewed and merged.
#
#   examples/move-to-git.sh [FOLDER]
#
#   FOLDER           where to work, a folder that is new or empty (default: a temporary one). It is kept, so that you can look around.
#   EASEL_BINARY=…   an easel that is already built
#
# Nothing is sent anywhere and no credentials are needed. The network is used only to install and to build.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cp -R "$here/exports/monday" "$work/exports"
cd "$work"
cat >customers.csv <<END
contoso,f3c95789-ace1-4954-ac5d-6baed2eac902
fabrikam,004498f4-b987-47c1-8c9c-26a813678d7a
northwind,b459071a-fb8a-4f9e-bf72-c46dca8fbe35
END

heading "A repository of your own tenants" \
    "Contoso and Fabrikam were exported from Graph, Northwind with IntuneCD, which writes names of groups in place of their ids. So" \
    "easel says what it cannot know."
expected=1
run "$easel" init mail-config --from exports --tenants customers.csv --owner @contoso/mail-admins

heading "What the export left out" "An editor adds the ids of Northwind's two groups, and how many people are in them and in Contoso's staff."
cd mail-config
sed -i '1a\  "groups": {\n    "drivers": { "id": "135d63cf-1293-424c-802a-2e8f96fc5ce8" },\n    "sales": { "id": "5a3c1fbd-f9da-4bf3-a816-96a68afe2312", "members": 58 }\n  },' tenants/northwind/tenant.json
sed -i 's/"id": "cbf27734-ac10-4525-8b66-402800e03d2c"/&, "members": 120/' tenants/contoso/tenant.json
expected=0
run "$easel" validate
git_commit "Email profiles as they are"

heading "What the tenants have is what is applied" "Nobody's device notices: there is nothing to do."
run "$easel" adopt --live ../exports
run "$easel" plan

heading "The first pull request" "Contoso's staff get modern authentication. What does that do to people?"
git checkout --quiet -b modern-sign-in
sed -i 's/"accountName": "Contoso mail"/&,\n    "oauth": true/' tenants/contoso/profiles/staff-mail.json
git_commit "Contoso: OAuth for staff"
expected=3
run "$easel" review main...modern-sign-in

heading "It is approved and merged" "An approval is a file that names this one change. The merge step records it and writes the payloads."
expected=0
git checkout --quiet main
git merge --quiet modern-sign-in
run "$easel" approve --gate sign-in-storm --reason "Announced for Monday" --approved-by "Ann"
git_commit "Approve OAuth for Contoso's staff"
run "$easel" reconcile --out ../out

heading "Done" "Everything is in $work:"
cat <<END
  mail-config/  the config repository, with its applied state on the branch easel/applied
  exports/      what the tenants have
  out/          the payloads; operations.json has the requests to send
END
