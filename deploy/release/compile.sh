#!/usr/bin/env bash
#
# Builds the program for a release: with Swift's own libraries in it, and from the exact versions of the packages that
# deploy/release/versions.json names.
#
#   deploy/release/compile.sh
#
# EASEL_SCRATCH is the folder of the build (default: .build/release-static).
set -euo pipefail
# shellcheck source=deploy/release/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need swift pkg-config
pkg-config --exists libgit2 || die "libgit2's headers are missing. Debian: apt-get install libgit2-dev"
cd "$root"
cp deploy/release/versions.json Package.resolved
# -gnone: the packages have no symbols. The prefix map keeps the folder of this build out of the program.
swift build -c release --static-swift-stdlib --product easel --scratch-path "$scratch" --only-use-versions-from-resolved-file \
    -Xswiftc -gnone -Xswiftc -file-prefix-map -Xswiftc "$root=." -Xcc "-ffile-prefix-map=$root=."
"$built/easel" version
