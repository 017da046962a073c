#!/usr/bin/env bash
#
# Who tests the tests? Makes some sixty small wrong edits in the code that decides (Impact, Gates, AppliedState, Payloads, Live), one at a
# time, in a clone of the last commit, and prints those that the tests let pass. It takes an hour or two, so Tests/run.sh does not run it.
#
#   Tests/mutants.sh [--count N] [--seed N] [--list]
#
# The exit code is 1 when an edit survived. One that changes nothing anybody could notice may; any other needs a test.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)

# Beside the build, so that the next run finds what this one has built.
clone=$root/.build/mutants
if [[ ! -d $clone/.git ]]; then git clone --quiet "$root" "$clone"; fi
git -C "$clone" fetch --quiet origin HEAD
git -C "$clone" reset --quiet --hard FETCH_HEAD
python3 "$here/Mutants/mutants.py" "$clone" "$@"
