#!/usr/bin/env python3
"""Fails when a source file includes against the arrows of the design: who may include whom, folder by folder.

    test_includes.py ROOT              check the tree
    test_includes.py ROOT --self-test  prove that a forbidden include is caught
"""
import pathlib
import re
import sys

# Longest prefix wins. A folder may include itself and what is listed.
ALLOWED = {
    "mmu/arch": [],
    "mmu/base": ["mmu/arch"],
    "mmu": ["mmu"],
    "emu/isa": ["mmu/arch", "mmu/base"],
    "emu/fp": ["mmu/arch"],
    "emu/core": ["emu/fp", "emu/isa", "mmu", "kernel_model/abi"],
    "emu/memory": ["mmu"],
    "emu/devices": ["mmu/arch", "mmu/base"],
    "emu/timing": ["emu/core/record.h", "emu/isa", "mmu"],
    "emu/trace": ["mmu/arch", "mmu/base", "kernel_model/abi", "kernel_model/mm/vma.h"],
    "emu/report": ["mmu", "kernel_model/abi", "emu/trace"],
    "emu/debug": ["emu/core", "emu/isa", "emu/machine", "emu/memory", "emu/report", "mmu", "kernel_model/abi"],
    "emu": ["emu", "mmu", "kernel_model/abi"],
    "kernel_model/abi": [],
    "kernel_model": ["mmu/arch", "kernel_model"],
    "workloads": ["kernel_model/abi", "workloads"],
    "workloads/event_loops": ["mmu/arch", "kernel_model/abi", "workloads"],  # bare metal: its own page tables
    "tests": [""],
}
# The guest is freestanding: only these standard headers.
GUEST_HEADERS = {
    "array", "bit", "cstddef", "cstdint", "optional", "span", "utility", "atomic", "new", "type_traits",
    "initializer_list", "concepts", "compare", "stdint.h", "stddef.h", "limits", "cstdarg",
}
# Allowed all the same, and why.
EXCEPTIONS = {
    ("kernel_model/mm/errno.h", "cerrno"): "only in hosted builds, whose C library defines the same names as macros",
}
HOST_PORT = "kernel_model/port/host"
SOURCES = {".h", ".cpp", ".c", ".S", ".def"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def rule_for(path):
    best = max((p for p in ALLOWED if path == p or path.startswith(p + "/")), key=len, default=None)
    return best


def violations(files):
    for path, text in files:
        owner = rule_for(path)
        if owner is None:
            continue
        for kind, target in INCLUDE.findall(text):
            if kind == "<":
                guest = path.startswith("kernel_model/") and not path.startswith(HOST_PORT)
                if guest and target not in GUEST_HEADERS and (path, target) not in EXCEPTIONS:
                    yield f"{path}: the guest is freestanding and may not include <{target}>"
                continue
            if "/" not in target:
                if target != "port_inline.h":
                    yield f"{path}: include \"{target}\" by its path from the repository root"
                continue
            allowed = [owner] + ALLOWED[owner]
            if not any(a == "" or target == a or target.startswith(a + "/") for a in allowed):
                yield f"{path}: {owner} may not include {target}"


def tree(root):
    for top in ("mmu", "emu", "kernel_model", "workloads", "tests"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in SOURCES:
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8", errors="replace")


def self_test():
    bad = [
        ("mmu/tlb/tlb.cpp", '#include "emu/core/pe.h"\n'),
        ("emu/core/pe.h", '#include "kernel_model/mm/page.h"\n'),
        ("emu/devices/pl011.cpp", '#include "emu/core/pe.h"\n'),
        ("kernel_model/mm/page.h", "#include <vector>\n"),
        ("kernel_model/mm/page.h", '#include "mmu/tlb/tlb.h"\n'),
        ("mmu/arch/bits.h", '#include "mmu/base/assert.h"\n'),
    ]
    missed = [b for b in bad if not list(violations([b]))]
    if missed:
        sys.exit(f"not caught: {missed}")
    print(f"all {len(bad)} forbidden includes were caught")


def main():
    root = pathlib.Path(sys.argv[1])
    if "--self-test" in sys.argv:
        return self_test()
    found = list(violations(tree(root)))
    print("\n".join(found) if found else "includes follow the arrows")
    sys.exit(1 if found else 0)


main()
