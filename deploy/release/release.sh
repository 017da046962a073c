#!/usr/bin/env bash
#
# Makes everything that a release consists of, from this commit: the Debian package, the archive for other Linuxes, the SBOM (CycloneDX),
# SHA256SUMS and its signature. The same commit gives the same bytes.
#
#   deploy/release/release.sh DIR [--sign KEY] [--compiled]
#
# --sign KEY is a private SSH key, or its public one if an agent has the private one. --compiled takes the program that
# deploy/release/compile.sh has built before. deploy/README.md says how people check what they download.
set -euo pipefail
# shellcheck source=deploy/release/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
out='' key='' compiled=''
while (($# > 0)); do
    case $1 in
        --sign)
            (($# > 1)) || die "--sign wants a key"
            key=$2
            shift
            ;;
        --compiled) compiled=yes ;;
        -*) die "it takes DIR, --sign KEY and --compiled, not $1" ;;
        *) out=$1 ;;
    esac
    shift
done
[[ -n $out ]] || die "say where: release.sh DIR [--sign KEY] [--compiled]"
[[ ! -e $out || -z $(ls -A "$out") ]] || die "$out is not empty; its files would be taken for the release's"
need python3 sha256sum
[[ -n $compiled ]] || "$root/deploy/release/compile.sh"
version=${EASEL_VERSION:-$(built_version)}
mkdir -p "$out"

"$root/deploy/debian/build.sh" "$out"
made=$("$root/deploy/release/tarball.sh" "$out")
head -n 1 <<<"$made"
archive=$(head -n 1 <<<"$made")
libraries=()
while read -r library; do libraries+=(--library "$library"); done < <(tail -n +2 <<<"$made")
bill=$out/$(basename "$archive" .tar.gz).cdx.json
python3 "$root/deploy/release/components.py" sbom --scratch "$scratch" --version "$version" --epoch "$SOURCE_DATE_EPOCH" "${libraries[@]}" "$out"/*.deb "$archive" >"$bill"
echo "$bill"

(cd "$out" && sha256sum -- *.deb *.tar.gz *.cdx.json >SHA256SUMS)
echo "$out/SHA256SUMS"
if [[ -n $key ]]; then
    need ssh-keygen
    # -Y sign asks before it overwrites, and has no other answer to give in a pipeline.
    ssh-keygen -Y sign -q -f "$key" -n easel-release - <"$out/SHA256SUMS" >"$out/SHA256SUMS.sig"
    echo "$out/SHA256SUMS.sig"
fi
settle "$out"
