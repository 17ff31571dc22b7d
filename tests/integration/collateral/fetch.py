#!/usr/bin/env python3
"""`parley collateral fetch` against services on this machine that answer well, badly, late, or not at all: what is kept, what is said, and how an
outage is told apart from a refusal. Documents are vendors' own, judged at their time.

usage: fetch.py BIN_DIR SOURCE_DIR
"""
import http.server
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

AT, LATER = "2025-07-01T00:00:00Z", "2025-08-01T00:00:00Z"
FMSPC = "00a067110000"


class Service(http.server.BaseHTTPRequestHandler):
    """Answers by a table; what misbehaves is a function of the request."""
    protocol_version = "HTTP/1.0"

    def do_GET(self):
        self.server.asked.append(self.path)
        answer = self.server.table.get(self.path, (404, {}, b"no such document"))
        if callable(answer):
            return answer(self)
        status, headers, body = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server:
    def __init__(self, table, context=None):
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
        self.http.daemon_threads = True
        self.http.table, self.http.asked = table, []
        if context:
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()


def intel_table(data):
    j = json.load(open(os.path.join(data, "phala-sgx-collateral.json"), encoding="ascii"))
    quoted = {k: urllib.parse.quote(v) for k, v in j.items() if k.endswith("chain")}
    pcs = "/sgx/certification/v4"
    return {
        f"{pcs}/tcb?fmspc={FMSPC}": (200, {"TCB-Info-Issuer-Chain": quoted["tcb_info_issuer_chain"]},
                                     f'{{"tcbInfo":{j["tcb_info"]},"signature":"{j["tcb_info_signature"]}"}}'.encode()),
        f"{pcs}/qe/identity": (200, {"sgx-enclave-identity-issuer-chain": quoted["qe_identity_issuer_chain"]},
                               f'{{"enclaveIdentity":{j["qe_identity"]},"signature":"{j["qe_identity_signature"]}"}}'.encode()),
        f"{pcs}/pckcrl?ca=processor&encoding=der": (200, {"SGX-PCK-CRL-Issuer-Chain": quoted["pck_crl_issuer_chain"]}, bytes.fromhex(j["pck_crl"])),
        f"{pcs}/rootcacrl": (200, {}, j["root_ca_crl"].encode()),
    }


class Run:
    def __init__(self, programs, folder):
        self.parley, self.folder, self.checks, self.bad = os.path.join(programs, "parley"), folder, 0, 0

    def parley_json(self, *words, proxy=None):
        env = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
        if proxy:
            env |= {"http_proxy": proxy, "https_proxy": proxy, "all_proxy": proxy}
        done = subprocess.run([self.parley, *words, "--json"], cwd=self.folder, capture_output=True, timeout=60, check=False, env=env)
        try:
            return done.returncode, json.loads(done.stdout), done.stderr.decode()
        except json.JSONDecodeError:
            return done.returncode, {}, done.stdout.decode() + done.stderr.decode()

    def check(self, name, good, detail):
        self.checks += 1
        if not good:
            self.bad += 1
            print(f"FAILED {name}: {str(detail)[:900]}")

    def bytes(self, name):
        path = os.path.join(self.folder, name)
        return open(path, "rb").read() if os.path.exists(path) else None

    def leftovers(self, name):
        self.check(name, not [f for f in os.listdir(self.folder) if ".part" in f], os.listdir(self.folder))


def sgx_words(run, server, out, at=AT, *more):
    return ("collateral", "fetch", "--evidence", os.path.join(run.data, "phala-sgx-quote.bin"), "--from", server if isinstance(server, str) else server.url,
            "--out", out, "--at", at, *more)


