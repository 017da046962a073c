#!/usr/bin/env python3
"""Measures easel with Microsoft Graph at size, against the emulator: reading, drift and publishing for many tenants.

    graph.py [--tenants N] [--easel PATH] [--emulator PATH] [--latency MS] [--work DIR]

    --tenants N      size of the fleet, 10 profiles each (default 1000)
    --easel PATH     the binary to measure (default: a release build of this package)
    --emulator PATH  the emulator (default: the same build)
    --latency MS     what each answer of Graph takes (default 80)
    --work DIR       a new or empty folder for everything that is written (default: a temporary one, removed at the end)

The emulator keeps to Microsoft's documented limits: 100 writes and 1,000 requests of an app in a tenant within 20 seconds. The table shows
time, peak memory, and how many requests each step took; none may be refused for a limit. The exit code is 1 if a step fails.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
APP, SECRET = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "measured"
CERTIFICATES = {"scep": "iosScepCertificateProfile", "pkcs": "iosPkcsCertificateProfile", "importedPkcs": "iosImportedPFXCertificateProfile"}


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, **options)


def built(product):
    build = ["swift", "build", "--package-path", str(ROOT), "-c", "release"]
    run(*build, "--product", product, stdout=sys.stderr)
    return run(*build, "--show-bin-path", capture_output=True).stdout.strip() + "/" + product


def scenario(work, config, latency):
    """What every tenant has: the exports of a first reconcile, with certificates as objects of their own."""
    tenants = []
    for folder in sorted((work / "live").iterdir()):
        known = json.loads((config / "tenants" / folder.name / "tenant.json").read_text())
        objects = [
            {"@odata.type": "#microsoft.graph." + CERTIFICATES[profile["type"]], "id": profile["id"], "displayName": name}
            for name, profile in sorted(known.get("certificateProfiles", {}).items())
        ]
        for file in sorted(folder.iterdir()):
            profile = json.loads(file.read_text())
            for key in [key for key in profile if key.endswith("@odata.bind")]:
                profile[key.removesuffix("@odata.bind")] = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", profile.pop(key))[0]
            profile["lastModifiedDateTime"] = "2026-01-01T00:00:00Z"
            objects.append(profile)
        credentials = [known["derivedCredentials"]["id"]] if "derivedCredentials" in known else []
        tenants.append({
            "id": known["tenantId"], "displayName": known["displayName"], "apps": [{"clientId": APP, "secret": SECRET}],
            "deviceConfigurations": objects, "derivedCredentials": credentials,
        })
    return {"tenants": tenants, "latencyMilliseconds": latency, "limits": {}}


class Emulator:
    def __init__(self, program, file):
        self.process = subprocess.Popen([program, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def counts(self):
        """Requests since the last time."""
        self.process.stdin.write("counts\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def step(name, emulator, command, environment, expected):
    emulator.counts()
    start = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - start
    counts = emulator.counts()
    row = [name, f"{seconds:.1f} s", f"{usage.ru_utime + usage.ru_stime:.1f} s", f"{usage.ru_maxrss / 1024:.0f} MB"]
    row += [str(counts[key]) for key in ("tokens", "reads", "writes", "refused")]
    print("| " + " | ".join(row) + " |", flush=True)
    if process.returncode not in expected or counts["refused"]:
        sys.exit(f"graph.py: {name} ended with {process.returncode}\n{out[-2000:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--easel")
    parser.add_argument("--emulator")
    parser.add_argument("--latency", type=int, default=80)
    parser.add_argument("--work")
    options = parser.parse_args()
    easel, program = options.easel or built("easel"), options.emulator or built("graph-emulator")
    work = pathlib.Path(options.work or tempfile.mkdtemp(prefix="easel-graph-"))
    work.mkdir(exist_ok=True)
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))

    run(sys.executable, str(HERE / "generate.py"), "--out", str(work / "fleet.git"), "--tenants", str(options.tenants), stdout=sys.stderr)
    run("git", "clone", "--quiet", str(work / "fleet.git"), str(work / "config"))
    quiet = {"stdout": subprocess.DEVNULL}
    run(easel, "reconcile", "--repo", str(work / "config"), "--state", str(work / "first.git"), "--out", str(work / "out"), **quiet)
    run(sys.executable, str(HERE / "exports.py"), str(work / "out"), str(work / "live"), **quiet)
    # In a process of its own: a program begins with the memory of the one that starts it, and would be measured with it.
    if os.fork() == 0:
        (work / "scenario.json").write_text(json.dumps(scenario(work, work / "config", options.latency)))
        os._exit(0)
    if os.wait()[1] != 0:
        sys.exit("graph.py: the scenario could not be made")
    emulator = Emulator(program, str(work / "scenario.json"))
    try:
        environment = dict(os.environ, AZURE_CLIENT_ID=APP, AZURE_CLIENT_SECRET=SECRET, AZURE_AUTHORITY_HOST=emulator.url)
        common = ["--repo", str(work / "config"), "--state", str(work / "state.git"), "--graph-endpoint", emulator.url]
        print(f"{options.tenants} tenants with 10 profiles each; every answer takes {options.latency} ms.\n")
        print("| step | time | CPU | peak memory | tokens | reads | writes | refused |\n|---|---|---|---|---|---|---|---|", flush=True)
        step("adopt --live graph", emulator, [easel, "adopt", "--live", "graph", *common], environment, {0})
        step("drift --live graph, nothing drifted", emulator, [easel, "drift", "--live", "graph", *common], environment, {0})
        edited = 0
        for tenant in sorted((work / "config" / "tenants").iterdir()):
            for file in sorted((tenant / "profiles").iterdir())[:2]:
                manifest = json.loads(file.read_text())
                manifest.setdefault("account", {})["accountName"] = "Mail " + uuid.uuid5(uuid.NAMESPACE_URL, str(file.name)).hex[:4]
                file.write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
                edited += 1
        run("git", "-C", str(work / "config"), "-c", "user.name=Fleet", "-c", "user.email=fleet@easel.invalid", "commit", "--quiet", "--all", "--message", "two edits each")
        step(f"reconcile --publish graph, {edited} changes", emulator, [easel, "reconcile", "--publish", "graph", *common], environment, {0})
        step("drift --live graph afterwards", emulator, [easel, "drift", "--live", "graph", *common], environment, {0})
        step("reconcile --publish graph, nothing to do", emulator, [easel, "reconcile", "--publish", "graph", *common], environment, {0})
    finally:
        emulator.process.kill()
        emulator.process.wait()
        if not options.work:
            shutil.rmtree(work, ignore_errors=True)


main()
