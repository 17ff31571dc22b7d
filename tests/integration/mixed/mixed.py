#!/usr/bin/env python3
"""A Nitro, a TDX and an SNP party in one session: real processes, real system calls, devices played by tee_double, evidence signed
by test vendors whose keys are made here. The right answer and a receipt that verifies; or a refusal by name before a share leaves.

usage: mixed.py BIN_DIR TEST_ANCHORED_DIR TEE_DOUBLE TEE_PROBE [TEST…]
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../session"))
import session  # noqa: E402  (its Bench starts coordinator, endorsers and hosts)

TEE = {"north": "nitro", "south": "tdx", "west": "snp"}
PROGRAM = {"nitro": "parley-enclave-nitro", "sgx": "parley-enclave-sgx", "tdx": "parley-enclave-guest", "snp": "parley-enclave-guest"}
CODE = 0x10  # of the doubles' evidence, tests/support/tee/vendor.h


def register(n):
    return f"{CODE + n:02x}" * 48


VALUES = {"nitro": f"{{pcr0: {register(0)}, pcr1: {register(1)}, pcr2: {register(2)}}}",
          "sgx": f"{{mrenclave: {f'{CODE:02x}' * 32}}}",
          "tdx": f"{{mrtd: {register(0)}, rtmr0: {register(1)}, rtmr1: {register(2)}, rtmr2: {register(3)}}}",
          "snp": f"{{measurement: {register(0)}}}"}


def tpm_policy(keys, limit, key, measurement):
    """Three parties on one machine with a TPM."""
    lines = policy(keys, limit, TEE, 0).split("\n")
    out = []
    for line in lines:
        if line.startswith("    tee: "):
            out += [f"    tee: {{kind: tpm, root: {key}}}", f"    measurements: [{measurement}]"]
        elif not line.startswith(("reference_values:", "  - {release:")):
            out.append(line)
    return "\n".join(out)


def policy(keys, limit, tee, distinct, age="600s, skew: 300s"):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    lines = ["parley: 1", "name: mixed", "serial: 1", f"signing_time: {now}", f"valid: {{not_before: {now}, not_after: 2036-12-31T00:00:00Z}}", "parties:"]
    for p in session.PARTIES:
        k = keys[p]
        lines += [f"  - id: {p}", f"    name: {p}", f"    operator: {p}", "    compute: true",
                  f"    keys: {{approve: {k['approve']}, endorse: {k['endorse']}, receive: {k['receive']}}}", f"    tee: {tee[p]}"]
    lines += ["reference_values:"]
    for kind in sorted(set(tee.values())):
        lines += [f"  - {{release: '2026.11', tee: {kind}, values: {VALUES[kind]}}}"]
    lines += ["datasets:", "  - name: t", "    from: [north, south, west]", "    columns:",
              "      - {name: g, type: text, domain: [a, b, c, d]}", "      - {name: v, type: int64, range: [-1000, 100000]}",
              "query: SELECT g, COUNT(*) AS n, SUM(v) AS s, AVG(v) AS m, MIN(v) AS lo, MAX(v) AS hi FROM t GROUP BY g ORDER BY g",
              "release: {to: [north, west], min_subjects: 5}", "protocol: {family: rep3}",
              f"admission: {{max_evidence_age: {age}" + (f", distinct: {{vendor: {distinct}, operator: 3}}" if distinct else "") + "}",
              f"deadlines: {{step: 20s, session: {limit}}}", "rows: {max: 4096, pad: false}", ""]
    return "\n".join(lines)


class Bench(session.Bench):
    """session.Bench with enclaves of hardware TEEs; `how` says what is wrong with one of them."""
    tee, distinct, age = TEE, 3, "600s, skew: 300s"

    def __init__(self, programs, folder, limit="10m"):
        self.anchored, self.double, self.probe = sys.argv[2:5]
        self.vendor = VENDOR
        os.environ["PARLEY_TEST_ANCHORS"] = os.path.join(self.vendor, "anchors")
        self.how, self.commands, self.collateral, self.complaisant = {}, {}, True, set()
        super().__init__(programs, folder, limit)

    def compile(self, name, measurement, session_limit="10m", where=""):
        with open(os.path.join(self.folder, name + ".yaml"), "w", encoding="utf-8") as f:
            f.write(policy(self.keys, session_limit, self.tee, self.distinct, self.age))
        self.cli("policy", "compile", name + ".yaml", "--out", name)
        for p in session.PARTIES:
            self.cli("policy", "sign", name, "--key", f"{p}/approve.key")

    def start(self, name, *argv):
        """Programs that verify come from the folder of those with test anchors."""
        program = argv[0]
        if name.startswith("endorser-") and name[9:] in self.complaisant:
            program += "-complaisant"
        own = os.path.join(self.anchored, program)
        return super().start(name, own if os.path.exists(own) else argv[0], *argv[1:])

    def enclave(self, p):
        if p in self.commands:
            return self.commands[p]
        return (f"exec:{self.double} {self.tee[p]} {self.how.get(p, {}).get('vendor', self.vendor)} {self.how.get(p, {}).get('options', '')} -- "
                f"{self.anchored}/{PROGRAM[self.tee[p]]}")

    def start_host(self, p, sealed="policy.sealed", extra=()):
        more = ["--collateral", os.path.join(self.vendor, "collateral.cbor")] if self.collateral else []
        return self.start("host-" + p, "parley-host", "--policy", sealed, "--party", p, "--coordinator", self.url, "--endorser",
                          f"ipc://{self.folder}/{p}.sock", "--enclave", self.enclave(p), "--data", f"{p}.csv", "--out", f"{p}/out", "--json-events", *more,
                          *extra)

    def judge(self, *words, ok=True):
        """The `parley` with test anchors: what it opens and audits it appraises again."""
        import json
        done = subprocess.run([os.path.join(self.anchored, "parley"), *words, "--json"], cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        if ok and done.returncode:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def answer(self, p):
        return self.judge("result", "open", f"{p}/out/result.parley", "--key", f"{p}/receive.key")["csv"]


def nobody_was_admitted(hosts):
    """Without the handle that ADMITs give there is nothing to send a share with."""
    for p, host in hosts.items():
        for event in host.events:
            assert event.get("name") not in ("admitted", "committed", "running"), f"{p} came as far as {event}"
            assert event.get("event") != "step", f"{p} came as far as {event}"


def refused(bench, code, who):
    """The peers of `who` refuse it, by this code: its own endorser has signed whatever it brought."""
    bench.complaisant.add(who)
    hosts = bench.start_all()
    view = session.aborted_everywhere(bench, hosts, code)
    nobody_was_admitted(hosts)
    assert who in view["blame"] + view["message"], view


def refused_at_home(bench, inside, who):
    """The organisation's own endorser refuses to sign, and says why; its peers never see the evidence endorsed."""
    hosts = bench.start_all()
    view = session.aborted_everywhere(bench, hosts, "ATT-0018")
    nobody_was_admitted(hosts)
    assert inside in view["message"] and who in view["message"], view


