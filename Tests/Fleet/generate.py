#!/usr/bin/env python3
"""Makes a config repository the size of a large provider's fleet, to measure easel with.

    generate.py --out fleet.git                     a new bare repository, branch main
    generate.py --out fleet.git --edit one          one more commit on it

The default is 10,000 tenants of 10 profiles: about 107 MB of JSON, 12 MB as a pack. The same options give the same
commit id, on any machine: nothing comes from a clock, a host name or a hash seed.

Edits (each may be repeated, and each prints the new commit's id on stdout):
    one     turns account.oauth over in one manifest, of another tenant each time
    base    turns account.oauth over in bases/exchange-online.json (the first time: on)
    oauth   turns account.oauth on in every manifest of the fleet where it is off
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
import uuid

# 1 October 2026, 08:00 UTC: a fixed date, so that commit ids do not depend on the day of the run.
EPOCH = 1_790_841_600
AUTHOR = "Fleet generator <fleet@easel.invalid>"

# Git must do here what it does everywhere: no hooks, templates, signing or caller's repository from the environment.
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
ENVIRONMENT.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1")

FIRST_WORDS = ["adatum", "alpine", "bellows", "blue-yonder", "city-power", "coho", "contoso", "datum", "fabrikam",
               "fourth", "graphic", "humongous", "lamna", "liberty", "litware", "lucerne", "margie", "munson",
               "nod", "northwind", "parnell", "proseware", "relecloud", "southridge", "tailspin", "trey", "vanarsdel",
               "wide-world", "wingtip", "woodgrove"]
SECOND_WORDS = ["academy", "airlines", "architects", "bank", "bakeries", "care", "clinics", "design", "dairy",
                "foods", "freight", "hotels", "housing", "importers", "insurance", "library", "logistics",
                "notaries", "optics", "pharma", "press", "research", "retail", "schools", "sports", "telecom",
                "toys", "travel", "video", "winery"]

GROUPS = ["staff", "board", "field", "frontline", "contractors", "meeting-rooms", "sales", "support", "warehouse",
          "pilot", "leavers"]

BASES = {
    "exchange-online": {
        "description": "Exchange Online with a password.",
        "account": {"authentication": {"method": "usernameAndPassword"}, "oauth": False},
    },
    "exchange-online-modern": {
        "description": "Exchange Online with modern authentication.",
        "account": {"authentication": {"method": "usernameAndPassword"}, "oauth": True},
    },
    "exchange-online-certificate": {
        "extends": "bases/exchange-online-modern.json",
        "description": "Exchange Online with a certificate from the tenant's SCEP profile.",
        "account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}},
    },
    "exchange-online-smime": {
        "extends": "bases/exchange-online-modern.json",
        "description": "Exchange Online with signed mail.",
        "smime": {"enabled": True, "signing": {"enabled": True, "userCanChange": False,
                                               "certificate": {"type": "certificate", "profile": "smime"}}},
    },
    "exchange-online-vpn": {
        "extends": "bases/exchange-online-modern.json",
        "description": "Exchange Online through the tenant's mail VPN.",
        "mail": {"vpnProfile": "mail-vpn"},
    },
    "mail-only": {
        "extends": "bases/exchange-online-modern.json",
        "description": "Mail without calendars, contacts, reminders and notes.",
        "sync": {"exchangeData": "emailOnly", "userCanChange": False},
    },
    "careful": {
        "extends": "bases/exchange-online-modern.json",
        "description": "Mail stays in its account and in the Mail app.",
        "mail": {"allowMove": False, "allowThirdPartyApps": False, "syncRecentAddresses": False},
    },
    "short-memory": {
        "extends": "bases/careful.json",
        "description": "One week of mail on the device.",
        "mail": {"amountToSync": "oneWeek"},
    },
}

# (profile id, display name, group, excluded group, what it says beside account name and assignments, does it extend)
PROFILES = [
    ("staff-mail", "Staff mail", "staff", "leavers", {}, True),
    ("board-mail", "Board mail", "board", None,
     {"smime": {"enabled": True, "signing": {"enabled": True, "certificate": {"type": "certificate", "profile": "smime"}},
                "encryption": {"perMessage": True}}}, True),
    ("field-mail", "Field service mail", "field", "leavers", {"mail": {"amountToSync": "twoWeeks"}}, True),
    ("frontline-mail", "Frontline mail", "frontline", "leavers", {"mail": {"amountToSync": "threeDays"}}, True),
    ("contractors-mail", "Contractors mail", "contractors", None,
     {"mail": {"amountToSync": "oneWeek", "allowMove": False, "allowThirdPartyApps": False}}, True),
    ("rooms-calendar", "Meeting rooms calendar", "meeting-rooms", None,
     {"sync": {"exchangeData": "calendarOnly", "userCanChange": False}}, True),
    ("sales-mail", "Sales mail", "sales", "leavers", {"mail": {"amountToSync": "oneMonth"}}, True),
    ("support-mail", "Support mail", "support", None, {"mail": {"syncRecentAddresses": False}}, True),
    ("warehouse-mail", "Warehouse mail", "warehouse", None,
     {"account": {"authentication": {"method": "certificate", "certificateProfile": "user-scep"}}}, False),
    ("pilot-mail", "Pilot mail", "pilot", None,
     {"account": {"authentication": {"method": "usernameAndPassword"}, "oauth": True}}, False),
]


def text(document):
    """A JSON file as easel's users write it: two spaces, a newline at the end."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def guid(rng):
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def base_names(count):
    """The eight bases, or the first of them, or as many more as asked for."""
    return (list(BASES) + [f"house-style-{n:03d}" for n in range(1, count - len(BASES) + 1)])[:count]


