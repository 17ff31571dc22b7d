#!/usr/bin/env python3
"""Follows docs/WALKTHROUGH.md: every shell block, in order, each in the terminal it names ("&": it keeps running).

usage: walkthrough.py SOURCE_DIR BIN_DIR
"""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time


def blocks(path):
    text = open(path, encoding="utf-8").read()
    return [(m[1], bool(m[2]), m[3]) for m in re.finditer(r"^```sh ([\w-]+)( &)?\n(.*?)^```$", text, re.M | re.S)]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def main():
    source, programs = map(os.path.abspath, sys.argv[1:3])
    steps = blocks(os.path.join(source, "docs/WALKTHROUGH.md"))
    assert len(steps) >= 15, "the walk-through has lost its blocks"
    port = str(free_port())
    running, failed = [], 0
    with tempfile.TemporaryDirectory() as folder:
        env = dict(os.environ, PATH=programs + ":" + os.environ["PATH"], EXAMPLE=os.path.join(source, "examples/wage-gap"))
        for terminal, stays, script in steps:
            script = "set -eu\n" + script.replace("7180", port)
            if stays:
                log = open(os.path.join(folder, terminal + ".log"), "w", encoding="utf-8")
                running.append((terminal, subprocess.Popen(["sh", "-c", script.replace("\nparley ", "\nexec parley ")], cwd=folder, env=env, stdout=log, stderr=log,
                                                           stdin=subprocess.DEVNULL)))
                time.sleep(0.5)
                continue
            done = subprocess.run(["sh", "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)
            print(f"== {terminal}\n{done.stdout}{done.stderr}")
            if done.returncode:
                print(f"{terminal}: exit {done.returncode}")
                failed = 1
                break
        for terminal, process in running:
            if terminal in ("north", "south", "west") and not failed:
                if process.wait(timeout=30):
                    print(f"{terminal}: exit {process.returncode}")
                    failed = 1
            else:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=10)
        if not failed:
            answer = open(os.path.join(folder, "answer.csv"), encoding="utf-8").read()
            expected = open(os.path.join(source, "examples/wage-gap/expected.csv"), encoding="utf-8").read()
            if answer != expected:
                print(f"the answer is\n{answer}but should be\n{expected}")
                failed = 1
        if failed:
            for terminal, _ in running:
                print(f"-- log of {terminal}\n" + open(os.path.join(folder, terminal + ".log"), encoding="utf-8").read())
    return failed


sys.exit(main())
