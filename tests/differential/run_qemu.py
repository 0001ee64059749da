#!/usr/bin/env python3
"""Runs one guest image under QEMU and prints its mailbox as JSON, in the names of the guest's own counters.

    run_qemu.py --guest build/guest --variant on --cpu neoverse-n1 random_touch -- bytes=4M accesses=1000
"""
import argparse
import json
import sys

import qemu_guest


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--qemu", default="qemu-system-aarch64")
    parser.add_argument("--guest", default="build/guest", help="folder of the images (default: build/guest)")
    parser.add_argument("--variant", default="on", choices=("off", "nofold", "on"))
    parser.add_argument("--cpu", default="neoverse-n1")
    parser.add_argument("--memory", default="512M")
    parser.add_argument("--options", default="transparent_hugepage=never thp_anon=64K:always", help="further boot arguments")
    parser.add_argument("--initrd", default="initrd.cpio")
    parser.add_argument("--console", action="store_true", help="print the guest's console to standard error")
    parser.add_argument("workload")
    parser.add_argument("arguments", nargs="*", help="the workload's, after --")
    args = parser.parse_args()
    console, mailbox = qemu_guest.run(args.qemu, args.guest, args.variant, args.workload, " ".join(args.arguments),
                                      cpu=args.cpu, memory=args.memory, options=args.options, initrd=args.initrd)
    if args.console:
        sys.stderr.write(console)
    json.dump(vars(mailbox), sys.stdout, indent=2)
    print()
    return 1 if mailbox.complaints() else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except qemu_guest.GuestError as error:
        sys.exit(str(error))
