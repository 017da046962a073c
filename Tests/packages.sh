#!/usr/bin/env bash
#
# Makes a release and tries everything in it, on Debian 12 as root: builds it twice to the same bytes, checks the package with lintian and the SBOM
# against its schema, verifies the signature, installs, upgrades and removes the package in a clean Debian, runs the archive where libgit2 is
# not installed, and runs the containers of deploy/kubernetes in the image's root.
#
#   Tests/packages.sh
#
# Tests/run.sh does not run it: the optimised build takes minutes, and the clean systems come from Debian's mirrors (EASEL_DEBIAN_MIRROR and
# EASEL_DEBIAN_SECURITY_MIRROR). EASEL_SCRATCH is the folder of the build. With --compiled, what is built there is taken.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
die() {
    echo "packages.sh: $*" >&2
    exit 1
}
compiled=()
if [[ ${1:-} == --compiled ]]; then
    compiled=(--compiled)
    shift
fi
(($# == 0)) || die "it takes --compiled or nothing"
((EUID == 0)) || die "debootstrap and chroot want root"
packages=(libgit2-dev pkg-config dpkg-dev binutils patchelf python3 python3-venv debootstrap lintian jq openssh-client)
missing=()
for package in "${packages[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
if ((${#missing[@]} > 0)); then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/easel-packages.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
say() { printf '\n== %s\n' "$*"; }

say "A release, and the same again"
ssh-keygen -q -t ed25519 -N '' -C easel -f "$scratch/key"
deploy/release/release.sh "$scratch/one" --sign "$scratch/key" "${compiled[@]}"
deploy/release/release.sh "$scratch/two" --compiled >/dev/null
cmp "$scratch/one/SHA256SUMS" "$scratch/two/SHA256SUMS" || die "the same commit gives other bytes"
(cd "$scratch/one" && sha256sum --check --strict SHA256SUMS)

say "The signature"
printf 'easel %s\n' "$(cat "$scratch/key.pub")" >"$scratch/allowed_signers"
verify() { ssh-keygen -Y verify -f "$scratch/allowed_signers" -I easel -n easel-release -s "$scratch/one/SHA256SUMS.sig" <"$1"; }
verify "$scratch/one/SHA256SUMS"
sed 's/^./x/' "$scratch/one/SHA256SUMS" >"$scratch/forged"
if verify "$scratch/forged" >/dev/null 2>&1; then die "a forged list of checksums is accepted"; fi

say "The SBOM"
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" --quiet --disable-pip-version-check install 'cyclonedx-python-lib[json-validation]'
"$scratch/venv/bin/python" - "$scratch"/one/*.cdx.json <<'END'
import json, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
text = open(sys.argv[1]).read()
problem = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
assert problem is None, problem
names = {component["name"] for component in json.loads(text)["components"]}
for name in ("swift-argument-parser", "swift-nio-ssl", "swift-crypto", "libgit2.so.1.5"):
    assert name in names, f"{name} is missing"
# What only the tests use is not in the program.
assert "hummingbird" not in names
print(f"{len(names)} components")
END

say "lintian"
# It prefers not to be root; it reads only.
lintian --fail-on error,warning --allow-root "$scratch"/one/*.deb

say "Nothing in the program names this machine"
dpkg-deb --fsys-tarfile "$scratch"/one/*.deb | tar --extract --to-stdout ./usr/bin/easel >"$scratch/easel"
if grep --text --only-matching --fixed-strings "$root" "$scratch/easel" | sort | uniq --count | grep .; then die "the folder of the build is in the program"; fi

say "A clean Debian 12"
EASEL_VERSION=$("${EASEL_SCRATCH:-.build/release-static}/release/easel" --version)+next deploy/debian/build.sh "$scratch/next"
source "$root/deploy/release/mirrors.sh"
debootstrap --variant=minbase bookworm "$scratch/bookworm" "$mirror" >"$scratch/debootstrap.log" || die "$(tail -n 5 "$scratch/debootstrap.log")"
EASEL_DEBIAN_ROOT=$scratch/bookworm deploy/debian/try.sh "$scratch"/one/*.deb "$scratch"/next/*.deb

say "The image"
EASEL_DEBIAN_ROOT=$scratch/bookworm deploy/container/try.sh "$scratch"/one/*.deb

say "Another Debian, without libgit2"
deploy/release/try-tarball.sh "$scratch"/one/*.tar.gz trixie

printf '\nAll passed in %d s.\n' "$SECONDS"
