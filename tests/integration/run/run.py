#!/usr/bin/env python3
"""`parley run` with real processes: its answer is SQLite's, and its receipt verifies until one bit is altered.

usage: run.py examples|adult|receipt|withheld SOURCE_DIR BIN_DIR
"""
import csv
import json
import os
import random
import subprocess
import sys
import tempfile

EXAMPLES = {"wage-gap": "staff", "hospital-outcomes": "admissions", "fraud-statistics": "payments"}
ADULT = ["a01", "a02", "a03", "a04", "a05", "a06", "a08", "a14"]
SKIPPED = 77


def parley(programs, *argv):
    """Runs one verb with --json; (exit code, its document)."""
    done = subprocess.run([os.path.join(programs, "parley"), *argv, "--json"], capture_output=True, timeout=300)
    try:
        return done.returncode, json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"{argv}: no JSON document, exit {done.returncode}\n{done.stdout.decode()}\n{done.stderr.decode()}")


def run(programs, policy, dataset, files, *more):
    data = [word for party, path in files.items() for word in ("--data", f"{party}.{dataset}={path}")]
    code, doc = parley(programs, "run", policy, *data, *more)
    if code != 0 or doc["status"] != "ok":
        sys.exit(f"{policy}: exit {code}: {json.dumps(doc, indent=1)}")
    return doc


def same(name, got, path):
    with open(path, encoding="utf-8", newline="") as f:
        expected = f.read()
    if got != expected:
        sys.exit(f"{name}: got\n{got}instead of\n{expected}")
    print(f"{name}: {len(expected.splitlines()) - 1} rows as expected")


def example_files(folder):
    return {p: os.path.join(folder, p + ".csv") for p in ("north", "south", "west")}


def run_examples(source, programs):
    for name, dataset in EXAMPLES.items():
        folder = os.path.join(source, "examples", name)
        with tempfile.TemporaryDirectory() as out:
            answer = os.path.join(out, "answer.csv")
            doc = run(programs, os.path.join(folder, "policy.yaml"), dataset, example_files(folder), "--out", answer)
            same(name, doc["csv"], os.path.join(folder, "expected.csv"))
            same(name + " --out", open(answer, encoding="utf-8", newline="").read(), os.path.join(folder, "expected.csv"))


def run_adult(source, programs):
    data = os.path.join(source, "..", "shared", "data")
    if not os.path.exists(os.path.join(data, "adult", "org1.csv")):
        print("skipped: the census data are not here")
        sys.exit(SKIPPED)
    files = {f"org{i}": os.path.join(data, "adult", f"org{i}.csv") for i in (1, 2, 3)}
    for name in ADULT:
        policy = os.path.join(source, "tests", "integration", "adult", name + ".yaml")
        doc = run(programs, policy, "adult", files)
        same(name, doc["csv"], os.path.join(data, "queries", "adult", name + ".expected.csv"))


# ---- the receipt, as a user holds it ----
def refused(programs, what, *argv):
    code, doc = parley(programs, *argv)
    if code == 0 or doc["status"] != "error" or not doc["code"]:
        sys.exit(f"{what} was not refused: exit {code}, {doc}")
    return doc["code"]


def run_receipt(source, programs):
    folder = os.path.join(source, "examples", "wage-gap")
    chance = random.Random(20260115)
    with tempfile.TemporaryDirectory() as out:
        kept = os.path.join(out, "kept")
        run(programs, os.path.join(folder, "policy.yaml"), "staff", example_files(folder), "--keep", kept)
        receipt = os.path.join(kept, "north", "out", "receipt.cbor")
        result = os.path.join(kept, "north", "out", "result.parley")
        key = os.path.join(kept, "north", "receive.key")
        _, doc = parley(programs, "policy", "show", os.path.join(kept, "policy.sealed"))
        policy_hash = doc["policy_hash"]

        code, doc = parley(programs, "audit", "verify", receipt, "--policy-hash", policy_hash)
        assert code == 0 and doc["policy_hash"] == policy_hash, doc
        code, doc = parley(programs, "result", "open", result, "--key", key, "--policy-hash", policy_hash)
        assert code == 0, doc
        same("result open", doc["csv"], os.path.join(folder, "expected.csv"))

        other = policy_hash[:-1] + ("0" if policy_hash[-1] != "0" else "1")
        assert refused(programs, "another policy hash", "audit", "verify", receipt, "--policy-hash", other) == "REC-0004"
        foreign = os.path.join(kept, "south", "receive.key")
        refused(programs, "another recipient's key", "result", "open", result, "--key", foreign)

        altered = os.path.join(out, "altered")
        for path, argv in ((receipt, ["audit", "verify", altered, "--policy-hash", policy_hash]),
                           (result, ["result", "open", altered, "--key", key, "--policy-hash", policy_hash])):
            good = open(path, "rb").read()
            for _ in range(60):
                at = chance.randrange(len(good))
                with open(altered, "wb") as f:
                    f.write(good[:at] + bytes([good[at] ^ 1 << chance.randrange(8)]) + good[at + 1:])
                refused(programs, f"{os.path.basename(path)} with byte {at} altered", *argv)
            for length in (0, 1, len(good) // 2, len(good) - 1):
                with open(altered, "wb") as f:
                    f.write(good[:length])
                refused(programs, f"{os.path.basename(path)} cut to {length} bytes", *argv)
            with open(altered, "wb") as f:
                f.write(good + b"\0")
            refused(programs, f"{os.path.basename(path)} with a byte too many", *argv)
        print("receipt: altered, cut, lengthened: refused each time")


# ---- suppression ----
WITHHELD = """parley: 1
name: withheld
parties: [{id: north}, {id: south}, {id: west}]
datasets:
  - name: staff
    from: [north, south, west]
    columns:
      - {name: region, type: text, domain: [n, s, e, w]}
      - {name: salary, type: "decimal(9,2)", range: [0, 1000000]}
query: SELECT COUNT(*) AS n, SUM(salary) AS total FROM staff WHERE region = 'e'
release: {to: [west], min_subjects: 10}
"""


def run_withheld(source, programs):
    folder = os.path.join(source, "examples", "wage-gap")
    rows = [r for path in example_files(folder).values() for r in csv.DictReader(open(path, encoding="utf-8"))]
    assert 0 < sum(r["region"] == "e" for r in rows) < 10
    with tempfile.TemporaryDirectory() as out:
        policy = os.path.join(out, "policy.yaml")
        with open(policy, "w", encoding="utf-8") as f:
            f.write(WITHHELD)
        doc = run(programs, policy, "staff", example_files(folder))
    assert doc["csv"] == "n,total\n", doc
    assert doc["result_rows"] == 0 and doc["groups_withheld"] == 1, doc
    print("withheld: one row, not shown")


def main():
    part, source, programs = sys.argv[1:4]
    {"examples": run_examples, "adult": run_adult, "receipt": run_receipt, "withheld": run_withheld}[part](source, programs)


if __name__ == "__main__":
    main()
