#!/usr/bin/env python3
"""Compares the phases of mm_phases with real Linux 6.12 on a core without range TLBI and hardware access flag.

    check_mm_phases.py QEMU GUEST_FOLDER [--all]

The tables mm_phases-a72-contpte-{on,off}.txt beside this file were counted on Debian's kernel 6.12.107; a cell is
minflt/kinsn/tlbi/dsb/eret. Minor faults and TLBIs must be Linux's in every phase, up to one of background per phase (a stack
page, a tick), but for the cells of EXCLUDED. --all prints every cell.
"""
import pathlib
import re
import sys

import qemu_guest

COLUMNS = {"4k": "", "16k": "thp_anon=16K:always", "32k": "thp_anon=32K:always", "64k": "thp_anon=64K:always",
           "128k": "thp_anon=128K:always"}
# Not compared, and why. A column of None stands for all.
EXCLUDED = {
    ("fork_child_exit_wait", None): "the reference's child and parent run the C library's fork and exit, whose stack and "
                                    "data pages are copied within the phase; ours touch none",
    ("fork_live_child", None): "the same, and on Linux the child already runs within the phase",
    ("cow_write_live_child", "4k"): "in one of the two references the child first runs within this phase, on a tick",
}
BACKGROUND = 1


def reference(variant):
    """{phase: {column: (minflt, tlbi)}} of real Linux."""
    lines = pathlib.Path(__file__).with_name(f"mm_phases-a72-contpte-{variant}.txt").read_text(encoding="utf-8").splitlines()
    columns = lines[1].split()[1:]
    table = {}
    for line in lines[2:]:
        phase, *cells = line.split()
        numbers = [cell.split("/") for cell in cells]
        table[phase] = {column: (int(cell[0]), int(cell[2])) for column, cell in zip(columns, numbers)}
    return table


def measured(qemu, guest, variant, options):
    """{phase: (minflt, tlbi)} of the guest."""
    console, mailbox = qemu_guest.run(qemu, guest, variant, "mm_phases", "mb=16", cpu="cortex-a72",
                                      options="transparent_hugepage=never " + options)
    for line in mailbox.complaints():
        raise qemu_guest.GuestError(line)
    found = re.findall(r"^PHASE (\w+) minflt=(\d+) tlbi=(\d+)$", console, re.MULTILINE)
    return {phase: (int(faults), int(tlbis)) for phase, faults, tlbis in found}


def excluded(phase, column):
    return (phase, None) in EXCLUDED or (phase, column) in EXCLUDED


def near(ours, linux):
    return all(abs(a - b) <= BACKGROUND for a, b in zip(ours, linux))


def main():
    qemu, guest = sys.argv[1:3]
    failures = compared = 0
    for variant in ("on", "off"):
        linux = reference(variant)
        for column, options in COLUMNS.items():
            ours = measured(qemu, guest, variant, options)
            if list(ours) != list(linux):
                sys.exit(f"contpte {variant}, {column}: the phases are not those of the reference: {list(ours)}")
            for phase, counts in ours.items():
                truth = linux[phase][column]
                good = near(counts, truth)
                strict = not excluded(phase, column)
                compared += strict
                failures += strict and not good
                if "--all" in sys.argv or (strict and not good):
                    print(f"contpte {variant:3} {column:4} {phase:24} minflt {counts[0]:5} Linux {truth[0]:5}  "
                          f"tlbi {counts[1]:5} Linux {truth[1]:5}{'' if good else '  differs' if strict else '  differs, excluded'}")
    print(f"{compared - failures} of {compared} cells have Linux's minor faults and TLBIs")
    return 1 if failures or not compared else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except qemu_guest.GuestError as error:
        sys.exit(str(error))
