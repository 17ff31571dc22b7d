#!/usr/bin/env python3
"""Policies for hardware, as a person handles them: check, explain, diff, compile, sign and show; and what a rehearsal says to one.

usage: policy_files.py BIN_DIR
"""
import json
import os
import subprocess
import sys
import tempfile

BIN = sys.argv[1]
REGISTERS = {"nitro": {"pcr0": "a0", "pcr1": "a1", "pcr2": "a2"}, "tdx": {"mrtd": "b0", "rtmr1": "b1", "rtmr2": "b2"},
             "snp": {"measurement": "c0"}}


def parley(*args, expect=0):
    done = subprocess.run([os.path.join(BIN, "parley"), *args, "--json"], capture_output=True, text=True, timeout=120)
    doc = json.loads(done.stdout)
    assert done.returncode == expect, (args, done.returncode, doc, done.stderr)
    return doc


def policy(folder, name, releases=("2026.11",), evaluation=17, keys=None, extra=""):
    sets = "".join(f"  - {{release: \"{r}\", tee: {tee}, values: {{" +
                   ", ".join(f"{reg}: {(fill + r[-2:]) * 24}" for reg, fill in regs.items()) + "}}\n"
                   for r in releases for tee, regs in REGISTERS.items())
    parties = "".join(f"  - {{id: {p}, name: {p}, operator: {op}, compute: true, tee: {tee}{', keys: ' + keys[p] if keys else ''}}}\n"
                      for p, op, tee in (("north", "One", "nitro"), ("south", "Two", "snp"), ("west", "Three", "tdx")))
    text = f"""parley: 1
name: mixed
serial: 1
valid: {{not_before: 2026-11-01, not_after: 2027-11-01}}
parties:
{parties}reference_values:
{sets}admission:
  max_evidence_age: 300s
  skew: 300s
  memory: locked
  distinct: {{vendor: 3, operator: 3}}
  tcb:
    tdx: {{statuses: [SWHardeningNeeded], min_evaluation: {evaluation}}}
{extra}datasets:
  - {{name: staff, from: [north, south, west], columns: [{{name: region, type: text, domain: [e, n]}}]}}
query: SELECT region, COUNT(*) AS n FROM staff GROUP BY region
release: {{to: [north], min_subjects: 10}}
protocol: {{family: rep3}}
deadlines: {{step: 60s, session: 1h}}
rows: {{max: 1000}}
"""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def check_and_explain(folder):
    path = policy(folder, "one.yaml")
    assert "parties.north.keys" in parley("policy", "check", path)["defaults"]
    items = parley("policy", "explain", path)["evidence"]
    names = [i["name"] for i in items]
    for wanted in ("north, release 2026.11", "south, platform", "west, platform", "diversity", "debug", "memory"):
        assert wanted in names, (wanted, names)
    west = next(i["text"] for i in items if i["name"] == "west, platform")
    assert "SWHardeningNeeded" in west and "17 or later" in west, west


def diff(folder):
    one = policy(folder, "one.yaml")
    assert parley("policy", "diff", one, one)["same"] is True
    two = policy(folder, "two.yaml", releases=("2026.11", "2026.12"), evaluation=18)
    doc = parley("policy", "diff", one, two)
    changed = {c["name"]: (c["before"], c["after"]) for c in doc["changes"]}
    assert doc["same"] is False
    assert changed["north, release 2026.12"][0] is None, changed
    assert changed["north, 2026.12 pcr0"][1] == "a012" * 24, changed
    assert "17" in changed["west, platform"][0] and "18" in changed["west, platform"][1], changed
    assert "north, release 2026.11" not in changed


def refusals(folder):
    for extra, code, place, word in (
            ("    nitro: {}\n", "POL-0006", "policy.yaml:20:5", "AWS"),
            ("    snp: {microcode: 300}\n", "POL-0003", "policy.yaml:20:22", "300"),
            ("    snp: {micro: 3}\n", "POL-0002", "policy.yaml:20:11", "microcode")):
        path = policy(folder, "policy.yaml", extra=extra)
        doc = parley("policy", "check", path, expect=78)
        assert doc["code"] == code and doc["where"].endswith(place), doc
        assert word in doc["message"] + doc["fix"], doc
    doc = parley("run", policy(folder, "policy.yaml"), "--data", "north.staff=none", expect=78)
    assert doc["code"] == "POL-0006" and "software enclaves" in doc["message"], doc


