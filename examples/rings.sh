#!/usr/bin/env bash
#
# One edit of a base on its way to 300 tenants, ring by ring: 9 pilots on the first day, 90 more on the second, the other 201 on the
# third. Every run of these days is the same command; only its time differs.
#
#   examples/rings.sh [FOLDER]
#
#   FOLDER           where to work, a folder that is new or empty (default: a temporary one). It is kept, so that you can look around.
#   EASEL_BINARY=…   an easel that is already built
#
# Nothing is sent anywhere and no credentials are needed. The network is used only to install and to build.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

heading "300 tenants" "Each has one profile for 100 people. All profiles extend one base, and policy.json puts the tenants into rings."
mkdir -p "$work/config/bases"
cd "$work/config"
for number in $(seq -w 1 300); do
    mkdir -p "tenants/customer-$number/profiles"
    cat >"tenants/customer-$number/tenant.json" <<END
{
  "kind": "tenant",
  "tenantId": "00000$number-0000-4000-8000-000000000000",
  "displayName": "Customer $number",
  "exchange": "online",
  "iosAccountsApp": "granted",
  "minimumOS": "16.0",
  "groups": { "staff": { "id": "00000$number-0000-4000-8000-000000000001", "members": 100 } }
}
END
    cat >"tenants/customer-$number/profiles/staff.json" <<END
{
  "kind": "iosEmailProfile",
  "extends": "bases/exchange-online.json",
  "displayName": "Staff mail",
  "account": { "accountName": "Mail" },
  "assignments": { "include": [ { "group": "staff" } ] }
}
END
done
cp "$here/config/bases/exchange-online.json" bases
cat >policy.json <<END
{
  "kind": "policy",
  "rings": [
    { "name": "pilot", "tenants": ["customer-00?"], "soakHours": 24 },
    { "name": "early", "tenants": ["customer-0*"], "soakHours": 24 }
  ]
}
END
cat policy.json
git init --quiet
git symbolic-ref HEAD refs/heads/main
git_commit "300 tenants on one base"
"$easel" reconcile --now 2026-11-23T09:00:00Z >/dev/null

heading "An edit of the base" "Modern authentication for everybody."
sed -i 's/"ssl": true/"ssl": true,\n    "oauth": true/' bases/exchange-online.json
git --no-pager diff --unified=1
git_commit "OAuth for everybody"

# A run at a time, of which the last line is shown here. It ends with 3 while something waits.
day() {
    expected=$2
    run "$easel" reconcile --now "$1" >"../$1.txt"
    sed -n '2p; $p' "../$1.txt"
}

heading "Three days" "On each day one ring gets the edit, and the next one waits until it has rested there."
echo
day 2026-11-24T09:00:00Z 3
day 2026-11-25T09:00:00Z 3
day 2026-11-26T09:00:00Z 0

heading "What went out, and when"
git --no-pager log --reverse --format='%cs  %s' easel/applied

heading "Done" "Everything is in $work:"
cat <<END
  config/     the config repository
  2026-…txt   the whole report of each day, which says what waits for whom, and how to let an urgent repair pass
END
