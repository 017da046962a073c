#!/usr/bin/env bash
#
# Builds the Debian package from the program that deploy/release/compile.sh has built. On Debian 12: the program is linked with its libgit2.
#
#   deploy/debian/build.sh DIR                     writes DIR/easel_VERSION-1_ARCHITECTURE.deb, and prints its name
#
# EASEL_MAINTAINER="Name <address>" says who makes the package, and EASEL_VERSION another version than the program's. The same commit
# gives the same bytes.
set -euo pipefail
# shellcheck source=deploy/release/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../release/common.sh"
(($# == 1)) || die "say where: build.sh DIR"
need dpkg-deb dpkg-shlibdeps strip objcopy readelf gzip
mkdir -p "$1"
out=$(cd "$1" && pwd)
version=${EASEL_VERSION:-$(built_version)}-1
architecture=$(dpkg --print-architecture)
maintainer=${EASEL_MAINTAINER:-The easel authors <easel@easel.invalid>}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
package=$work/package
doc=$package/usr/share/doc/easel

install_binary "$package/usr/bin/easel"
"$root/deploy/release/share.sh" "$package/usr/share"
install -d "$package/lib/systemd/system"
install -m 0644 "$root"/deploy/systemd/*.service "$root"/deploy/systemd/*.timer "$package/lib/systemd/system/"
# Nothing runs before somebody says which repository: the setting is there as a comment.
install -d -m 0755 "$package/etc/easel"
sed 's|^EASEL_REPO=|#&|' "$root/deploy/systemd/easel.env.example" >"$package/etc/easel/easel.env"
chmod 0600 "$package/etc/easel/easel.env"

cat >"$doc/copyright" <<END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: easel
Comment: The program contains Swift's libraries and other packages. third-party-licences.gz has their licences and notices.

Files: *
Copyright: 2026 The easel authors
License: Apache-2.0
 On Debian systems, the complete text of the Apache License, version 2.0, is in /usr/share/common-licenses/Apache-2.0.
END
gzip -9nc >"$doc/changelog.Debian.gz" <<END
easel ($version) bookworm; urgency=medium

  * Release ${version%-*}: see changelog.gz.

 -- $maintainer  $(date --utc --date "@$SOURCE_DATE_EPOCH" -R)
END
find "$doc" -type f -exec chmod 0644 {} +

install -d "$package/usr/share/lintian/overrides"
cat >"$package/usr/share/lintian/overrides/easel" <<END
# Swift's Foundation, which is linked statically, has its own; Debian has no Swift 6.
easel: embedded-library *zlib* *
# easel is not in Debian itself.
easel: initial-upload-closes-no-bugs *
# The addresses in it may have a secret part, such as a heartbeat's.
easel: non-standard-file-perm 0600 != 0644 *etc/easel/easel.env*
END

# What the program is linked with, by Debian's own reckoning.
mkdir "$work/debian"
printf 'Source: easel\n\nPackage: easel\nArchitecture: any\nDescription: stub\n' >"$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps -O -e"$package/usr/bin/easel" 2>"$work/shlibs.log" | sed -n 's/^shlibs:Depends=//p') || die "$(cat "$work/shlibs.log")"
[[ $libraries == *libgit2-1.5* ]] || die "the program is linked with '$libraries', and not with the libgit2 of Debian 12"
# Debian's symbols know the library by its first version, but easel uses what a security update has added.
headers=$(dpkg-query -W -f '${Version}' libgit2-dev)
libraries=$(sed "s/libgit2-1\.5 ([^)]*)/libgit2-1.5 (>= $headers)/" <<<"$libraries")

install -d -m 0755 "$package/DEBIAN"
settle "$package"
(cd "$package" && find etc lib usr -type f -print0 | sort -z | xargs -0 md5sum) >"$package/DEBIAN/md5sums"
size=$(find "$package" -path "$package/DEBIAN" -prune -o -type f -printf '%s\n' | awk '{ n += int(($1 + 1023) / 1024) } END { print n }')
cat >"$package/DEBIAN/control" <<END
Package: easel
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $size
Depends: $libraries, gpgv, openssh-client, ca-certificates, tzdata
Suggests: prometheus-node-exporter
Section: admin
Priority: optional
Description: email profiles of many Microsoft Intune tenants, kept in Git
 easel keeps the iOS and iPadOS email profiles of many Microsoft Intune tenants
 in a Git repository, and shows what a change does to people before it goes
 out. It holds what a policy forbids, renders the payloads, records what was
 applied on a Git branch, and finds drift.
 .
 The package has systemd units. None of them is started by the installation:
 set the config repository in /etc/easel/easel.env first.
END
echo /etc/easel/easel.env >"$package/DEBIAN/conffiles"
for script in postinst prerm postrm; do install -m 0755 "$root/deploy/debian/$script" "$package/DEBIAN/$script"; done
settle "$package"

name=easel_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz -z6 --threads-max=1 --build "$package" "$out/$name" >/dev/null
echo "$out/$name"
