#!/usr/bin/env bash
#
# Makes one of everything that easel writes and later reads again, as this version writes it: a config repository with its applied
# state, the reports, the hand-off of a deferred run, and the JSON Schemas. FormatPromiseTests reads what each release has written.
#
#   Tests/Formats/record.sh FOLDER
#
#   FOLDER           is made, such as Tests/Formats/0.1.0. Once that version is released, its folder never changes again.
#   EASEL_BINARY=…   the easel of that version
set -euo pipefail

folder=${1:?name the folder to make}
easel=$(realpath "${EASEL_BINARY:?set it to the easel of that version}")
[[ ! -e $folder ]] || { echo "record.sh: $folder exists; delete it first, unless its version is released" >&2 && exit 1; }
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.com GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.com
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

commit() {
    git add --all
    GIT_AUTHOR_DATE="$2 +0000" GIT_COMMITTER_DATE="$2 +0000" git commit --quiet --message "$1"
}

# Ends with this exit code, or the recording is wrong.
ends() {
    local expected=$1 status=0
    shift
    "$easel" "$@" >"$work/printed" 2>&1 || status=$?
    ((status == expected)) || { echo "easel $* ended with $status instead of $expected:" >&2 && cat "$work/printed" >&2 && exit 1; }
}

# A tenant with the groups that the manifests name; more lines of tenant.json may follow the first two arguments.
tenant() {
    mkdir -p "tenants/$1/profiles"
    cat >"tenants/$1/tenant.json" <<END
{
  "kind": "tenant",
  "tenantId": "00000000-0000-4000-8000-00000000000$2",
  "displayName": "$1 & Söhne",
  "exchange": "online",
  "iosAccountsApp": "granted",
  "minimumOS": "16.0",${3-}
  "groups": {
    "staff": { "id": "10000000-0000-4000-8000-00000000000$2", "members": 100 },
    "board": { "id": "20000000-0000-4000-8000-00000000000$2", "members": 7, "kind": "users" },
    "floor": { "id": "30000000-0000-4000-8000-00000000000$2" }
  },
  "certificateProfiles": { "device": { "id": "40000000-0000-4000-8000-00000000000$2", "type": "pkcs" } },
  "filters": { "corporate": "60000000-0000-4000-8000-00000000000$2" }
}
END
}

profile() {
    cat >"tenants/$1/profiles/$2.json" <<END
{
  "kind": "iosEmailProfile",
  "extends": "bases/online.json",
  "displayName": "${2^} mail",
  "account": { "accountName": "Mail" },
  "assignments": { "include": [ { "group": "$2" } ] }
}
END
}

mkdir "$work/config"
cd "$work/config"
git init --quiet --initial-branch main
mkdir bases
cat >bases/online.json <<END
{
  "kind": "iosEmailProfile",
  "account": {
    "server": "outlook.office365.com",
    "usernameAttribute": "userPrincipalName",
    "emailAddressAttribute": "primarySmtpAddress",
    "authentication": { "method": "usernameAndPassword" },
    "oauth": false
  }
}
END
tenant adatum 4 '
  "targets": ["graph", "mobileconfig"],'
tenant contoso 1
tenant fabrikam 2
tenant northwind 3
for name in adatum contoso fabrikam northwind; do profile "$name" staff && profile "$name" board; done
cat >tenants/northwind/profiles/kiosk.json <<END
{
  "\$comment": "Signs in with a certificate, on one kind of devices.",
  "kind": "iosEmailProfile",
  "displayName": "Kiosk mail",
  "description": "Shop floor",
  "account": {
    "server": "mail.northwind.example",
    "accountName": "Kiosk",
    "usernameAttribute": "userPrincipalName",
    "emailAddressAttribute": "primarySmtpAddress",
    "authentication": { "method": "certificate", "certificateProfile": "device" }
  },
  "assignments": {
    "include": [ { "group": "floor", "filter": "corporate", "filterMode": "include" } ],
    "exclude": [ { "group": "board" } ]
  }
}
END
commit "Email profiles" 1790000000
ends 0 reconcile --now 2026-11-02T09:00:00Z

