#!/usr/bin/env python3
"""The structure, checked: links, includes, the enclave's contents, and that no core calls the system.

usage: layering.py links|includes|enclave|cores|anchors SOURCE_DIR BUILD_DIR
Each check prints what it looked at and exits 1 with every offence, so that a green run cannot have looked at nothing.
"""
import os
import re
import subprocess
import sys


def read_table(path):
    table = {}
    for line in open(path, encoding="utf-8"):
        line = line.split("#")[0].strip()
        if line:
            name, rest = line.split(":", 1)
            table[name.strip()] = rest
    return table


def read_graph(build):
    graph = {}
    for line in open(os.path.join(build, "module-graph.txt"), encoding="utf-8"):
        if line.strip():
            kind, name, links, third, folder, sources = line.rstrip("\n").split("|")
            third = {t.replace("PkgConfig::", "").replace("nng::nng", "nng") for t in third.split()}
            graph[name] = {"kind": kind, "links": set(links.split()), "third": third, "folder": folder,
                           "sources": sources.split()}
    return graph


def closure(graph, name):
    seen, todo = set(), [name]
    while todo:
        here = todo.pop()
        for link in graph.get(here, {"links": ()})["links"]:
            if link not in seen:
                seen.add(link)
                todo.append(link)
    return seen


def is_product(target):
    return not target["folder"].startswith(("tests", "examples"))


def check_links(source, build):
    graph, offences = read_graph(build), []
    layers = {name: [set(part.split()) for part in (rest + "|").split("|")[:2]]
              for name, rest in read_table(os.path.join(source, "tests/layering/layers.txt")).items()}
    owners = {}
    for name, target in graph.items():
        if not is_product(target):
            continue
        if name not in layers:
            offences.append(f"{name} has no line in layers.txt")
            continue
        links, third = layers[name]
        offences += [f"{name} links {x}, which layers.txt does not permit" for x in target["links"] - links]
        offences += [f"{name} links the library {x}, which layers.txt does not permit" for x in target["third"] - third]
        for library in target["third"]:
            owners.setdefault(library, set()).add(name)
        if name in closure(graph, name):
            offences.append(f"{name} reaches itself: the arrows form a circle")
    offences += [f"{name} stands in layers.txt but is not built" for name in layers if name not in graph]
    print(f"{len(graph)} targets, {len(owners)} third-party libraries")
    for library, names in sorted(owners.items()):
        print(f"  {library}: {' '.join(sorted(names))}")
    return offences


def header_owner(graph, header, source):
    """The target that a quoted include belongs to: by convention <dir>/<stem>.h is target <dir>_<stem>, or <stem>, or
    the target whose folder holds include/<dir>."""
    directory, _, stem = header.partition("/")
    stem = stem[:-2] if stem.endswith(".h") else stem
    for candidate in (f"{directory}_{stem}", stem):
        if candidate in graph:
            return candidate
    if directory == "base":
        return {"buf": "base"}.get(stem, "base")
    for name, target in graph.items():
        if os.path.exists(os.path.join(source, target["folder"], "include", header)):
            return name
    return None


def check_includes(source, build):
    graph, offences, files = read_graph(build), [], 0
    special = {"base/random.h": "base_random", "channel/endorse.h": "endorse_core", "attest/collateral.h": "attest"}
    for name, target in graph.items():
        if not is_product(target):
            continue
        may = closure(graph, name) | {name}
        for file in target["sources"]:
            path = os.path.join(source, target["folder"], file)
            if not os.path.exists(path):
                continue
            files += 1
            for number, line in enumerate(open(path, encoding="utf-8"), 1):
                found = re.match(r'\s*#include "([a-z_]+/[a-z_0-9]+\.h)"', line)
                if not found or os.path.exists(os.path.join(os.path.dirname(path), found[1])):
                    continue
                if os.path.exists(os.path.join(source, target["folder"], found[1])):
                    continue
                owner = special.get(found[1]) or header_owner(graph, found[1], source)
                if owner and owner not in may:
                    offences.append(f"{os.path.relpath(path, source)}:{number}: {name} includes {found[1]} of {owner}, "
                                    "which it does not link")
    print(f"{files} files")
    return offences


def lines_of(source, target):
    count = 0
    for file in target["sources"]:
        path = os.path.join(source, target["folder"], file)
        if os.path.exists(path):
            count += sum(1 for line in open(path, encoding="utf-8") if line.strip())
    return count


