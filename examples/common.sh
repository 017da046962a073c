# Shared by the examples, which source it with their own arguments. Installs what is missing, builds easel unless
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
(($# <= 1)) || die "give at most one folder"

# In a Git hook or a CI step, these variables would make Git and easel read the wrong repository.
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

# Shows a command and runs it. If it fails, says which command it was and where the files are. $expected is the exit code that it
# should end with.
work=
expected=0
run() {
    local status=0 shown=("$@") index
    [[ $1 != "$easel" ]] || shown[0]=easel
    for index in "${!shown[@]}"; do [[ ${shown[index]} != *' '* ]] || shown[index]="\"${shown[index]}\""; done
    printf '\n%s$ %s%s\n' "$bold" "${shown[*]}" "$plain"
    "$@" || status=$?
    ((status == expected)) || die "'${shown[*]}' ended with exit code $status. The files are in $work"
}

# Tests/run.sh has the same lines, so that each script can be read and run alone.
install_missing() {
    command -v dpkg-query >/dev/null || {
        echo "This is not Debian. Make sure that these are installed: $*"
        return
    }
    local package missing=() sudo=(sudo)
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    # Everything is installed. Nothing here needs the network, so this also works offline.
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
    [[ -x $easel && ! -d $easel ]] || die "EASEL_BINARY: $easel is not an executable"
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

# Uses its own identity, and none of the user's settings that could ask a question or refuse the commit.
git_commit() {
    git add --all
    GIT_AUTHOR_NAME="easel example" GIT_AUTHOR_EMAIL="example@easel.invalid" \
        git -c user.name="easel example" -c user.email="example@easel.invalid" -c commit.gpgSign=false \
        -c core.hooksPath=/dev/null commit --quiet --message "$1"
}
