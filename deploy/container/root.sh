#!/usr/bin/env bash
#
# Collects the root of the image from a Debian on which the package is installed: easel, the programs that it starts, a shell with the few
# commands that pipelines use, and the libraries of these. The same packages give the same files.
#
#   root.sh DIR
set -euo pipefail
(($# == 1)) || {
    echo "say where: root.sh DIR" >&2
    exit 64
}
out=$1
[[ ! -e $out ]] || {
    echo "$out exists already; name a new folder" >&2
    exit 64
}
umask 022
mkdir -p "$out"

# easel starts ssh, ssh-keygen and gpgv. The rest is for the scripts in deploy/kubernetes.
programs=(/usr/bin/easel /usr/bin/ssh /usr/bin/ssh-keygen /usr/bin/gpgv /bin/sh /bin/mkdir /bin/rm)
files=(/etc/ssl/certs/ca-certificates.crt)

# As on the Debian that it comes from.
mkdir -p "$out"/usr/{bin,lib,share} "$out"/usr/lib64 "$out"/etc/ssl/certs
ln -s usr/bin "$out/bin"
ln -s usr/lib "$out/lib"
ln -s usr/lib64 "$out/lib64"
install -d -m 1777 "$out/tmp"

# copy FILE: with the folders above it, and as what a link leads to.
copy() {
    local place=$1
    # /bin and /lib are links to the folders in /usr.
    [[ $place == /usr/* || $place == /etc/* ]] || place=/usr$place
    [[ -e $out$place ]] || install -D -m "$(stat --dereference --format %a "$1")" "$1" "$out$place"
}
for program in "${programs[@]}"; do
    copy "$program"
    ldd "$(realpath "$program")" | sed -n 's|.*=> \(/[^ ]*\) .*|\1|p; s|^\s*\(/lib64/[^ ]*\) .*|\1|p'
done | sort -u | while read -r library; do copy "$library"; done
for file in "${files[@]}"; do copy "$file"; done
cp -r /usr/share/zoneinfo "$out/usr/share/zoneinfo"
rm -rf "$out"/usr/share/zoneinfo/{right,posix}

echo 'easel:x:65532:65532:easel:/tmp:/bin/sh' >"$out/etc/passwd"
echo 'easel:x:65532:' >"$out/etc/group"
printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$out/etc/nsswitch.conf"
cp /etc/os-release "$out/etc/os-release"

# What a scanner reads: the packages that these files are from, in the form that distroless images have.
mkdir -p "$out/var/lib/dpkg/status.d"
{
    find "$out" -type f -not -path "$out/var/*" -printf '/%P\n' | while read -r file; do
        dpkg-query --search "$file" 2>/dev/null || dpkg-query --search "${file#/usr}" 2>/dev/null || true
    done | { grep -v '^diversion ' || true; } | cut -d: -f1
    # The bundle is made when it is installed, and is in no package's list of files.
    echo ca-certificates
} | sort -u | while read -r package; do
    dpkg-query --status "$package" | sed '/^Conffiles:/,/^[^ ]/{/^Conffiles:/d; /^ /d}' >"$out/var/lib/dpkg/status.d/$package"
done
[[ -z ${SOURCE_DATE_EPOCH:-} ]] || find "$out" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
