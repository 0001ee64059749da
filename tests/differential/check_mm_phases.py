#!/usr/bin/env python3
"""Compares the phases of mm_phases with real Linux 6.12 on a core without range TLBI and hardware access flag.

    check_mm_phases.py QEMU GUEST_FOLDER [--all]                 under QEMU's cortex-a72
    check_mm_phases.py --foldwalk FOLDWALK GUEST_FOLDER [--all]  under Foldwalk with core.hafdbs=0

The tables mm_phases-a72-contpte-{on,off}.txt beside this file were counted on Debian's kernel 6.12.107; a cell is
minflt/kinsn/tlbi/dsb/eret. Minor faults and TLBIs must be Linux's in every phase, up to one of background per phase (a stack
page, a tick), but for the cells of EXCLUDED. --all prints every cell. Under Foldwalk, which counts them, the instructions
of each phase are printed as a ratio to Linux's, and what a ratio outside USUAL_RATIO lacks.
"""
import pathlib
import re
import sys

import check_foldwalk
import qemu_guest

COLUMNS = ("4k", "16k", "32k", "64k", "128k")
# Not compared, and why. A column of None stands for all.
EXCLUDED = {
    ("fork_child_exit_wait", None): "the reference's child and parent run the C library's fork and exit, whose stack and "
                                    "data pages are copied within the phase; ours touch none",
    ("fork_live_child", None): "the same, and on Linux the child already runs within the phase",
    ("cow_write_live_child", "4k"): "in one of the two references the child first runs within this phase, on a tick",
}
BACKGROUND = 1
USUAL_RATIO = (0.5, 1.5)
RATIO_COLUMNS = ("4k", "64k")

# Work of Linux that the guest kernel does not have, by what a phase consists of: named, not measured one by one.
FLAG_FAULT = "VMA locks and RCU, context tracking and signal work at entry and exit, preemption counts, per-CPU statistics"
ENTRIES = "helpers out of line, page-table locks and notifier checks for every entry"
FAULT = "memory cgroup charge, LRU lists, per-CPU page lists and zones, VMA locks and RCU, per-CPU statistics, preemption counts"
REGIONS = "maple tree, VMA locks and RCU, security and audit hooks, rmap interval trees and their locks"
TEARDOWN = "memory cgroup uncharge, LRU removal, per-CPU page lists, zone locks, RCU-freed tables, per-CPU statistics"
COLD = "isolating folios from the LRU lists and putting them back, memory cgroup statistics"
PROCESS = "the C library's fork and exit, task, signal, credential, file and namespace structures, scheduler, cgroups"
MISSING = {
    "touch_seq_write": FAULT, "retouch_dontneed": FAULT, "write_after_fork": FAULT, "cow_write_live_child": FAULT,
    "read_after_cold": FLAG_FAULT, "mprotect_ro_all": ENTRIES, "mprotect_rw_all": ENTRIES, "mprotect_1page_each64k": REGIONS,
    "mprotect_back": REGIONS, "mremap_move": REGIONS, "dontneed_1page_each64k": TEARDOWN, "munmap": TEARDOWN,
    "kill_child": TEARDOWN, "madv_cold_all": COLD, "fork_child_exit_wait": PROCESS, "fork_live_child": PROCESS,
}


class Cell:
    """One phase: minor faults, TLBIs, and instructions in thousands where they were counted."""

    def __init__(self, faults, tlbis, kilo_instructions=None):
        self.faults, self.tlbis, self.kilo_instructions = int(faults), int(tlbis), kilo_instructions

    def near(self, other):
        return abs(self.faults - other.faults) <= BACKGROUND and abs(self.tlbis - other.tlbis) <= BACKGROUND


