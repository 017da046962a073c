#!/usr/bin/env bash
#
# Two nights of drift detection, without any account. The exports of three tenants are next to this script, as Graph returns
# them and as IntuneCD writes them. On Monday everything is as it was applied; on Tuesday somebody has made changes by hand. One
# is accepted, one goes into Git, and one is repaired.
#
#   examples/nightly-drift.sh [FOLDER]
#
#   FOLDER           where to work, a folder that is new or empty (default: a temporary one). It is kept, so that you can look around.
#   EASEL_BINARY=…   an easel that is already built
#
# Nothing is sent anywhere and no credentials are needed. The network is used only to install and to build.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cp -R "$here/config" "$here/exports" "$work"
cd "$work/config"
git init --quiet
git symbolic-ref HEAD refs/heads/main
git_commit "Email profiles of three tenants"

heading "Record what tenants already have as applied" "The first step with existing tenants, so that no report shows a first install."
run "$easel" adopt --live ../exports/monday

heading "Monday night" "Desired, applied and live are the same."
run "$easel" drift --live ../exports/monday --report ../monday.json

heading "Tuesday night" \
    "Somebody has turned OAuth on by hand, made a profile for a test, changed a setting and deleted a profile. What does restoring" \
    "the Git version do to people?"
expected=2
run "$easel" drift --live ../exports/tuesday --previous ../monday.json --report ../tuesday.json --report ../drift.html --metrics ../easel.prom

heading "Some of it is wanted" "An accepted difference has a reason, is committed like any change, and no longer affects the exit code."
expected=0
run "$easel" accept warehouse-calendar /mail/amountToSync --tenant fabrikam --report ../tuesday.json --reason "Shared devices, ticket 4711" --accepted-by "Ann"
git_commit "Fabrikam: a week of mail on shared devices is wanted"
expected=2
run "$easel" drift --live ../exports/tuesday --previous ../tuesday.json

heading "Some of it is right, and belongs in Git" "OAuth is what Contoso wants. Once the manifest says it, too, nobody's device has to change."
expected=0
cp "$here/edits/staff-mail-oauth.json" tenants/contoso/profiles/staff-mail.json
git_commit "Contoso: OAuth for staff, as somebody has turned it on in Intune"

heading "The rest is repaired" \
    "With --repair, a plan begins at what the tenants have: the profile that was deleted comes back, and nothing else is touched. A" \
    "reconcile with --publish graph sends it to Intune; this one writes what a publisher of your own must send."
run "$easel" plan --repair --live ../exports/tuesday
run "$easel" reconcile --repair --live ../exports/tuesday --out ../out

heading "Done" "Everything is in $work:"
cat <<END
  config/       the config repository
  exports/      what the tenants have; change something and run drift again
  drift.html    the report to forward; tuesday.json is what Wednesday is compared with
  easel.prom    metrics for Prometheus
  out/          the payloads; operations.json has the requests that restore the profile
END
