#!/usr/bin/env python3
"""parley image build, measure, sign, verify: two builds give the same bytes, every measurement is that of an independent model
(models.py), and whatever is altered afterwards is found.

usage: image.py BIN_DIR
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import models

DEBIAN_OVMF = os.environ.get("PARLEY_TEST_OVMF", "/usr/share/ovmf/OVMF.fd")  # package ovmf; not needed
CMDLINE = "console=ttyS0 panic=-1"


class Failures:
    def __init__(self):
        self.bad = 0

    def check(self, name, condition, detail=""):
        if not condition:
            self.bad += 1
            print(f"FAILED {name}: {detail}")


def run(world, *words, folder=None, mask=0o022):
    done = subprocess.run([os.path.join(world["bin"], "parley"), "image", *words, "--json"], cwd=folder or world["folder"], capture_output=True,
                          timeout=120, check=False, preexec_fn=lambda: os.umask(mask))
    try:
        return done.returncode, json.loads(done.stdout), done.stderr.decode()
    except json.JSONDecodeError:
        return done.returncode, {}, f"no JSON document: {done.stdout[:300]!r} {done.stderr[:300]!r}"


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def write(data, *path):
    with open(os.path.join(*path), "wb") as f:
        f.write(data)


def contents(folder):
    return {name: read(folder, name) for name in sorted(os.listdir(folder))}


def values(doc, tee):
    return [m["values"] for m in doc["measurements"] if m["tee"] == tee and m["measured"]]


def make_inputs(folder):
    rng = __import__("random").Random(1)
    write(rng.randbytes(300001), folder, "kernel")
    write(rng.randbytes(5001), folder, "init")
    write(models.make_firmware(), folder, "firmware.fd")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-keyout", "sign.key", "-out",
                    "sign.pem", "-days", "30", "-subj", "/CN=image"], cwd=folder, check=True, capture_output=True)


def build_words(inputs, out):
    def at(name):
        return os.path.join(inputs, name)
    return ["build", "--out", out, "--release", "2026.11", "--kernel", at("kernel"), "--init", at("init"), "--cmdline", CMDLINE, "--signing-cert",
            at("sign.pem"), "--signing-key", at("sign.key"), "--ovmf", at("firmware.fd"), "--vcpus", "1", "--vcpus", "4", "--cpu", "EPYC-Milan",
            "--tdvf", at("firmware.fd")]


def two_builds(world, failures):
    """Different folders, umask, names of inputs, time zone and second; and then the bundle is only complete when every program is there."""
    other = os.path.join(world["folder"], "elsewhere", "deep")
    shutil.copytree(world["inputs"], os.path.join(other, "in"))
    one = run(world, *build_words(world["inputs"], "one"))
    failures.check("build", one[0] == 0, one)
    time.sleep(1.1)
    os.environ["TZ"] = "Pacific/Apia"
    two = run(world, *build_words(os.path.join(other, "in"), "two"), folder=other, mask=0o077)
    failures.check("build again", two[0] == 0, two)
    first, second = contents(os.path.join(world["folder"], "one")), contents(os.path.join(other, "two"))
    failures.check("same files", list(first) == list(second), (list(first), list(second)))
    for name, data in first.items():
        failures.check("same bytes", second.get(name) == data, name)
    failures.check("all parts", set(first) == {"software.cpio", "guest.cpio", "nitro.eif", "guest-kernel", "snp-ovmf.fd", "tdx-tdvf.fd", "manifest.cbor"},
                   list(first))
    one[1].pop("bundle"), two[1].pop("bundle")
    failures.check("same measurements", one[1] == two[1], "")
    return one[1]


def launcher_says(world):
    done = subprocess.run([os.path.join(world["bin"], "parley-launch"), "--measure", "--json"], capture_output=True, timeout=60, check=True)
    doc = json.loads(done.stdout)
    return doc["measurement"], bytes.fromhex(next(f["hash"] for f in doc["files"] if f["name"] == "/configuration"))


def software_and_tpm(world, doc, failures):
    measurement, configuration = launcher_says(world)
    files = models.read_cpio(read(world["folder"], "one", "software.cpio"))
    programs = {os.path.basename(name): data for name, (mode, data) in files.items() if mode == 0o100555}
    failures.check("the program", programs["parley-enclave"] == read(world["bin"], "parley-enclave"))
    failures.check("the loader", any(name.startswith("lib64/ld-linux") for name in files))
    failures.check("software", [v["code"] for v in values(doc, "software")] == [measurement], "the launcher measures something else")
    failures.check("software, model", models.software(programs, configuration) == measurement, "")
    failures.check("tpm", [v["code"] for v in values(doc, "tpm")] == [measurement], "")


def nitro(world, doc, failures):
    sections = models.read_eif(read(world["folder"], "one", "nitro.eif"))
    want = models.eif_pcrs(sections)
    der = subprocess.run(["openssl", "x509", "-in", os.path.join(world["inputs"], "sign.pem"), "-outform", "DER"], capture_output=True, check=True).stdout
    want["pcr8"] = models.extend(der)
    failures.check("PCRs", values(doc, "nitro") == [want], values(doc, "nitro"))
    ramdisks = [b for kind, b in sections if kind == 3]
    failures.check("init", ramdisks[0] == read(world["inputs"], "init"))
    files = models.read_cpio(ramdisks[1])
    failures.check("the program", files["rootfs/parley-enclave"][1] == read(world["bin"], "parley-enclave-nitro"))
    failures.check("the command", files["cmd"][1] == b"/parley-enclave\n--listen\nvsock:5000\n")
    failures.check("no environment", files["env"][1] == b"")


def guests(world, doc, failures):
    folder = os.path.join(world["folder"], "one")
    firmware, kernel, initrd = read(world["inputs"], "firmware.fd"), read(world["inputs"], "kernel"), read(folder, "guest.cpio")
    files = models.read_cpio(initrd)
    failures.check("/init", files["init"][1] == read(world["bin"], "parley-init"))
    failures.check("the program", files["parley-enclave"][1] == read(world["bin"], "parley-enclave-guest"))
    want = [models.snp_digest(firmware, kernel, initrd, CMDLINE.encode(), n, 0xa00f11) for n in (1, 4)]
    failures.check("SNP", [v["measurement"] for v in values(doc, "snp")] == want, values(doc, "snp"))
    want = [models.mrtd(firmware, page_by_page) for page_by_page in (True, False)]
    failures.check("MRTD", [v["mrtd"] for v in values(doc, "tdx")] == want, values(doc, "tdx"))


def debian_firmware(world, failures):
    """A real OVMF, as Debian builds it, where it is installed: both metadata are read; it does not hash a kernel, and is refused for SNP."""
    if not os.path.exists(DEBIAN_OVMF):
        print(f"skipped: {DEBIAN_OVMF} is not installed")
        return
    code, doc, error = run(world, "build", "--out", "debian", "--kernel", os.path.join(world["inputs"], "kernel"), "--ovmf", DEBIAN_OVMF, "--vcpus", "1",
                           "--cpu", "EPYC-Milan", "--tdvf", DEBIAN_OVMF)
    failures.check("Debian's OVMF", code == 0, error)
    firmware = read(DEBIAN_OVMF)
    failures.check("its MRTD", [v["mrtd"] for v in values(doc, "tdx")] == [models.mrtd(firmware, True), models.mrtd(firmware, False)], "")
    failures.check("no launch digest from it", values(doc, "snp") == [], "")


POLICY = """parley: 1
name: pasted
parties: [{id: n, tee: nitro}, {id: s, tee: snp}, {id: c}]
%sdatasets:
  - {name: t, from: [n], columns: [{name: x, type: int64}]}