def reference(variant):
    """{phase: {column: Cell}} of real Linux."""
    lines = pathlib.Path(__file__).with_name(f"mm_phases-a72-contpte-{variant}.txt").read_text(encoding="utf-8").splitlines()
    columns = lines[1].split()[1:]
    table = {}
    for line in lines[2:]:
        phase, *cells = line.split()
        numbers = [cell.split("/") for cell in cells]
        table[phase] = {column: Cell(n[0], n[2], float(n[1].rstrip("k"))) for column, n in zip(columns, numbers)}
    return table


def cells_of(console):
    found = re.findall(r"^PHASE (\w+) minflt=(\d+) tlbi=(\d+)$", console, re.MULTILINE)
    return {phase: Cell(faults, tlbis) for phase, faults, tlbis in found}


def under_qemu(qemu, guest, variant, column):
    thp = "" if column == "4k" else f"thp_anon={column.upper()}:always"
    console, mailbox = qemu_guest.run(qemu, guest, variant, "mm_phases", "mb=16", cpu="cortex-a72",
                                      options="transparent_hugepage=never init_on_alloc=1 " + thp)
    for line in mailbox.complaints():
        raise qemu_guest.GuestError(line)
    return cells_of(console)


def under_foldwalk(foldwalk, guest, variant, column):
    thp = "never" if column == "4k" else f"{column.upper()}:always"
    settings = ("--set", "core.hafdbs=0", "--set", "kernel.init_on_alloc=on")  # as Debian's kernel is configured
    result = check_foldwalk.run_foldwalk(foldwalk, guest, variant, "mm_phases", "mb=16", settings, thp=thp)
    cells = cells_of(result["console"])
    for phase in result["phases"]:
        both = [phase[level]["INST_RETIRED"] for level in ("el0", "el1")]
        cells[phase["name"]].kilo_instructions = sum(both) / 1000
    return cells


def excluded(phase, column):
    return (phase, None) in EXCLUDED or (phase, column) in EXCLUDED


def print_ratios(variant, column, ours, linux):
    for phase, cell in ours.items():
        truth = linux[phase][column].kilo_instructions
        if truth == 0 or cell.kilo_instructions is None:
            continue
        ratio = cell.kilo_instructions / truth
        usual = USUAL_RATIO[0] <= ratio <= USUAL_RATIO[1]
        print(f"contpte {variant:3} {column:4} {phase:24} {cell.kilo_instructions:9.1f}k instructions, Linux {truth:9.1f}k, "
              f"ratio {ratio:4.2f}" + ("" if usual else f"; Linux also does: {MISSING.get(phase, 'unknown')}"))


def compare(variant, column, ours, linux, print_all):
    """(cells compared, cells that differ)"""
    if list(ours) != list(linux):
        raise qemu_guest.GuestError(f"contpte {variant}, {column}: the phases are not the reference's: {list(ours)}")
    compared = differing = 0
    for phase, cell in ours.items():
        truth = linux[phase][column]
        strict, good = not excluded(phase, column), cell.near(truth)
        compared += strict
        differing += strict and not good
        if print_all or (strict and not good):
            verdict = "" if good else "  differs" if strict else "  differs, excluded"
            print(f"contpte {variant:3} {column:4} {phase:24} minflt {cell.faults:5} Linux {truth.faults:5}  "
                  f"tlbi {cell.tlbis:5} Linux {truth.tlbis:5}{verdict}")
    return compared, differing


def main():
    print_all = "--all" in sys.argv
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    measure = under_foldwalk if "--foldwalk" in sys.argv else under_qemu
    totals = [0, 0]
    for variant in ("on", "off"):
        linux = reference(variant)
        for column in COLUMNS:
            ours = measure(*words, variant, column)
            totals = [a + b for a, b in zip(totals, compare(variant, column, ours, linux, print_all))]
            if column in RATIO_COLUMNS:
                print_ratios(variant, column, ours, linux)
    print(f"{totals[0] - totals[1]} of {totals[0]} cells have Linux's minor faults and TLBIs")
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except qemu_guest.GuestError as error:
        sys.exit(str(error))
