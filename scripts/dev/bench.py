#!/usr/bin/env python3
"""Measures Foldwalk and QEMU on the same guest, alternating, and prints rates and ratios.

The guest's start-up is subtracted: each program runs with few and with many iterations, and rates are differences. Times are
processor time, the least of several rounds: other work on the machine counts as little as it can. Instructions come from
Foldwalk's own count, which is exact and the same for both. Where valgrind is installed, callgrind counts the host instructions
that short runs take for each emulated instruction or event, which no other work disturbs.
"""
import argparse
import dataclasses
import json
import os
import shutil
import subprocess
import tempfile

MACHINE = ["-M", "virt", "-cpu", "neoverse-n1", "-m", "1024", "-display", "none", "-serial", "null", "-nic", "none"]
OPTIONS = "thp_anon=16K-2M:never linear_map=4K fault_around_bytes=65536 init_on_alloc=0 "


@dataclasses.dataclass
class Program:
    title: str
    workload: str
    arguments: list       # that both runs have
    repeat: str           # the argument that says how often
    short: int            # how often, in the short run
    long: int
    counted: tuple        # how often, under callgrind; none: it would take too long
    event: str = ""       # of a loop over single events: what is counted
    small: list = None    # arguments under callgrind, where they are others
    cycle_part: int = 10  # cycle mode runs this part of what the long run has more; less of it where the start-up is long

    def run(self, repeats):
        return [*self.arguments, f"{self.repeat}={repeats}"]

    def under_callgrind(self):
        return self if self.small is None else dataclasses.replace(self, arguments=self.small)


PROGRAMS = [
    Program("alu_loop", "alu_loop", [], "iterations", 1000000, 61000000, (20000, 60000)),
    Program("sort", "sort", ["bytes=1M"], "rounds", 1, 11, (1, 2), small=["bytes=128K"]),
    Program("sha256", "sha256", ["bytes=1M"], "rounds", 1, 11, (1, 2), small=["bytes=32K"]),
    Program("pointer_chase 4M", "pointer_chase", ["bytes=4M"], "steps", 1000000, 11000000, (20000, 60000)),
    Program("pointer_chase 64M", "pointer_chase", ["bytes=64M"], "steps", 1000000, 6000000, (), cycle_part=2),
    Program("random_touch 64M", "random_touch", ["bytes=64M"], "accesses", 1000000, 6000000, (), cycle_part=2),
    Program("fork_cow", "fork_cow", ["bytes=4M"], "rounds", 2, 22, (1, 2), small=["bytes=1M"], cycle_part=3),
]
EVENTS = [
    Program("SVC and ERET", "svc_loop", [], "count", 200000, 4000000, (20000, 120000), "EXC_SVC"),
    Program("TLBI, DSB, refill", "tlbi_refill", [], "count", 200000, 2000000, (20000, 120000), "sim.tlbi"),
    Program("walk", "walk_storm", [], "count", 200000, 4000000, (20000, 120000), "DTLB_WALK"),
]


