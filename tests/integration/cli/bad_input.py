#!/usr/bin/env python3
"""Each bad input, as a user makes it: the exit code, the stable code, a place and a fix, and nothing left half done.

usage: bad_input.py BIN_DIR
"""
import json
import os
import socket
import subprocess
import sys
import tempfile

POLICY = """parley: 1
name: wage-gap
parties: [{id: north}, {id: south}, {id: west}]
datasets:
  - name: staff
    from: [north, south, west]
    columns:
      - {name: region, type: text, domain: [n, s, e, w]}
      - {name: salary, type: "decimal(9,2)", range: [0, 1000000]}
      - {name: age, type: int64, range: [17, 90], nullable: true}
      - {name: hired, type: date, range: [1990-01-01, 2030-12-31]}
query: SELECT region, COUNT(*) AS n, AVG(salary) AS mean FROM staff GROUP BY region
release: {to: [north, south, west], min_subjects: 10}
rows: {max: 4}
"""
CSV = "region,salary,age,hired\nn,100.00,40,2001-02-03\ns,5.50,,2010-12-31\n"

# name, what to replace in the policy, exit, code, part of the place, part of the message
POLICIES = [
    ("malformed YAML", ("parties: [", "parties: [[{"), 78, "POL-0001", "policy.yaml:3", ""),
    ("tab in YAML", ("name: wage-gap", "\tname: wage-gap"), 78, "POL-0001", "policy.yaml:", ""),
    ("unknown key", ("release: {", "relase: {"), 78, "POL-0002", "policy.yaml:13", "relase"),
    ("unknown key inside", ("min_subjects: 10", "min_subject: 10"), 78, "POL-0002", "policy.yaml:13:", "min_subject"),
    ("unknown column", ("AVG(salary)", "AVG(wage)"), 78, "SQL-0003", "policy.yaml:12:", "wage"),
    ("unknown table", ("FROM staff", "FROM people"), 78, "SQL-0003", "policy.yaml:12:", "people"),
    ("type mismatch", ("FROM staff", "FROM staff WHERE salary = 'high'"), 78, "SQL-0004", "policy.yaml:12:", ""),
    ("text as a number", ("AVG(salary)", "AVG(region)"), 78, "SQL-0004", "policy.yaml:12:", ""),
    ("a value that is not in the domain", ("FROM staff", "FROM staff WHERE region = 'nn'"), 78, "SQL-0004", "policy.yaml:12:", "nn"),
    ("not SQL", ("SELECT region", "SELEC region"), 78, "SQL-0001", "policy.yaml:12:", ""),
    ("raw column released", ("AVG(salary) AS mean", "salary"), 77, "SQL-0006", "policy.yaml:12:", "salary"),
    ("a join", ("FROM staff", "FROM staff JOIN staff b ON 1=1"), 78, "SQL-0002", "policy.yaml:12:", "JOIN"),
    ("no suppression", ("min_subjects: 10", "min_subjects: 0"), 78, "POL-0003", "policy.yaml:13:", ""),
    ("a stranger as recipient", ("to: [north, south, west]", "to: [east]"), 78, "POL-0003", "policy.yaml:13:", "east"),
    ("four parties", ("{id: west}]", "{id: west}, {id: x}]"), 78, "POL-0006", "policy.yaml:3:", ""),
    ("range upside down", ("range: [17, 90]", "range: [90, 17]"), 78, "POL-0003", "policy.yaml:10:", ""),
]

# name, the file's bytes, exit, code, part of the place
DATA = [
    ("empty file", b"", 65, "DATA-0007", "data.csv"),
    ("wrong header", CSV.replace("salary", "wage").encode(), 65, "DATA-0001", "data.csv"),
    ("a column twice", CSV.replace("age", "salary", 1).encode(), 65, "DATA-0001", "data.csv"),
    ("stray quote", CSV.replace("100.00", '1"00').encode(), 65, "DATA-0002", "data.csv"),
    ("open quote", (CSV + '"n,1.00,20,2001-01-01\n').encode(), 65, "DATA-0002", "data.csv"),
    ("NUL byte", CSV.replace("5.50", "5.5\0").encode(), 65, "DATA-0008", "data.csv"),
    ("too few fields", CSV.replace(",40,", ",").encode(), 65, "DATA-0002", "data.csv"),
    ("too many rows", (CSV + "n,1.00,20,2001-01-01\n" * 3).encode(), 65, "DATA-0006", "data.csv"),
    ("out of range", CSV.replace("5.50", "1000000.01").encode(), 65, "DATA-0004", "salary"),
    ("out of the domain", CSV.replace("\ns,", "\nx,").encode(), 65, "DATA-0004", "region"),
    ("not a number", CSV.replace("5.50", "many").encode(), 65, "DATA-0003", "salary"),
    ("no such day", CSV.replace("2001-02-03", "2001-02-29").encode(), 65, "DATA-0003", "hired"),
    ("NULL where none may be", CSV.replace("5.50", "").encode(), 65, "DATA-0005", "salary"),
    ("not UTF-8", CSV.replace("\ns,", "\n\xff,").encode("latin-1"), 65, "", "data.csv"),
]


