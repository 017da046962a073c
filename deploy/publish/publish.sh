#!/bin/sh
# Sends what a deferred reconcile hands over (operations.json) to Microsoft Graph, and writes down what became of it.
#
#   easel reconcile --defer --out out …
#   publish.sh out results.json
#   easel confirm out --results results.json …
#
# Needs curl and jq. For each tenant a token is fetched with AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; the app needs the application
# permission DeviceManagementConfiguration.ReadWrite.All, with consent in each tenant. Optional: AZURE_AUTHORITY_HOST; GRAPH_ENDPOINT
# (scheme, host and port of an emulator or a proxy); CURL_CA_BUNDLE; APPROVAL_JUSTIFICATION, where Multi Admin Approval protects profiles.
#
# Run it again with the same results file after an interruption or an approval: what was published is not sent again, and what awaited
# approval is sent with its code. Ends with 0 if everything was published, 1 if something was not, 3 if something only awaits approval.
# `easel reconcile --publish graph` does all of this and more; this script shows what any other publisher has to do.
set -eu

[ $# -eq 2 ] || { echo "usage: publish.sh OUT_FOLDER RESULTS_FILE" >&2; exit 64; }
out=$1 results=$2
operations=$out/operations.json
: "${AZURE_CLIENT_ID:?}" "${AZURE_CLIENT_SECRET:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'stop=143' TERM
trap 'stop=130' INT
stop=

[ "$(jq -r .formatVersion "$operations")" = 1.0 ] || { echo "publish.sh: $operations has a form that this script does not know" >&2; exit 1; }
[ -f "$results" ] || echo '{"formatVersion": "1.0", "results": []}' > "$results"

# note TENANT PROFILE STATUS GRAPH_ID CODE MESSAGE [REQUEST]: replaces the profile's result. REQUEST is the one that awaits approval.
note() {
    jq --arg tenant "$1" --arg profile "$2" --arg status "$3" --arg id "$4" --arg code "$5" --arg message "$6" --argjson request "${7:-null}" '
        def given($text): if $text == "" then null else $text end;
        .results |= (map(select(.tenant != $tenant or .profile != $profile))
            + [{tenant: $tenant, profile: $profile, status: $status, graphId: given($id), code: given($code), message: given($message), request: $request}])
    ' "$results" > "$results.new"
    mv "$results.new" "$results"
    echo "$3 $1/$2${5:+: $5}${6:+: $6}" >&2
}

# address URL: the same below GRAPH_ENDPOINT, where one is given.
address() {
    if [ -n "${GRAPH_ENDPOINT:-}" ]; then printf '%s/%s\n' "${GRAPH_ENDPOINT%/}" "${1#*://*/}"; else printf '%s\n' "$1"; fi
}

# token TENANT_ID CLOUD URL: writes a header file for curl, so that no secret is among the arguments of a process.
token() {
    case $2 in
        usGov | usGovDoD) login=https://login.microsoftonline.us ;;
        china) login=https://login.partner.microsoftonline.cn ;;
        *) login=https://login.microsoftonline.com ;;
    esac
    host=$(printf '%s' "$3" | cut -d/ -f1-3)
    (
        umask 077
        jq -nr --arg scope "$host/.default" '"grant_type=client_credentials&client_id=" + (env.AZURE_CLIENT_ID | @uri) + "&client_secret="
            + (env.AZURE_CLIENT_SECRET | @uri) + "&scope=" + ($scope | @uri)' > "$work/form"
        curl -sS --proto =https,http --data @"$work/form" -o "$work/token" "${AZURE_AUTHORITY_HOST:-$login}/$1/oauth2/v2.0/token" || echo '{}' > "$work/token"
        rm -f "$work/form"
        jq -r '"Authorization: Bearer " + .access_token' "$work/token" > "$work/header-$1"
    )
    jq -e .access_token "$work/token" > /dev/null
}

# send METHOD URL BODY_FILE: the answer goes to $work/answer, its status to $status. Waits and asks again where the service is busy; a POST that
# creates is repeated only where the service says that it has not executed it.
send() {
    tries=0
    while :; do
        status=$(curl -sS --proto =https,http --max-time 120 -X "$1" -H @"$work/header-$tenant_id" -H 'Content-Type: application/json' \
            ${justification:+-H "x-msft-approval-justification: $justification"} ${approval:+-H "x-msft-approval-code: $approval"} \
            ${3:+--data-binary @"$3"} -D "$work/headers" -o "$work/answer" -w '%{http_code}' "$(address "$2")") || status=000
        tries=$((tries + 1))
        [ $tries -lt 6 ] && [ -z "$stop" ] || return 0
        case $status in
            401) [ $tries -eq 1 ] && token "$tenant_id" "$cloud" "$2" || return 0 ;;
            429) ;;
            000 | 500 | 502 | 503 | 504) case "$1 $2" in "POST $collection") return 0 ;; esac ;;
            *) return 0 ;;
        esac
        wait=$(tr -d '\r' < "$work/headers" 2> /dev/null | sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9][0-9]*\)$/\1/p' | tail -n 1)
        [ "$status" = 401 ] || sleep "${wait:-$((tries * tries))}"
    done
}

