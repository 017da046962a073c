# What the examples have in common: sourced by them, with their own arguments. Installs what is missing, builds easel unless
# $EASEL_BINARY names one, and makes the folder $work.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
name=$(basename "$0")

die() {
    echo "$name: $*" >&2
    exit 1
}

case ${1-} in
-h | --help)
    sed -n '3,/^set -euo/ { /^#/ s/^# \{0,1\}//p }' "$0"
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

# Shows a command and runs it; when it fails, says which it was and what is still there to look at. $expected is the exit code
# that it should end with.
work=
expected=0
run() {
    local status=0 shown=("$@")
    [[ $1 != "$easel" ]] || shown[0]=easel
    printf '\n%s$ %s%s\n' "$bold" "${shown[*]}" "$plain"
    "$@" || status=$?
    ((status == expected)) || die "'${shown[*]}' ended with exit code $status. The files are in $work"
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
    work=$(mktemp -d "${TMPDIR:-/tmp}/easel-${name%.sh}.XXXXXX")
fi
work=$(cd -- "$work" && pwd)

# An identity of its own, and nothing from the user's settings that would ask something or refuse the commit.
git_commit() {
    git add --all
    git -c user.name="easel example" -c user.email="example@easel.invalid" -c commit.gpgSign=false \
        -c core.hooksPath=/dev/null commit --quiet --message "$1"
}
