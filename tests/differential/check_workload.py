#!/usr/bin/env python3
"""Runs one workload on all three guest images under QEMU and checks what each leaves.

    check_workload.py QEMU GUEST_FOLDER WORKLOAD

The checksum is the manifest's, no page leaks, and what must not depend on contpte does not: faults (but for access-flag
faults), folios, regions, resident pages and free memory are those of the image without it. On neoverse-n1 (LSE, hardware access flag and
dirty state) and on cortex-a72 (none of them).
"""
import sys

import qemu_guest

VARIANTS = ("off", "nofold", "on")
CPUS = ("neoverse-n1", "cortex-a72")
OPTIONS = "transparent_hugepage=never thp_anon=64K:always"
# The counters that contpte is about.
OF_CONTPTE = ("contpte_", "tlbi_")
# Totals that include access-flag faults. Without hardware access flag contpte saves some of these: the first fault in a
# folded block makes the whole block young (contpte_ptep_set_access_flags()).
WITH_ACCESS_FLAG_FAULTS = ("pgfault", "fault_access_flag")


def independent_of_contpte(mailbox):
    counters = {name: value for name, value in mailbox.counters.items()
                if not name.startswith(OF_CONTPTE + WITH_ACCESS_FLAG_FAULTS)}
    counters["pgfault - fault_access_flag"] = mailbox.counters["pgfault"] - mailbox.counters["fault_access_flag"]
    return counters


def differences(mailbox, reference):
    ours, theirs = independent_of_contpte(mailbox), independent_of_contpte(reference)
    return [f"{name} is {ours[name]}, with contpte off {theirs[name]}" for name in ours if ours[name] != theirs[name]]


def check(qemu, guest, workload, cpu):
    section = qemu_guest.manifest()[workload]
    mailboxes = {}
    complaints = []
    for variant in VARIANTS:
        _, mailbox = qemu_guest.run(qemu, guest, variant, workload, section["args"], cpu=cpu, options=OPTIONS)
        mailboxes[variant] = mailbox
        found = mailbox.complaints(int(section["checksum"], 16)) + differences(mailbox, mailboxes["off"])
        complaints += [f"{workload} on kernel-{variant}, {cpu}: {line}" for line in found]
    born = {variant: mailbox.counters["contpte_born_folded"] for variant, mailbox in mailboxes.items()}
    if born["off"] != 0 or born["nofold"] != 0:
        complaints.append(f"{workload}, {cpu}: blocks were folded by an image that must not: {born}")
    return complaints


def main():
    qemu, guest, workload = sys.argv[1:4]
    complaints = [line for cpu in CPUS for line in check(qemu, guest, workload, cpu)]
    for line in complaints:
        print(line)
    return 1 if complaints else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except qemu_guest.GuestError as error:
        sys.exit(f"{sys.argv[3]}: {error}")
