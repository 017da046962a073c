#!/usr/bin/env bash
#
# Measures what one pod of deploy/kubernetes needs: CPU seconds and peak memory of its commands, for its shard of a fleet. The requests and
# limits in deploy/kubernetes come from this table, which deploy/README.md shows.
#
#   Tests/Fleet/pod.sh EASEL [TENANTS [SHARDS]]        the program to measure; by default 10000 tenants with 10 profiles each, in 4 shards
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
die() {
    echo "pod.sh: $*" >&2
    exit 1
}
(($# >= 1 && $# <= 3)) || die "name the program: pod.sh EASEL [TENANTS [SHARDS]]"
easel=$1 tenants=${2:-10000} shards=${3:-4}
[[ -x /usr/bin/time ]] || die "/usr/bin/time is missing. Debian: apt-get install time"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 "$here/generate.py" --out "$work/fleet.git" --tenants "$tenants" >/dev/null

printf '%d tenants with 10 profiles each, shard 1 of %d\n\n| command of the pod | CPU s | peak MiB |\n|---|--:|--:|\n' "$tenants" "$shards"
# measure TITLE COMMAND…: a row. Exit code 2 is drift.
measure() {
    local title=$1 code=0
    shift
    /usr/bin/time --quiet --format '%U %S %M' --output "$work/time" "$@" >"$work/out.log" 2>"$work/err.log" || code=$?
    ((code == 0 || code == 2)) || die "$title ended with $code: $(tail -n 5 "$work/err.log" "$work/out.log")"
    awk -v title="$title" 'END { printf "| %s | %.1f | %d |\n", title, $1 + $2, $3 / 1024 }' "$work/time"
}
# A URL, so that there is a mirror as in a pod.
common=(--repo "file://$work/fleet.git" --cache "$work/cache")
reconcile=("$easel" reconcile --defer --out "$work/payloads" --shard "1/$shards" --metrics "$work/r.prom" "${common[@]}")
measure "the first reconcile --defer" "${reconcile[@]}"
measure "confirm of it" "$easel" confirm "$work/payloads" "${common[@]}"
rm -rf "$work/payloads"
measure "reconcile with nothing new" "${reconcile[@]}"
python3 "$here/generate.py" --out "$work/fleet.git" --edit base >/dev/null
measure "reconcile after an edit of a base" "${reconcile[@]}"
measure "confirm of that" "$easel" confirm "$work/payloads" "${common[@]}"
"$easel" reconcile --state "$work/elsewhere.git" --out "$work/whole" --shard "1/$shards" "${common[@]}" >/dev/null 2>"$work/err.log" || die "$(cat "$work/err.log")"
python3 "$here/exports.py" "$work/whole" "$work/live" >/dev/null
measure "drift" "$easel" drift --live "$work/live" --shard "1/$shards" --report "$work/drift.json" --report "$work/drift.html" --metrics "$work/d.prom" "${common[@]}"
