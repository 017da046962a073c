#!/usr/bin/env bash
#
# Makes the first-rung table: easel compared with git, on the same fleet and the same machine, in one run.
#
#   Tests/Fleet/rung.sh [--tenants N] [--easel PATH] [--runs R] [--work DIR]
#
#   --tenants N    size of the fleet, 10 profiles each (default 10000)
#   --easel PATH   the binary to measure (default: a release build of this package)
#   --runs R       how often to measure each step; the table has medians (default 3)
#   --work DIR     a new or empty folder for everything that is written (default: a temporary one, of which only the
#                  logs are kept)
#
# Times are relative to git's, because no tool that reads a Git repository can be much faster, and because a ratio means the same on a
# laptop and on a server. The exit code is 1 if a limit is exceeded or a step fails.
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
    *) die "unknown option $1; --help shows all options" ;;
    esac
done
[[ $tenants =~ ^[1-9][0-9]*$ ]] || die "--tenants must be a number of 1 or more, not '$tenants'"
[[ $runs =~ ^[1-9][0-9]*$ ]] || die "--runs must be a number of 1 or more, not '$runs'"
for tool in git python3; do
    command -v "$tool" >/dev/null || die "$tool is missing"
done

if [[ -z $easel ]]; then
    command -v swift >/dev/null || die "swift is not on PATH. Install a Swift 6 toolchain, or give --easel PATH"
    # A static release build, as it is shipped.
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

# git is measured with its default settings, not with those of this machine's users, and without a gc that would start in the background
# during the next measurement.
while read -r name; do unset "$name"; done < <(compgen -e | grep '^GIT_' || true)
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=gc.auto GIT_CONFIG_VALUE_0=0 \
    GIT_CONFIG_KEY_1=maintenance.auto GIT_CONFIG_VALUE_1=false

measure() {
    local label=$1
    shift
    # Otherwise the data of the previous run would be flushed to the disk during this one.
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

# git:// needs no encryption and no login, so only the work on objects is compared. The daemon is started by its own path: `git daemon`
# would be a second process, and the kill at the end would only end that one.
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
    # Each of these starts from nothing; the steps below use the clone, caches and state of the last run. Nothing is deleted until the
    # end: ext4 is slow to reuse inodes that were freed a moment ago, and a checkout right after an `rm -rf` of the previous one took 50 s
    # instead of 6, which would make easel look too fast.
    fresh=$data/$run
    mkdir "$fresh"
    measure git-clone git clone --quiet "$url" "$fresh/clone"
    git init --quiet --bare "$fresh/state-plan"
    measure easel-plan-first "$easel" plan --repo "$url" --cache "$fresh/cache-plan" --state "$fresh/state-plan"
    measure easel-reconcile-first "$easel" reconcile --repo "$url" --cache "$fresh/cache-reconcile" \
        --state "$fresh/state-reconcile"
    measure easel-reconcile-out "$easel" reconcile --repo "$url" --cache "$fresh/cache-out" \
        --state "$fresh/state-out" --out "$fresh/out"
done

# A fast wrong answer is worth nothing: the state must contain every profile.
clone=$fresh/clone
state=$fresh/state-reconcile
tip=$(state_tip "$state")
applied=$(git --git-dir "$state" ls-tree -r --name-only "$tip" | grep -c '^tenants/.*/profiles/') || true
((applied == manifests)) || die "$manifests manifests, but $applied profiles in the applied state"
[[ ! -e $fresh/state-plan ]] || die "easel plan wrote to the state"

echo "Drift:" >&2
# The tenants have exactly what was applied.
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
    # shellcheck disable=SC2016 # the inner shell expands these
    measure git-fetch-one bash -c 'git -C "$1" fetch --quiet && git -C "$1" diff --stat "$2" "$3"' - "$clone" "$old" "$new"
    # plan has its own cache: with reconcile's, it would do the fetch that must be part of reconcile's time.
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
((status == 0)) || die "a limit is exceeded (every easel run must also stay below 512 MiB)"
