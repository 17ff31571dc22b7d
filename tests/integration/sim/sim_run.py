#!/usr/bin/env python3
"""parley sim run as a user sees it: text, JSON, exit codes; every example; what the network changes and what it must not.

usage: sim_run.py BIN_DIR SOURCE_DIR
"""
import json
import subprocess
import sys

BIN, SOURCE = sys.argv[1:3]
PARTIES = ["north", "south", "west"]
EXAMPLES = {"wage-gap": "staff", "hospital-outcomes": None, "fraud-statistics": None}
failures = []


def check(holds, what):
    if not holds:
        failures.append(what)


def run(*args, exit_code=0):
    done = subprocess.run([f"{BIN}/parley", "sim", "run", *args], capture_output=True, text=True, timeout=120)
    check(done.returncode == exit_code, f"{args}: exit {done.returncode}, expected {exit_code}: {done.stderr[-500:]}")
    return done


def document(*args, exit_code=0):
    done = run(*args, "--json", exit_code=exit_code)
    return json.loads(done.stdout)


def policy(name):
    return f"{SOURCE}/examples/{name}/policy.yaml"


def dataset(name):
    lines = open(policy(name), encoding="utf-8").read().split("datasets:")[1].splitlines()
    return next(line.split("name:")[1].split("#")[0].strip() for line in lines if "name:" in line)


def check_document(doc, name):
    for key in ["status", "policy", "seed", "rows", "rounds", "seconds_predicted", "phases", "payload_bytes_sent", "bytes_sent", "operators",
                "transcript", "links", "defaults", "csv", "verdict"]:
        check(key in doc, f"{name}: no {key}")
    check(doc["status"] == "ok" and doc["verdict"] == "ok", f"{name}: not ok")
    check(doc["rounds"] == sum(op["rounds"] for op in doc["operators"]), f"{name}: rounds do not add up")
    for party in PARTIES:
        payload = sum(op["bytes_sent"][party] for op in doc["operators"])
        check(payload == doc["payload_bytes_sent"][party], f"{name}: bytes do not add up")
        check(doc["bytes_sent"][party] > payload, f"{name}: encryption adds nothing")


def examples():
    for name in EXAMPLES:
        data = [f"--data={p}.{dataset(name)}={SOURCE}/examples/{name}/{p}.csv" for p in PARTIES]
        doc = document(policy(name), *data, "--check-determinism")
        check_document(doc, name)
        expected = open(f"{SOURCE}/examples/{name}/expected.csv", encoding="utf-8", newline="").read()
        check(doc["csv"].replace("\r\n", "\n") == expected.replace("\r\n", "\n"), f"{name}: the result is not the expected one")
        check_document(document(policy(name), "--rows", "50"), name)


def network():
    base = document(policy("wage-gap"), "--rows", "50")
    again = document(policy("wage-gap"), "--rows", "50")
    other = document(policy("wage-gap"), "--rows", "50", "--seed", "2")
    far = document(policy("wage-gap"), "--rows", "50", "--latency", "110")
    narrow = document(policy("wage-gap"), "--rows", "50", "--bandwidth", "1")
    slow = document(policy("wage-gap"), "--rows", "50", "--cpu-ns-per-byte", "1000")
    check(base["transcript"] == again["transcript"] and base["csv"] == again["csv"], "the same seed, another run")
    check(base["transcript"] != other["transcript"], "another seed, the same run")
    check(far["seconds_predicted"] >= base["seconds_predicted"] + 0.1 * base["rounds"], "latency does not count for every round")
    check(narrow["seconds_predicted"] > base["seconds_predicted"], "bandwidth does not count")
    check(slow["seconds_predicted"] > base["seconds_predicted"], "computing does not count")
    for doc in (far, narrow, slow):
        check(doc["csv"] == base["csv"], "the network changes the answer")
        check(doc["rounds"] == base["rounds"] and doc["payload_bytes_sent"] == base["payload_bytes_sent"], "the network changes the costs")


def refusals():
    text = run(policy("wage-gap"), "--rows", "20")
    for word in ["rounds", "predicted time:", "transcript:", "verdict:"]:
        check(word in text.stdout, f"the text has no {word}")
    for args, exit_code, code in [
            ((policy("wage-gap"), "--rows", "99999999"), 64, "USE-0002"),
            ((policy("wage-gap"), "--rows", "5", f"--data=north.staff={SOURCE}/examples/wage-gap/north.csv"), 64, "USE-0002"),
            ((policy("wage-gap"), "--data=nowhere.staff=x.csv"), 64, "USE-0002"),
            ((policy("wage-gap"), "--data=north.staff=/nonexistent.csv"), 66, "ENV-0003"),
            ((policy("wage-gap"), f"--data=north.staff={policy('wage-gap')}"), 65, "DATA-0001"),
            (("/nonexistent.yaml",), 66, "ENV-0003"),
            ((policy("wage-gap"), "--latncy", "3"), 64, "USE-0002")]:
        doc = document(*args, exit_code=exit_code)
        check(doc["status"] == "error" and doc["code"] == code, f"{args}: {doc.get('code')}, expected {code}")


examples()
network()
refusals()
for failure in failures:
    print("sim run:", failure)
sys.exit(1 if failures else 0)