def check_program(source, build, graph, program, targets, libraries):
    offences = []
    inside = closure(graph, program)
    offences += [f"{program} links {x}, which enclave.txt does not list" for x in inside - targets]
    total = 0
    for name in sorted(inside & set(graph)) + [program]:
        lines = lines_of(source, graph[name])
        total += lines
        print(f"  {lines:6} {name}")
    print(f"{program}: trusted code of our own: {total} lines that are not blank")
    dynamic = subprocess.run(["readelf", "-d", os.path.join(build, "bin", program)], capture_output=True, text=True,
                             check=True).stdout
    needed = re.findall(r"NEEDED.*\[(.+?)\]", dynamic)
    print("shared objects:", " ".join(needed))
    if not needed:
        offences.append("readelf showed no NEEDED entry: nothing was checked")
    for library in needed:
        if not any(library.startswith(permitted) for permitted in libraries) and "asan" not in library and "ubsan" not in library \
                and "tsan" not in library:
            offences.append(f"{program} needs {library}, which enclave.txt does not list")
    return offences


def check_enclave(source, build):
    graph, offences = read_graph(build), []
    table = read_table(os.path.join(source, "tests/layering/enclave.txt"))
    targets, libraries = set(table.pop("targets").split()), set(table.pop("libraries").split())
    programs = {name for name, target in graph.items() if name.startswith("parley-enclave") and target["kind"] == "program"}
    offences += [f"{name} has no line in enclave.txt" for name in programs - set(table)]
    offences += [f"{name} stands in enclave.txt but is not built" for name in set(table) - programs]
    for program in sorted(programs & set(table)):
        offences += check_program(source, build, graph, program, targets | set(table[program].split()), libraries)
    return offences


def check_cores(source, build):
    graph, offences, symbols = read_graph(build), [], 0
    table = read_table(os.path.join(source, "tests/layering/cores.txt"))
    forbidden = set(table["forbidden"].split())
    for name in table["cores"].split():
        if name not in graph:
            offences.append(f"{name} is listed as a core but is not built")
            continue
        archive = os.path.join(build, graph[name]["folder"], f"lib{name}.a")
        out = subprocess.run(["nm", "-A", "-u", archive], capture_output=True, text=True, check=True).stdout
        for line in out.splitlines():
            symbol = line.split()[-1].split("@")[0]
            symbols += 1
            bare = symbol.removeprefix("__").removesuffix("_chk").removesuffix("_2")
            if symbol in forbidden or bare in forbidden:
                offences.append(f"{name}: {line.split(':')[1]} calls {symbol}")
    print(f"{len(table['cores'].split())} cores, {symbols} undefined symbols, {len(forbidden)} forbidden")
    return offences


def check_anchors(source, build):
    """Vendors' roots: one table, in the programs that verify, by that one name; no core refers to any."""
    graph, offences, holders = read_graph(build), [], []
    table = "att_anchors_production"
    for name in read_table(os.path.join(source, "tests/layering/cores.txt"))["cores"].split():
        if name in graph:
            archive = os.path.join(build, graph[name]["folder"], f"lib{name}.a")
            out = subprocess.run(["nm", "-u", archive], capture_output=True, text=True, check=True).stdout
            offences += [f"the core {name} refers to {s}" for s in re.findall(r"U (\S*anchors_\S*)", out) if s != "att_anchors_hold"]
    for name, target in graph.items():
        program = os.path.join(build, "bin", name)
        if "attest_anchors" not in target["links"] or not os.path.exists(program):
            continue
        holders.append(name)
        out = subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout
        data = re.findall(r"^[0-9a-f]+ ([BDRVdr]) (\S*anchors?\S*)$", out, re.M)
        found = [s for kind, s in data if kind.isupper() and not s.startswith("__odr_asan.")]  # the sanitizer's own mark
        if found != [table]:
            offences.append(f"{name} holds the anchors {found}, not {table} alone")
        locals_ = [s for kind, s in data if not kind.isupper() and not s.startswith(".")]
        if locals_ != ["anchors"]:
            offences.append(f"{name} holds the tables {locals_}, not the one behind {table}")
    if not {"parley-enclave", "parley-endorser", "parley"} <= set(holders):
        offences.append(f"only {holders} link the production anchors: nothing was checked")
    print(f"{table} stands alone in {' '.join(sorted(holders))}")
    return offences


def main():
    check, source, build = sys.argv[1:4]
    offences = {"links": check_links, "includes": check_includes, "enclave": check_enclave, "cores": check_cores,
                "anchors": check_anchors}[check](source, build)
    for offence in offences:
        print("layering:", offence)
    return 1 if offences else 0


sys.exit(main())
