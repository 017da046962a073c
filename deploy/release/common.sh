# What the packaging scripts have in common; they read it, nobody runs it.
# shellcheck shell=bash disable=SC2034 # its variables are for the scripts that read it

die() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# The build of deploy/release/compile.sh; the packages are made of it and of the files of this repository.
scratch=${EASEL_SCRATCH:-$root/.build/release-static}
built=$scratch/release

# One moment for every file in every package: the commit's, so that the same commit gives the same bytes.
if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
    SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct 2>/dev/null) ||
        die "this is not a Git repository; set SOURCE_DATE_EPOCH to the time of the release, in seconds since 1970"
fi
export SOURCE_DATE_EPOCH
export LC_ALL=C TZ=UTC
umask 022

release_date=$(date --utc --date "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)

need() {
    local program missing=()
    for program in "$@"; do command -v "$program" >/dev/null || missing+=("$program"); done
    ((${#missing[@]} == 0)) || die "missing programs: ${missing[*]}. deploy/README.md lists the packages that have them."
}

built_version() {
    [[ -x $built/easel ]] || die "$built/easel does not exist. Run deploy/release/compile.sh first."
    "$built/easel" --version
}

# install_binary FILE: the program without symbols, and without what differs between two builds of the same sources: Swift's hashes of the
# compiler's input, which only an incremental build reads, and the build id, which is made of all that is in the file.
install_binary() {
    local zeros
    install -D -m 0755 "$built/easel" "$1"
    zeros=$(mktemp)
    objcopy --output-target binary --only-section .swift_modhash "$1" "$zeros"
    if [[ -s $zeros ]]; then
        # It is loaded with the program, so it cannot be taken out.
        head --bytes "$(stat --format %s "$zeros")" /dev/zero >"$zeros.0"
        objcopy --update-section .swift_modhash="$zeros.0" "$1"
    fi
    rm -f "$zeros" "$zeros.0"
    strip --strip-unneeded --remove-section=.comment --remove-section=.note --remove-section=.note.gnu.build-id "$1"
}

# settle DIR: the files' times are the release's.
settle() { find "$1" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +; }

# pack DIR NAME FILE.tar.gz: the folder NAME in DIR, as the same bytes for the same files.
pack() {
    tar --create --directory "$1" --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mtime "@$SOURCE_DATE_EPOCH" "$2" | gzip -9n >"$3"
}