def test_runs_to_the_right_answer(bench):
    hosts = bench.start_all()
    session.done_everywhere(bench, hosts)
    shown = bench.cli("policy", "show", "policy.sealed")
    for p in session.PARTIES:
        audit = bench.judge("audit", "verify", f"{p}/out/receipt.cbor", "--policy-hash", shown["policy_hash"])
        assert audit["status"] == "ok", audit
    # The production anchors know no test vendor: the same receipt is refused by the program that people have.
    strict = bench.cli("audit", "verify", "north/out/receipt.cbor", "--policy-hash", shown["policy_hash"], ok=False)
    assert strict["status"] == "error", strict


def test_enclaves_that_listen(bench):
    """The same over Unix sockets: enclaves that run before their hosts come."""
    for p in session.PARTIES:
        path = f"{bench.folder}/{p}.enclave"
        bench.start("enclave-" + p, bench.double, TEE[p], bench.vendor, "--", f"{bench.anchored}/{PROGRAM[TEE[p]]}", "--listen", f"unix:{path}")
        bench.commands[p] = f"unix:{path}"
    session.done_everywhere(bench, bench.start_all())


def test_a_foreign_root_of_intel(bench):
    bench.how["south"] = {"vendor": FOREIGN}
    refused(bench, "ATT-0002", "south")


def test_a_foreign_root_of_amazon(bench):
    bench.how["north"] = {"vendor": FOREIGN}
    refused(bench, "ATT-0002", "north")


