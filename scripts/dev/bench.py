#!/usr/bin/env python3
"""Measures Foldwalk and QEMU on the same guest, alternating, and prints rates and ratios.

The guest's start-up is subtracted: each program runs with few and with many iterations, and rates are differences.
Instructions come from Foldwalk's own count, which is exact and the same for both.
"""
import argparse
import json
import os
import subprocess
import tempfile
import time

# name, arguments of the short and the long run, what else is worth a rate
PROGRAMS = [
    ("alu_loop", ["iterations=1000000"], ["iterations=60000000"]),
    ("pointer_chase", ["bytes=64M", "steps=1000000"], ["bytes=64M", "steps=6000000"]),
    ("random_touch", ["bytes=64M", "accesses=1000000"], ["bytes=64M", "accesses=8000000"]),
    ("fork_cow", ["bytes=4M", "rounds=2"], ["bytes=4M", "rounds=24"]),
]
MACHINE = ["-M", "virt", "-cpu", "neoverse-n1", "-m", "1024", "-display", "none", "-serial", "null", "-nic", "none"]


def foldwalk(build, workload, arguments, mode):
    """Wall seconds and the counters of one run."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [f"{build}/emu/app/foldwalk", "run", workload, "--mode", mode, "--thp", "never", "--json", out.name, "--"]
        begin = time.monotonic()
        subprocess.run(command + arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.monotonic() - begin
        run = json.load(open(out.name, encoding="utf-8"))["runs"][0]
    total = {}
    for level in ("el0", "el1"):
        for name, value in run["whole_run"][level].items():
            total[name] = total.get(name, 0) + value
    return seconds, total


def qemu(build, workload, arguments):
    guest = f"{build}/guest"
    append = "thp_anon=16K-2M:never linear_map=4K fault_around_bytes=65536 init_on_alloc=0 "
    append += f"init=/{workload} -- {' '.join(arguments)}"
    command = ["qemu-system-aarch64", *MACHINE, "-kernel", f"{guest}/kernel-on.img", "-initrd", f"{guest}/initrd.cpio",
               "-append", append]
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - begin


def best_difference(measure, rounds):
    """Least long time minus least short time over alternating rounds."""
    short, long = [], []
    for _ in range(rounds):
        short.append(measure(0))
        long.append(measure(1))
    return max(min(long) - min(short), 1e-9)


def measure_program(build, name, arguments, rounds):
    counts = [foldwalk(build, name, a, "functional")[1] for a in arguments]
    done = {k: counts[1][k] - counts[0].get(k, 0) for k in counts[1]}
    functional = best_difference(lambda i: foldwalk(build, name, arguments[i], "functional")[0], rounds)
    cycle = best_difference(lambda i: foldwalk(build, name, arguments[i], "cycle")[0], rounds)
    reference = best_difference(lambda i: qemu(build, name, arguments[i]), rounds)
    return done, functional, cycle, reference


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("LC_ALL", "C")
    print(f"{'program':15} {'M instr':>8} {'functional':>11} {'cycle':>7} {'QEMU':>7}  {'func/QEMU':>9} {'M walks/s':>9} {'k faults/s':>10}")
    print(f"{'':15} {'':>8} {'MIPS':>11} {'MIPS':>7} {'MIPS':>7}  {'':>9} {'functional':>9} {'functional':>10}")
    for name, short, long in PROGRAMS:
        done, functional, cycle, reference = measure_program(options.build, name, (short, long), options.rounds)
        millions = done["INST_RETIRED"] / 1e6
        walks = (done.get("DTLB_WALK", 0) + done.get("ITLB_WALK", 0)) / functional / 1e6
        faults = done.get("EXC_DABORT", 0) / functional / 1e3
        print(f"{name:15} {millions:8.1f} {millions / functional:11.1f} {millions / cycle:7.1f} {millions / reference:7.1f}"
              f"  {reference / functional:8.2f}x {walks:9.2f} {faults:10.1f}")


main()