def base_document(name):
    document = {"kind": "iosEmailProfile"}
    own = BASES.get(name) or {
        "extends": "bases/exchange-online-modern.json",
        "description": f"Agreed for this group of tenants ({name}).",
        "mail": {"amountToSync": "oneMonth"},
    }
    if "extends" in own:
        document["extends"] = own["extends"]
    document["$comment"] = "Shared by many tenants: a change here reaches all of them in one run."
    document.update({k: v for k, v in own.items() if k != "extends"})
    if "extends" not in own:
        document["account"] = {
            "server": "outlook.office365.com",
            "usernameAttribute": "userPrincipalName",
            "emailAddressAttribute": "primarySmtpAddress",
            **own["account"],
            "ssl": True,
        }
    return document


def tenant_document(rng, name, number, base, mobileconfig):
    """tenant.json. Tenants with a .mobileconfig target have what it needs: `scep` blocks and the VPN's UUID."""
    def scep(purpose):
        return {
            "URL": f"https://scep.example.com/{number:05d}/{purpose}",
            "Name": "Issuing CA 1",
            "Subject": [[["O", name]], [["CN", "{{userprincipalname}}"]]],
            "Keysize": 2048,
            "Key Type": "RSA",
            "Key Usage": 5,
        }

    document = {
        "kind": "tenant",
        "tenantId": guid(rng),
        "displayName": name,
        "exchange": "online",
        "iosAccountsApp": "unknown" if rng.random() < 0.05 else "granted",
        "minimumOS": rng.choice(["15.0", "16.0", "17.0", "18.0"]),
    }
    certificates = {"user-scep": {"id": guid(rng), "type": "scep"}, "smime": {"id": guid(rng), "type": "pkcs"}}
    if mobileconfig:
        document["targets"] = ["graph", "mobileconfig"]
        certificates["user-scep"]["scep"] = scep("user")
        certificates["smime"].update(type="scep", scep=scep("smime"))
    document["groups"] = {}
    for group in GROUPS:
        entry = {"id": guid(rng)}
        # One group in eight has no size: a group from another directory, or never counted. People are then unknown.
        if rng.random() > 0.125:
            entry["members"] = int(rng.lognormvariate(3.5, 1.2)) + 1
        document["groups"][group] = entry
    document["allUsers"] = {"members": sum(g.get("members", 0) for g in document["groups"].values())}
    document["filters"] = {"corporate": guid(rng)}
    document["certificateProfiles"] = certificates
    if base == "exchange-online-vpn":
        document["vpnProfiles"] = {"mail-vpn": {"id": guid(rng)}}
        if mobileconfig:
            document["vpnProfiles"]["mail-vpn"]["vpnUUID"] = guid(rng).upper()
    return document