# The ids of the tenant's email profiles that have a name, one a line.
find_by_name() {
    next=$collection'?$filter=isof(%27microsoft.graph.iosEasEmailProfileConfiguration%27)'
    while [ -n "$next" ]; do
        send GET "$next" ''
        [ "$status" = 200 ] || return 1
        jq -r --arg name "$1" '.value[] | select(.displayName == $name) | .id' "$work/answer"
        next=$(jq -r '."@odata.nextLink" // ""' "$work/answer")
    done
}

# What the service says about a failure: its code, its message.
code_of() { jq -r '.error.code // ""' "$work/answer" 2> /dev/null || :; }
reason() { jq -re '.error.message' "$work/answer" 2> /dev/null || echo "the service answered with status $status"; }

worst=0
count=$(jq '.operations | length' "$operations")
number=0
while [ $number -lt "$count" ]; do
    jq ".operations[$number]" "$operations" > "$work/operation"
    number=$((number + 1))
    for key in tenant profile action cloud; do eval "$key=\$(jq -r .$key \"\$work/operation\")"; done
    tenant_id=$(jq -r .tenantId "$work/operation")
    name=$(jq -r .displayName "$work/operation")
    id=$(jq -r '.graphId // ""' "$work/operation")
    first=$(jq -r '.requests[0].url' "$work/operation")
    collection=${first%%/deviceConfigurations*}/deviceConfigurations
    before=$(jq -c --arg tenant "$tenant" --arg profile "$profile" 'first(.results[] | select(.tenant == $tenant and .profile == $profile)) // {}' "$results")
    [ "$(printf '%s' "$before" | jq -r '.status // ""')" != published ] || continue
    if [ -n "$stop" ]; then
        note "$tenant" "$profile" notSent "$id" '' 'the publisher was stopped'
        worst=1
        continue
    fi
    # An approval is for one request; those before it are done.
    approval=$(printf '%s' "$before" | jq -r 'select(.status == "awaitingApproval") | .code // ""')
    request=$(printf '%s' "$before" | jq -r 'select(.status == "awaitingApproval") | .request // 0')
    request=${request:-0}
    [ "$request" -eq 0 ] || [ -n "$id" ] || id=$(printf '%s' "$before" | jq -r '.graphId // ""')
    justification=$(printf '%s' "${APPROVAL_JUSTIFICATION:-}" | base64 | tr -d '\n')
    if [ ! -f "$work/header-$tenant_id" ] && ! token "$tenant_id" "$cloud" "$first"; then
        rm -f "$work/header-$tenant_id"
        note "$tenant" "$profile" notSent "$id" "$(jq -r '.error // ""' "$work/token")" "no token: $(jq -r '(.error_description // "the login service did not answer") | split("\r\n")[0]' "$work/token")"
        worst=1
        continue
    fi
    if [ -z "$id" ]; then
        if ! find_by_name "$name" > "$work/found"; then
            note "$tenant" "$profile" notSent '' "$(code_of)" "the tenant's profiles could not be read: $(reason)"
            worst=1
            continue
        fi
        found=$(wc -l < "$work/found")
        if [ "$action" = create ] && [ "$found" -gt 0 ]; then
            note "$tenant" "$profile" failed '' exists "the tenant already has a profile with the name \"$name\"; record it with easel adopt"
            worst=1
            continue
        elif [ "$action" = remove ] && [ "$found" -eq 0 ]; then
            note "$tenant" "$profile" published '' '' ''
            continue
        elif [ "$action" != create ] && [ "$found" -ne 1 ]; then
            note "$tenant" "$profile" failed '' notFound "$found profiles of the tenant have the name \"$name\""
            worst=1
            continue
        fi
        id=$(cat "$work/found")
    fi
    # Nothing stops between the requests of one operation.
    result=published code='' message=''
    requests=$(jq '.requests | length' "$work/operation")
    while [ $request -lt "$requests" ]; do
        jq ".requests[$request]" "$work/operation" > "$work/request"
        method=$(jq -r .method "$work/request")
        url=$(jq -r --arg id "$id" '.url | split("{id}") | join($id)' "$work/request")
        body=
        case $(jq -r '.body | type' "$work/request") in
            string) body=$out/$(jq -r .body "$work/request") ;;
            object) body=$work/body && jq .body "$work/request" > "$body" ;;
        esac
        send "$method" "$url" "$body"
        case "$method $status" in
            *' 2'??) ;;
            'DELETE 404') ;;
            *' 403')
                code=$(tr -d '\r' < "$work/headers" | sed -n 's/^[Xx]-[Mm][Ss][Ff][Tt]-[Aa]pproval-[Cc]ode: *//p' | tail -n 1)
                if [ -n "$code" ]; then result=awaitingApproval message='a second administrator must approve it'; else result=failed code=$(code_of) message=$(reason); fi
                ;;
            *) result=failed code=$(code_of) message=$(reason) ;;
        esac
        [ $result = published ] || break
        request=$((request + 1))
        approval=
        if [ "$method" = POST ] && [ -z "$id" ]; then id=$(jq -r .id "$work/answer"); fi
    done
    [ "$action" != remove ] || id=
    if [ $result = awaitingApproval ]; then note "$tenant" "$profile" $result "$id" "$code" "$message" $request; else note "$tenant" "$profile" $result "$id" "$code" "$message"; fi
    case $result in
        failed) worst=1 ;;
        awaitingApproval) [ $worst -ne 0 ] || worst=3 ;;
    esac
done
exit "${stop:-$worst}"
