#!/usr/bin/env bash
#
# Two nights of drift detection, without any account: the exports of three tenants lie next to this script, as Graph returns
# them and as IntuneCD writes them. On Monday everything is as it was applied; on Tuesday somebody has been clicking.
#
#   examples/nightly-drift.sh [FOLDER]
#
#   FOLDER           where to work, a folder that is new or empty (default: a temporary one). It is kept, to look around in.
#   EASEL_BINARY=…   an easel that is built already
#
# Nothing is sent anywhere and no credentials are needed: the network serves only to install and to build.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cp -R "$here/config" "$here/exports" "$work"
cd "$work/config"
git init --quiet
git symbolic-ref HEAD refs/heads/main
git_commit "Email profiles of three tenants"

heading "What tenants have already is applied" "The first time easel meets a fleet: nobody is told of a first install."
run "$easel" adopt --live ../exports/monday

heading "Monday night" "Desired, applied and live are the same."
run "$easel" drift --live ../exports/monday --report ../monday.json

heading "Tuesday night" \
    "Somebody has turned OAuth on by hand, made a profile for a test, changed a setting and deleted a profile. What does putting" \
    "that back do to people?"
expected=2
run "$easel" drift --live ../exports/tuesday --previous ../monday.json --report ../tuesday.json --report ../drift.html --metrics ../easel.prom

heading "Some of it is wanted" "An accepted difference has a reason, is committed like any change, and no longer sets the exit code."
expected=0
run "$easel" accept warehouse-calendar /mail/amountToSync --tenant fabrikam --report ../tuesday.json --reason "Shared devices, ticket 4711" --accepted-by "Ann"
git_commit "Fabrikam: a week of mail on shared devices is wanted"
expected=2
run "$easel" drift --live ../exports/tuesday --previous ../tuesday.json

heading "Done" "Everything is in $work:"
cat <<END
  config/       the config repository
  exports/      what the tenants have: change something and look again
  drift.html    the report to forward; tuesday.json is what Wednesday is compared with
  easel.prom    the same for Prometheus
END
