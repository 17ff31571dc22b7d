#!/usr/bin/env python3
"""`parley evidence verify` as a process over real evidence: every document of the vectors gets its stated verdict, at its stated time,
with the check that refuses it; then the same documents at other times, with other collateral, and mistyped.

Without the shared vectors the rows run whose documents the project keeps itself.

usage: evidence_vectors.py BIN_DIR VECTORS_DIR SOURCE_DIR
"""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile

NITRO_T = {  # file: (T, verdict, check, first second after the window)
    "nitro-2021-03-17-nondebug-nulls.cbor": ("2021-03-17T22:01:55Z", "valid", "", "2021-03-18T01:01:56Z"),
    "nitro-2021-03-24-nondebug-rsapub.cbor": ("2021-03-24T16:10:41Z", "valid", "", "2021-03-24T19:06:23Z"),
    "nitro-2022-10-12-debug.cbor": ("2022-10-12T13:50:06Z", "debug", "debug", "2022-10-12T16:49:55Z"),
    "nitro-2022-10-13-nondebug.cbor": ("2022-10-13T08:58:02Z", "valid", "", "2022-10-13T11:58:03Z"),
    "nitro-2022-11-09-nondebug.cbor": ("2022-11-09T22:52:00Z", "valid", "", "2022-11-10T01:52:01Z"),
    "nitro-2023-09-18-debug.b64": ("2023-09-18T15:03:30Z", "debug", "debug", "2023-09-18T17:37:13Z"),
    "nitro-2024-01-24-debug-full.cbor": ("2024-01-24T18:14:25Z", "debug", "debug", "2024-01-24T21:14:18Z"),
    "nitro-2024-09-07-debug-maxfields.b64": ("2024-09-07T14:38:06Z", "debug", "debug", "2024-09-07T17:38:07Z"),
    "nitro-2024-09-07-nondebug-maxfields.b64": ("2024-09-07T14:37:39Z", "valid", "", "2024-09-07T17:37:40Z"),
    "nitro-2025-11-10-nondebug-indef-17pcr.cbor": ("2025-11-10T17:20:10Z", "valid", "", "2025-11-10T20:20:11Z"),
    "nitro-2025-12-25-debug-indef.cbor": ("2025-12-25T08:20:46Z", "debug", "debug", "2025-12-25T11:20:47Z"),
    "nitro-2025-12-25-nondebug-indef.cbor": ("2025-12-25T13:15:37Z", "valid", "", "2025-12-25T16:15:38Z"),
}
# file, T, check
NITRO_REJECTED = [
    ("hostile-2022-11-09-badsig.cbor", "2022-11-09T22:52:00Z", "signature"),
    ("hostile-2024-07-23-badsig-debug.b64", "2024-07-23T21:29:40Z", "signature"),
    ("hostile-wrongroot.cbor", "2024-12-13T09:05:45Z", "root"),
    ("hostile-selfsigned-nocert.b64", "2024-04-17T22:25:06Z", "form"),
    ("hostile-malformed-cbor.b64", "2026-01-03T00:00:00Z", "form"),
]

AUTOMATA_SGX = ["sgx/automata-sgx-tcbinfo.json", "sgx/automata-sgx-qeidentity.json", "sgx/automata-sgx-platform-crl.der", "sgx/intel-sgx-root-ca.der",
                "sgx/intel-tcb-signing-2025.der", "sgx/intel-platform-ca.der", "sgx/phala-sgx-collateral.json"]
MOBILECOIN = [f"sgx/mobilecoin-{x}" for x in ("tcbinfo.json", "qeidentity.json", "processor-crl.der", "root-crl.der", "tcb-signer.pem", "root-ca.pem")]
LOOKALIKE = [f"sgx/hostile-lookalike-{x}" for x in ("pck-cert.pem", "pck-chain.pem", "tcbinfo.json", "qeidentity.json", "tcb-chain.pem", "pck-crl.der",
                                                    "root-crl.der", "root.pem")]
