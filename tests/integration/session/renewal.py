#!/usr/bin/env python3
"""Evidence that grows old while a session of real processes runs: it is renewed, or the session ends.

usage: renewal.py BIN_DIR
"""
import os
import signal
import sys
import time

import session as s

AGE, PAUSE = 4, 6


class Bench(s.Bench):
    """The same, under a policy whose evidence lives for seconds."""

    def compile(self, name, measurement, session="10m", where=""):
        text = s.policy(self.keys, measurement, session, where)
        text = text.replace("max_evidence_age: 600s, skew: 300s", f"max_evidence_age: {AGE}s, skew: 30s").replace("step: 5s", "step: 20s")
        with open(os.path.join(self.folder, name + ".yaml"), "w", encoding="utf-8") as f:
            f.write(text)
        self.cli("policy", "compile", name + ".yaml", "--out", name)
        for p in s.PARTIES:
            self.cli("policy", "sign", name, "--key", f"{p}/approve.key")


def pause_at_commit(hosts, p="south"):
    """The whole session waits for this host's enclave, and everybody's evidence grows old."""
    assert hosts[p].wait_event(s.phase("committed")), "nothing was committed"
    hosts[p].process.send_signal(signal.SIGSTOP)
    time.sleep(PAUSE)
    hosts[p].process.send_signal(signal.SIGCONT)


def test_old_evidence_is_renewed(bench):
    hosts = bench.start_all()
    pause_at_commit(hosts)
    for p in s.PARTIES:
        assert hosts[p].wait_event(s.phase("renewing")), f"{p} did not renew"
    s.done_everywhere(bench, hosts)
    policy_hash = bench.cli("policy", "show", "policy.sealed")["policy_hash"]
    for p in s.PARTIES:
        verdict = bench.cli("audit", "verify", f"{p}/out/receipt.cbor", "--policy-hash", policy_hash)
        assert verdict["renewals"] >= 1, verdict


def test_without_the_endorser_there_is_no_renewal(bench):
    hosts = bench.start_all()
    assert hosts["south"].wait_event(s.phase("committed")), "nothing was committed"
    hosts["south"].process.send_signal(signal.SIGSTOP)
    endorser = next(x for x in bench.running if x.name == "endorser-west")
    endorser.kill()
    time.sleep(PAUSE)
    hosts["south"].process.send_signal(signal.SIGCONT)
    view = s.aborted_everywhere(bench, hosts)
    assert "west" in view["message"] + view["blame"], view
    assert "step" not in [e.get("event") for p in s.PARTIES for e in hosts[p].events], "a step was run on old evidence"


def main():
    tests = {name: test for name, test in globals().items() if name.startswith("test_")}
    return s.run_tests(tests, Bench, sys.argv[1], {})


if __name__ == "__main__":
    sys.exit(main())
