#!/usr/bin/env python3
"""Organisations that own rows and run no enclave: real processes, the answer of all rows together; and each mistake that a provider
can make on the command line, with its code and nothing sent.

usage: providers.py BIN_DIR
"""
import csv
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile

POLICY = """parley: 1
name: clinics
parties: [{id: north}, {id: south}, {id: west}]
providers: [{id: doctor}, {id: clinic}]
datasets:
  - name: staff
    from: [north, clinic, doctor]
    columns:
      - {name: region, type: text, domain: [e, n, s, w]}
      - {name: pay, type: int64, range: [-1000, 100000]}
      - {name: age, type: int64, range: [17, 90], nullable: true}
      - {name: unread, type: date}
query: SELECT region, COUNT(*) AS n, SUM(pay) AS total, MIN(pay) AS least, MAX(age) AS oldest FROM staff WHERE pay <> 7 GROUP BY region ORDER BY region
release: {to: [south], min_subjects: 3}
"""
PAD = "rows: {max: 300, pad: true}\n"


class Bench:
    def __init__(self, programs, folder):
        self.parley, self.folder, self.failed, self.done = os.path.join(programs, "parley"), folder, 0, 0

    def run(self, *argv, timeout=100):
        p = subprocess.run([self.parley, *argv, "--json"], cwd=self.folder, capture_output=True, text=True, timeout=timeout)
        try:
            return p.returncode, json.loads(p.stdout)
        except json.JSONDecodeError:
            return p.returncode, {"status": "no document", "stdout": p.stdout[-300:], "stderr": p.stderr[-300:]}

    def check(self, what, good, shown):
        self.done += 1
        if not good:
            self.failed += 1
            print(f"FAILED {what}: {json.dumps(shown)[:900]}")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as f:
            f.write(text)


def make_rows(bench, rng, counts):
    """CSV files, and all rows together in SQLite."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE staff (region TEXT, pay INTEGER, age INTEGER, unread TEXT)")
    for who, count in counts.items():
        with open(os.path.join(bench.folder, who + ".csv"), "w", newline="") as f:
            out = csv.writer(f)
            out.writerow(["region", "pay", "age", "unread"])
            for _ in range(count):
                row = (rng.choice("ensw"), rng.choice([-1000, 100000, 7, rng.randint(-1000, 100000)]), rng.choice([None, rng.randint(17, 90)]),
                       "2020-02-02")
                out.writerow(["" if v is None else v for v in row])
                db.execute("INSERT INTO staff VALUES (?,?,?,?)", row)
    query = next(line for line in POLICY.splitlines() if line.startswith("query:"))[7:].replace("GROUP BY region", "GROUP BY region HAVING COUNT(*) >= 3")
    return [["" if v is None else str(v) for v in row] for row in db.execute(query)]


DATA = ("--data", "north.staff=north.csv", "--data", "clinic.staff=clinic.csv", "--data", "doctor.staff=doctor.csv")


def answers(bench):
    rng = random.Random(11)
    for pad, counts in ((False, {"north": 40, "clinic": 130, "doctor": 1}), (False, {"north": 0, "clinic": 64, "doctor": 65}),
                        (True, {"north": 3, "clinic": 130, "doctor": 0})):
        want = make_rows(bench, rng, counts)
        bench.write("policy.yaml", POLICY + (PAD if pad else ""))
        code, doc = bench.run("run", "policy.yaml", *DATA, "--out", "result.csv")
        got = []
        if code == 0:
            with open(os.path.join(bench.folder, "result.csv"), newline="") as f:
                got = list(csv.reader(f))[1:]
        bench.check(f"answer over {counts}, pad {pad}", code == 0 and got == want, [code, doc, got, want])
        rows = 3 * 300 if pad else sum(counts.values())
        bench.check(f"rows told of {counts}, pad {pad}", doc.get("rows") == rows, [rows, doc])


def mistakes(bench):
    make_rows(bench, random.Random(3), {"north": 5, "clinic": 5, "doctor": 5})
    bench.write("policy.yaml", POLICY)
    code, doc = bench.run("run", "policy.yaml", *DATA[:4])
    bench.check("a provider's file is missing", code == 66 and doc.get("code") == "DATA-0009" and "doctor" in json.dumps(doc), [code, doc])
    code, doc = bench.run("sim", "run", "policy.yaml", "--rows", "10")
    bench.check("the simulator says what it lacks", code == 78 and doc.get("code") == "POL-0006", [code, doc])
    bench.write("bad.csv", "region,pay,age,unread\nn,100001,20,2020-01-01\n")
    code, doc = bench.run("run", "policy.yaml", *DATA[:4], "--data", "doctor.staff=bad.csv")
    bench.check("a provider's row is out of range", code != 0 and "pay" in json.dumps(doc), [code, doc])

    code, doc = bench.run("run", "policy.yaml", *DATA, "--keep", "kept")
    bench.check("a run that is kept", code == 0, [code, doc])
    sealed, nobody = "kept/policy.sealed", "tcp://127.0.0.1:9"

    def submit(provider="clinic", data="clinic.csv", key="kept/clinic/endorse.key", policy=sealed, *more):
        return bench.run("data", "submit", "--policy", policy, "--provider", provider, "--data", data, "--key", key, "--coordinator", nobody, *more)

    for what, got, exit_code, stable in (
            ("no such provider", submit(provider="nobody"), 64, "USE-"),
            ("a compute party", submit(provider="north"), 64, "USE-"),
            ("another's key", submit(key="kept/doctor/endorse.key"), 78, "KEY-0001"),
            ("the approve key", submit(key="kept/clinic/approve.key"), 78, "KEY-0002"),
            ("a value out of range", submit(data="bad.csv"), 65, "DATA-0004"),
            ("no file", submit(data="none.csv"), 66, ""),
            ("a policy that is not sealed", submit(policy="policy.yaml"), None, ""),
            ("nobody there", submit("clinic", "clinic.csv", "kept/clinic/endorse.key", sealed, "--wait", "1"), 69, "NET-")):
        code, doc = got
        bench.check(what, code != 0 and (exit_code is None or code == exit_code) and doc.get("status") == "error" and
                    doc.get("code", "").startswith(stable), [code, doc])
    code, doc = bench.run("policy", "explain", "policy.yaml")
    bench.check("explain names the providers", code == 0 and "clinic and doctor" in json.dumps(doc), [code, doc])


def main():
    with tempfile.TemporaryDirectory(prefix="parley-providers-") as folder:
        bench = Bench(sys.argv[1], folder)
        answers(bench)
        mistakes(bench)
        print(f"{bench.done - bench.failed} passed, {bench.failed} failed")
        sys.exit(bench.failed != 0)


main()