def manifest_document(rng, tenant_name, base, profile, copy):
    _, title, group, excluded, own, extends = profile
    suffix = f" {copy + 1}" if copy else ""
    document = {"kind": "iosEmailProfile"}
    if extends:
        document["extends"] = f"bases/{base}.json"
    document["$comment"] = (
        "Owner: the tenant's service desk. Ask there before a change that makes people sign in again, and plan it outside "
        "office hours; the review says how many people that are, at most.")
    document["displayName"] = title + suffix
    document["description"] = (
        f"{title} in the Mail app of iPhone and iPad, for the group {group}. Managed in Git by the service provider: a "
        "change in the console is reported as drift and put back after review. Questions go to the service desk, with "
        "the name of this profile and the serial number of the device.")
    account = {"accountName": f"{tenant_name} mail"}
    if not extends:
        account = {
            "server": "outlook.office365.com",
            **account,
            "usernameAttribute": "userPrincipalName",
            "emailAddressAttribute": "primarySmtpAddress",
        }
    document["account"] = {**account, **own.get("account", {})}
    document.update({k: v for k, v in own.items() if k != "account"})
    target = {"group": group}
    if rng.random() < 0.3:
        target.update(filter="corporate", filterMode="include")
    document["assignments"] = {"include": [target]}
    if excluded:
        document["assignments"]["exclude"] = [{"group": excluded}]
    return document


def fleet_files(arguments):
    """Every file of the fleet, (path, bytes), in the order of the tree."""
    rng = random.Random(arguments.seed)
    bases = base_names(arguments.bases)
    for name in sorted(bases):
        yield f"bases/{name}.json", text(base_document(name))
    for number in range(arguments.tenants):
        # The number comes first: ids stay unique and sorted, whatever the words are.
        words = [rng.choice(FIRST_WORDS), rng.choice(SECOND_WORDS), *rng.choice([[], ["group"]])]
        folder = f"tenants/t{number:05d}-{'-'.join(words)}"
        name = " ".join(word.title() for word in " ".join(words).replace("-", " ").split())
        base = bases[number % len(bases)]
        yield f"{folder}/tenant.json", text(tenant_document(rng, name, number, base, number % 50 == 3))
        for index in range(arguments.profiles):
            copy, which = divmod(index, len(PROFILES))
            identifier = PROFILES[which][0] + (f"-{copy + 1}" if copy else "")
            yield (f"{folder}/profiles/{identifier}.json",
                   text(manifest_document(rng, name, base, PROFILES[which], copy)))


def git(repository, *arguments, **options):
    done = subprocess.run(["git", "--git-dir", repository, *arguments], env=ENVIRONMENT, check=True,
                          stdout=subprocess.PIPE, text=True, **options)
    return done.stdout.strip()


