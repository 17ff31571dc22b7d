#!/usr/bin/env python3
"""`parley doctor` on machines that have this and lack that: devices below a folder, bundles and policies at their times.

usage: doctor.py BIN_DIR SOURCE_DIR
"""
import json
import os
import subprocess
import sys
import tempfile

POLICY = """parley: 1
name: wage-gap
parties: [{id: north}, {id: south}, {id: west}]
valid: {not_before: 2026-01-01T00:00:00Z, not_after: 2027-01-01T00:00:00Z}
datasets:
  - name: staff
    from: [north, south, west]
    columns: [{name: salary, type: "decimal(9,2)", range: [0, 1000000]}]
query: SELECT COUNT(*) AS n FROM staff
release: {to: [north], min_subjects: 10}
"""
KINDS = ("nitro", "sgx", "tdx", "snp", "tpm")


def doctor(programs, *words):
    done = subprocess.run([os.path.join(programs, "parley"), "doctor", "--json", *words], capture_output=True, timeout=60, check=False)
    doc = json.loads(done.stdout)
    return done.returncode, {c["check"]: c for c in doc.get("checks", [])}, doc


def file(root, path, text=""):
    path = os.path.join(root, path.lstrip("/"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w", encoding="ascii").write(text)


def main():
    programs, data = os.path.abspath(sys.argv[1]), os.path.join(os.path.abspath(sys.argv[2]), "tests/kat/dcap/data")
    failures = 0

    def expect(name, got, check, finding, word="", exit_code=None):
        nonlocal failures
        code, checks, doc = got
        row = checks.get(check, {})
        good = row.get("finding") == finding and word in row.get("detail", "") and bool(row.get("fix")) == (finding in ("weak", "MISSING"))
        if not good or (exit_code is not None and code != exit_code):
            failures += 1
            print(f"FAILED {name}: exit {code}: {row or doc}")

    with tempfile.TemporaryDirectory() as root:
        bare = doctor(programs, "--sysroot", root)
        for kind in KINDS:
            expect(f"no {kind}", bare, kind, "-", "not here")
            expect(f"{kind} is needed", doctor(programs, "--sysroot", root, "--tee", kind), kind, "MISSING", "not here", 71)
        expect("no bundle", bare, "collateral", "-", "--collateral")
        expect("no bundle, for SGX", doctor(programs, "--tee", "sgx"), "collateral", "weak", "--collateral")
        expect("no policy", bare, "policy", "-", "--policy")

        file(root, "/dev/nsm")
        file(root, "/dev/tpmrm0")
        file(root, "/dev/attestation/attestation_type", "none\n")
        file(root, "/dev/sgx_enclave")
        file(root, "/dev/tdx_guest")
        got = doctor(programs, "--sysroot", root)
        expect("nitro", got, "nitro", "ok", "opens")
        expect("tpm", got, "tpm", "ok", "opens")
        expect("Gramine without attestation", got, "sgx", "weak", '"none"')
        expect("Gramine without attestation, needed", doctor(programs, "--sysroot", root, "--tee", "sgx"), "sgx", "MISSING", "dcap", 71)
        expect("TDX without configfs-tsm", got, "tdx", "weak", "is here")
        file(root, "/dev/attestation/attestation_type", "dcap")
        file(root, "/dev/sev-guest")
        os.makedirs(os.path.join(root, "sys/kernel/config/tsm/report"))
        got = doctor(programs, "--sysroot", root)
        for kind, word in (("sgx", "dcap"), ("tdx", "can be written"), ("snp", "can be written")):
            expect(kind, got, kind, "ok", word)
        file(root, "/dev/attestation/attestation_type", "\x1b[31mevil\n")
        expect("what a device says is made printable", doctor(programs, "--sysroot", root), "sgx", "weak", '"?[31mevil"')

        bundle = os.path.join(data, "phala-sgx-collateral.json")
        for name, at, finding, word in (("fresh", "2025-07-01T00:00:00Z", "ok", "2025-07-19"), ("ends soon", "2025-07-18T00:00:00Z", "weak", "2025-07-19"),
                                        ("stale", "2025-08-01T00:00:00Z", "weak", "has expired"), ("too new", "2025-01-01T00:00:00Z", "weak", "not valid yet")):
            expect(f"collateral {name}", doctor(programs, "--collateral", bundle, "--at", at), "collateral", finding, word)
        expect("stale, and needed", doctor(programs, "--collateral", bundle, "--at", "2025-08-01T00:00:00Z", "--tee", "sgx"), "collateral", "MISSING", "", 71)
        expect("of another kind", doctor(programs, "--collateral", bundle, "--at", "2025-07-01T00:00:00Z", "--tee", "tdx"), "collateral", "MISSING", "TDX", 71)
        expect("no such bundle", doctor(programs, "--collateral", os.path.join(root, "none")), "collateral", "MISSING", "cannot read", 71)
        file(root, "junk", "junk!")
        expect("a bundle that is none", doctor(programs, "--collateral", os.path.join(root, "junk")), "collateral", "MISSING", "neither")

        file(root, "policy.yaml", POLICY)
        policy = os.path.join(root, "policy.yaml")
        for name, at, finding, word in (("valid", "2026-06-01T00:00:00Z", "ok", "2027-01-01"), ("over", "2027-02-01T00:00:00Z", "MISSING", "not now"),
                                        ("ends soon", "2026-12-31T00:00:00Z", "weak", "2027-01-01")):
            expect(f"policy {name}", doctor(programs, "--policy", policy, "--at", at), "policy", finding, word)
        expect("no such policy", doctor(programs, "--policy", os.path.join(root, "none")), "policy", "MISSING", "", 71)
        expect("a clock before the program", doctor(programs, "--at", "2001-01-01T00:00:00Z"), "clock", "MISSING", "before this program", 71)
        expect("a clock that can be", bare, "clock", "ok")
    code, _, doc = doctor(programs, "--tee", "abacus")
    if code != 64 or doc.get("code") != "USE-0002":
        failures += 1
        print(f"FAILED an unknown TEE: {code} {doc}")
    print(f"{failures} failed")
    return 1 if failures else 0


sys.exit(main())