query: SELECT COUNT(*) FROM t
release: {to: [n], min_subjects: 1}
"""


def pastes_into_a_policy(world, failures):
    """What is printed for people, for the kinds that the parties run, is read by the policy compiler as it is."""
    text = subprocess.run([os.path.join(world["bin"], "parley"), "image", "measure", "one"], cwd=world["folder"], capture_output=True, check=True,
                          text=True).stdout
    head, *sets = text.split("  - release:")
    chosen = ["  - release:" + s for s in sets if "tee: nitro\n" in s or "tee: snp\n" in s]
    failures.check("three sets", len(chosen) == 3, text)
    write((POLICY % (head + "".join(chosen))).encode(), world["folder"], "policy.yaml")
    done = subprocess.run([os.path.join(world["bin"], "parley"), "policy", "check", "policy.yaml"], cwd=world["folder"], capture_output=True, check=False)
    failures.check("a policy with it", done.returncode == 0, done.stderr)


def archives_are_complete(world, failures):
    """Unpacked and made the root, each holds all that its programs load."""
    if os.geteuid() != 0:
        print("skipped: only root can make another folder the root")
        return
    for name, programs in (("software.cpio", ["parley-enclave"]), ("guest.cpio", ["init", "parley-enclave"])):
        root = os.path.join(world["folder"], "root-" + name)
        os.mkdir(root)
        for path, (mode, data) in models.read_cpio(read(world["folder"], "one", name)).items():
            if mode == 0o40755:
                os.mkdir(os.path.join(root, path))
            else:
                write(data, root, path)
                os.chmod(os.path.join(root, path), mode & 0o777)
        for program in programs:
            done = subprocess.run(["chroot", root, "/lib64/ld-linux-x86-64.so.2", "--list", "/" + program], capture_output=True, timeout=30, check=False)
            failures.check(f"{name} holds what {program} loads", done.returncode == 0 and b"not found" not in done.stdout, done)


def reasons(world, failures):
    code, doc, error = run(world, "build", "--out", "small")
    failures.check("a small bundle", code == 0, error)
    unmeasured = {m["tee"]: m["reason"] for m in doc["measurements"] if not m["measured"]}
    failures.check("what is not given is not measured", set(unmeasured) == {"nitro", "sgx", "tdx", "snp"} and all(unmeasured.values()), unmeasured)


def sign_and_verify(world, failures):
    subprocess.run([os.path.join(world["bin"], "parley"), "keys", "new", "--party", "builder", "--out", "keys", "--image"], cwd=world["folder"], check=True,
                   capture_output=True)
    subprocess.run([os.path.join(world["bin"], "parley"), "keys", "new", "--party", "north", "--out", "keys"], cwd=world["folder"], check=True,
                   capture_output=True)
    code, doc, error = run(world, "sign", "one", "--key", "keys/approve.key")
    failures.check("a policy key signs no image", (code, doc.get("code")) == (78, "KEY-0002"), (code, doc, error))
    code, doc, error = run(world, "sign", "one", "--key", "keys/image.key")
    failures.check("sign", code == 0, (doc, error))
    signer = doc["signer"]
    first = read(world["folder"], "one", "manifest.cose")
    run(world, "sign", "one", "--key", "keys/image.key")
    failures.check("signing again gives the same bytes", read(world["folder"], "one", "manifest.cose") == first)
    code, doc, error = run(world, "verify", "one", "--signer", signer)
    failures.check("verify", code == 0, (doc, error))
    measured = run(world, "measure", "one")[1]
    failures.check("measure says the same", measured["measurements"] == doc["measurements"], "")
    return signer


def expect_refusal(world, failures, name, signer):
    code, doc, error = run(world, "verify", "broken", "--signer", signer)
    failures.check(name, code == 65 and doc.get("code") in ("IMG-0001", "IMG-0002"), (code, doc, error))
    failures.check(name, doc.get("where") and doc.get("fix"), doc)


def altered(world, signer, failures):
    whole, broken = os.path.join(world["folder"], "one"), os.path.join(world["folder"], "broken")

    def fresh():
        shutil.rmtree(broken, ignore_errors=True)
        shutil.copytree(whole, broken)

    for name, data in contents(whole).items():
        for at in sorted({0, len(data) // 2, len(data) - 1}):
            fresh()
            write(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:], broken, name)
            expect_refusal(world, failures, f"{name} altered at {at}", signer)
        fresh()
        write(data[:-1], broken, name)
        expect_refusal(world, failures, f"{name} cut", signer)
        if name not in ("manifest.cbor", "manifest.cose"):
            fresh()
            os.unlink(os.path.join(broken, name))
            expect_refusal(world, failures, f"{name} missing", signer)
    fresh()
    write(b"x", broken, "sgx.sig")
    expect_refusal(world, failures, "a part too many", signer)
    fresh()
    write(b"x", broken, "readme.txt")
    expect_refusal(world, failures, "a file too many", signer)
    fresh()
    expect_refusal(world, failures, "another signer", "00" * 31 + "01")
    os.unlink(os.path.join(broken, "manifest.cbor"))
    code, doc, error = run(world, "verify", "broken", "--signer", signer)
    failures.check("the signed manifest is enough", code == 0, (doc, error))


def a_lying_builder(world, failures):
    """A manifest that is well-formed, with one measurement altered: neither measured nor signed."""
    broken = os.path.join(world["folder"], "lying")
    shutil.copytree(os.path.join(world["folder"], "small"), broken)
    manifest = read(broken, "manifest.cbor")
    code = bytes.fromhex(values(run(world, "measure", "small")[1], "software")[0]["code"])
    write(manifest.replace(code, bytes([code[0] ^ 1]) + code[1:]), broken, "manifest.cbor")
    for words in (["measure", "lying"], ["sign", "lying", "--key", "keys/image.key"]):
        code, doc, error = run(world, *words)
        failures.check("a lying manifest", (code, doc.get("code"), doc.get("where")) == (65, "IMG-0002", "software"), (code, doc, error))


def bad_input(world, failures):
    kernel, small = os.path.join(world["inputs"], "kernel"), os.path.join(world["inputs"], "init")
    cases = [
        ("no folder", ["build"], 64), ("a folder that is there", ["build", "--out", "one"], 73),
        ("no such kernel", ["build", "--out", "x", "--kernel", "/nonexistent"], 66), ("no such enclave", ["build", "--out", "x", "--enclave", "/nonexistent"], 71),
        ("not a program", ["build", "--out", "x", "--enclave", kernel], None), ("init without kernel", ["build", "--out", "x", "--init", kernel], 64),
        ("a certificate alone", ["build", "--out", "x", "--kernel", kernel, "--signing-cert", kernel], 64),
        ("not a certificate", ["build", "--out", "x", "--kernel", kernel, "--signing-cert", small, "--signing-key", small], 65),
        ("not firmware for SNP", ["build", "--out", "x", "--kernel", kernel, "--ovmf", kernel, "--vcpus", "1", "--cpu", "EPYC-Milan"], 65),
        ("not firmware for TDX", ["build", "--out", "x", "--tdvf", kernel], 65), ("not a SIGSTRUCT", ["build", "--out", "x", "--sigstruct", kernel], 65),
        ("no such processor", ["build", "--out", "x", "--kernel", kernel, "--ovmf", os.path.join(world["inputs"], "firmware.fd"), "--vcpus", "1", "--cpu",
                               "EPYC-Paris"], 64),
        ("vCPUs twice", ["build", "--out", "x", "--vcpus", "2", "--vcpus", "2"], 64), ("a release with a space", ["build", "--out", "x", "--release", "a b"], 64),
        ("a line break", ["build", "--out", "x", "--kernel", kernel, "--cmdline", "a\nb"], 64), ("no such bundle", ["measure", "/nonexistent"], 66),
        ("a signer that is no key", ["verify", "one", "--signer", "zz"], 64),
    ]
    for name, words, exit_code in cases:
        code, doc, error = run(world, *words)
        failures.check(name, code == exit_code if exit_code else code != 0, (code, doc, error))
        failures.check(name, doc.get("status") == "error" and doc.get("message") and doc.get("fix"), doc)
        failures.check(name, not os.path.exists(os.path.join(world["folder"], "x")), "a folder was left behind")


def main():
    failures = Failures()
    with tempfile.TemporaryDirectory() as folder:
        world = {"bin": os.path.abspath(sys.argv[1]), "folder": folder, "inputs": os.path.join(folder, "inputs")}
        os.mkdir(world["inputs"])
        make_inputs(world["inputs"])
        doc = two_builds(world, failures)
        software_and_tpm(world, doc, failures)
        nitro(world, doc, failures)
        guests(world, doc, failures)
        debian_firmware(world, failures)
        pastes_into_a_policy(world, failures)
        archives_are_complete(world, failures)
        reasons(world, failures)
        signer = sign_and_verify(world, failures)
        altered(world, signer, failures)
        a_lying_builder(world, failures)
        bad_input(world, failures)
    print("failed" if failures.bad else "image verbs: all as they should be")
    return 1 if failures.bad else 0


if __name__ == "__main__":
    sys.exit(main())
