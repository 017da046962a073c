#!/usr/bin/env python3
"""What a release of easel consists of: the Swift packages that are linked into the program, and libraries that are beside it.

    components.py licences --scratch DIR                                  their licences and notices, as one text
    components.py sbom --scratch DIR --version V --epoch N [--library NAME=VERSION=PACKAGE ...] [FILE ...]
                                                                          a CycloneDX 1.5 SBOM in JSON, with the hashes of the release's files

The linked packages are those whose modules the linker got, not all that versions.json names. The same input gives the same bytes.
"""
import argparse
import datetime
import hashlib
import json
import pathlib
import re
import sys
import uuid

# What the text of a licence says -> its SPDX identifier. An unknown one is an error: somebody must look at it.
LICENCES = [("Apache License", "Apache-2.0"), ("Permission is hereby granted, free of charge", "MIT")]


def linked_modules(scratch):
    """The names of the modules in the program, from the list of objects that the linker got."""
    objects = (scratch / "release/easel.product/Objects.LinkFileList").read_text().splitlines()
    return {match.group(1) for line in objects if (match := re.search(r"/([^/]+)\.build/", line.strip("'\" ")))}


def packages(scratch):
    """The packages with at least one linked module, each with its version, revision, address and folder."""
    own = {path.name for path in pathlib.Path(__file__).resolve().parents[2].joinpath("Sources").iterdir()}
    wanted = linked_modules(scratch) - own
    pins = json.loads(pathlib.Path(__file__).with_name("versions.json").read_text())["pins"]
    found, named = [], set()
    for pin in sorted(pins, key=lambda pin: pin["identity"]):
        folder = scratch / "checkouts" / pin["location"].rstrip("/").removesuffix(".git").rsplit("/", 1)[-1]
        manifests = [path.read_text() for path in folder.glob("Package*.swift")]
        # A target is called as its folder, or its name is in the manifest.
        folders = {path.name for path in [*folder.glob("Sources/*"), *folder.glob("Sources/*/*")] if path.is_dir()}
        linked = wanted & folders | wanted & {name for text in manifests for name in re.findall(r'[tT]arget\(\s*name:\s*"([^"]+)"', text)}
        if not linked:
            continue
        named |= linked
        text = next(path.read_text() for name in ("LICENSE.txt", "LICENSE", "LICENSE.md") if (path := folder / name).is_file())
        licence = next((spdx for words, spdx in LICENCES if words in text), None)
        if licence is None:
            sys.exit(f"components.py: cannot tell the licence of {pin['identity']}; look at {folder}")
        found.append({"name": pin["identity"], "version": pin["state"]["version"], "revision": pin["state"]["revision"], "url": pin["location"], "folder": folder, "licence": licence, "text": text})
    if wanted - named:
        sys.exit(f"components.py: no package has the linked modules {', '.join(sorted(wanted - named))}")
    return found


def licences(scratch):
    parts = ["The program contains these packages, Swift's standard library and Foundation (Apache-2.0 with Runtime Library Exception,\nhttps://www.swift.org/LICENSE.txt), and ICU (Unicode License v3, https://www.unicode.org/license.txt).\n"]
    for package in packages(scratch):
        notices = [path.read_text() for path in sorted(package["folder"].glob("NOTICE*")) if path.is_file()]
        parts.append("\n\n".join([f"{'=' * 78}\n{package['name']} {package['version']}  {package['url']}", package["text"].strip(), *(text.strip() for text in notices)]) + "\n")
    print("\n".join(parts), end="")


def sbom(options):
    version = options.version
    time = datetime.datetime.fromtimestamp(options.epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    components = []
    for package in packages(options.scratch):
        reference = f"pkg:swift/{package['url'].removeprefix('https://').removesuffix('.git')}@{package['version']}"
        components.append({
            "type": "library", "bom-ref": reference, "name": package["name"], "version": package["version"], "purl": reference,
            "licenses": [{"license": {"id": package["licence"]}}],
            "externalReferences": [{"type": "vcs", "url": package["url"], "comment": f"revision {package['revision']}"}],
        })
    for library in options.library:
        name, library_version, package = library.split("=")
        reference = f"pkg:deb/debian/{package}@{library_version}?distro=bookworm"
        components.append({"type": "library", "bom-ref": reference, "name": name, "version": library_version, "purl": reference})
    components.sort(key=lambda component: component["bom-ref"])
    files = []
    for path in sorted(options.files, key=lambda path: path.name):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        files.append({"type": "file", "bom-ref": f"file:{path.name}", "name": path.name, "hashes": [{"alg": "SHA-256", "content": digest}]})
    own = f"pkg:generic/easel@{version}"
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        # Of the release and its files, so that the same release has the same number.
        "serialNumber": "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, own + "".join(entry["hashes"][0]["content"] for entry in files))),
        "metadata": {
            "timestamp": time,
            "component": {"type": "application", "bom-ref": own, "name": "easel", "version": version, "purl": own, "licenses": [{"license": {"id": "Apache-2.0"}}]},
        },
        "components": files + components,
        "dependencies": [{"ref": own, "dependsOn": [component["bom-ref"] for component in components]}],
    }
    print(json.dumps(document, indent=2))


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
commands = parser.add_subparsers(dest="command", required=True)
for name in ("licences", "sbom"):
    command = commands.add_parser(name)
    command.add_argument("--scratch", type=pathlib.Path, required=True)
command.add_argument("--version", required=True)
command.add_argument("--epoch", type=int, required=True)
command.add_argument("--library", action="append", default=[])
command.add_argument("files", type=pathlib.Path, nargs="*")
options = parser.parse_args()
if options.command == "licences":
    licences(options.scratch)
else:
    sbom(options)