AUTOMATA_TDX = [f"tdx/automata-806f-{x}" for x in ("tcbinfo.json", "td-qeidentity.json", "platform-crl.der", "root-crl.der", "tcb-chain.pem")]
GOOGLE_TDX = ["tdx/google-50806f-tcbinfo.json", "tdx/google-td-qeidentity.json", "tdx/google-platform-crl.der", "tdx/google-root-crl.der",
              "tdx/automata-806f-tcb-chain.pem"]
P90 = ["tdx/phala-90c06f-collateral.json"]

# file, tee, T, collateral, verdict, check (a set: any of them names the fault), tcb_status
QUOTES = [
    ("sgx/phala-sgx-quote.bin", "sgx", "2025-07-01T00:00:00Z", ["sgx/phala-sgx-collateral.json"], "policy", {"tcb-status"}, "ConfigurationAndSWHardeningNeeded"),
    ("sgx/automata-sgx-debug-quote.bin", "sgx", "2025-07-01T00:00:00Z", ["sgx/phala-sgx-collateral.json"], "debug", {"debug"}, "ConfigurationAndSWHardeningNeeded"),
    ("sgx/automata-sgx-quote.hex", "sgx", "2025-09-01T00:00:00Z", AUTOMATA_SGX, "policy", {"tcb-status"}, "SWHardeningNeeded"),
    ("sgx/mobilecoin-sgx-quote.bin", "sgx", "2023-07-20T00:00:00Z", MOBILECOIN, "reject", {"validity"}, ""),
    ("sgx/hostile-lookalike-quote.bin", "sgx", "2025-07-01T00:00:00Z", LOOKALIKE, "reject", {"form", "root"}, ""),
    ("sgx/hostile-badchain-oe-report.bin", "sgx", "2020-01-01T00:00:00Z", [], "reject", {"form"}, ""),
    ("tdx/phala-tdx-quote.bin", "tdx", "2025-07-01T00:00:00Z", ["tdx/phala-tdx-collateral.json"], "valid", {""}, "UpToDate"),
    ("tdx/google-tdx5-quote.bin", "tdx", "2026-03-01T00:00:00Z", P90, "valid", {""}, "UpToDate"),
    ("tdx/phala-tdx5-nolevel-quote.bin", "tdx", "2026-03-01T00:00:00Z", P90, "reject", {"tcb-level"}, ""),
    ("tdx/automata-tdx5-quote.bin", "tdx", "2026-03-01T00:00:00Z", P90, "policy", {"tcb-status"}, "OutOfDate"),
    ("tdx/automata-tdx4-padded-quote.bin", "tdx", "2025-03-01T00:00:00Z", AUTOMATA_TDX, "policy", {"tcb-status"}, "OutOfDate"),
    ("tdx/coco-debug-td-quote.bin", "tdx", "2023-06-25T00:00:00Z", GOOGLE_TDX, "debug", {"debug"}, "UpToDate"),
    ("tdx/google-spr-e4-quote.bin", "tdx", "2023-06-25T00:00:00Z", GOOGLE_TDX, "reject", {"form", "tcb-level"}, ""),
    ("tdx/hostile-lookalike-quote.bin", "tdx", "2025-07-01T00:00:00Z", ["tdx/hostile-lookalike-root.pem"], "reject", {"form", "root", "chain"}, ""),
]