def good(run):
    table = intel_table(run.data)
    with Server(table) as server:
        code, doc, err = run.parley_json(*sgx_words(run, server, "good"))
        run.check("good", code == 0 and doc.get("complete") and doc["fetched"] == 4 and doc["valid_until"] == "2025-07-19T10:01:18Z", (code, doc, err))
        run.check("asked", sorted(server.http.asked) == sorted(table), server.http.asked)
        first = run.bytes("good")
        code, doc, err = run.parley_json("collateral", "fetch", "--tee", "sgx", "--fmspc", FMSPC.upper(), "--from", server.url, "--out", "both", "--at", AT)
        run.check("both PCK CAs are asked for", code == 66 and doc["code"] == "COL-0003" and run.bytes("both") is None, (code, doc, err))
        code, doc, err = run.parley_json(*sgx_words(run, server, "good"))
        run.check("again", code == 0 and len(run.bytes("good")) == len(first), (code, doc, err))
    code, doc, err = run.parley_json("collateral", "check", "good", "--at", AT)
    run.check("check", code == 0 and not doc["gaps"] and all(d["signature"] == "vendor" and d["fetched"] for d in doc["documents"]), (code, doc, err))
    code, doc, err = run.parley_json("collateral", "check", "good", "--at", LATER)
    run.check("check later", code == 75 and doc["code"] == "COL-0005" and len(doc["gaps"]) == 3, (code, doc, err))
    code, doc, err = run.parley_json("collateral", "check", "good", "--at", AT, "--tee", "tdx", "--fmspc", FMSPC)
    run.check("check for TDX", code == 75 and len(doc["gaps"]) == 2, (code, doc, err))
    code, doc, err = run.parley_json("collateral", "show", "good", "--at", LATER)
    run.check("show", code == 0 and len(doc["documents"]) == 7, (code, doc, err))
    code, doc, err = run.parley_json("evidence", "verify", os.path.join(run.data, "phala-sgx-quote.bin"), "--tee", "sgx", "--collateral", "good", "--at", AT)
    run.check("verify with it", doc.get("verdict") == "policy" and doc.get("tcb_status") == "ConfigurationAndSWHardeningNeeded", (code, doc, err))


def slow(handler):
    time.sleep(5)
    handler.send_response(200)


