#!/usr/bin/env python3
"""Makes exports of what a fleet's tenants have from what `easel reconcile --out` wrote: one file per profile, as Graph returns it.

exports.py OUT LIVE
"""
import json
import os
import sys
import uuid

out, live = sys.argv[1:]
count = 0
for tenant in sorted(os.listdir(os.path.join(out, "tenants"))):
    payloads = os.path.join(out, "tenants", tenant, "payloads")
    folder = os.path.join(live, tenant)
    os.makedirs(folder)
    for name in os.listdir(payloads):
        profile, ending = name.split(".", 1)
        if ending != "graph.json":
            continue
        with open(os.path.join(payloads, name), encoding="utf-8") as file:
            exported = json.load(file)
        with open(os.path.join(payloads, profile + ".assign.json"), encoding="utf-8") as file:
            exported["assignments"] = json.load(file)["assignments"]
        exported["id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{tenant}/{profile}"))
        exported["version"] = 1
        exported["lastModifiedDateTime"] = "2026-01-01T00:00:00Z"
        with open(os.path.join(folder, profile + ".json"), "w", encoding="utf-8") as file:
            json.dump(exported, file, indent=2)
        count += 1
print(count)