def commit(repository, files, message, parent=None, when=EPOCH):
    """One commit on main through `git fast-import`; returns (commit id, bytes of JSON)."""
    size = 0
    importer = subprocess.Popen(["git", "--git-dir", repository, "fast-import", "--quiet", "--done"],
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    stream = importer.stdin
    try:
        body = message.encode()
        stream.write(f"commit refs/heads/main\nauthor {AUTHOR} {when} +0000\ncommitter {AUTHOR} {when} +0000\n"
                     f"data {len(body)}\n".encode() + body + b"\n")
        if parent:
            stream.write(f"from {parent}\n".encode())
        for path, content in files:
            size += len(content)
            stream.write(f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n")
        stream.write(b"done\n")
        stream.close()
    except BrokenPipeError:
        pass  # fast-import has said on stderr what it did not like; its exit code follows.
    if importer.wait() != 0:
        sys.exit("generate.py: git fast-import failed")
    return git(repository, "rev-parse", "refs/heads/main"), size


def generate(arguments):
    if os.path.exists(arguments.out):
        sys.exit(f"generate.py: {arguments.out} is there already")
    started = time.monotonic()
    subprocess.run(["git", "init", "--quiet", "--bare", "--template=", "--initial-branch=main", arguments.out],
                   env=ENVIRONMENT, check=True)
    message = f"Fleet of {arguments.tenants} tenants, {arguments.profiles} profiles each"
    identifier, size = commit(arguments.out, fleet_files(arguments), message)
    imported = time.monotonic()
    # What a forge serves: one pack with good deltas. fast-import only compares a blob with the one before it.
    git(arguments.out, "-c", "pack.threads=0", "repack", "-a", "-d", "-f", "-q")
    folder = os.path.join(arguments.out, "objects", "pack")
    packed = sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if name.endswith(".pack"))
    print(f"{message}: {size / 1e6:.1f} MB of JSON, a pack of {packed / 1e6:.1f} MB, "
          f"written in {imported - started:.0f} s, repacked in {time.monotonic() - imported:.0f} s", file=sys.stderr)
    print(identifier)


class Objects:
    """JSON documents by object name, through one `git cat-file --batch`."""

    def __init__(self, repository, revision):
        self.revision = revision
        self.process = subprocess.Popen(["git", "--git-dir", repository, "cat-file", "--batch"], env=ENVIRONMENT,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.bases = {}

    def document(self, path, name=None):
        """`name`: the blob's id, where it is known. By path Git reads the whole list of tenants again each time."""
        self.process.stdin.write(f"{name or f'{self.revision}:{path}'}\n".encode())
        self.process.stdin.flush()
        header = self.process.stdout.readline().split()
        if len(header) != 3:
            sys.exit(f"generate.py: no {path} in the repository")
        content = self.process.stdout.read(int(header[2]))
        self.process.stdout.read(1)
        return json.loads(content)

    def oauth(self, document):
        """The effective account.oauth, so that turning it over is always a change: own, else the base's, else false."""
        own = document.get("account", {}).get("oauth")
        if own is not None or "extends" not in document:
            return bool(own)
        base = document["extends"]
        if base not in self.bases:
            self.bases[base] = self.oauth(self.document(base))
        return self.bases[base]


def with_oauth(document, value):
    """Sets account.oauth, in its place among the keys when it is there already: the diff is one line."""
    document.setdefault("account", {})["oauth"] = value
    return text(document)


def edit(arguments):
    repository = arguments.out
    parent = git(repository, "rev-parse", "refs/heads/main")
    count = int(git(repository, "rev-list", "--count", parent))
    when = int(git(repository, "show", "-s", "--format=%ct", parent)) + 60
    objects = Objects(repository, parent)

    if arguments.edit == "base":
        path = "bases/exchange-online.json"
        document = objects.document(path)
        value = not objects.oauth(document)
        files, message = [(path, with_oauth(document, value))], f"OAuth {'on' if value else 'off'} in {path}"
    elif arguments.edit == "one":
        tenants = git(repository, "ls-tree", "--name-only", f"{parent}:tenants").splitlines()
        # 7919 is prime: one edit after another lands far from the last, and on every tenant before any comes twice.
        tenant = tenants[(count * 7919) % len(tenants)]
        names = git(repository, "ls-tree", "--name-only", f"{parent}:tenants/{tenant}/profiles").splitlines()
        path = f"tenants/{tenant}/profiles/{'staff-mail.json' if 'staff-mail.json' in names else names[0]}"
        document = objects.document(path)
        value = not objects.oauth(document)
        files, message = [(path, with_oauth(document, value))], f"OAuth {'on' if value else 'off'} in {path}"
    else:
        listing = git(repository, "ls-tree", "-r", parent, "tenants").splitlines()
        names = (re.fullmatch(r"\d+ blob (\w+)\t(.*/profiles/[^/]+\.json)", line) for line in listing)
        documents = ((match[2], objects.document(match[2], match[1])) for match in names if match)
        files = [(path, with_oauth(document, True)) for path, document in documents if not objects.oauth(document)]
        if not files:
            sys.exit("generate.py: OAuth is on everywhere already")
        message = f"OAuth on in {len(files)} manifests"

    identifier, _ = commit(repository, files, message, parent, when)
    print(message, file=sys.stderr)
    print(identifier)


def main():
    def count(value):
        number = int(value)
        if number < 1:
            raise argparse.ArgumentTypeError("must be 1 or more")
        return number

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, metavar="DIR.git", help="the bare repository to write")
    parser.add_argument("--tenants", type=count, default=10_000, metavar="N", help="default 10000")
    parser.add_argument("--profiles", type=count, default=10, metavar="N", help="of each tenant, default 10")
    parser.add_argument("--bases", type=count, default=8, metavar="N", help="default 8")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="default 1")
    parser.add_argument("--edit", choices=["one", "base", "oauth"], help="add a commit instead")
    arguments = parser.parse_args()
    if arguments.edit:
        edit(arguments)
    else:
        generate(arguments)


if __name__ == "__main__":
    main()
