#!/usr/bin/env python3
"""docs/ERRORS.md is generated from the table that the C enum comes from.

usage: errors.py check|write SOURCE_DIR
"""
import re
import sys

EXITS = [("0", "ok"), ("64", "usage"), ("65", "bad input data"), ("66", "missing input"), ("69", "peer or service unavailable"),
         ("70", "our bug"), ("71", "TEE or OS device"), ("73", "cannot create output"), ("74", "I/O"), ("75", "try again"),
         ("76", "a peer broke the protocol"), ("77", "refused by policy"), ("78", "configuration"), ("79", "attestation refused"),
         ("80", "aborted by a peer"), ("124", "deadline"),
         ("10–13", "`sim`: safety violated, liveness violated, not deterministic, cost formula mismatch")]
CLASSES = {"CLASS_OK": "", "CLASS_CALLER": "yours", "CLASS_PEER": "a peer, its host or the coordinator", "CLASS_ENV": "environment: try again",
           "CLASS_BUG": "ours"}


def page(source):
    status = open(f"{source}/base/include/base/status.h", encoding="utf-8").read()
    numbers = dict(re.findall(r"(EXIT_CODE_\w+) = (\d+)", status))
    table = open(f"{source}/base/include/base/status_table.h", encoding="utf-8").read()
    rows = re.findall(r'^X\((\w+), (\w+), "([^"]*)", (\w+), "((?:[^"\\]|\\.)*)", "((?:[^"\\]|\\.)*)"\)', table, re.M)
    assert len(rows) == len(re.findall(r"^X\(", table, re.M)), "a row of the table has another form"
    codes = [row[2] for row in rows]
    assert len(codes) == len(set(codes)), "a code stands twice"
    text = ["# Errors", "", "Codes are stable: programs may rely on them. Generated from `base/include/base/status_table.h`; do not edit.", "",
            "## Exit codes", "", "| code | meaning |", "|---|---|"]
    text += [f"| {number} | {meaning} |" for number, meaning in EXITS]
    text += ["", "## Codes", "", "| code | what | whose fault | exit | fix |", "|---|---|---|---|---|"]
    for _, class_, code, exit_, title, fix in rows:
        if code != "OK":
            text.append(f"| `{code}` | {title} | {CLASSES[class_]} | {numbers[exit_]} | {fix} |".replace('\\"', '"'))
    return "\n".join(text) + "\n"


def main():
    mode, source = sys.argv[1:3]
    want, path = page(source), f"{source}/docs/ERRORS.md"
    if mode == "write":
        open(path, "w", encoding="utf-8").write(want)
        return 0
    if open(path, encoding="utf-8").read() != want:
        print("docs/ERRORS.md differs from the status table: python3 tests/layering/errors.py write .")
        return 1
    print(want.count("\n| `"), "codes")
    return 0


sys.exit(main())