MILAN, GENOA, TURIN, VLEK = (f"snp/amd-ask-ark-{x}.pem" for x in ("milan", "genoa", "turin", "milan-vlek"))
# report, leaf (an --endorsement), chain, T, verdict, checks
SNP = [
    ("virtee-milan-v2-report.hex", "virtee-milan-v2-vcek.der", MILAN, "2024-01-01T00:00:00Z", "valid", {""}),
    ("virtee-milan-v2-report.hex", "virtee-milan-v2-vcek.der", MILAN, "2030-04-04T00:00:00Z", "reject", {"validity"}),
    ("google-milan-v2-debugpolicy-report.bin", "google-milan-v2-debugpolicy-vcek.der", MILAN, "2024-01-01T00:00:00Z", "debug", {"debug"}),
    ("lunal-genoa-v5-report.bin", "lunal-genoa-v5-vcek.der", GENOA, "2026-04-01T00:00:00Z", "valid", {""}),
    ("lunal-genoa-v5-report.bin", "lunal-genoa-v5-vcek.der", GENOA, "2033-02-18T00:00:00Z", "reject", {"validity"}),
    ("coco-milan-v2-report.bin", "coco-milan-v2-vcek.der", MILAN, "2024-01-01T00:00:00Z", "valid", {""}),
    ("coco-milan-v2-report.bin", "coco-milan-v2-vcek.der", MILAN, "2030-01-25T00:00:00Z", "reject", {"validity"}),
    ("coco-milan-v3-vlek-report.bin", "coco-milan-v3-vlek.der", VLEK, "2025-06-01T00:00:00Z", "policy", {"platform"}),
    ("coco-milan-v3-vlek-report.bin", "coco-milan-v3-vlek.der", VLEK, "2025-12-11T00:00:00Z", "reject", {"validity"}),
    ("coco-milan-v3-vlek-report.bin", "coco-milan-v3-vlek.der", MILAN, "2025-06-01T00:00:00Z", "reject", {"collateral", "chain"}),
    ("oak-turin-v5-report.bin", "oak-turin-v5-vcek.der", TURIN, "2026-01-01T00:00:00Z", "valid", {""}),
    ("oak-turin-v5-report.bin", "oak-turin-v5-vcek.der", TURIN, "2032-07-18T00:00:00Z", "reject", {"validity"}),
    ("coco-milan-v2-report.bin", "hostile-vcek-legacy.der", MILAN, "2024-01-01T00:00:00Z", "reject", {"chain"}),
    ("coco-milan-v2-report.bin", "hostile-vcek-new.der", MILAN, "2024-01-01T00:00:00Z", "reject", {"chain"}),
    ("coco-milan-v2-report.bin", "virtee-milan-v2-vcek.der", MILAN, "2024-01-01T00:00:00Z", "reject", {"signature", "platform-id"}),
    ("azure-milan-v3-vtpm.json", None, MILAN, "2026-04-01T00:00:00Z", "valid", {""}),
]


class Table:
    def __init__(self, programs, vectors):
        self.parley, self.vectors, self.rows, self.bad, self.left_out = os.path.join(programs, "parley"), vectors, 0, 0, 0

    def lacks(self, words):
        """Is a document of the vectors named that is not here?"""
        absent = [w for w in words if w.split("/")[0] in ("nitro", "sgx", "tdx", "snp") and "/" in w and not os.path.exists(os.path.join(self.vectors, w))]
        self.left_out += bool(absent)
        return bool(absent)

    def run(self, *words):
        done = subprocess.run([self.parley, "evidence", *words, "--json"], cwd=self.vectors, capture_output=True, timeout=60, check=False)
        try:
            return done.returncode, json.loads(done.stdout)
        except json.JSONDecodeError:
            return done.returncode, {"broken": done.stdout.decode(errors="replace")[:300] + done.stderr.decode(errors="replace")[:300]}

    def fail(self, name, why, doc):
        self.bad += 1
        print(f"FAILED {name}: {why}: {json.dumps({k: doc[k] for k in doc if k != 'claims'})[:700]}")

    def expect(self, name, words, verdict, checks, status=None):
        if self.lacks(words):
            return None
        self.rows += 1
        code, doc = self.run("verify", *words)
        if doc.get("verdict") != verdict or code != (0 if verdict == "valid" else 79):
            return self.fail(name, f"expected {verdict}, exit {code}", doc)
        if checks and doc["check"] not in checks:
            return self.fail(name, f"expected a check of {sorted(checks)}", doc)
        if status is not None and doc["tcb_status"] != status:
            return self.fail(name, f"expected status {status!r}", doc)
        if verdict != "valid" and not (doc["expected"] and doc["got"] and doc["code"].startswith("ATT-") and doc["fix"]):
            return self.fail(name, "a refusal names expected, got, code and fix", doc)
        if (verdict == "reject") != (doc["claims"] == {}) and doc["check"] != "measurement":
            return self.fail(name, "claims stand exactly in what is genuine", doc)
        return None


def options(collateral, flag="--collateral"):
    return [word for path in collateral for word in (flag, path)]