class Failures:
    def __init__(self):
        self.count = self.bad = 0

    def check(self, name, condition, detail):
        self.count += 1
        if not condition:
            self.bad += 1
            print(f"FAILED {name}: {detail}")


def run(programs, folder, *words, timeout=60):
    done = subprocess.run([os.path.join(programs, "parley"), *words, "--json"], cwd=folder, capture_output=True, timeout=timeout, check=False)
    try:
        return done.returncode, json.loads(done.stdout), done.stderr.decode()
    except json.JSONDecodeError:
        return done.returncode, {}, f"no JSON document: {done.stdout!r} {done.stderr!r}"


def write(folder, name, data):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def expect(failures, name, got, exit_code, code, place, message=""):
    returned, doc, detail = got
    said = json.dumps(doc)[:600] + detail[:300]
    failures.check(name, returned == exit_code, f"exit {returned}, not {exit_code}: {said}")
    failures.check(name, doc.get("status") == "error", f"status is not error: {said}")
    failures.check(name, not code or doc.get("code") == code, f"code is not {code}: {said}")
    failures.check(name, place in doc.get("where", "") + doc.get("message", ""), f"{place} is not named: {said}")
    failures.check(name, doc.get("fix"), f"no fix: {said}")
    failures.check(name, message.lower() in json.dumps(doc).lower(), f"{message} is not named: {said}")


def policies(programs, folder, failures):
    for name, (old, new), exit_code, code, place, message in POLICIES:
        assert old in POLICY, old
        write(folder, "policy.yaml", POLICY.replace(old, new))
        expect(failures, name, run(programs, folder, "policy", "check", "policy.yaml"), exit_code, code, place, message)
        got = run(programs, folder, "policy", "compile", "policy.yaml", "--out", "sealed")
        failures.check(name, got[0] != 0 and not os.path.exists(os.path.join(folder, "sealed")), "something was left behind")
    write(folder, "policy.yaml", POLICY)
    failures.check("the good policy", run(programs, folder, "policy", "check", "policy.yaml")[0] == 0, "it is refused")
    expect(failures, "an incomplete policy", run(programs, folder, "policy", "compile", "policy.yaml", "--out", "sealed"), 78, "POL-0005", "", "keys")


def data(programs, folder, failures):
    write(folder, "policy.yaml", POLICY)
    for name, content, exit_code, code, place in DATA:
        write(folder, "data.csv", content)
        expect(failures, name, run(programs, folder, "data", "check", "policy.yaml", "data.csv"), exit_code, code, place)
    write(folder, "data.csv", CSV)
    failures.check("the good file", run(programs, folder, "data", "check", "policy.yaml", "data.csv")[0] == 0, "it is refused")