def test_a_foreign_root_of_amd(bench):
    bench.how["west"] = {"vendor": FOREIGN}  # its report is signed by a key that nobody's collateral certifies
    refused(bench, ("ATT-0002", "ATT-0020"), "west")


def test_another_measurement_nitro(bench):
    bench.how["north"] = {"options": "--code 32"}
    refused(bench, "ATT-0004", "north")


def test_another_measurement_tdx(bench):
    bench.how["south"] = {"options": "--code 32"}
    refused(bench, "ATT-0004", "south")


def test_another_measurement_snp(bench):
    bench.how["west"] = {"options": "--code 32"}
    refused(bench, "ATT-0004", "west")


def test_an_endorser_refuses_its_own_enclave(bench):
    bench.how["west"] = {"options": "--code 32"}
    refused_at_home(bench, "ATT-0004", "west")


def test_a_debug_enclave_nitro(bench):
    bench.how["north"] = {"options": "--debug"}
    refused(bench, ("ATT-0006", "ATT-0004"), "north")  # all that tells a debug document is that it measures nothing


def test_a_debug_enclave_tdx(bench):
    bench.how["south"] = {"options": "--debug"}
    refused(bench, "ATT-0006", "south")


def test_a_debug_enclave_snp(bench):
    bench.how["west"] = {"options": "--debug"}
    refused(bench, "ATT-0006", "west")


def test_report_data_patched_in(bench):
    bench.how["west"] = {"options": "--attack replay"}
    refused(bench, "ATT-0020", "west")


def test_evidence_of_another_session(bench):
    document = os.path.join(bench.folder, "document")
    made = subprocess.run([bench.double, "nitro", bench.vendor, "--", bench.probe, "nitro"], capture_output=True, check=True).stdout
    with open(document, "wb") as f:
        f.write(made[8:])  # kind and length stand in front
    os.environ["PARLEY_TEST_EVIDENCE"] = document
    bench.commands["north"] = f"exec:{bench.anchored}/enclave-replayer"
    refused(bench, "ATT-0003", "north")


def test_without_collateral(bench):
    bench.collateral = False
    refused(bench, "ATT-0022", "south")


def test_a_device_that_fails(bench):
    bench.how["west"] = {"options": "--attack error"}
    hosts = bench.start_all()
    view = session.aborted_everywhere(bench, hosts, "TEE-0001")
    nobody_was_admitted(hosts)
    assert "west" in view["blame"] + view["message"], view


def test_the_kind_is_the_policys(bench):
    """An SNP guest where the policy names TDX."""
    bench.commands["south"] = f"exec:{bench.double} snp {bench.vendor} -- {bench.anchored}/parley-enclave-guest"
    refused(bench, "ATT-0001", "south")


class SgxBench(Bench):
    """An SGX enclave under Gramine, as far as it can tell; two of the vendors are Intel."""
    tee, distinct = {"north": "sgx", "south": "tdx", "west": "snp"}, 2


def sgx_right_answer(bench):
    session.done_everywhere(bench, bench.start_all())
    shown = bench.cli("policy", "show", "policy.sealed")
    audit = bench.judge("audit", "verify", "south/out/receipt.cbor", "--policy-hash", shown["policy_hash"])
    assert audit["status"] == "ok", audit


def sgx_another_measurement(bench):
    bench.how["north"] = {"options": "--code 32"}
    refused(bench, "ATT-0004", "north")


def sgx_debug(bench):
    bench.how["north"] = {"options": "--debug"}
    refused(bench, "ATT-0006", "north")


class RenewalBench(Bench):
    """Evidence that lives for seconds: each device is asked again in the middle of the session."""
    age = "4s, skew: 3s"


def renewal_of_all_three(bench):
    hosts = bench.start_all()
    assert hosts["south"].wait_event(session.phase("committed")), "nothing was committed"
    hosts["south"].process.send_signal(signal.SIGSTOP)
    time.sleep(6)
    hosts["south"].process.send_signal(signal.SIGCONT)
    for p in session.PARTIES:
        assert hosts[p].wait_event(session.phase("renewing")), f"{p} did not renew"
    session.done_everywhere(bench, hosts)
    shown = bench.cli("policy", "show", "policy.sealed")
    audit = bench.judge("audit", "verify", "west/out/receipt.cbor", "--policy-hash", shown["policy_hash"])
    assert audit["status"] == "ok" and audit["renewals"] >= 1, audit


