"""Small wrong edits of the deciding code, one at a time, and what the tests say of each. Called by Tests/mutants.sh.

The edits are found in the source by their form, so none goes out of date. The same number and seed give the same edits of the same source.
"""

import argparse
import os
import pathlib
import random
import re
import signal
import subprocess
import sys

MODULES = ["Impact", "Gates", "AppliedState", "Payloads", "Live"]

# What a hurried hand gets wrong: the pattern, and what stands there instead.
EDITS = [
    (r" == ", " != "), (r" != ", " == "), (r" && ", " || "), (r" \|\| ", " && "),
    (r" < ", " <= "), (r" > ", " >= "), (r" <= ", " < "), (r" >= ", " > "),
    (r"(?<![\w)?!])!(?=[a-z(])", ""), (r"(?<!!)\b([\w.]+)\.isEmpty\b", r"!\1.isEmpty"),
    (r"\.max\(\)", ".min()"), (r"\.min\(\)", ".max()"), (r"\bmin\(", "max("), (r"\bmax\(", "min("),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"\.formUnion\(", ".subtract("), (r"\.union\(", ".subtracting("), (r"\.subtracting\(", ".union("), (r"\.intersection\(", ".union("),
    (r"\.allSatisfy \{", ".contains {"), (r"\.contains \{", ".allSatisfy {"), (r"\.first\b(?! \{)", ".last"), (r"\+= 1\b", "+= 2"), (r" \+ 1\b", ""),
]
# A statement that stands alone on its line can be left out.
STATEMENT = re.compile(r"^\s+(?!return|throw|let|var|case|super|self\.\w+ = |try super)(try )?[a-z][\w.?\[\]]*(\([^{}]*\)|(\[[^\]]*\])? [+-]?= [^{}]*)$")


def masked(line):
    """The line with its strings and comments blanked, as long as it was."""
    line = re.sub(r'#?"(?:\\.|[^"\\])*"#?', lambda found: '"' * len(found.group()), line)
    return re.sub(r"//.*", lambda found: " " * len(found.group()), line)


def mutants(path):
    """All edits of a file: line number from 0, before, after."""
    is_text = is_example = False
    for number, line in enumerate(path.read_text().splitlines()):
        quotes = line.count('"""')
        if is_text or quotes:
            is_text ^= quotes % 2 == 1
            continue
        # A rule's examples are tests.
        if line.strip() == "examples: [":
            is_example = True
        if is_example:
            is_example = not line.startswith("        ])")
            continue
        code = masked(line)
        # What is written, and not decided, the golden files have byte by byte.
        if re.match(r"\s*(import|case \w+( =|,|$)|@|precondition|assert|writer\.|list\.|append|indent|escaped)", code) or "reserveCapacity" in code:
            continue
        for pattern, instead in EDITS:
            for found in re.finditer(pattern, code):
                # Names of operators and of generic parameters.
                if not re.search(r"func [<>=]|where \w+ ==|[<,] \w+: ", code):
                    yield number, line, line[: found.start()] + found.expand(instead) + line[found.end() :]
        if STATEMENT.match(code) and code.count("(") == code.count(")"):
            yield number, line, re.match(r"\s*", line).group() + "// left out"


def chosen(root, count, seed):
    """As many from each module, spread over its files."""
    dice = random.Random(seed)
    for index, module in enumerate(MODULES):
        found = [(path, *edit) for path in sorted((root / "Sources" / module).rglob("*.swift")) for edit in mutants(path)]
        dice.shuffle(found)
        yield module, found, count // len(MODULES) + (index < count % len(MODULES))


def run(root, limit, *command):
    """Whether the command succeeds; one that does not end does not. Its children go with it: an edit can make an endless loop."""
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait(limit) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def verdict(root, module):
    """`survived`, `caught`, or `invalid` where the edit does not compile. Tests nearest to the edit go first."""
    if not run(root, 1800, "swift", "build", "--build-tests"):
        return "invalid"
    fast = "ImpactTests|GatesTests|AppliedStateTests|PayloadsTests|LiveTests|ReportsTests"
    for tests in [f"{module}Tests", fast, "EaselTests"]:
        if not run(root, 900, "swift", "test", "--skip-build", "--filter", tests):
            return "caught"
    return "survived"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=pathlib.Path, help="a clone that may be edited")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="only print the edits")
    arguments = parser.parse_args()
    tally = {"caught": 0, "survived": 0, "invalid": 0}
    survivors = []
    for module, found, wanted in chosen(arguments.root, arguments.count, arguments.seed):
        for path, number, before, after in found:
            if wanted == 0:
                break
            place = f"{path.relative_to(arguments.root)}:{number + 1}"
            edit = f"{place}\n  - {before.strip()}\n  + {after.strip()}"
            if arguments.list:
                print(edit)
                wanted -= 1
                continue
            source = path.read_text()
            lines = source.splitlines(keepends=True)
            lines[number] = after + "\n"
            path.write_text("".join(lines))
            try:
                result = verdict(arguments.root, module)
            finally:
                path.write_text(source)
            tally[result] += 1
            print(f"{result:9}{edit}", flush=True)
            if result != "invalid":
                wanted -= 1
            if result == "survived":
                survivors.append(edit)
    if sum(tally.values()) > 0:
        print(f"\n{tally['caught']} caught, {len(survivors)} survived, {tally['invalid']} did not compile.")
        print(*survivors, sep="\n")
    sys.exit(1 if survivors else 0)


main()
