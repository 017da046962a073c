#!/usr/bin/env bash
#
# Makes the archive for other Linuxes with glibc: the program with its libraries beside it. It is unpacked anywhere and needs no root.
#
#   deploy/release/tarball.sh DIR         writes DIR/easel-VERSION-linux-ARCHITECTURE.tar.gz, and prints its name and the libraries in it
#
# What stays the system's: glibc, the certificate authorities, time zones, gpgv and ssh.
set -euo pipefail
# shellcheck source=deploy/release/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
(($# == 1)) || die "say where: tarball.sh DIR"
need patchelf ldd strip objcopy readelf dpkg-query
mkdir -p "$1"
out=$(cd "$1" && pwd)
version=${EASEL_VERSION:-$(built_version)}
name=easel-$version-linux-$(uname -m)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=$work/$name
libraries=$folder/lib/easel
install_binary "$folder/bin/easel"
mkdir -p "$libraries"

# Every library but those of glibc: with a foreign one of these, its own loader would not start.
glibc='^(linux-vdso|ld-linux.*|libc|libm|libdl|libpthread|librt|libresolv|libutil|libanl|libnss_.*)\.so'
while read -r library path; do
    [[ $library =~ $glibc ]] && continue
    install -m 0755 "$path" "$libraries/$library"
    # The folder of the library itself: nothing of the system goes in between.
    patchelf --set-rpath "\$ORIGIN" "$libraries/$library"
    # The SBOM says which packages these are.
    package=$(dpkg-query --search "$(realpath "$path")" 2>/dev/null || dpkg-query --search "$path")
    package=$(head -n 1 <<<"$package" | cut -d: -f1)
    echo "$library=$(dpkg-query -W -f '${Version}\n' "$package" | head -n 1)=$package" >>"$work/libraries"
done < <(ldd "$built/easel" | awk '$2 == "=>" && $3 ~ /^\// { print $1, $3 }')
patchelf --force-rpath --set-rpath "\$ORIGIN/../lib/easel" "$folder/bin/easel"
[[ -e $libraries/libgit2.so.1.5 ]] || die "the program is not linked with libgit2 1.5"

"$root/deploy/release/share.sh" "$folder/share"
cp "$root/LICENSE" "$folder/LICENSE"
mkdir "$folder/share/doc/easel/libraries"
while IFS='=' read -r library _ package; do
    install -m 0644 "/usr/share/doc/$package/copyright" "$folder/share/doc/easel/libraries/$library.copyright"
done <"$work/libraries"

# The newest version of glibc that anything in it asks for.
oldest=$(find "$folder" -type f \( -path '*/bin/*' -o -path '*/lib/*' \) -exec objdump -T {} + | grep -o 'GLIBC_2[0-9.]*' | sort -Vu | tail -n 1)
cat >"$folder/README" <<END
easel $version for Linux on $(uname -m) with glibc ${oldest#GLIBC_} or later.

Run bin/easel, from wherever this folder is, or through a link to it. share/ has manual pages, completions, JSON Schemas, examples and
documentation. For https:// the certificate authorities must be in /etc/ssl/certs; otherwise name them with --ca-file, on Fedora
/etc/pki/tls/certs/ca-bundle.crt. Signed commits need gpgv or ssh-keygen, and ssh:// some keys need ssh.
END
settle "$folder"
pack "$work" "$name" "$out/$name.tar.gz"
echo "$out/$name.tar.gz"
sort "$work/libraries"