def nitro(t):
    for name, (at, verdict, check, after) in NITRO_T.items():
        path = f"nitro/{name}"
        t.expect(name, [path, "--tee", "nitro", "--at", at], verdict, {check})
        t.expect(f"{name} expired", [path, "--tee", "nitro", "--at", after], "reject", {"validity"})
        t.expect(f"{name} now", [path, "--tee", "nitro"], "reject", {"validity"})
    for name, at, check in NITRO_REJECTED:
        t.expect(name, [f"nitro/{name}", "--tee", "nitro", "--at", at], "reject", {check})


def quotes(t):
    for path, tee, at, collateral, verdict, checks, status in QUOTES:
        given = [path, "--tee", tee, *options(collateral)]
        t.expect(path, [*given, "--at", at], verdict, checks, status)
        if verdict in ("valid", "policy", "debug"):
            for name, when in (("later", "2027-01-01T00:00:00Z"), ("earlier", "2022-01-01T00:00:00Z"), ("now", None)):
                t.expect(f"{path} {name}", given + (["--at", when] if when else []), "reject", {"validity"})
            t.expect(f"{path} without collateral", [path, "--tee", tee, "--at", at], "reject", {"collateral", "revocation"})
            other = "tdx" if tee == "sgx" else "sgx"
            t.expect(f"{path} as {other}", [path, "--tee", other, *options(collateral), "--at", at], "reject", {"form", "kind"})
    # Collateral of another platform, of the other TEE, and of the look-alike PKI.
    t.expect("another FMSPC", ["sgx/automata-sgx-quote.hex", "--tee", "sgx", "--at", "2025-07-01T00:00:00Z", *options(["sgx/phala-sgx-collateral.json"])],
             "reject", {"collateral", "platform-id", "revocation"})
    t.expect("collateral of TDX", ["sgx/phala-sgx-quote.bin", "--tee", "sgx", "--at", "2025-07-01T00:00:00Z", *options(["tdx/phala-tdx-collateral.json"])],
             "reject", {"collateral", "platform-id", "qe", "revocation"})
    t.expect("collateral of a look-alike", ["sgx/phala-sgx-quote.bin", "--tee", "sgx", "--at", "2025-07-01T00:00:00Z", *options(LOOKALIKE)], "reject",
             {"collateral", "root", "chain", "revocation", "platform-id"})


def snp(t):
    for report, leaf, chain, at, verdict, checks in SNP:
        words = [f"snp/{report}", "--tee", "snp", "--at", at, "--collateral", chain]
        t.expect(f"{report} with {leaf or 'its own'}", words + (["--endorsement", f"snp/{leaf}"] if leaf else []), verdict, checks)
        if leaf:
            t.expect(f"{report} with {leaf} as collateral", words + ["--collateral", f"snp/{leaf}"], verdict, checks)
    t.expect("azure as tpm", ["snp/azure-milan-v3-vtpm.json", "--tee", "tpm", "--at", "2026-04-01T00:00:00Z", "--collateral", MILAN], "valid", {""})
    t.expect("azure as nitro", ["snp/azure-milan-v3-vtpm.json", "--tee", "nitro", "--at", "2026-04-01T00:00:00Z"], "reject", {"form"})
    t.expect("azure later", ["snp/azure-milan-v3-vtpm.json", "--tee", "tpm", "--at", "2032-01-24T00:00:00Z", "--collateral", MILAN], "reject", {"validity"})
    t.expect("no chain", ["snp/virtee-milan-v2-report.hex", "--tee", "snp", "--at", "2024-01-01T00:00:00Z", "--endorsement", "snp/virtee-milan-v2-vcek.der"],
             "reject", {"collateral"})
    t.expect("no leaf", ["snp/virtee-milan-v2-report.hex", "--tee", "snp", "--at", "2024-01-01T00:00:00Z", "--collateral", MILAN], "reject", {"collateral"})
    t.expect("the chain of another product", ["snp/virtee-milan-v2-report.hex", "--tee", "snp", "--at", "2024-01-01T00:00:00Z", "--collateral", GENOA,
                                              "--endorsement", "snp/virtee-milan-v2-vcek.der"], "reject", {"collateral", "chain"})


