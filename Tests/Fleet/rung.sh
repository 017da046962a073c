#!/usr/bin/env bash
#
# The first-rung table: easel beside git, on the same fleet, on the same machine, in one run.
#
#   Tests/Fleet/rung.sh [--tenants N] [--easel PATH] [--runs R] [--work DIR]
#
#   --tenants N    size of the fleet, 10 profiles each (default 10000)
#   --easel PATH   the binary to measure (default: a release build of this package)
#   --runs R       how often each step is measured; the table has medians (default 3)
#   --work DIR     where everything goes, a folder that is new or empty (default: a temporary one, from which only the
#                  logs are kept)
#
# git's time is the unit because it is what no tool that reads a Git repository can beat by much, and because a ratio means
# the same on a laptop and on a server. Exit code 1: a limit is broken, or a step failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

die() {
    echo "rung.sh: $*" >&2
    exit 1
}

tenants=10000
easel=
runs=3
work=
while (($#)); do
    case $1 in
    -h | --help)
        sed -n '3,/^set -euo/ { /^#/ s/^# \{0,1\}//p }' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    --tenants | --easel | --runs | --work)
        (($# > 1)) || die "$1 needs a value"
        case $1 in
        --tenants) tenants=$2 ;;
        --easel) easel=$2 ;;
        --runs) runs=$2 ;;
        --work) work=$2 ;;
        esac
        shift 2
        ;;
    *) die "unknown option $1 (--help shows them)" ;;
    esac
done
[[ $tenants =~ ^[1-9][0-9]*$ ]] || die "--tenants must be a number of 1 or more, not '$tenants'"
[[ $runs =~ ^[1-9][0-9]*$ ]] || die "--runs must be a number of 1 or more, not '$runs'"
for tool in git python3; do
    command -v "$tool" >/dev/null || die "$tool is missing"
done

if [[ -z $easel ]]; then
    command -v swift >/dev/null || die "swift is not on PATH: put a Swift 6 toolchain there, or give --easel PATH"
    # Release and static: what is shipped, so what is measured.
    build=(swift build --package-path "$root" -c release --static-swift-stdlib)
    "${build[@]}" --product easel >&2
    easel=$("${build[@]}" --show-bin-path)/easel
fi
[[ -x $easel && ! -d $easel ]] || die "no executable at $easel"
easel=$(realpath "$easel")

if [[ -n $work ]]; then
    mkdir -p "$work"
    [[ -z $(ls -A "$work") ]] || die "$work is not empty"
    keep=all
else
    work=$(mktemp -d "${TMPDIR:-/tmp}/easel-rung.XXXXXX")
    keep=logs
fi
work=$(cd "$work" && pwd)
data=$work/data
logs=$work/logs
results=$work/results.jsonl
mkdir "$data" "$logs"