def processor_time(command):
    """User and system seconds of one command, which must succeed."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"bench: exit status {process.returncode} of: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime


class Bench:
    def __init__(self, build, rounds):
        self.build = build
        self.rounds = rounds
        self.valgrind = shutil.which("valgrind")

    def guest(self, program):
        return f"{self.build}/guest/event_loops" if program.event else f"{self.build}/guest"

    def foldwalk(self, program, repeats, mode, *options):
        return [f"{self.build}/emu/app/foldwalk", "run", program.workload, "--data", self.guest(program), "--mode", mode,
                "--thp", "never", *self.every_walk_on_demand(program), *options, "--", *program.run(repeats)]

    @staticmethod
    def every_walk_on_demand(program):
        return ["--set", "mmu.prefetch=off"] if program.event == "DTLB_WALK" else []

    def qemu(self, program, repeats):
        command = ["qemu-system-aarch64", *MACHINE, "-kernel", f"{self.guest(program)}/kernel-on.img", "-append",
                   f"{OPTIONS}init=/{program.workload} -- {' '.join(program.run(repeats))}"]
        return command if program.event else [*command, "-initrd", f"{self.guest(program)}/initrd.cpio"]

    def counters(self, program, repeats):
        """All counters of one functional run, both exception levels together."""
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            processor_time(self.foldwalk(program, repeats, "functional", "--json", out.name))
            run = json.load(open(out.name, encoding="utf-8"))["runs"][0]
        total = {}
        for level in run["whole_run"].values():
            for name, value in level.items():
                total[name] = total.get(name, 0) + value
        return total

    def done(self, program, short, long):
        """What a long run does more than a short one."""
        first, second = self.counters(program, short), self.counters(program, long)
        return {name: value - first.get(name, 0) for name, value in second.items()}

    def seconds(self, program, modes):
        """For each mode, and for QEMU: least time of the long run minus least time of the short one. In cycle mode the long run
        is a part of that, and its time is multiplied."""
        commands = [(lambda repeats, mode=mode: self.foldwalk(program, repeats, mode), program.cycle_part if mode == "cycle" else 1)
                    for mode in modes]
        commands.append((lambda repeats: self.qemu(program, repeats), 1))
        least = [[float("inf"), float("inf")] for _ in commands]
        for _ in range(self.rounds):
            for times, (command, part) in zip(least, commands):
                for i, repeats in enumerate((program.short, program.short + (program.long - program.short) // part)):
                    times[i] = min(times[i], processor_time(command(repeats)))
        return [max(long - short, 1e-9) * part for (short, long), (_, part) in zip(least, commands)]

    def cycle_seconds(self, program, variants):
        """In cycle mode with each variant's options: least time of a part of the long run."""
        ends = (program.short, program.short + (program.long - program.short) // program.cycle_part)
        least = [[float("inf"), float("inf")] for _ in variants]
        for _ in range(self.rounds):
            for times, options in zip(least, variants):
                for i, repeats in enumerate(ends):
                    times[i] = min(times[i], processor_time(self.foldwalk(program, repeats, "cycle", *options)))
        return [max(long - short, 1e-9) for short, long in least], self.done(program, *ends)

    def host_instructions(self, program, mode):
        """Of a short run by callgrind, for each emulated instruction or event; None without valgrind."""
        if not self.valgrind or not program.counted:
            return None
        program = program.under_callgrind()
        counts = [self.callgrind(program, repeats, mode) for repeats in program.counted]
        done = self.done(program, *program.counted)
        return (counts[1] - counts[0]) / done[program.event or "INST_RETIRED"]

    def extra_seconds(self, program, options):
        """What the long run takes more than the short one, functional."""
        short, long = (processor_time(self.foldwalk(program, repeats, "functional", *options)) for repeats in (program.short, program.long))
        return max(long - short, 1e-9)

    def extra_instructions(self, program, options):
        """Host instructions for each repeat; None without valgrind."""
        if not self.valgrind:
            return None
        short, long = (self.callgrind(program, repeats, "functional", *options) for repeats in program.counted)
        return (long - short) / (program.counted[1] - program.counted[0])

    def callgrind(self, program, repeats, mode, *options):
        with tempfile.NamedTemporaryFile() as out:
            processor_time([self.valgrind, "--tool=callgrind", f"--callgrind-out-file={out.name}",
                            *self.foldwalk(program, repeats, mode, *options)])
            return next(int(line.split()[1]) for line in open(out.name, encoding="utf-8", errors="replace")
                        if line.startswith("totals:"))

    def measure(self, program):
        """Millions of instructions or events, and the seconds that functional mode, cycle mode and QEMU need for them."""
        modes = ["functional"] if program.event else ["functional", "cycle"]
        done = self.done(program, program.short, program.long)
        instructions = [self.host_instructions(program, mode) for mode in modes]
        return done[program.event or "INST_RETIRED"] / 1e6, self.seconds(program, modes), instructions


def whole(number):
    return "-" if number is None else f"{number:.0f}"


def print_programs(bench, programs):
    print(f"{'':18} {'M':>7} {'functional':>10} {'cycle':>7} {'QEMU':>7} {'functional':>11} {'host instructions each':>23}")
    print(f"{'program':18} {'instr':>7} {'MIPS':>10} {'MIPS':>7} {'MIPS':>7} {'/ QEMU':>11} {'functional':>15} {'cycle':>7}")
    for program in programs:
        millions, (functional, cycle, qemu), (first, second) = bench.measure(program)
        print(f"{program.title:18} {millions:7.1f} {millions / functional:10.1f} {millions / cycle:7.1f} {millions / qemu:7.1f}"
              f" {qemu / functional:10.2f}x {whole(first):>15} {whole(second):>7}", flush=True)


def print_events(bench, programs):
    print(f"{'event':18} {'M':>7} {'functional':>10} {'QEMU':>7} {'functional':>11} {'host instructions':>18}")
    print(f"{'':18} {'':7} {'M/s':>10} {'M/s':>7} {'/ QEMU':>11} {'each':>18}")
    for program in programs:
        millions, (functional, qemu), (instructions,) = bench.measure(program)
        print(f"{program.title:18} {millions:7.1f} {millions / functional:10.2f} {millions / qemu:7.2f} {qemu / functional:10.2f}x"
              f" {whole(instructions):>18}", flush=True)


CYCLE_VARIANTS = (("N1", []), ("N1, no miss classes", ["--explain-misses", "off"]), ("N1, --check", ["--check"]),
                  ("A55", ["--core", "cortex-a55"]), ("A55, no miss classes", ["--core", "cortex-a55", "--explain-misses", "off"]))


def print_cycle_variants(bench, programs):
    """Predictor, prefetchers, ledger and probes are always on."""
    print(f"{'cycle mode, MIPS':18}" + "".join(f" {name:>20}" for name, _ in CYCLE_VARIANTS) + f" {'N1, M timed walks/s':>20}")
    for program in programs:
        seconds, done = bench.cycle_seconds(program, [options for _, options in CYCLE_VARIANTS])
        rates = "".join(f" {done['INST_RETIRED'] / 1e6 / s:20.1f}" for s in seconds)
        print(f"{program.title:18}{rates} {done['DTLB_WALK'] / 1e6 / seconds[0]:20.2f}", flush=True)


TLB_SIZES = (48, 192, 768, 1024, 4096)


def tlb_settings(l1, l2):
    return ["--set", f"mmu.l1d_tlb.entries={l1}", "--set", f"mmu.l2_tlb.entries={l2}", "--set", "mmu.l2_tlb.ways=0"]


def print_tlb_sizes(bench):
    """What an access costs as TLBs grow: random pages, of which the TLB holds half, so that hits and refills both count. The other
    TLB grows along: in every row half of the accesses hit L1D and the others L2, or an eighth hits L1D and half walk."""
    print(f"{'random_touch':26} {'entries':>8} {'ns per access':>14} {'host instructions':>18}")
    for name, settings in (("L1D, before L2 of 4 times", lambda n: tlb_settings(n, 4 * n)),
                           ("L2, behind L1D of a 4th", lambda n: tlb_settings(n // 4, n))):
        for entries in TLB_SIZES:
            program = Program(name, "random_touch", [f"bytes={2 * entries * 4}K"], "accesses", 100000, 2100000, (20000, 120000))
            options = [*settings(entries), "--set", "mmu.contiguous=ignore"]
            seconds = min(bench.extra_seconds(program, options) for _ in range(bench.rounds))
            instructions = bench.extra_instructions(program, options)
            print(f"{name:26} {entries:8} {seconds / (program.long - program.short) * 1e9:14.1f} {whole(instructions):>18}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="programs and loops whose name has this in it; cycle: cycle mode by core and what is on; tlb_size: cost by TLB size")
    parser.add_argument("--no-callgrind", action="store_true", help="times only")
    options = parser.parse_args()
    os.environ["LC_ALL"] = "C"
    bench = Bench(options.build, options.rounds)
    if options.no_callgrind:
        bench.valgrind = None
    programs = [p for p in PROGRAMS if options.only in f"{p.title} {p.workload}"]
    events = [p for p in EVENTS if options.only in f"{p.title} {p.workload}"]
    if programs:
        print_programs(bench, programs)
    if programs and events:
        print()
    if events:
        print_events(bench, events)
    if options.only == "":
        print()
    if options.only in ("", "cycle"):
        print_cycle_variants(bench, PROGRAMS)
    if "tlb_size" in options.only:
        print_tlb_sizes(bench)


main()
