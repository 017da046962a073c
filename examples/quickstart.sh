#!/usr/bin/env bash
#
# From a fresh clone to a change report: installs what is missing, builds easel, and reconciles the example repository
# next to this script twice: first everything is new, then one edit makes 120 people sign in again.
#
#   examples/quickstart.sh [FOLDER]
#
#   FOLDER           where to work, a folder that is new or empty (default: a temporary one). It is kept, so that you can look around.
#   EASEL_BINARY=…   an easel that is already built
#
# Nothing is sent anywhere and no credentials are needed. The network is used only to install and to build.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

heading "A config repository" \
    "Three tenants with two profiles each. Contoso and Northwind extend the same base, Fabrikam runs its own Exchange."
cp -R "$here/config" "$work/config"
cd "$work/config"
git init --quiet
git symbolic-ref HEAD refs/heads/main
git_commit "Email profiles of three tenants"
git ls-files

heading "Is it valid?" "Every manifest is checked against the settings catalogue. Every problem is reported at once."
run "$easel" validate

heading "The first reconcile" \
    "Nothing was applied before, so every profile is new. The payloads for Intune are written to ../out, and the applied" \
    "state is recorded on the branch easel/applied of this repository."
run "$easel" reconcile --repo . --out ../out

heading "An edit" "Staff of Contoso get modern authentication: one word in one manifest."
cp "$here/edits/staff-mail-oauth.json" tenants/contoso/profiles/staff-mail.json
git --no-pager diff --unified=1
git_commit "Contoso: OAuth for staff"

heading "What will that do to people?" \
    "easel plan changes nothing. It says that devices get a new profile, and how many people must sign in again."
run "$easel" plan

heading "The second reconcile" "Only what the edit touches is rendered. The report is for the person who approves it."
run "$easel" reconcile --out ../out --report ../report.html --report ../report.json

heading "The payloads" "Each profile has the body to POST and the body to assign; a changed one also has the body to PATCH."
cd "$work"
ls out/tenants/*/payloads

heading "What was applied, and when" "The applied state is a Git branch: its history is the change log."
git -C config --no-pager log --format='%h %s' easel/applied

heading "Done" "Everything is in $work:"
cat <<END
  config/     the config repository; edit a manifest, then: easel plan --worktree
  out/        the payloads
  report.html the change report to forward, report.json the same for programs
END
[[ -n ${EASEL_BINARY-} ]] || echo "  easel is $easel"