daemon=
finish() {
    status=$?
    trap - EXIT
    if [[ -n $daemon ]]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    [[ $keep == all ]] || rm -rf "$data"
    echo "Output of every run: $logs" >&2
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# git is measured as it comes: no settings of this machine's users, and no gc that starts in the background in the middle
# of the next measurement.
while read -r name; do unset "$name"; done < <(compgen -e | grep '^GIT_' || true)
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=gc.auto GIT_CONFIG_VALUE_0=0 \
    GIT_CONFIG_KEY_1=maintenance.auto GIT_CONFIG_VALUE_1=false

measure() {
    local label=$1
    shift
    # What the run before wrote must not be flushed to disk at this one's expense.
    sync
    python3 "$here/measure.py" run --results "$results" --logs "$logs" --label "$label" -- "$@" || die "$label failed"
}

state_tip() {
    git --git-dir "$1" rev-parse --verify --quiet refs/heads/easel/applied || die "$1 has no branch easel/applied"
}

echo "Fleet of $tenants tenants:" >&2
mkdir "$data/served"
fleet=$data/served/fleet.git
python3 "$here/generate.py" --out "$fleet" --tenants "$tenants" >/dev/null
manifests=$(git --git-dir "$fleet" ls-tree -r --name-only main | grep -c '^tenants/.*/profiles/')

# git:// costs neither side encryption or a login, so what is compared is the work on objects. The daemon is run by its own
# path: `git daemon` would put a second process between it and the kill at the end.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$(git --exec-path)/git-daemon" --listen=127.0.0.1 --port="$port" --reuseaddr --export-all --enable=receive-pack \
    --base-path="$data/served" "$data/served" >"$logs/git-daemon.log" 2>&1 &
daemon=$!
url=git://127.0.0.1:$port/fleet.git
for attempt in {1..50}; do
    if git ls-remote --quiet "$url" >/dev/null 2>&1; then break; fi
    kill -0 "$daemon" 2>/dev/null || die "git daemon ended: $(cat "$logs/git-daemon.log")"
    ((attempt < 50)) || die "git daemon does not answer at $url"
    sleep 0.2
done

echo "First run:" >&2
for ((run = 1; run <= runs; run++)); do
    # Every one of these starts from nothing; the last run's clone, caches and state serve the steps below. Nothing is
    # deleted until the end: ext4 takes its time to give out inodes again that were freed a moment ago, and a checkout
    # right after `rm -rf` of the one before was measured at 50 s instead of 6, which would make
    # anything beside it look fast.
    fresh=$data/$run
    mkdir "$fresh"
    measure git-clone git clone --quiet "$url" "$fresh/clone"
    measure easel-plan-first "$easel" plan --repo "$url" --cache "$fresh/cache-plan" --state "$fresh/state-plan"
    measure easel-reconcile-first "$easel" reconcile --repo "$url" --cache "$fresh/cache-reconcile" \
        --state "$fresh/state-reconcile"
    measure easel-reconcile-out "$easel" reconcile --repo "$url" --cache "$fresh/cache-out" \
        --state "$fresh/state-out" --out "$fresh/out"
done

# A fast wrong answer is worth nothing: the state must hold every profile.
clone=$fresh/clone
state=$fresh/state-reconcile
tip=$(state_tip "$state")
applied=$(git --git-dir "$state" ls-tree -r --name-only "$tip" | grep -c '^tenants/.*/profiles/') || true
((applied == manifests)) || die "$manifests manifests, but $applied profiles in the applied state"
[[ ! -e $fresh/state-plan ]] || die "easel plan wrote to the state"

echo "Drift:" >&2
# What the tenants have: just what was applied.
exports=$(python3 "$here/exports.py" "$fresh/out" "$data/live")
((exports == manifests)) || die "$manifests manifests, but $exports exports"
for ((run = 1; run <= runs; run++)); do
    measure easel-drift "$easel" drift --repo "$url" --cache "$data/$run/cache-drift" --state "$fresh/state-out" --live "$data/live"
done

echo "Nothing new:" >&2
for ((run = 1; run <= runs; run++)); do
    measure git-fetch-nothing git -C "$clone" fetch --quiet
    measure easel-reconcile-nothing "$easel" reconcile --repo "$url" --cache "$fresh/cache-reconcile" --state "$state"
done
[[ $(state_tip "$state") == "$tip" ]] || die "nothing was new, but the applied state moved"

echo "One manifest edited:" >&2
for ((run = 1; run <= runs; run++)); do
    old=$(git -C "$clone" rev-parse origin/main)
    new=$(python3 "$here/generate.py" --out "$fleet" --edit one 2>/dev/null)
    # shellcheck disable=SC2016 # the inner shell is to expand these
    measure git-fetch-one bash -c 'git -C "$1" fetch --quiet && git -C "$1" diff --stat "$2" "$3"' - "$clone" "$old" "$new"
    # plan has a cache of its own: in reconcile's it would do the fetch that reconcile is to be measured with.
    measure easel-plan-one "$easel" plan --repo "$url" --cache "$fresh/cache-plan" --state "$state"
    measure easel-reconcile-one "$easel" reconcile --repo "$url" --cache "$fresh/cache-reconcile" --state "$state"
    before=$tip
    tip=$(state_tip "$state")
    [[ $(git --git-dir "$state" rev-list "$before..$tip") == "$tip" ]] ||
        die "one manifest was edited, but the applied state did not get one commit"
    changed=$(git --git-dir "$state" diff --name-only "$before" "$tip" | grep -c '^tenants/.*/profiles/') || true
    ((changed == 1)) || die "one manifest was edited, but $changed profiles changed in the applied state"
done

status=0
{
    echo "$tenants tenants, $manifests manifests; medians of $runs; $(nproc) cores; $(git --version);" \
        "$("$easel" --version 2>/dev/null || echo "easel without --version")"
    echo
    python3 "$here/measure.py" table --results "$results" --peak 512 \
        --row 'first plan (git: clone with checkout);git-clone;easel-plan-first;1.5' \
        --row 'first reconcile (git: clone with checkout);git-clone;easel-reconcile-first;2.5' \
        --row 'first reconcile --out (git: clone with checkout);git-clone;easel-reconcile-out;' \
        --row 'drift from a folder of exports (easel: first plan);easel-plan-first;easel-drift;2' \
        --row 'nothing new, reconcile (git: fetch);git-fetch-nothing;easel-reconcile-nothing;3' \
        --row 'one manifest edited, plan (git: fetch, diff --stat);git-fetch-one;easel-plan-one;3' \
        --row 'one manifest edited, reconcile (git: fetch, diff --stat);git-fetch-one;easel-reconcile-one;3'
} >"$work/table.md" || status=$?
cat "$work/table.md"
((status == 0)) || die "a limit is broken (every easel run must also stay within 512 MiB)"