def forms(t, folder):
    """The same document in every text form, cut, and with a bit flipped."""
    path, at = "nitro/nitro-2025-12-25-nondebug-indef.cbor", "2025-12-25T13:15:37Z"
    good = open(os.path.join(t.vectors, path), "rb").read()
    texts = {"hex": good.hex(), "HEX": good.hex().upper() + "\n", "base64": base64.b64encode(good).decode(), "lines": base64.encodebytes(good).decode(),
             "unpadded": base64.b64encode(good).decode().rstrip("="), "urlsafe": base64.urlsafe_b64encode(good).decode(), "crlf": "\r\n".join(
                 good.hex()[i:i + 64] for i in range(0, 2 * len(good), 64))}
    for name, text in texts.items():
        file = os.path.join(folder, name)
        open(file, "w", encoding="ascii").write(text)
        t.expect(f"as {name}", [file, "--tee", "nitro", "--at", at], "valid", {""})
        t.expect(f"as {name}, kind found", [file, "--at", at], "valid", {""})
    for name, data in (("empty", b""), ("text", b"hello"), ("cut", good[:-1]), ("longer", good + b"\0"), ("zeros", bytes(2000)),
                       ("flipped", good[:700] + bytes([good[700] ^ 1]) + good[701:]), ("large", bytes(2 << 20)), ("noise", bytes(range(256)) * 8)):
        file = os.path.join(folder, name)
        open(file, "wb").write(data)
        for tee in ("nitro", "sgx", "tdx", "snp"):
            t.expect(f"{name} as {tee}", [file, "--tee", tee, "--at", at], "reject", None)
        code, doc = t.run("show", file)
        t.rows += 1
        if code not in (0, 65, 76) or not doc.get("status"):
            t.fail(f"show {name}", f"exit {code}", doc)
    for name in ("empty", "text", "zeros", "noise"):  # files that are no collateral
        t.expect(f"{name} as collateral", [path, "--tee", "nitro", "--at", at, "--collateral", os.path.join(folder, name)], "reject", {"collateral"})


