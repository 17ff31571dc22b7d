#!/usr/bin/env python3
"""Every fuzz target for some time each, two at once; what a target finds ends up in FOLDER/findings, and new inputs in FOLDER/corpus.

usage: run.py BUILD_DIR SECONDS [TARGET…]        exit 1 when anything was found
"""
import concurrent.futures
import os
import re
import subprocess
import sys


def targets(build, wanted):
    found = {}
    for folder, _, files in os.walk(os.path.join(build, "tests", "fuzz")):
        for name in files:
            path = os.path.join(folder, name)
            if name.startswith("fuzz_") and os.access(path, os.X_OK) and "." not in name:
                found[name] = path
    unknown = [name for name in wanted if name not in found]
    if unknown:
        sys.exit(f"no such target: {', '.join(unknown)}; there are {', '.join(sorted(found))}")
    return {name: found[name] for name in sorted(wanted or found)}


def run(source, build, seconds, name, path):
    seeds = os.path.join(source, "corpus", name)
    grown, findings = os.path.join(build, "fuzzing", "corpus", name), os.path.join(build, "fuzzing", "findings", "")
    os.makedirs(grown, exist_ok=True)
    os.makedirs(findings, exist_ok=True)
    argv = [path, f"-max_total_time={seconds}", "-timeout=25", "-rss_limit_mb=4096", "-print_final_stats=1", f"-artifact_prefix={findings}{name}-", grown]
    done = subprocess.run(argv + ([seeds] if os.path.isdir(seeds) else []), capture_output=True, text=True, errors="replace")
    runs = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    print(f"{'ok    ' if done.returncode == 0 else 'FOUND '} {name:28} {runs.group(1) if runs else '?':>12} runs", flush=True)
    if done.returncode != 0:
        print("\n".join(done.stderr.splitlines()[-25:]), flush=True)
    return done.returncode == 0


def main():
    if len(sys.argv) < 3 or not sys.argv[2].isdigit():
        sys.exit(__doc__)
    build, seconds = sys.argv[1], int(sys.argv[2])
    source = os.path.dirname(os.path.abspath(__file__))
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("FUZZ_JOBS", "2"))) as pool:
        jobs = [pool.submit(run, source, build, seconds, *item) for item in targets(build, sys.argv[3:]).items()]
        good = [job.result() for job in jobs]
    print(f"{sum(good)} passed, {len(good) - sum(good)} failed")
    sys.exit(0 if all(good) else 1)


main()
