#!/usr/bin/env bash
#
# Every test of easel, on a fresh Debian machine with Swift on PATH: installs what is missing, builds, runs the Swift
# tests, and then checks everything else (systemd units, scripts, the fleet generator, the quickstart).
#
#   Tests/run.sh
#
# The exit code is 0 only if everything passed. The last lines are swift test's own counts and the result.
# shellcheck disable=SC2317,SC2329 # the functions are called through `section`
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
cd "$root"

die() {
    echo "run.sh: $*" >&2
    exit 1
}
(($# == 0)) || die "it takes no arguments; use swift test --filter NAME to run some of the tests"

# A Git hook sets these; the tests' Git would then work on the hook's repository.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_COMMON_DIR GIT_PREFIX

scratch=$(mktemp -d "${TMPDIR:-/tmp}/easel-tests.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# --- what the tests need ---------------------------------------------------------------------------------------------

# git also has `git daemon`, for tests over a real transport. python3-jsonschema validates easel's output against its JSON Schemas, and
# python3-markdown-it renders its Markdown. libplist-utils has plistutil, which reads the .mobileconfig files. tzdata is for gates in
# local time, openssh-client and gnupg for signed commits, systemd for systemd-analyze. chromium and its driver use the HTML report as a
# person would. The tests start openssh-server, nginx-light, fcgiwrap and tinyproxy on loopback as remotes and their proxy; openssl makes
# their certificates. man-db, groff-base and mandoc read the manual pages, zsh and fish their completions.
packages=(libgit2-dev pkg-config git python3 python3-jsonschema python3-markdown-it libplist-utils tzdata openssh-client gnupg systemd chromium
    chromium-driver openssh-server nginx-light fcgiwrap openssl tinyproxy-bin
    python3-prometheus-client python3-yaml python3-venv jq curl prometheus man-db groff-base mandoc zsh fish)

# examples/common.sh has the same lines, so that each script can be read and run alone.
install_missing() {
    command -v dpkg-query >/dev/null || {
        echo "This is not Debian. Make sure that these are installed: $*"
        return
    }
    local package missing=() sudo=(sudo)
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    # Everything is installed. Nothing here needs the network, so this also works offline.
    ((${#missing[@]} > 0)) || return 0
    echo "Installing ${missing[*]}"
    if ((EUID == 0)); then
        sudo=()
    elif ! command -v sudo >/dev/null; then
        die "missing: ${missing[*]}. Install them as root, or install sudo."
    fi
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# --- sections --------------------------------------------------------------------------------------------------------

summary=()
failed=()

# section TITLE COMMAND…: runs the command in a subshell, so that `set -e` applies inside and the next section still runs after a
# failure. (Never call it as `section … || …` or in an `if`: bash would then ignore `set -e` in the subshell.)
section() {
    local title=$1 status took started=$SECONDS verdict=ok
    shift
    printf '\n== %s\n' "$title"
    set +e
    (
        set -e
        "$@"
    )
    status=$?
    set -e
    if ((status != 0)); then
        verdict="FAILED (exit code $status)"
        failed+=("$title")
    fi
    took=$((SECONDS - started))
    printf '== %s: %s, %d s\n' "$title" "$verdict" "$took"
    summary+=("$(printf '%5d s  %-18s %s' "$took" "$title" "$verdict")")
}

finish() {
    printf '\n== Summary\n'
    printf '%s\n' "${summary[@]}"
    # In thousands of lines of output, the failures and swift test's counts are in the middle, but people look at the end.
    if [[ -s $scratch/swift-test.log ]]; then
        grep -E -A 3 'recorded an issue' "$scratch/swift-test.log"
        sed -n 's/^.*tries: \([0-9]*\) \(.*\)$/\1 \2/p' "$scratch/swift-test.log" |
            awk '{ n = $1; $1 = ""; sum[$0] += n; all += n } END { for (what in sum) print sum[what] what | "sort"; close("sort"); print all + 0 " random tries and kills in all" }'
        grep -E 'Test run with [1-9][0-9]* tests?' "$scratch/swift-test.log" | tail -n 1
    fi || true
    if ((${#failed[@]} > 0)); then
        echo "FAILED: $(printf '%s; ' "${failed[@]}" | sed 's/; $//')"
        exit 1
    fi
    echo "All passed in $SECONDS s."
    exit 0
}

swift_test() {
    # With pipefail, swift test's exit code is also that of the pipe.
    swift test --skip-build --xunit-output "$scratch/tests.xml" 2>&1 | tee "$scratch/swift-test.log"
    ran_tests tests
}

# Running no tests at all, because a target was not found or a filter was left somewhere, is not a success. The tests' own process
# writes this file when they have finished. (swift test sometimes loses the last lines that it prints.)
ran_tests() {
    grep -qE '<testsuite .* errors="0" tests="[1-9][0-9]*" failures="0"' "$scratch/$1-swift-testing.xml" || die "the test results are missing, or a test failed"
}

# sanitized thread|address: runs the tests of the modules that use C or threads, in a build that checks every access. Each sanitizer
# needs a build of its own.
sanitized() {
    local scratch_path=.build/$1-sanitizer
    swift build --build-tests --sanitize="$1" --scratch-path "$scratch_path" 2>&1 | tail -n 3
    # Known leaks of other libraries: libgit2 1.5 leaks for every remote, refused connection or download, and merge base that is not found
    # (these calls return nothing that could be freed); so do libssh2, and Foundation and the test library in the tests themselves.
    # once_slow makes Swift's globals, such as the settings catalogue: they live as long as the process, and LeakSanitizer does not see
    # them where an enum keeps bits of its own in the pointer.
    printf 'leak:%s\n' swift::threading_impl::once_slow pcre2 libssh2 git_remote_connect_ext git_strarray_copy git_merge_base readBytesFromFile libXCTest.so >"$scratch/leaks"
    ASAN_OPTIONS=fast_unwind_on_malloc=0:malloc_context_size=60 LSAN_OPTIONS=suppressions=$scratch/leaks \
        swift test --skip-build --sanitize="$1" --scratch-path "$scratch_path" --filter 'AppliedStateTests|GitTests|SignaturesTests' \
        --xunit-output "$scratch/$1.xml" 2>&1 | tee "$scratch/$1.log" | { grep -E '✘|Test run with' || true; }
    ran_tests "$1"
    if grep -E -A 40 'WARNING: ThreadSanitizer|ERROR: (Address|Leak)Sanitizer' "$scratch/$1.log"; then die "the $1 sanitizer found something"; fi
}

systemd_units() {
    # systemd-analyze refuses a unit whose program does not exist, and easel is not installed here, so it checks copies with the path of
    # the built binary. --man=no: the manual pages that a unit names need not be installed.
    local units=$scratch/units
    mkdir "$units"
    cp deploy/systemd/*.service deploy/systemd/*.timer "$units"
    sed -i "s|/usr/bin/easel |$easel |" "$units"/*.service
    grep -q "exec $easel reconcile " "$units"/*.service || die "no /usr/bin/easel in the units"
    # Without --recursive-errors the exit code is 0 despite warnings, and to systemd a misspelt protection is only a warning. With a value
    # other than "no", warnings in other packages' units would count as well.
    systemd-analyze verify --man=no --recursive-errors=no "$units"/*.service "$units"/*.timer
    # What a service may do, as systemd rates it: 10 is everything. 1.2 is the network, which easel needs, and little else.
    local unit
    for unit in "$units"/*.service; do systemd-analyze security --offline=true --no-pager --threshold=13 "$unit" | tail -n 1; done
    (cd "$units" && printf '%s\n' *)
}

pipelines() {
    # Checks the files against the forges' and Kubernetes' own schemas, which are in packages on PyPI. The Swift tests run the steps.
    python3 -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" --quiet --disable-pip-version-check install check-jsonschema kubernetes-validate
    local forge
    for forge in github-workflows:github-actions gitlab-ci:gitlab-ci azure-pipelines:azure-devops; do
        # The patterns in the schemas are in an older JavaScript syntax, which newer versions refuse by default.
        "$scratch/venv/bin/check-jsonschema" --regex-variant python --builtin-schema "vendor.${forge%%:*}" deploy/"${forge##*:}"/*.yml
    done
    "$scratch/venv/bin/check-jsonschema" --regex-variant python --builtin-schema vendor.github-workflows .github/workflows/*.yml
    "$scratch/venv/bin/kubernetes-validate" --strict deploy/kubernetes/*.json
}

alerts() {
    promtool check rules deploy/prometheus/easel.rules.yml
    promtool test rules deploy/prometheus/easel.rules.test.yml
}

scripts() {
    # The HTML report's page.css and page.js are checked by the Swift tests, in Chromium: nothing else here can read them.
    local file files
    mapfile -t files < <(find Tests examples deploy .ci -type f \( -name '*.sh' -o -path .ci/run \) | sort)
    for file in "${files[@]}"; do
        bash -n "$file"
        # A file whose first line does not name an interpreter is only read by other scripts, never run.
        if [[ $(head -c 2 "$file") == '#!' ]]; then
            [[ -x $file ]] || die "$file is not executable"
        fi
    done
    mapfile -t -O "${#files[@]}" files < <(find Tests examples deploy -type f -name '*.py' | sort)
    for file in "${files[@]}"; do
        [[ $file != *.py ]] || python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file"
    done
    printf '%s\n' "${files[@]}"
}

fleet() {
    # The fleet that is used for measurements must be valid, before and after each kind of edit.
    local repository=$scratch/fleet.git edit
    python3 Tests/Fleet/generate.py --out "$repository" --tenants 60 --profiles 12 --bases 10
    "$easel" validate --repo "$repository" --ref main
    for edit in one base oauth; do
        python3 Tests/Fleet/generate.py --out "$repository" --edit "$edit"
        "$easel" validate --repo "$repository" --ref main
    done
}

quickstart() {
    EASEL_BINARY=$easel examples/quickstart.sh "$scratch/quickstart"
}

# --- the run ---------------------------------------------------------------------------------------------------------

command -v swift >/dev/null ||
    die "swift is not on PATH. Install Swift 6.2 or later (https://www.swift.org/install/linux/) and try again."

section "Packages" install_missing "${packages[@]}"
((${#failed[@]} == 0)) || finish
section "Build (debug)" swift build --build-tests
# Everything else needs the build.
((${#failed[@]} == 0)) || finish
easel=$(swift build --show-bin-path)/easel
[[ -x $easel ]] || die "the build did not create $easel"

section "Swift tests" swift_test
section "Thread sanitizer" sanitized thread
section "Address sanitizer" sanitized address
section "systemd units" systemd_units
section "Pipelines" pipelines
section "Alerts" alerts
section "Scripts" scripts
section "Fleet generator" fleet
section "Quickstart" quickstart
finish