MRENCLAVE = "33d8736db756ed4997e04ba358d27833188f1932ff7b1d156904d3f560452fbb"
SGX_RULES = "admission: {tcb: {sgx: {statuses: [ConfigurationAndSWHardeningNeeded], advisories: [INTEL-SA-00289, INTEL-SA-00615]%s}}}\n"
SGX_SET = "reference_values:\n  - {release: '2025.06', tee: sgx, values: {mrenclave: %s}%s}\n"
# file, text, evidence words, verdict, check, release
REFERENCES = [
    ("registers.yaml", f"mrenclave: {MRENCLAVE}\n", "sgx", "policy", "tcb-status"),
    ("other registers.yaml", f"mrenclave: {MRENCLAVE[:-1]}c\n", "sgx", "reject", "measurement"),
    ("registers.json", json.dumps({"mrenclave": MRENCLAVE}), "sgx", "policy", "tcb-status"),
    ("rules.yaml", SGX_RULES % "", "sgx", "valid", ""),
    ("advisory.yaml", SGX_RULES.replace(", INTEL-SA-00615", "") % "", "sgx", "policy", "advisory"),
    ("evaluation.yaml", SGX_RULES % ", min_evaluation: 18", "sgx", "policy", "tcb-minimum"),
    ("both.yaml", SGX_RULES % "" + SGX_SET % (MRENCLAVE, ""), "sgx", "valid", ""),
    ("reversed.yaml", SGX_SET % (MRENCLAVE, "") + SGX_RULES % "", "sgx", "valid", ""),
    ("past.yaml", SGX_RULES % "" + SGX_SET % (MRENCLAVE, ", not_after: 2025-06-30T00:00:00Z"), "sgx", "reject", "measurement"),
    ("wrong.yaml", SGX_RULES % "" + SGX_SET % ("11" * 32, ""), "sgx", "reject", "measurement"),
    ("releases.yaml", SGX_RULES % "" + SGX_SET % ("11" * 32, "") + SGX_SET[18:].replace("2025.06", "2025.07") % (MRENCLAVE, ""), "sgx", "valid", ""),
    ("signer.yaml", SGX_RULES % "" + "reference_values:\n  - {release: s, tee: sgx, values: {mrsigner: 815f42f11cf64430c30bab7816ba596a1da0130c3b028b673133a66cf9a3e0e6,"
     " isvprodid: 0, isvsvn: 0}}\n", "sgx", "valid", ""),
    ("svn.yaml", SGX_RULES % "" + "reference_values:\n  - {release: s, tee: sgx, values: {mrsigner: 815f42f11cf64430c30bab7816ba596a1da0130c3b028b673133a66cf9a3e0e6,"
     " isvprodid: 0, isvsvn: 1}}\n", "sgx", "reject", "measurement"),
    ("vlek.yaml", "admission: {tcb: {snp: {vlek: true, vmpl_max: 1}}}\n", "vlek", "valid", ""),
    ("vmpl.yaml", "admission: {tcb: {snp: {vlek: true}}}\n", "vlek", "policy", "platform"),
    ("only vmpl.yaml", "admission: {tcb: {snp: {vmpl_max: 1}}}\n", "vlek", "policy", "platform"),
    ("microcode.yaml", "admission: {tcb: {snp: {vlek: true, vmpl_max: 1, microcode: 218}}}\n", "vlek", "policy", "tcb-minimum"),
    ("pcrs.yaml", "pcr0: 22f9e1c949208da55eb01b9b9fc88f87454f77ba133f0d82320b509621c92482152a99d0a12335b97178c02d6f977d01\n"
     "pcr1: bcdf05fefccaa8e55bf2c8d6dee9e79bbff31e34bf28a99aa19e6b29c37ee80b214a414b7607236edf26fcb78654e63f\n"
     "pcr2: 00943ea859140fed74e1025fe41aedb38780eae5656b3f9ef9b4b0e6111350315544db3efcda05725108f72b2ab141f7\n", "nitro", "valid", ""),
]
UNDER = {"sgx": ["sgx/phala-sgx-quote.bin", "--tee", "sgx", "--collateral", "sgx/phala-sgx-collateral.json", "--at", "2025-07-01T00:00:00Z"],
         "vlek": ["snp/coco-milan-v3-vlek-report.bin", "--tee", "snp", "--collateral", VLEK, "--endorsement", "snp/coco-milan-v3-vlek.der", "--at", "2025-06-01T00:00:00Z"],
         "nitro": ["nitro/nitro-2022-11-09-nondebug.cbor", "--tee", "nitro", "--at", "2022-11-09T22:52:00Z"]}


def references(t, folder):
    for name, text, under, verdict, check in REFERENCES:
        path = os.path.join(folder, name)
        open(path, "w", encoding="ascii").write(text)
        t.expect(name, [*UNDER[under], "--reference", path], verdict, {check})
    pcrs = open(os.path.join(folder, "pcrs.yaml"), encoding="ascii").read().splitlines()
    for n, line in enumerate(pcrs):  # a set is all of its values
        altered = pcrs[:n] + [line[:-1] + ("0" if line[-1] != "0" else "1")] + pcrs[n + 1:]
        path = os.path.join(folder, "altered.yaml")
        open(path, "w", encoding="ascii").write("\n".join(altered) + "\n")
        t.expect(f"pcr{n} altered", [*UNDER["nitro"], "--reference", path], "reject", {"measurement"})
    both = ["--reference", os.path.join(folder, "wrong.yaml"), "--reference", os.path.join(folder, "both.yaml")]
    t.expect("sets of two files", [*UNDER["sgx"], *both], "valid", {""})
    for name, text, exit_code in (("not.yaml", "mrenclave: [\n", 78), ("key.yaml", f"mrenklave: {MRENCLAVE}\n", 78), ("short.yaml", "mrenclave: 00\n", 78),
                                  ("kind.yaml", "reference_values:\n  - {release: a, tee: nitro, values: {pcr0: 00}}\n", 78)):
        path = os.path.join(folder, name)
        open(path, "w", encoding="ascii").write(text)
        code, doc = t.run("verify", *UNDER["sgx"], "--reference", path)
        t.rows += 1
        if code != exit_code or not doc.get("fix") or "verdict" in doc:
            t.fail(name, f"exit {code}", doc)