def exchange(folder):
    """Reference values leave as a CoRIM and come back as the text that a policy takes."""
    path, corim, signed = policy(folder, "one.yaml"), os.path.join(folder, "a.corim"), os.path.join(folder, "b.corim")
    doc = parley("policy", "reference", "export", path, "--out", corim)
    assert doc["sets"] == 3 and doc["id"] == "mixed-1", doc
    values = parley("policy", "reference", "import", corim)["reference_values"]
    with open(path, encoding="utf-8") as f:
        text = f.read()
    start, end = text.index("reference_values:"), text.index("admission:")
    back = os.path.join(folder, "back.yaml")
    with open(back, "w", encoding="utf-8") as f:
        f.write(text[:start] + values + text[end:])
    named = {(c["section"], c["name"]) for c in parley("policy", "diff", path, back)["changes"]}
    assert named == set(), named
    again = os.path.join(folder, "c.corim")
    parley("policy", "reference", "export", back, "--out", again)
    with open(corim, "rb") as a, open(again, "rb") as b:
        assert a.read() == b.read(), "not the same bytes"
    parley("keys", "new", "--party", "vendor", "--out", os.path.join(folder, "vendor"), "--image")
    key = os.path.join(folder, "vendor", "image.key")
    parley("policy", "reference", "export", path, "--out", signed, "--key", key, "--issuer", "A Vendor")
    parley("policy", "reference", "export", path, "--out", signed, "--key", key, expect=64)
    public = subprocess.run([os.path.join(BIN, "parley"), "keys", "new", "--party", "other", "--out", os.path.join(folder, "other"), "--image",
                             "--json"], capture_output=True, text=True, check=True, timeout=60)
    other = json.loads(public.stdout)["image"]
    assert parley("policy", "reference", "import", signed, expect=64)["code"] == "USE-0002"
    assert parley("policy", "reference", "import", signed, "--signer", other, expect=76)["code"] == "SIG-0001"
    assert parley("policy", "reference", "import", corim, "--signer", other, expect=76)["code"] == "SIG-0001"
    two = policy(folder, "two.yaml", releases=("2026.11", "2026.12"))
    assert parley("policy", "reference", "export", two, "--out", corim, "--release", "2026.12")["sets"] == 3
    assert parley("policy", "reference", "export", two, "--out", corim, "--release", "2026.12", "--party", "west")["sets"] == 1
    assert parley("policy", "reference", "export", two, "--out", corim, "--release", "2027.01", expect=64)["code"] == "USE-0002"
    with open(corim, "wb") as f:
        f.write(bytes.fromhex("d901f5a200617801 80".replace(" ", "")))
    assert parley("policy", "reference", "import", corim, expect=76)["code"] == "FMT-0008"


def line_of_a_refusal(folder):
    """A rehearsal whose policy names other code than this machine runs: the refusal names the line that decided it."""
    path, data = os.path.join(folder, "software.yaml"), []
    with open(path, "w", encoding="utf-8") as f:
        f.write(f"""parley: 1
name: other-code
parties:
  - id: north
    measurements: [{'5a' * 64}]
  - id: south
  - id: west
datasets: [{{name: d, from: [north], columns: [{{name: x, type: int64, range: [0, 9]}}]}}]
query: SELECT COUNT(*) AS n FROM d
release: {{to: [north], min_subjects: 1}}
""")
    csv = os.path.join(folder, "d.csv")
    with open(csv, "w", encoding="utf-8") as f:
        f.write("x\n1\n")
    doc = parley("run", path, "--data", "north.d=" + csv, expect=79)
    assert doc["code"] in ("ATT-0004", "ATT-0018") and "ATT-0004" in doc["code"] + doc["message"] and "(policy: parties.north.measurements, line 5 column 5)" in doc["message"], doc


def key_lines(folder, ids):
    """Fresh keys of each as the policy file writes them, and where its approve key is."""
    keys, approve = {}, {}
    for p in ids:
        out = os.path.join(folder, p)
        doc = parley("keys", "new", "--party", p, "--out", out)
        public = doc["public"] if "public" in doc else doc
        keys[p] = "{" + ", ".join(f"{k}: {public[k]}" for k in ("approve", "endorse") + (() if p == "clinic" else ("receive",))) + "}"
        approve[p] = os.path.join(out, "approve.key")
    return keys, approve


def seal(folder):
    keys, approve = key_lines(folder, ("north", "south", "west"))
    path = policy(folder, "whole.yaml", keys=keys)
    sealed = os.path.join(folder, "whole.sealed")
    doc = parley("policy", "compile", path, "--out", sealed)
    assert doc["defaults"] == [], doc
    for p in keys:
        signed = parley("policy", "sign", sealed, "--key", approve[p])
    assert signed["missing"] == [], signed
    shown = parley("policy", "show", sealed)
    assert shown["policy_hash"] == doc["policy_hash"] and "reference_values" in shown["source"]
    assert parley("policy", "diff", path, sealed)["same"] is True


def provider(folder):
    """A provider signs as a party does, so its missing signature is listed; and what its rows cost is part of the cost."""
    os.mkdir(os.path.join(folder, "with"))
    keys, approve = key_lines(os.path.join(folder, "with"), ("north", "south", "west", "clinic"))
    alone, path, sealed = policy(folder, "alone.yaml", keys=keys), os.path.join(folder, "clinic.yaml"), os.path.join(folder, "clinic.sealed")
    with open(alone, encoding="utf-8") as f:
        text = f.read()
    text = text.replace("datasets:", f"providers: [{{id: clinic, name: clinic, operator: Four, keys: {keys['clinic']}}}]\ndatasets:")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("from: [north, south, west]", "from: [north, south, west, clinic]"))
    cost = [parley("policy", "explain", p)["cost"] for p in (alone, path)]
    assert cost[1]["rounds"] > cost[0]["rounds"], cost  # VALID checks a provider's rows
    parley("policy", "compile", path, "--out", sealed)
    for p in ("north", "south", "west"):
        signed = parley("policy", "sign", sealed, "--key", approve[p])
    assert signed["missing"] == ["clinic"], signed
    assert parley("policy", "show", sealed)["missing"] == ["clinic"]
    signed = parley("policy", "sign", sealed, "--key", approve["clinic"])
    assert signed["missing"] == [] and len(signed["signed"]) == 4, signed


with tempfile.TemporaryDirectory() as tmp:
    for step in (check_and_explain, diff, refusals, exchange, line_of_a_refusal, seal, provider):
        step(tmp)
        print("ok", step.__name__)
