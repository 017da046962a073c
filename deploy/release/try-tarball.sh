#!/usr/bin/env bash
#
# Runs the archive where libgit2 is not installed: in a folder that debootstrap makes of another Debian.
#
#   deploy/release/try-tarball.sh FILE.tar.gz [SUITE]
#
# SUITE is trixie by default. It needs root, debootstrap, and a mirror (EASEL_DEBIAN_MIRROR, default: that of apt).
# EASEL_DEBIAN_ROOT names a folder that debootstrap has made already; it is copied, not changed.
set -euo pipefail
# shellcheck source=deploy/release/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
(($# == 1 || $# == 2)) || die "name the archive: try-tarball.sh FILE.tar.gz [SUITE]"
((EUID == 0)) || die "debootstrap and chroot want root"
need debootstrap unshare
source "$root/deploy/release/mirrors.sh"
# Mounts are those of this process alone, and end with it.
if [[ ${EASEL_UNSHARED:-} != 1 ]]; then EASEL_UNSHARED=1 exec unshare --mount "$0" "$@"; fi
work=$(mktemp -d)
trap 'umount "$work/linux/proc" 2>/dev/null || true; rm -rf "$work"' EXIT
if [[ -n ${EASEL_DEBIAN_ROOT:-} ]]; then
    cp -a "$EASEL_DEBIAN_ROOT" "$work/linux"
else
    debootstrap --variant=minbase "${2:-trixie}" "$work/linux" "$mirror" >"$work/debootstrap.log" || die "$(tail -n 5 "$work/debootstrap.log")"
fi
# The loader finds a program's folder there.
mount -t proc proc "$work/linux/proc"
in_linux() { chroot "$work/linux" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/home/admin LC_ALL=C.UTF-8 "$@"; }
as_admin() { in_linux setpriv --reuid 1000 --regid 1000 --clear-groups "$@"; }

for library in libgit2 libssh2 libmbedtls libhttp_parser; do
    [[ -z $(find "$work/linux/usr/lib" -name "$library.so*") ]] || die "$library is installed there: nothing would show that the archive has it"
done
mkdir -p "$work/linux/home/admin/.local/bin" "$work/linux/opt"
tar --extract --file "$1" --directory "$work/linux/opt"
folder=$(cd "$work/linux/opt" && echo easel-*)
# Through a link, as people put programs on PATH.
ln -s "/opt/$folder/bin/easel" "$work/linux/home/admin/.local/bin/easel"
cp -r "$root/examples/config" "$work/linux/home/admin/config"
git -C "$work/linux/home/admin/config" init --quiet --initial-branch main
git -C "$work/linux/home/admin/config" add --all
git -C "$work/linux/home/admin/config" -c user.name=try -c user.email=try@easel.invalid commit --quiet --message start
chown -R 1000:1000 "$work/linux/home/admin"

in_linux cat /etc/os-release | sed -n 's/^PRETTY_NAME=//p'
as_admin /home/admin/.local/bin/easel version
as_admin /home/admin/.local/bin/easel reconcile --repo /home/admin/config --out /home/admin/out | tail -n 1
# The certificate authorities are not part of it, and their absence is an error that says so.
remote=$(as_admin /home/admin/.local/bin/easel validate --repo https://127.0.0.1:9/config.git --cache /home/admin/cache 2>&1) && die "a remote that does not exist was read"
grep -q '^error: ' <<<"$remote" || die "$remote"
# Not through a link, from another folder, and moved.
mv "$work/linux/opt/$folder" "$work/linux/opt/moved"
in_linux sh -c 'cd / && opt/moved/bin/easel help gates' | head -n 1