def truncated(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"tcbInfo":')


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(64):
            handler.wfile.write(bytes(65536))
    except OSError:
        pass


def hangs_up(handler):
    handler.wfile.close()


def bad(run):
    """What the TCB info's address answers; exit, code and whether it is an outage. There is a good bundle, then none, then a stale one."""
    table = intel_table(run.data)
    tcb = f"/sgx/certification/v4/tcb?fmspc={FMSPC}"
    status, headers, body = table[tcb]
    qe = table["/sgx/certification/v4/qe/identity"][2]
    with Server({}) as elsewhere:
        cases = [
            ("500", (500, {}, b"oops"), 69, "COL-0002"), ("503", (503, {}, b""), 69, "COL-0002"), ("429", (429, {}, b""), 69, "COL-0002"),
            ("slow", slow, 69, "COL-0002"), ("truncated", truncated, 69, "COL-0002"), ("hangs up", hangs_up, 69, "COL-0002"),
            ("404", (404, {}, b""), 66, "COL-0003"), ("400", (400, {}, b""), 66, "COL-0003"),
            ("403", (403, {}, b"log in"), 76, "COL-0004"), ("endless", endless, 76, "COL-0004"), ("large", (200, headers, bytes(1 << 20)), 76, "COL-0004"),
            ("garbage", (200, headers, b"<html>welcome to our proxy</html>"), 76, "COL-0004"), ("empty", (200, headers, b""), 76, "COL-0004"),
            ("another document", (200, headers, qe), 76, "COL-0004"), ("another FMSPC", (200, headers, body.replace(b"00A067110000", b"00A067110001")), 76, "COL-0004"),
            ("altered", (200, headers, body.replace(b'"svn":11', b'"svn":12', 1)), 76, "COL-0004"), ("no chain", (200, {}, body), 76, "COL-0004"),
            ("a chain of nonsense", (200, {"TCB-Info-Issuer-Chain": "%2"}, body), 76, "COL-0004"),
            ("a redirect", (302, {"Location": elsewhere.url + tcb}, b""), 76, "COL-0004"), ("a redirect here", (301, {"Location": tcb + "&x"}, b""), 76, "COL-0004"),
        ]
        old = run.bytes("good")
        for name, answer, exit_code, code in cases:
            with Server({**table, tcb: answer}) as server:
                outage = code == "COL-0002"
                started = time.monotonic()
                got = run.parley_json(*sgx_words(run, server, "good", AT, "--timeout", "1"))
                run.check(f"{name}: takes its time", time.monotonic() - started < 4, time.monotonic() - started)
                run.check(f"{name}: the old bundle stays", run.bytes("good") == old, "it differs")
                if outage:
                    run.check(f"{name}: the old bundle holds", got[0] == 0 and got[1].get("outage") and got[1].get("kept_until") == "2025-07-19T10:01:18Z" and
                              "warning" in got[2], got)
                else:
                    run.check(f"{name}: refused", got[0] == exit_code and got[1].get("code") == code and got[1].get("outage") is False, got)
                if name == "slow":
                    continue
                got = run.parley_json(*sgx_words(run, server, "none", AT, "--timeout", "1"))
                run.check(f"{name}: nothing was kept", got[0] == exit_code and got[1].get("code") == code and run.bytes("none") is None, got)
                run.check(f"{name}: says where", got[1].get("where") and got[1].get("fix"), got)
                if outage:
                    got = run.parley_json(*sgx_words(run, server, "good", LATER, "--timeout", "1"))
                    run.check(f"{name}: what was kept is stale", got[0] == 69 and got[1].get("kept_suffices") is False and run.bytes("good") == old, got)
                run.leftovers(name)
        run.check("no redirect was followed", not elsewhere.http.asked, elsewhere.http.asked)
    got = run.parley_json(*sgx_words(run, elsewhere.url, "none"))
    run.check("nobody listens", got[0] == 69 and got[1].get("code") == "COL-0002", got)
    with Server(table) as server:
        got = run.parley_json(*sgx_words(run, server, "good", LATER))
        run.check("a cache that serves what is out of date", got[0] == 76 and "valid" in got[1]["message"] and run.bytes("good") == old, got)
        got = run.parley_json(*sgx_words(run, server, "nowhere/bundle"))
        run.check("cannot create", got[0] == 73, got)
        open(os.path.join(run.folder, "damaged"), "wb").write(old[:-1])
        got = run.parley_json(*sgx_words(run, server, "damaged"))
        run.check("a damaged bundle is not overwritten", got[0] == 65 and run.bytes("damaged") == old[:-1], got)


def tls(run):
    if not shutil.which("openssl"):
        print("openssl(1) is not here: TLS was not tried")
        return
    key, cert = os.path.join(run.folder, "key.pem"), os.path.join(run.folder, "cert.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                    "-subj", "/CN=local", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True, timeout=30)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with Server(intel_table(run.data), context) as server:
        got = run.parley_json(*sgx_words(run, server, "tls"))
        run.check("an unknown certificate", got[0] == 69 and run.bytes("tls") is None and not server.http.asked, got)
        got = run.parley_json(*sgx_words(run, server.url.replace("127.0.0.1", "localhost"), "tls", AT, "--ca", cert))
        run.check("another host's certificate", got[0] == 69 and run.bytes("tls") is None, got)
        got = run.parley_json(*sgx_words(run, server, "tls", AT, "--ca", cert))
        run.check("a cache's own authority", got[0] == 0 and got[1].get("complete"), got)


def snp(run):
    data = os.path.join(run.source, "tests/kat/snp/data")
    genoa, turin = (open(os.path.join(data, f"amd-ask-ark-{x}.pem"), "rb").read() for x in ("genoa", "turin"))
    report = open(os.path.join(data, "lunal-genoa-v5-report.bin"), "rb").read()
    chip = report[0x1A0:0x1E0].hex()
    table = {"/vcek/v1/Genoa/cert_chain": (200, {}, genoa), "/vcek/v1/Turin/cert_chain": (200, {}, turin),
             f"/vcek/v1/Genoa/{chip}?blSPL=10&teeSPL=00&snpSPL=27&ucodeSPL=27": (200, {}, open(os.path.join(data, "lunal-genoa-v5-vcek.der"), "rb").read()),
             "/vcek/v1/Turin/3b42092f69c656d3?fmcSPL=00&blSPL=01&teeSPL=00&snpSPL=02&ucodeSPL=71":
             (200, {}, open(os.path.join(data, "oak-turin-v5-vcek.der"), "rb").read())}
    with Server(table) as server:
        for name, at in (("lunal-genoa-v5", "2026-04-01T00:00:00Z"), ("oak-turin-v5", "2026-01-01T00:00:00Z")):
            path = os.path.join(data, f"{name}-report.bin")
            got = run.parley_json("collateral", "fetch", "--evidence", path, "--from", server.url, "--out", name, "--at", at)
            run.check(f"{name}: fetched", got[0] == 0 and got[1].get("complete") and "without the CRL" in got[2], (got, server.http.asked))
            got = run.parley_json("evidence", "verify", path, "--tee", "snp", "--collateral", name, "--at", at)
            run.check(f"{name}: verifies", got[0] == 0 and got[1].get("verdict") == "valid", got)
        got = run.parley_json("collateral", "fetch", "--tee", "snp", "--product", "Turin", "--chip", "3B42092F69C656D3", "--tcb", "0.1.0.2.71", "--from", server.url, "--out",
                              "turin", "--at", "2026-01-01T00:00:00Z")
        run.check("by chip and TCB", got[0] == 0 and got[1].get("complete"), (got, server.http.asked))
        got = run.parley_json("collateral", "fetch", "--tee", "snp", "--product", "Genoa", "--from", server.url, "--out", "genoa", "--at", "2026-01-01T00:00:00Z")
        run.check("the chain alone", got[0] == 0 and got[1].get("complete") is False, got)
        got = run.parley_json("collateral", "fetch", "--evidence", os.path.join(data, "virtee-milan-v2-report.hex"), "--from", server.url, "--out", "milan")
        run.check("version 2 names no product", got[0] == 64 and "product" in got[1]["message"], got)


class Refusing(http.server.BaseHTTPRequestHandler):
    """A proxy that writes down what it is asked for and gives nothing."""

    def handle_one_request(self):
        self.server.asked.append(self.rfile.readline().decode().strip())
        self.close_connection = True

    def log_message(self, *_):
        pass


def offline(run):
    """Whoever goes online goes through the proxy: fetch does, to the vendors' addresses; nothing else tries."""
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    proxy.asked = []
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{proxy.server_address[1]}"
    quote, bundle = os.path.join(run.data, "phala-sgx-quote.bin"), os.path.join(run.data, "phala-sgx-collateral.json")
    for words in (["evidence", "verify", quote, "--tee", "sgx", "--at", AT], ["evidence", "verify", quote, "--collateral", bundle, "--at", AT], ["evidence", "show", quote],
                  ["collateral", "check", "good", "--at", LATER], ["collateral", "show", bundle], ["doctor", "--collateral", bundle, "--tee", "sgx"],
                  ["collateral", "fetch", "--out", "x"], ["collateral", "fetch", "--tee", "nitro", "--out", "x"]):
        run.parley_json(*words, proxy=url)
        run.check(f"{words[:2]} stays offline", not proxy.asked, proxy.asked)
    for words, host in ((["--evidence", quote], "api.trustedservices.intel.com:443"), (["--tee", "snp", "--product", "Milan"], "kdsintf.amd.com:443")):
        proxy.asked.clear()
        got = run.parley_json("collateral", "fetch", *words, "--out", "x", proxy=url)
        run.check(f"{host} is asked", got[0] == 69 and len(proxy.asked) == 1 and proxy.asked[0].startswith(f"CONNECT {host}"), (got, proxy.asked))
    proxy.shutdown()
    proxy.server_close()


def usage(run):
    for name, words, exit_code in [
        ("nothing said", ["--out", "x"], 64), ("no out", ["--tee", "sgx", "--fmspc", FMSPC], 64), ("no FMSPC", ["--tee", "tdx", "--out", "x"], 64),
        ("bad FMSPC", ["--tee", "tdx", "--fmspc", "00zz", "--out", "x"], 64), ("bad product", ["--tee", "snp", "--product", "Rome", "--out", "x"], 64),
        ("chip without TCB", ["--tee", "snp", "--product", "Milan", "--chip", "00", "--out", "x"], 64), ("bad TCB", ["--tee", "snp", "--product", "Milan", "--chip",
                                                                                                    "0" * 128, "--tcb", "1.2.3", "--out", "x"], 64),
        ("software", ["--tee", "software", "--out", "x"], 64), ("another protocol", ["--tee", "sgx", "--fmspc", FMSPC, "--from", "ftp://127.0.0.1", "--out", "x"], 64),
        ("a file", ["--tee", "sgx", "--fmspc", FMSPC, "--from", "file:///etc", "--out", "x"], 64), ("no evidence", ["--evidence", "nowhere", "--out", "x"], 66),
        ("no time-out", ["--tee", "sgx", "--fmspc", FMSPC, "--timeout", "0", "--out", "x"], 64),
    ]:
        got = run.parley_json("collateral", "fetch", *words)
        run.check(name, got[0] == exit_code and got[1].get("status") == "error" and got[1].get("fix") and run.bytes("x") is None, got)
    got = run.parley_json("collateral", "fetch", "--tee", "nitro", "--out", "x")
    run.check("nitro needs none", got[0] == 0 and run.bytes("x") is None and "nothing to fetch" in got[2], got)


def main():
    programs, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        run = Run(programs, folder)
        run.source, run.data = source, os.path.join(source, "tests/kat/dcap/data")
        for part in (good, bad, tls, snp, offline, usage):
            part(run)
        print(f"{run.checks - run.bad} passed, {run.bad} failed")
        return 1 if run.bad else 0


sys.exit(main())
