#!/usr/bin/env bash
#
# From a fresh clone to a change report: installs what is missing, builds easel, and reconciles the example repository
# next to this script, twice: everything new, then one edit that makes 120 people sign in again.
#
#   examples/quickstart.sh [FOLDER]
#
#   FOLDER           where to work, a folder that is new or empty (default: a temporary one). It is kept, to look around in.
#   EASEL_BINARY=…   an easel that is built already
#
# Nothing is sent anywhere and no credentials are needed: the network serves only to install and to build.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)

die() {
    echo "quickstart.sh: $*" >&2
    exit 1
}

case ${1-} in
-h | --help)
    sed -n '3,/^set -euo/ { /^#/ s/^# \{0,1\}//p }' "${BASH_SOURCE[0]}"
    exit 0
    ;;
-*) die "unknown option $1 (--help shows how it is used)" ;;
esac
(($# <= 1)) || die "one folder at most"

# Run from a Git hook or a CI step, these would make Git and easel look at the wrong repository.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_COMMON_DIR GIT_PREFIX

if [[ -t 1 && -z ${NO_COLOR-} ]]; then
    bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
else
    bold='' dim='' plain=''
fi

heading() {
    printf '\n%s== %s%s\n' "$bold" "$1" "$plain"
    shift
    (($# == 0)) || printf '%s%s%s\n' "$dim" "$*" "$plain"
}

# Shows a command and runs it; when it fails, says which it was and what is still there to look at.
work=
run() {
    local status=0 shown=("$@")
    [[ $1 != "$easel" ]] || shown[0]=easel
    printf '\n%s$ %s%s\n' "$bold" "${shown[*]}" "$plain"
    "$@" || status=$?
    ((status == 0)) || die "'${shown[*]}' ended with exit code $status. The files are in $work"
}

# The same lines stand in Tests/run.sh: each of the two scripts can be read and run alone.
install_missing() {
    command -v dpkg-query >/dev/null || {
        echo "This is no Debian: make sure yourself that these are installed: $*"
        return
    }
    local package missing=() sudo=(sudo)
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    # All there: no network is touched, so this also works offline.
    ((${#missing[@]} > 0)) || return 0
    heading "Installing ${missing[*]}"
    if ((EUID == 0)); then
        sudo=()
    elif ! command -v sudo >/dev/null; then
        die "missing: ${missing[*]}. Install them as root, or install sudo."
    fi
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

easel=${EASEL_BINARY-}
if [[ -n $easel ]]; then
    [[ -x $easel && ! -d $easel ]] || die "EASEL_BINARY: no executable at $easel"
    easel=$(realpath "$easel")
    install_missing git
else
    command -v swift >/dev/null ||
        die "swift is not on PATH. Install Swift 6.2 or later (https://www.swift.org/install/linux/) and try again."
    install_missing git libgit2-dev pkg-config
    heading "Building easel" "A few minutes the first time."
    swift build --package-path "$root" -c release --product easel
    easel=$(swift build --package-path "$root" -c release --show-bin-path)/easel
fi

if [[ -n ${1-} ]]; then
    work=$1
    mkdir -p -- "$work"
    [[ -z $(ls -A -- "$work") ]] || die "$work is not empty"
else
    work=$(mktemp -d "${TMPDIR:-/tmp}/easel-quickstart.XXXXXX")
fi
work=$(cd -- "$work" && pwd)

# An identity of its own, and nothing from the user's settings that would ask something or refuse the commit.
git_commit() {
    git add --all
    git -c user.name="easel quickstart" -c user.email="quickstart@easel.invalid" -c commit.gpgSign=false \
        -c core.hooksPath=/dev/null commit --quiet --message "$1"
}

heading "A config repository" \
    "Three tenants with two profiles each. Contoso and Northwind extend the same base, Fabrikam runs its own Exchange."
cp -R "$here/config" "$work/config"
cd "$work/config"
git init --quiet
git symbolic-ref HEAD refs/heads/main
git_commit "Email profiles of three tenants"
git ls-files

heading "Is it valid?" "Every manifest is checked against the settings catalogue; all problems are told at once."
run "$easel" validate

heading "The first reconcile" \
    "Nothing was applied before, so every profile is new. The payloads for Intune go to ../out, and what was applied is" \
    "recorded on the branch easel/applied of this repository."
run "$easel" reconcile --repo . --out ../out

heading "An edit" "Staff of Contoso get modern authentication: one word in one manifest."
cp "$here/edits/staff-mail-oauth.json" tenants/contoso/profiles/staff-mail.json
git --no-pager diff --unified=1
git_commit "Contoso: OAuth for staff"

heading "What will that do to people?" \
    "easel plan changes nothing. It says that devices get a new profile, and how many people must sign in again."
run "$easel" plan

heading "The second reconcile" "Only what the edit touches is worked on. The report is for the person who approves it."
run "$easel" reconcile --out ../out --report ../report.html --report ../report.json

heading "The payloads" "For each profile the body to POST and to assign; for a changed one also the body to PATCH."
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
