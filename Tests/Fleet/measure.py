#!/usr/bin/env python3
"""Measures single commands, and makes a table of what was measured.

    measure.py run --results FILE --logs DIR --label LABEL -- COMMAND…
        runs COMMAND, adds its wall seconds and peak memory to FILE (a JSON object per line), and ends with its exit
        code. Its output goes to DIR/LABEL-N.out and .err.

    measure.py table --results FILE --row 'STEP;GIT LABEL;EASEL LABEL;LIMIT'… [--peak MIB]
        medians side by side, as Markdown. LIMIT is how many times as long as git easel may take; empty: no limit.
        Exit code 1 when a limit is broken, or when a run of easel took more memory than --peak.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time


def load(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def run(arguments):
    os.makedirs(arguments.logs, exist_ok=True)
    number = 1 + sum(entry["label"] == arguments.label for entry in load(arguments.results))
    stem = os.path.join(arguments.logs, f"{arguments.label}-{number}")
    with open(stem + ".out", "wb") as out, open(stem + ".err", "wb") as err:
        started = time.monotonic()
        child = subprocess.Popen(arguments.command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        # wait4 tells of this one child and of what it waited for itself; RUSAGE_CHILDREN would mix all runs. A child
        # begins as a copy of this interpreter, so nothing below its 10 MiB or so can be seen: far from any limit.
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - started
    code = os.waitstatus_to_exitcode(status)
    child.returncode = code
    entry = {"label": arguments.label, "seconds": round(seconds, 4), "peakMiB": round(usage.ru_maxrss / 1024, 1),
             "cpuSeconds": round(usage.ru_utime + usage.ru_stime, 4), "exitCode": code}
    print(f"  {arguments.label:24} {seconds:8.2f} s {entry['peakMiB']:7.0f} MiB", file=sys.stderr)
    if code != 0:
        print(f"measure.py: exit code {code} of: {' '.join(arguments.command)}\n  its output: {stem}.out, {stem}.err; "
              "the last lines:", file=sys.stderr)
        with open(stem + ".err", encoding="utf-8", errors="replace") as err:
            sys.stderr.writelines("    " + line for line in err.readlines()[-15:])
        sys.exit(code if code > 0 else 128 - code)
    with open(arguments.results, "a", encoding="utf-8") as results:
        results.write(json.dumps(entry) + "\n")


def table(arguments):
    entries = load(arguments.results)

    def of(label):
        found = [entry for entry in entries if entry["label"] == label]
        if not found:
            sys.exit(f"measure.py: nothing was measured as {label}")
        return statistics.median(entry["seconds"] for entry in found), max(entry["peakMiB"] for entry in found)

    def unsteady(label):
        """A note where runs of one command lie far apart: something else was going on, and the ratio says little."""
        seconds = sorted(entry["seconds"] for entry in entries if entry["label"] == label)
        if seconds[-1] > 1.5 * seconds[0] and seconds[-1] - seconds[0] > 0.2:
            notes.append(f"{label} took between {seconds[0]:.2f} and {seconds[-1]:.2f} s: not a quiet machine, or many files "
                         "were deleted just before; measure again in a few minutes.")

    broken = False
    notes = []
    for label in dict.fromkeys(label for row in arguments.row for label in row.split(";")[1:3]):
        unsteady(label)
    print("| step | git s | easel s | ratio | limit | ok? | peak MiB |\n|---|--:|--:|--:|--:|:-:|--:|")
    for row in arguments.row:
        step, git_label, easel_label, limit = row.split(";")
        git_seconds, _ = of(git_label)
        easel_seconds, peak = of(easel_label)
        ratio = easel_seconds / max(git_seconds, 1e-4)
        good = (not limit or ratio <= float(limit)) and peak <= arguments.peak
        broken = broken or not good
        too_much = " (too much)" if peak > arguments.peak else ""
        print(f"| {step} | {git_seconds:.2f} | {easel_seconds:.2f} | {ratio:.2f} | {f'≤ {limit}' if limit else 'none'} "
              f"| {'yes' if good else '**NO**'} | {peak:.0f}{too_much} |")
    for note in notes:
        print(f"\n{note}")
    sys.exit(1 if broken else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("run")
    one.add_argument("--results", required=True)
    one.add_argument("--logs", required=True)
    one.add_argument("--label", required=True)
    one.add_argument("command", nargs="+")
    one.set_defaults(do=run)
    rows = commands.add_parser("table")
    rows.add_argument("--results", required=True)
    rows.add_argument("--row", action="append", required=True)
    rows.add_argument("--peak", type=float, default=512)
    rows.set_defaults(do=table)
    arguments = parser.parse_args()
    arguments.do(arguments)


if __name__ == "__main__":
    main()
