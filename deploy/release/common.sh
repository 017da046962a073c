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
# compiler's input, which only an incremental build reads, and the build id, which the linker makes of all that is in the file.
install_binary() (
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    install -D -m 0755 "$built/easel" "$1"
    strip --strip-unneeded --remove-section=.comment --remove-section=.note "$1"
    # Both are loaded with the program, so they cannot be taken out: strip would take the protection of its tables (RELRO) out with them.
    for section in .swift_modhash .note.gnu.build-id; do objcopy --output-target binary --only-section "$section" "$1" "$work/$section"; done
    head --bytes "$(stat --format %s "$work/.swift_modhash")" /dev/zero >"$work/zeros"
    [[ ! -s $work/zeros ]] || objcopy --update-section .swift_modhash="$work/zeros" "$1"
    if [[ -s $work/.note.gnu.build-id ]]; then
        # The note's head has 16 bytes; the id after it is a SHA-1, of the program without an id.
        head --bytes 16 "$work/.note.gnu.build-id" >"$work/id"
        head --bytes 20 /dev/zero | cat "$work/id" - >"$work/none"
        objcopy --update-section .note.gnu.build-id="$work/none" "$1"
        printf '%b' "$(sha1sum "$1" | cut -c 1-40 | sed 's/../\\x&/g')" >>"$work/id"
        objcopy --update-section .note.gnu.build-id="$work/id" "$1"
    fi
    readelf --program-headers --wide "$1" | grep -q GNU_RELRO || die "the program has lost the protection of its tables (RELRO)"
)

# settle DIR: the files' times are the release's.
settle() { find "$1" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +; }

# pack DIR NAME FILE.tar.gz: the folder NAME in DIR, as the same bytes for the same files.
pack() {
    tar --create --directory "$1" --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mtime "@$SOURCE_DATE_EPOCH" "$2" | gzip -9n >"$3"
}