def usage(programs, folder, failures):
    write(folder, "policy.yaml", POLICY)
    write(folder, "data.csv", CSV)
    for words, exit_code, code in [
        (["frobnicate"], 64, "USE-0001"), (["policy", "frobnicate"], 64, "USE-0001"), (["policy", "check"], 64, "USE-0002"),
        (["policy", "check", "policy.yaml", "--ouch"], 64, "USE-0002"), (["policy", "check", "nowhere.yaml"], 66, "ENV-0003"),
        (["data", "check", "policy.yaml", "nowhere.csv"], 66, "ENV-0003"), (["keys", "new", "--party", "North!", "--out", "k"], 64, "USE-0002"),
        (["run", "policy.yaml"], 66, "DATA-0009"), (["run", "policy.yaml", "--data", "east.staff=data.csv"], 64, "USE-0002"),
        (["run", "policy.yaml", "--data", "north.people=data.csv"], 64, "USE-0002"), (["run", "policy.yaml", "--data", "north"], 64, "USE-0002"),
        (["session", "show", "00", "--coordinator", "tcp://127.0.0.1:1"], None, ""), (["session", "list", "--coordinator", "nonsense"], 64, "NET-0003"),
        (["result", "open", "policy.yaml", "--key", "nowhere"], 66, "ENV-0003"), (["audit", "verify", "policy.yaml", "--policy-hash", "zz"], 64, "USE-0002"),
        (["evidence", "verify"], 64, "USE-0002"), (["evidence", "verify", "nowhere", "--tee", "sgx"], 66, "ENV-0003"),
        (["evidence", "verify", "data.csv", "--tee", "enclave"], 64, "USE-0002"), (["evidence", "verify", "data.csv", "--tee", "sgx"], 79, "ATT-0001"),
        (["evidence", "verify", "data.csv"], 79, "ATT-0001"), (["evidence", "verify", "data.csv", "--tee", "sgx", "--at", "noon"], 64, "USE-0002"),
        (["evidence", "verify", "data.csv", "--tee", "software"], 79, "ATT-0001"), (["evidence", "verify", "data.csv", "--policy", "policy.yaml"], 64, "USE-0002"),
        (["evidence", "verify", "data.csv", "--tee", "sgx", "--collateral", "nowhere"], 66, "ENV-0003"), (["evidence", "show", "data.csv"], 65, "COL-0001"),
        (["evidence", "show", "nowhere"], 66, "ENV-0003"), (["collateral", "check", "nowhere"], 66, "ENV-0003"), (["collateral", "check", "data.csv"], 65, "COL-0001"),
        (["collateral", "show", "policy.yaml"], 65, "COL-0001"), (["collateral", "fetch", "--out", "b"], 64, "USE-0002"), (["collateral", "fetch", "--tee", "sgx"], 64, "USE-0002"),
        (["collateral", "melt"], 64, "USE-0001"), (["doctor", "--tee", "abacus"], 64, "USE-0002"), (["doctor", "--at", "noon"], 64, "USE-0002"),
        (["bench", "--op", "teleport"], 64, "USE-0002"), (["bench", "--rows", "-1"], 64, "USE-0002"),
    ]:
        returned, doc, detail = run(programs, folder, *words)
        name = " ".join(words)
        failures.check(name, returned == exit_code if exit_code else returned not in (0, 70), f"exit {returned}, not {exit_code}: {doc} {detail}")
        failures.check(name, doc.get("status") == "error" and (not code or doc.get("code") == code), f"not {code}: {doc} {detail}")
    returned, doc, _ = run(programs, folder, "keys", "new", "--party", "north", "--out", "keys")
    failures.check("keys new", returned == 0 and len(doc.get("approve", "")) == 64, str(doc))
    expect(failures, "keys are never overwritten", run(programs, folder, "keys", "new", "--party", "north", "--out", "keys"), 73, "ENV-0004", "approve")
    expect(failures, "a key in another role", run(programs, folder, "result", "open", "policy.yaml", "--key", "keys/approve.key"), 78, "KEY-0002", "approve")
    os.chmod(os.path.join(folder, "keys/receive.key"), 0o644)
    expect(failures, "a key that others may read", run(programs, folder, "result", "open", "policy.yaml", "--key", "keys/receive.key"), 78, "KEY-0001", "receive")


def ports(programs, folder, failures):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        url = f"tcp://127.0.0.1:{s.getsockname()[1]}"
        done = subprocess.run([os.path.join(programs, "parley"), "coordinator", "run", "--listen", url, "--journal", "j.db"], cwd=folder, capture_output=True,
                              timeout=30, check=False)
        failures.check("a port in use", done.returncode == 69 and b"NET-0002" in done.stderr + done.stdout, f"{done.returncode} {done.stderr!r}")


def main():
    programs, failures = os.path.abspath(sys.argv[1]), Failures()
    for part in (policies, data, usage, ports):
        with tempfile.TemporaryDirectory() as folder:
            part(programs, folder, failures)
    print(f"{failures.count - failures.bad} passed, {failures.bad} failed")
    return 1 if failures.bad else 0


sys.exit(main())
