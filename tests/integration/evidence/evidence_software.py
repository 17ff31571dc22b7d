#!/usr/bin/env python3
"""`parley evidence verify` over software evidence and its endorsement, with a policy or a root; usage and files that are wrong.

usage: evidence_software.py BIN_DIR SOFT_EVIDENCE_PROGRAM
"""
import base64
import json
import os
import subprocess
import sys
import tempfile

ISSUED, AT, IDS = 1780000000, "2026-05-28T20:26:50Z", ("north", "south", "west")
POLICY = """parley: 1
name: wage-gap
serial: 1
parties:
%s
valid: {not_before: 2026-01-01T00:00:00Z, not_after: 2027-01-01T00:00:00Z}
datasets:
  - name: staff
    from: [north, south, west]
    columns: [{name: salary, type: "decimal(9,2)", range: [0, 1000000]}]
query: SELECT COUNT(*) AS n FROM staff
release: {to: [north], min_subjects: 10}
"""


def main():
    parley, maker = os.path.join(os.path.abspath(sys.argv[1]), "parley"), os.path.abspath(sys.argv[2])
    failures = checks = 0

    def run(*words, folder="."):
        done = subprocess.run([parley, *words, "--json"], cwd=folder, capture_output=True, timeout=60, check=False)
        try:
            return done.returncode, json.loads(done.stdout)
        except json.JSONDecodeError:
            return done.returncode, {"broken": (done.stdout + done.stderr).decode()}

    with tempfile.TemporaryDirectory() as folder:
        def expect(name, words, verdict, check="", exit_code=None):
            nonlocal failures, checks
            checks += 1
            code, doc = run("evidence", "verify", *words, folder=folder)
            want = exit_code if exit_code is not None else 0 if verdict == "valid" else 79
            if code != want or doc.get("verdict") != verdict or (check and doc.get("check") != check) or (code and not doc.get("fix")):
                failures += 1
                print(f"FAILED {name}: exit {code}, not {want}: {json.dumps(doc)[:900]}")
            return doc

        keys = {}
        for name in IDS:
            code, keys[name] = run("keys", "new", "--party", name, "--out", f"keys-{name}", folder=folder)
            assert code == 0, keys[name]
        root = keys["north"]["tee-root"]

        def make(keys_of, party, evidence, endorsement, *more):
            subprocess.run([maker, f"keys-{keys_of}", party, str(ISSUED), evidence, endorsement, *more], cwd=folder, check=True, timeout=30)

        def policy(name, code="22"):
            lines = "".join(f"  - id: {i}\n    keys: {{approve: {keys[i]['approve']}, endorse: {keys[i]['endorse']}, receive: {keys[i]['receive']}}}\n"
                            f"    tee: {{kind: software, root: {keys[i]['tee-root']}}}\n    measurements: [{code * 64}]\n" for i in IDS)
            open(os.path.join(folder, name), "w", encoding="ascii").write(POLICY % lines)

        make("north", "north", "evidence", "endorsement")
        make("north", "south", "evidence-again", "wrong-party")
        make("south", "north", "of-south", "key-of-south")
        make("north", "north", "debug", "endorsement-of-debug", "debug")
        policy("policy.yaml")
        policy("other.yaml", "23")
        base, north = ["evidence", "--tee", "software", "--at", AT], ["--policy", "policy.yaml", "--party", "north"]
        doc = expect("its root", [*base, "--root", root], "valid")
        if doc.get("claims", {}).get("values", {}).get("code") != "22" * 64 or doc["measured"]:
            failures += 1
            print("FAILED claims", doc)
        expect("another root", [*base, "--root", keys["south"]["tee-root"]], "reject")
        expect("no root", base, None, exit_code=64)
        expect("half a root", [*base, "--root", root[:-1]], None, exit_code=64)
        doc = expect("the policy", [*base, *north], "valid")
        if not doc.get("measured"):
            failures += 1
            print("FAILED measured", doc)
        expect("the policy as reference", [*base, "--reference", "policy.yaml", "--party", "north"], "valid")
        expect("the policy as reference, whose?", [*base, "--reference", "policy.yaml"], None, exit_code=64)
        doc = expect("another measurement", [*base, "--policy", "other.yaml", "--party", "north"], "reject", "measurement")
        if "line" not in doc.get("policy_line", ""):
            failures += 1
            print("FAILED the policy's line", doc)
        expect("another party's root", [*base, "--policy", "policy.yaml", "--party", "south"], "reject")
        expect("nobody", [*base, "--policy", "policy.yaml", "--party", "east"], None, exit_code=64)
        expect("policy without party", [*base, "--policy", "policy.yaml"], None, exit_code=64)
        expect("another kind than the policy's", ["evidence", "--tee", "nitro", "--at", AT, *north], "reject", "kind")
        doc = expect("endorsed", [*base, *north, "--endorsement", "endorsement"], "valid")
        if doc.get("endorsed") is not True:
            failures += 1
            print("FAILED endorsed", doc)
        signed = open(os.path.join(folder, "endorsement"), "rb").read()
        open(os.path.join(folder, "endorsement.b64"), "wb").write(base64.encodebytes(signed))
        expect("endorsed in base64", [*base, *north, "--endorsement", "endorsement.b64"], "valid")
        expect("endorsed for another party", [*base, *north, "--endorsement", "wrong-party"], "reject", "report-data")
        expect("endorsed with another key", [*base, *north, "--endorsement", "key-of-south"], "reject", "signature")
        expect("other evidence endorsed", [*base, *north, "--endorsement", "endorsement-of-debug"], "reject", "report-data")
        expect("evidence as endorsement", [*base, *north, "--endorsement", "evidence"], "reject", "signature")
        expect("two endorsements", [*base, *north, "--endorsement", "endorsement", "--endorsement", "endorsement"], None, exit_code=64)
        expect("whose endorsement?", [*base, "--root", root, "--endorsement", "endorsement"], None, exit_code=64)
        expect("debug", ["debug", "--tee", "software", "--at", AT, "--root", root], "debug", "debug")
        good = open(os.path.join(folder, "evidence"), "rb").read()
        strange = b"name \xff\x1b[31m"  # a file's name is any bytes; what is said about it is text
        open(os.path.join(folder.encode(), strange), "wb").write(good)
        doc = expect("a name that is no text", [strange, "--tee", "software", "--at", AT, "--root", root, "--ear"], "valid")
        if list(doc.get("ear", {}).get("submods", {})) != ["name ??[31m"]:
            failures += 1
            print("FAILED the name in the attestation result", doc)
        for k in range(0, 8 * len(good), 17):  # a bit here and there, as a person's editor or network may
            bad = bytearray(good)
            bad[k // 8] ^= 1 << k % 8
            open(os.path.join(folder, "flipped"), "wb").write(bad)
            expect(f"bit {k}", ["flipped", "--tee", "software", "--at", AT, "--root", root], "reject")
        expect("no file", ["nowhere", "--tee", "sgx", "--at", AT], None, exit_code=66)
        expect("no collateral file", [*base, "--root", root, "--collateral", "nowhere"], None, exit_code=66)
        expect("no reference file", [*base, "--root", root, "--reference", "nowhere"], None, exit_code=66)
        expect("a kind that is none", ["evidence", "--tee", "abacus", "--at", AT], None, exit_code=64)
        expect("a time that is none", ["evidence", "--tee", "software", "--at", "yesterday", "--root", root], None, exit_code=64)
        expect("a time without a zone", ["evidence", "--tee", "software", "--at", "2026-05-28T20:26:50", "--root", root], None, exit_code=64)
        expect("no argument", [], None, exit_code=64)
        code, doc = run("evidence", "show", "evidence", folder=folder)
        if code or doc["tee"] != "software" or doc["verified"] is not False:
            failures += 1
            print("FAILED show", doc)
    print(f"{checks - failures} passed, {failures} failed")
    return 1 if failures else 0


sys.exit(main())
