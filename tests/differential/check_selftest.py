#!/usr/bin/env python3
"""Runs the self-test of the system calls (tests/guest/syscall_selftest.cpp) on the three images.

    check_selftest.py QEMU GUEST_FOLDER              under QEMU, on two cores, with several options
    check_selftest.py QEMU GUEST_FOLDER FOLDWALK     under Foldwalk in both modes, with QEMU's mailbox
"""
import pathlib
import sys
import tempfile

import check_foldwalk
import qemu_guest

WORKLOAD = "syscall_selftest"
INITRD = "selftest.cpio"
VARIANTS = ("off", "nofold", "on")
CPUS = ("neoverse-n1", "cortex-a72")
OPTIONS = ("", "transparent_hugepage=never thp_anon=64K:always", "init_on_alloc=1 linear_map=cont thp_anon=16K-64K:always")
SECTION = f"[{WORKLOAD}]\ndescription = claims about system calls\nargs =\nphases = none\nfootprint = 4M\nchecksum = 0x0\n"


def broken_claims(console):
    return [line for line in console.splitlines() if line.startswith("does not hold")]


def under_qemu(qemu, guest):
    complaints = []
    for cpu, options in [(cpu, options) for cpu in CPUS for options in OPTIONS]:
        for variant in VARIANTS:
            console, mailbox = qemu_guest.run(qemu, guest, variant, WORKLOAD, "", cpu=cpu, options=options, initrd=INITRD)
            lines = broken_claims(console) + mailbox.complaints()
            if mailbox.checksum == 0:
                lines.append("no claim was made")
            complaints += [f"kernel-{variant}, {cpu}, {options}: {line}" for line in lines]
    return complaints


def data_folder(folder, guest):
    """A folder of guest files like `guest`, but with the self-test as its only workload."""
    for entry in pathlib.Path(guest).iterdir():
        if entry.name not in ("initrd.cpio", "manifest.ini"):
            (folder / entry.name).symlink_to(entry.resolve())
    (folder / "initrd.cpio").symlink_to(pathlib.Path(guest, INITRD).resolve())
    (folder / "manifest.ini").write_text(SECTION, encoding="utf-8")
    return str(folder)


def under_foldwalk(foldwalk, qemu, guest):
    complaints = []
    with tempfile.TemporaryDirectory() as name:
        folder = data_folder(pathlib.Path(name), guest)
        for variant in VARIANTS:
            _, mailbox = qemu_guest.run(qemu, guest, variant, WORKLOAD, "", memory=check_foldwalk.MEMORY,
                                        options=check_foldwalk.OPTIONS, initrd=INITRD)
            for mode in ("functional", "cycle"):
                result = check_foldwalk.run_foldwalk(foldwalk, folder, variant, WORKLOAD, "", (), mode)
                lines = broken_claims(result["console"]) + check_foldwalk.differences(result, mailbox)
                complaints += [f"kernel-{variant}, {mode} mode: {line}" for line in lines]
    return complaints


def main():
    qemu, guest = sys.argv[1:3]
    complaints = under_foldwalk(sys.argv[3], qemu, guest) if len(sys.argv) > 3 else under_qemu(qemu, guest)
    for line in complaints:
        print(line)
    return 1 if complaints else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except qemu_guest.GuestError as error:
        sys.exit(str(error))
