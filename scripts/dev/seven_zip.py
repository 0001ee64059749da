#!/usr/bin/env python3
"""How often the real 7-Zip misses the data TLBs of a Neoverse N1, beside what was measured on one.

    scripts/dev/seven_zip.py [--build FOLDER] [--size MIB] [--quick]        (default: build, 32 MiB)

Chips and Cheese (2021-10-22) counted 2.77 L1D TLB refills and 0.74 walks per 1000 instructions of 7-Zip on an Ampere Altra. Which
file it packed, with how many threads and in pages of which size is not known here, so this packs several and says how far each choice
matters. Debian's 7zip:arm64, fetched by scripts/setup.sh, runs on the guest kernel with one thread (-mmt=1), in functional mode, which
counts the same refills and walks as cycle mode. Unless a row says otherwise: 7-Zip's usual level 5 with the dictionary that this level
had in 2021, 16 MiB, and pages of 4K without larger folios, as Linux had them then. Counted are L1D_TLB_REFILL and DTLB_WALK of both
Exception levels, from the program's start to its end. All rows took 18 minutes of a busy two-core machine.

Inputs, cut to the size, or (/4) to a quarter of it: `binary`, a tar of the cross compiler's programs; `source`, one of Boost's
headers; `trace`, the log that `foldwalk run fork_cow --trace-instructions` writes; `bench`, none: 7-Zip's own benchmark, which
packs and unpacks what it generates.
"""
import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MIB = 1 << 20
PUBLISHED_REFILLS, PUBLISHED_WALKS = 2.77, 0.74
PAGES_4K = ("--thp", "never", "--contpte", "off")
# 7-Zip of its own accord packs with a thread that hashes, one that searches and one that encodes: what three cores' TLBs hold
# together, though they do not share it.
THREE_TLBS = ("mmu.l1d_tlb.entries=144", "mmu.l2_tlb.entries=3840", "mmu.l2_tlb.ways=15")
TREES = {"binary": "/usr/lib/gcc-cross/aarch64-linux-gnu/12", "source": "/usr/include/boost"}


@dataclasses.dataclass
class Row:
    input: str
    what: str = ""
    part: int = 1              # of the input: 4 is a quarter
    dictionary: str = "16m"
    level: int = 5
    options: tuple = PAGES_4K  # of Foldwalk


def setting(what, *keys):
    """A quarter of `binary` with other settings of the core, which is enough to compare with the row without them."""
    return Row("binary/4", what, 4, options=(*PAGES_4K, *(word for key in keys for word in ("--set", key))))


ROWS = [
    Row("binary"), Row("source"), Row("trace"), Row("bench"),
    Row("binary", "dictionary of 64 MiB", dictionary="64m"),
    Row("binary", "64K folios, contpte", options=("--thp", "64K:always")),
    Row("binary/4", "", 4),
    Row("binary/4", "dictionary of 1 MiB", 4, dictionary="1m"),
    Row("binary/4", "level 1", 4, level=1),
    Row("binary/4", "level 9", 4, level=9),
    setting("no aggregation (HPA off)", "mmu.hpa=off"),
    Row("binary/4", "other order of free memory", 4, options=(*PAGES_4K, "--seed", "1")),
    setting("pseudo-LRU", "mmu.replacement=plru"),
    setting("stage 2 of 2M blocks", "machine.stage2=2M"),
    setting("TLBs three times as large", *THREE_TLBS),
    Row("binary/4", "64K folios", 4, options=("--thp", "64K:always", "--contpte", "off")),
]
QUICK = ROWS[:3]


def without_owner_and_time(member):
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


def tar_of(tree, size):
    """The first bytes of a tar of the files below a folder, the same wherever they are the same."""
    with tempfile.TemporaryFile() as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for file in sorted(path for path in pathlib.Path(tree).rglob("*") if path.is_file() and not path.is_symlink()):
                tar.add(file, arcname=str(file.relative_to(tree)), filter=without_owner_and_time)
                if out.tell() >= size:
                    break
        out.seek(0)
        return out.read(size)


def run(command, **how):
    done = subprocess.run(command, capture_output=True, check=False, **how)
    if done.returncode != 0:
        sys.exit(f"seven_zip: {' '.join(map(str, command))}: exit status {done.returncode}\n{done.stdout[-1000:].decode()}{done.stderr[-1000:].decode()}")


