#!/usr/bin/env bash
#
# Exercises the image without a container engine: runs the steps of the Containerfile's stage "root" in a folder that debootstrap has made,
# and then the containers of deploy/kubernetes in what comes out, as they run there: read-only, as user 65532, without capabilities.
#
#   deploy/container/try.sh PACKAGE.deb
#
# It needs root, debootstrap, jq, and Debian mirrors (EASEL_DEBIAN_MIRROR and EASEL_DEBIAN_SECURITY_MIRROR, default: those of apt).
# EASEL_DEBIAN_ROOT names a folder that debootstrap has made already; it is copied, not changed.
set -euo pipefail
# shellcheck source=deploy/release/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../release/common.sh"
(($# == 1)) || die "name the package: try.sh PACKAGE.deb"
((EUID == 0)) || die "debootstrap and chroot want root"
need debootstrap jq setpriv unshare
source "$root/deploy/release/mirrors.sh"
# Mounts are those of this process alone, and end with it.
if [[ ${EASEL_UNSHARED:-} != 1 ]]; then EASEL_UNSHARED=1 exec unshare --mount "$0" "$@"; fi
work=$(mktemp -d)
trap 'umount -R "$work/image" "$work/debian/proc" "$work/debian/dev" 2>/dev/null || true; rm -rf "$work"' EXIT
say() { printf '%s\n' "-- $*"; }

if [[ -n ${EASEL_DEBIAN_ROOT:-} ]]; then
    cp -a "$EASEL_DEBIAN_ROOT" "$work/debian"
else
    debootstrap --variant=minbase bookworm "$work/debian" "$mirror" >"$work/debootstrap.log" || die "$(tail -n 5 "$work/debootstrap.log")"
fi
echo "deb $security bookworm-security main" >>"$work/debian/etc/apt/sources.list"
mount -t proc proc "$work/debian/proc"
mount --rbind /dev "$work/debian/dev"
cp /etc/resolv.conf "$work/debian/etc/resolv.conf" 2>/dev/null || true
mkdir "$work/debian/packages"
cp "$1" "$work/debian/packages/"
cp "$root/deploy/container/root.sh" "$work/debian/packages/root.sh"

say "the stage root"
count=0
while read -r step; do
    chroot "$work/debian" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" /bin/sh -c "$step" >"$work/step.log" 2>&1 ||
        die "$step: $(tail -n 20 "$work/step.log")"
    count=$((count + 1))
done < <(sed -n '/^FROM .* AS root$/,/^FROM scratch$/s/^RUN //p' "$root/deploy/container/Containerfile")
((count == 2)) || die "the stage root has $count steps"
rootfs=$work/debian/rootfs

say "what is in it"
programs=$(cd "$rootfs" && find . -type f -perm /111 -not -name '*.so*' -printf '%f\n' | sort | tr '\n' ' ')
echo "$programs"
[[ $programs == "easel gpgv mkdir rm sh ssh ssh-keygen " ]] || die "there are other programs in it than it needs"
[[ -z $(find "$rootfs" -perm /6000) ]] || die "there is something setuid in it"
[[ -z $(find "$rootfs" -not -user 0) ]] || die "not all is root's"
du -sh "$rootfs" | cut -f1

say "the containers of deploy/kubernetes"
mkdir -p "$work"/{image,volumes/cache,volumes/metrics,volumes/work,volumes/secrets,volumes/repo,volumes/exports,volumes/reports}
cp -r "$root/examples/config" "$work/volumes/repo/config"
git -C "$work/volumes/repo/config" init --quiet --initial-branch main
git -C "$work/volumes/repo/config" add --all
git -C "$work/volumes/repo/config" -c user.name=try -c user.email=try@easel.invalid commit --quiet --message start
cp -r "$root"/examples/exports/tuesday/. "$work/volumes/exports/"
echo secret >"$work/volumes/secrets/token"
chown -R 65532:65532 "$work/volumes"
# The kubelet makes the folders to mount on; here it is the image's copy that gets them.
mkdir -p "$rootfs"/{dev,proc,cache,metrics,work,secrets,repo,exports,reports}
mount --bind "$rootfs" "$work/image"
mount -o remount,bind,ro "$work/image"
mount -t proc proc "$work/image/proc"
mount --bind /dev "$work/image/dev"
mount -t tmpfs tmpfs "$work/image/tmp"
for volume in cache metrics work secrets repo exports reports; do mount --bind "$work/volumes/$volume" "$work/image/$volume"; done

# in_image PROGRAM…: as the security context says.
in_image() {
    /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp LANG=C.UTF-8 JOB_COMPLETION_INDEX="${index:-0}" SHARDS=4 EASEL_REPO=/repo/config EASEL_PUBLISH="sh -c 'test -d payloads'" EASEL_LIVE=/exports \
        setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid /usr/sbin/chroot --userspec=65532:65532 --groups= "$work/image" "$@"
}
in_image easel version
in_image sh -c 'echo x >/usr/x' 2>/dev/null && die "the root can be written to"
for index in 0 1 2 3; do
    for container in reconcile publish confirm; do
        script=$(jq -r --arg name "$container" '.spec.jobTemplate.spec.template.spec | (.initContainers + .containers)[] | select(.name == $name) | .command[2]' "$root/deploy/kubernetes/reconcile.json")
        in_image /bin/sh -c "$script" >"$work/container.log" 2>&1 || die "$container of pod $index: $(cat "$work/container.log")"
    done
done
recorded=$(git -c safe.directory='*' -C "$work/volumes/repo/config" ls-tree --name-only easel/applied tenants/ | wc -l)
((recorded == 3)) || die "$recorded tenants are recorded, not 3"
drifted=0
for index in 0 1 2 3; do
    script=$(jq -r '.spec.jobTemplate.spec.template.spec.containers[0].command[2]' "$root/deploy/kubernetes/drift.json")
    code=0
    in_image /bin/sh -c "$script" >"$work/container.log" 2>&1 || code=$?
    # 2: the example has drift, which is what it is for.
    ((code == 0 || code == 2)) || die "drift of pod $index ended with $code: $(cat "$work/container.log")"
    ((code == 0)) || drifted=$((drifted + 1))
    [[ -s $work/volumes/reports/$index/drift.html ]] || die "pod $index has no report"
done
((drifted > 0)) || die "the exports of Tuesday have drift, and no pod found it"
say "four pods recorded $recorded tenants; $drifted of them found drift"