# Gates and rings; a rename; what is held, approved and used up.
cat >policy.json <<END
{
  "kind": "policy",
  "gates": [
    { "name": "sign-in-storm", "when": { "consequences": ["credentialReentry"], "peopleOver": 50 }, "require": "approval" },
    { "name": "removals", "when": { "actions": ["remove"] }, "require": "approval" }
  ],
  "limits": { "peoplePerDay": 5000 },
  "rings": [ { "name": "pilot", "tenants": ["contoso"], "soakHours": 24 } ]
}
END
sed -i 's/"oauth": false/"oauth": false\n  },\n  "mail": {\n    "amountToSync": "oneWeek"/' bases/online.json
git mv tenants/northwind/profiles/kiosk.json tenants/northwind/profiles/shop-floor.json
rm tenants/fabrikam/profiles/board.json
sed -i 's/"accountName": "Mail"/"accountName": "Mail", "oauth": true/' tenants/contoso/profiles/staff.json
commit "A week of mail, OAuth for Contoso, and no board at Fabrikam" 1790100000
ends 3 reconcile --now 2026-11-03T09:00:00Z
"$easel" approve --gate sign-in-storm --reason "Announced" --approved-by Ann --expires 2027-01-31 >/dev/null
commit "Approve OAuth for Contoso" 1790200000
ends 3 reconcile --now 2026-11-03T10:00:00Z --out ../out

# What tenants have a night later: somebody has been at work in one of them, and one difference is accepted.
for payload in ../out/tenants/*/payloads/*.graph.json; do
    name=${payload#../out/tenants/} && name=${name/payloads\//} && name=${name%.graph.json}
    mkdir -p "$folder/live/${name%/*}"
    id=$(sha256sum <<<"$name")
    jq --arg id "${id:0:8}-0000-4000-8000-${id:8:12}" --slurpfile assign "${payload%.graph.json}.assign.json" \
        '. + {id: $id, version: 4, lastModifiedDateTime: "2026-11-03T20:00:00Z", assignments: $assign[0].assignments}' "$payload" >"$folder/live/$name.json"
done
sed -i 's/"useOAuth": false/"useOAuth": true/' "$folder/live/adatum/staff.json"
sed -i 's/"displayName": "Board mail"/"displayName": "Board mail of Ann"/' "$folder/live/northwind/board.json"
rm "$folder/live/northwind/shop-floor.json"
ends 2 drift --live "$folder/live" --now 2026-11-04T02:00:00Z --report "$work/first.json"
"$easel" accept staff /account/oauth --tenant adatum --report "$work/first.json" --reason "Ticket 4711" --accepted-by Ann >/dev/null
commit "Accept a drift" 1790300000
ends 2 drift --live "$folder/live" --now 2026-11-05T02:00:00Z --previous "$work/first.json" --report "$folder/drift.json"

# What is still to be done: one change that a gate holds, one that nothing holds, and what the first ring's hours hold.
sed -i 's/"accountName": "Mail"/"accountName": "Mail", "oauth": true/' tenants/northwind/profiles/staff.json
sed -i 's/"displayName": "Board mail"/"displayName": "Mail of the board"/' tenants/adatum/profiles/board.json
commit "OAuth for Northwind, and a name" 1790400000
ends 3 plan --now 2026-11-03T11:00:00Z --report "$folder/plan.json"
ends 3 review HEAD~1 HEAD --now 2026-11-03T11:00:00Z --report "$folder/review.json"
# A day later the first ring has opened.
ends 3 reconcile --now 2026-11-04T11:00:00Z --defer --out "$folder/deferred"
git show easel/applied:report.json >"$folder/reconcile.json"
cat >"$folder/results.json" <<END
{
  "formatVersion": "1.0",
  "results": [
    { "tenant": "adatum", "profile": "board", "status": "published", "graphId": "99999999-0000-4000-8000-000000000001" },
    { "tenant": "fabrikam", "profile": "staff", "status": "failed" }
  ]
}
END
git bundle create --quiet "$folder/repository.bundle" main easel/applied
mkdir "$folder/schemas"
for kind in manifest tenant policy approval acceptedDrift report operations results; do "$easel" schema "$kind" >"$folder/schemas/$kind.schema.json"; done
"$easel" version --json >"$folder/version.json"
