#!/usr/bin/env python3
"""Runs the self-test of the system calls (tests/guest/syscall_selftest.cpp) on the three images under QEMU.

    check_selftest.py QEMU GUEST_FOLDER
"""
import sys

import qemu_guest

CPUS = ("neoverse-n1", "cortex-a72")
THP = ("", "transparent_hugepage=never thp_anon=64K:always", "init_on_alloc=1 linear_map=cont thp_anon=16K-64K:always")


def main():
    qemu, guest = sys.argv[1:3]
    complaints = []
    for cpu, options in [(cpu, options) for cpu in CPUS for options in THP]:
        for variant in ("off", "nofold", "on"):
            console, mailbox = qemu_guest.run(qemu, guest, variant, "syscall_selftest", "", cpu=cpu, options=options,
                                              initrd="selftest.cpio")
            broken = [line for line in console.splitlines() if line.startswith("does not hold")]
            complaints += [f"kernel-{variant}, {cpu}, {options}: {line}" for line in broken + mailbox.complaints(0)]
    for line in complaints:
        print(line)
    return 1 if complaints else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except qemu_guest.GuestError as error:
        sys.exit(str(error))