class TpmBench(session.Bench):
    """Three parties on one machine that has a TPM (swtpm); nothing here is linked for tests."""

    def __init__(self, programs, folder, limit="10m"):
        state = os.path.join(folder, "tpm")
        os.mkdir(state)
        self.tpm = f"unix:{state}/socket"
        self.swtpm = subprocess.Popen(["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}", "--server", f"type=unixio,path={state}/socket", "--ctrl",
                                       f"type=unixio,path={state}/control", "--flags", "not-need-init,startup-clear"], stderr=subprocess.DEVNULL)
        while not os.path.exists(f"{state}/socket") and self.swtpm.poll() is None:
            time.sleep(0.05)
        self.key = subprocess.run([os.path.join(programs, "parley-launch-tpm"), "--tpm", self.tpm, "--key"], capture_output=True, text=True, check=True).stdout.strip()
        super().__init__(programs, folder, limit)

    def compile(self, name, measurement, session_limit="10m", where=""):
        with open(os.path.join(self.folder, name + ".yaml"), "w", encoding="utf-8") as f:
            f.write(tpm_policy(self.keys, session_limit, self.key, measurement))
        self.cli("policy", "compile", name + ".yaml", "--out", name)
        for p in session.PARTIES:
            self.cli("policy", "sign", name, "--key", f"{p}/approve.key")

    def start_host(self, p, sealed="policy.sealed", extra=()):
        return super().start_host(p, sealed, ("--enclave", f"exec:{self.programs}/parley-launch-tpm --tpm {self.tpm}", *extra))

    def close(self):
        super().close()
        self.swtpm.terminate()
        self.swtpm.wait()


def tpm_right_answer(bench):
    session.done_everywhere(bench, bench.start_all())
    shown = bench.cli("policy", "show", "policy.sealed")
    audit = bench.cli("audit", "verify", "north/out/receipt.cbor", "--policy-hash", shown["policy_hash"])
    assert audit["status"] == "ok", audit


def tpm_another_enclave_was_started_before(bench):
    """PCR 14 holds another program: the launcher will not start ours on this machine, and says so."""
    other = f"{bench.programs}/parley-launch-tpm --tpm {bench.tpm} --enclave {bench.programs}/parley-launch"
    subprocess.run(["sh", "-c", f"exec {other} 3</dev/null"], capture_output=True, timeout=60, check=False)
    hosts = bench.start_all()
    for p, host in hosts.items():
        code, reason = host.end()
        assert (code, reason) == (71, "TEE-0004"), f"{p} ended with {code}, {reason}"
        with open(os.path.join(bench.folder, f"host-{p}.log"), encoding="utf-8") as log:
            assert "PCR 14 holds more or something else" in log.read(), p
    nobody_was_admitted(hosts)


VENDOR = FOREIGN = None


def chosen(prefix):
    return {name: test for name, test in globals().items()
            if name.startswith(prefix) and name != "tpm_policy" and (len(sys.argv) < 6 or name in sys.argv[5:])}


def main():
    global VENDOR, FOREIGN
    with tempfile.TemporaryDirectory() as vendors:
        VENDOR, FOREIGN = os.path.join(vendors, "ours"), os.path.join(vendors, "foreign")
        for folder in (VENDOR, FOREIGN):
            os.mkdir(folder)
            subprocess.run([sys.argv[3], "vendor", folder], check=True)
        for tee, producer in (("nitro", "nitro"), ("tdx", "guest")):
            tried = subprocess.run([sys.argv[3], tee, VENDOR, "--", sys.argv[4], producer], capture_output=True, check=False)
            if tried.returncode == 77:
                print(f"skipped: {tried.stderr.decode()}")
                return 77
        bad = session.run_tests(chosen("test_"), Bench, sys.argv[1], {}) | session.run_tests(chosen("sgx_"), SgxBench, sys.argv[1], {})
        bad |= session.run_tests(chosen("renewal_"), RenewalBench, sys.argv[1], {})
    if not shutil.which("swtpm"):
        print("skipped: sessions with a TPM; install the package swtpm")
        return bad
    return session.run_tests(chosen("tpm_"), TpmBench, sys.argv[1], {}) | bad


if __name__ == "__main__":
    sys.exit(main())
