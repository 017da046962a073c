#!/usr/bin/env bash
#
# Installs, runs, upgrades and removes the package in a Debian that has nothing else: a folder made by debootstrap.
#
#   deploy/debian/try.sh OLD.deb NEW.deb
#
# It needs root, debootstrap, and Debian mirrors (EASEL_DEBIAN_MIRROR and EASEL_DEBIAN_SECURITY_MIRROR, default: those of apt).
# EASEL_DEBIAN_ROOT names a folder that debootstrap has made already; it is copied, not changed.
set -euo pipefail
# shellcheck source=deploy/release/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../release/common.sh"
(($# == 2)) || die "name two packages: try.sh OLD.deb NEW.deb"
((EUID == 0)) || die "debootstrap and chroot want root"
need debootstrap unshare
source "$root/deploy/release/mirrors.sh"

# Mounts are those of this process alone, and end with it.
if [[ ${EASEL_UNSHARED:-} != 1 ]]; then EASEL_UNSHARED=1 exec unshare --mount "$0" "$@"; fi

work=$(mktemp -d)
trap 'umount -R "$work/debian/proc" "$work/debian/dev" 2>/dev/null || true; rm -rf "$work"' EXIT
if [[ -n ${EASEL_DEBIAN_ROOT:-} ]]; then
    cp -a "$EASEL_DEBIAN_ROOT" "$work/debian"
else
    debootstrap --variant=minbase bookworm "$work/debian" "$mirror" >"$work/debootstrap.log" || die "$(tail -n 5 "$work/debootstrap.log")"
fi
mount -t proc proc "$work/debian/proc"
mount --rbind /dev "$work/debian/dev"
cp /etc/resolv.conf "$work/debian/etc/resolv.conf" 2>/dev/null || true
cp "$1" "$work/debian/old.deb"
cp "$2" "$work/debian/new.deb"

in_debian() { chroot "$work/debian" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
say() { printf '%s\n' "-- $*"; }
check() { "$@" || die "failed: $*"; }
# The version in an answer of dpkg-query.
installed() { in_debian dpkg-query -W -f '${db:Status-Status} ${Version}' easel 2>/dev/null; }

say "installing"
if in_debian dpkg-query -W libgit2-1.5 >/dev/null 2>&1; then die "libgit2 is there before the package: nothing would show that it asks for it"; fi
echo "deb $security bookworm-security main" >>"$work/debian/etc/apt/sources.list"
in_debian apt-get update -qq
in_debian apt-get install -y -qq --no-install-recommends /old.deb >"$work/install.log" 2>&1 || die "$(tail -n 20 "$work/install.log")"
old=$(installed)
[[ $old == installed* ]] || die "not installed: $old"

say "running"
in_debian easel version
in_debian sh -ec '
    cd /root
    easel init mail-config >/dev/null
    cd mail-config
    easel validate
    # minbase has no Git, and easel needs none.
    ! command -v git >/dev/null
'
# A repository is made outside, since nothing in there can commit; everything else is done with what the package has.
cp -r "$root/examples/config" "$work/debian/root/config"
git -C "$work/debian/root/config" init --quiet --initial-branch main
git -C "$work/debian/root/config" add --all
git -C "$work/debian/root/config" -c user.name=try -c user.email=try@easel.invalid commit --quiet --message start
in_debian easel reconcile --repo /root/config --out /root/out --trust-repository-owner >"$work/reconcile.log" 2>&1 || die "$(cat "$work/reconcile.log")"
tail -n 1 "$work/reconcile.log"
check test -s "$work/debian/root/out/operations.json"
# Another user, as the units have one.
check in_debian setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/tmp easel explain EAS001 >/dev/null
for file in /usr/share/man/man1/easel-plan.1.gz /usr/share/man/man7/easel-gates.7.gz /usr/share/bash-completion/completions/easel /lib/systemd/system/easel-reconcile.timer \
    /usr/share/easel/schemas/manifest.schema.json /usr/share/easel/schemas/report.schema.json /usr/share/doc/easel/examples/config/bases/exchange-online.json /usr/share/doc/easel/copyright; do
    # Docker's Debian leaves documentation out; debootstrap's does not.
    check test -s "$work/debian$file"
done
check in_debian sh -ec '. /etc/easel/easel.env; test -z "${EASEL_REPO:-}"; test "$(stat -c %a /etc/easel/easel.env)" = 600'

say "upgrading"
# What an admin has written stays.
echo 'EASEL_REPO=/root/config' >>"$work/debian/etc/easel/easel.env"
in_debian apt-get install -y -qq --no-install-recommends /new.deb >"$work/upgrade.log" 2>&1 || die "$(tail -n 20 "$work/upgrade.log")"
new=$(installed)
[[ $new == installed* && $new != "$old" ]] || die "not upgraded: $old, then $new"
check grep -q '^EASEL_REPO=/root/config$' "$work/debian/etc/easel/easel.env"
in_debian easel reconcile --repo /root/config --trust-repository-owner | tail -n 1

say "removing"
in_debian dpkg --remove easel >/dev/null
check test ! -e "$work/debian/usr/bin/easel" -a -e "$work/debian/etc/easel/easel.env"
in_debian dpkg --purge easel >/dev/null
left=$(in_debian find / -xdev -name '*easel*' -not -path '/root/*' -not -path '/proc/*' -not -path '/var/cache/apt/*' -print)
[[ -z $left ]] || die "purging leaves: $left"
say "installed, run, upgraded from ${old#* } to ${new#* }, removed"