class SevenZip:
    def __init__(self, build, mib):
        self.foldwalk, self.mib = build / "emu/app/foldwalk", mib
        self.programs = build / "guest/tests/programs"
        self.inputs = build / "results/seven_zip"
        self.inputs.mkdir(parents=True, exist_ok=True)

    def fetch(self):
        run(["bash", "-c", 'source scripts/setup.sh && fetch_real_programs "$0"', self.programs], cwd=ROOT)
        if not (self.programs / "7zip/7zz").exists():
            sys.exit("seven_zip: Debian's 7zip:arm64 is not to be had")

    def file_of(self, row):
        return self.inputs / f"{row.input.split('/')[0]}-{self.mib // row.part}"

    def make_input(self, file):
        name, mib = file.name.split("-")[0], int(file.name.split("-")[1])
        if name == "trace":
            run([self.foldwalk, "run", "fork_cow", "--mode", "functional", "--trace-instructions", file, "--", "bytes=4M", "rounds=1"])
            os.truncate(file, mib * MIB)
        else:
            file.write_bytes(tar_of(TREES[name], mib * MIB))
        if file.stat().st_size != mib * MIB:
            sys.exit(f"seven_zip: no {mib} MiB of input {name}: {file.stat().st_size} bytes")

    def make_inputs(self, rows):
        for file in sorted({self.file_of(row) for row in rows if row.input != "bench"}):
            self.make_input(file)

    def measure(self, row):
        """The counters of one run, both Exception levels together."""
        words, files = ["b", "1", "-mmt=1", "-md=24"], []
        if row.input != "bench":
            words = ["a", "-mmt=1", f"-mx={row.level}", f"-md={row.dictionary}", "out.7z", "input"]
            files = ["--file", f"{self.file_of(row)}:input"]
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            run([self.foldwalk, "run", "--core", "neoverse-n1", "--mode", "functional", "--quiet", "--explain-misses", "off", "--memory", "4G",
                 *row.options, "--json", out.name, "--program", self.programs / "7zip/ld-linux-aarch64.so.1",
                 "--file", f"{self.programs}/7zip:7zip", *files, "--", "--library-path", "7zip", "7zip/7zz", *words])
            phase, = json.load(open(out.name, encoding="utf-8"))["runs"][0]["phases"]
        return {name: phase["el0"][name] + phase["el1"][name] for name in ("INST_RETIRED", "L1D_TLB_REFILL", "DTLB_WALK")}


def cell(value, published):
    return f"{value:.2f} ({100 * (value / published - 1):+.0f} %)"


def line(row, counts):
    kilo = counts["INST_RETIRED"] / 1000
    refills, walks = counts["L1D_TLB_REFILL"] / kilo, counts["DTLB_WALK"] / kilo
    share = walks / refills
    return (f"| {row.input} | {row.what} | {kilo / 1e6:.1f} | {cell(refills, PUBLISHED_REFILLS)} | {cell(walks, PUBLISHED_WALKS)} | "
            f"{cell(share, PUBLISHED_WALKS / PUBLISHED_REFILLS)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", help="the build folder (default: build)")
    parser.add_argument("--size", type=int, default=32, metavar="MIB", help="of each input (default 32)")
    parser.add_argument("--quick", action="store_true", help="only the three inputs as they are")
    options = parser.parse_args()
    if not (options.build / "emu/app/foldwalk").exists():
        sys.exit(f"{options.build} holds no built foldwalk: build it with scripts/run, or name the build folder")
    rows = QUICK if options.quick else ROWS
    measured = SevenZip(options.build.resolve(), options.size)
    measured.fetch()
    measured.make_inputs(rows)
    print("| input | | 10^9 instructions | L1D TLB refills per 1000 | walks per 1000 | walks per refill |\n|---|---|---:|---:|---:|---:|")
    print(f"| | published, Altra | | {PUBLISHED_REFILLS} | {PUBLISHED_WALKS} | {PUBLISHED_WALKS / PUBLISHED_REFILLS:.2f} |", flush=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for row, counts in zip(rows, pool.map(measured.measure, rows)):
            print(line(row, counts), flush=True)


if __name__ == "__main__":
    main()