def corims(t, folder):
    """The same values, as a CoRIM: a policy that holds the document's PCRs is exported, and the document is judged by what came out."""
    pcrs = ", ".join(open(os.path.join(folder, "pcrs.yaml"), encoding="ascii").read().split("\n")[:3])
    policy, corim = os.path.join(folder, "policy.yaml"), os.path.join(folder, "values.corim")
    for values, verdict, check in ((pcrs, "valid", ""), (pcrs.replace("22f9", "22f8"), "reject", "measurement")):
        with open(policy, "w", encoding="ascii") as f:
            f.write(f"""parley: 1
name: exported
parties: [{{id: a, tee: nitro}}, {{id: b}}, {{id: c}}]
reference_values: [{{release: r1, tee: nitro, values: {{{values}}}}}]
datasets: [{{name: d, from: [a], columns: [{{name: x, type: int64, range: [0, 1]}}]}}]
query: SELECT COUNT(*) AS n FROM d
release: {{to: [a], min_subjects: 2}}
""")
        subprocess.run([t.parley, "policy", "reference", "export", policy, "--party", "a", "--out", corim], check=True, timeout=60,
                       capture_output=True)
        t.expect(f"a CoRIM, {verdict}", [*UNDER["nitro"], "--reference", corim], verdict, {check})
    t.rows += 1
    code, doc = t.run("verify", *UNDER["sgx"], "--reference", corim)
    if code != 64 or "nothing for sgx" not in doc.get("message", ""):
        t.fail("a CoRIM of another TEE", f"exit {code}", doc)


def shows(t):
    """Every document can be shown, and says what the table of the vectors says."""
    for folder in ("nitro", "sgx", "tdx", "snp"):
        for name in sorted(os.listdir(os.path.join(t.vectors, folder))):
            if not any(word in name for word in ("quote", "report", "nondebug", "debug-", "debug.", "vtpm", "hostile-wrongroot", "badsig")):
                continue
            code, doc = t.run("show", f"{folder}/{name}", "--tee", folder)
            t.rows += 1
            if code != 0 or doc.get("verified") is not False or len(doc.get("facts", [])) < 5:
                t.fail(f"show {name}", f"exit {code}", doc)
    if t.lacks(["nitro/nitro-2022-11-09-nondebug.cbor"]):
        return
    _, doc = t.run("show", "nitro/nitro-2022-11-09-nondebug.cbor")
    facts = {f["name"]: f["value"] for f in doc["facts"]}
    t.rows += 1
    if facts.get("payload.module_id") != "i-04fd167167daacf3b-enc01845e97d0b3eb4e" or not facts.get("payload.pcrs.0", "").startswith("22f9e1c9"):
        t.fail("show nitro", "module_id and PCR0", doc)


def own_documents(source, folder):
    """The project's own copies, laid out like the vectors."""
    for kat, target in (("nitro", "nitro"), ("dcap", ""), ("snp", "snp"), ("tpm", "snp")):
        data = os.path.join(source, "tests/kat", kat, "data")
        for name in os.listdir(data):
            to = os.path.join(folder, target or ("tdx" if "tdx" in name else "sgx"))
            os.makedirs(to, exist_ok=True)
            shutil.copy(os.path.join(data, name), to)
    return folder


def main():
    programs, vectors, source = (os.path.abspath(x) for x in sys.argv[1:4])
    with tempfile.TemporaryDirectory() as folder:
        if not os.path.exists(os.path.join(vectors, "README.md")):
            print("the shared evidence vectors are not here: rows of the project's own documents only")
            vectors = own_documents(source, os.path.join(folder, "documents"))
        t = Table(programs, vectors)
        nitro(t)
        quotes(t)
        snp(t)
        shows(t)
        forms(t, folder)
        references(t, folder)
        corims(t, folder)
    print(f"{t.rows - t.bad} of {t.rows} rows passed, {t.left_out} left out")
    return 1 if t.bad or t.rows < 60 else 0


sys.exit(main())
