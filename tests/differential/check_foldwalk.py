#!/usr/bin/env python3
"""The same guest under Foldwalk and under QEMU: it must not be able to tell the two apart.

    check_foldwalk.py FOLDWALK QEMU GUEST_FOLDER WORKLOAD

Every counter of the mailbox, the checksum, the exit status and the hash of all live page tables must be equal, on the
three images, with Foldwalk's neoverse-n1 against QEMU's, and without hardware access flag and dirty state
(core.hafdbs=0) against QEMU's cortex-a72, which has neither. No counter is excluded.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import qemu_guest

MEMORY = "512M"
OPTIONS = "transparent_hugepage=always thp_anon=64K:always"
CASES = (("neoverse-n1", ()), ("cortex-a72", ("--set", "core.hafdbs=0")))


def result_name(counter):
    """The mailbox's name[order] is name.SIZE in a result: pages of 4K << order."""
    by_order = re.fullmatch(r"(\w+)\[(\d+)\]", counter)
    return f"{by_order[1]}.{4 << int(by_order[2])}K" if by_order else counter


def number(value):
    return int(value, 16) if isinstance(value, str) else value


def run_foldwalk(foldwalk, guest, variant, workload, arguments, settings, mode="functional", thp="64K:always"):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "result.json"
        command = [foldwalk, "run", workload, "--data", guest, "--mode", mode, "--contpte", variant,
                   "--thp", thp, "--memory", MEMORY, "--json", str(path), *settings, "--", *arguments.split()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if not path.exists():
            raise qemu_guest.GuestError(f"foldwalk ended with {done.returncode}: {done.stderr[-500:]}")
        return json.loads(path.read_text(encoding="utf-8"))["runs"][0]


def differences(result, mailbox):
    """Lines on what differs between a Foldwalk result and a mailbox from QEMU."""
    ours = {name: result["guest"].get(result_name(name)) for name in mailbox.counters}
    lines = [f"{name} is {ours[name]}, under QEMU {value}" for name, value in mailbox.counters.items() if ours[name] != value]
    for field in ("checksum", "exit_status", "table_hash"):
        if number(result[field]) != getattr(mailbox, field):
            lines.append(f"{field} is {result[field]}, under QEMU {getattr(mailbox, field):#x}")
    return lines


def main():
    foldwalk, qemu, guest, workload = sys.argv[1:5]
    arguments = qemu_guest.manifest()[workload]["args"]
    complaints = []
    for cpu, settings in CASES:
        for variant in ("off", "nofold", "on"):
            result = run_foldwalk(foldwalk, guest, variant, workload, arguments, settings)
            _, mailbox = qemu_guest.run(qemu, guest, variant, workload, arguments, cpu=cpu, memory=MEMORY, options=OPTIONS)
            complaints += [f"{workload} on kernel-{variant}, {cpu}: {line}" for line in differences(result, mailbox)]
    for line in complaints:
        print(line)
    return 1 if complaints else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except qemu_guest.GuestError as error:
        sys.exit(f"{sys.argv[4]}: {error}")
