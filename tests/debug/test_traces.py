#!/usr/bin/env python3
"""--trace-instructions and --trace-mmu of whole runs: ranges, contents, compression, and what cannot be written."""
import gzip
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

FOLDWALK = os.environ["FOLDWALK"]
DATA = os.environ["FOLDWALK_DATA"]
SMALL = ("--", "bytes=256K", "rounds=1", "chunk=256K")
LINE = re.compile(r"^ *(\d+) +(\d+)  ([01])  ([0-9a-f]{16})  (\S.*?)  (.*)$")


def lines_of(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt") as file:
        text = file.read().splitlines()
    assert text[0].startswith("# foldwalk "), text[0]
    return text[1:]


class TraceTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_traced(self, *words, workload="mprotect_flip", arguments=SMALL):
        return subprocess.run([FOLDWALK, "run", workload, "--data", DATA, "--memory", "128M", *map(str, words), *arguments],
                              capture_output=True, text=True, timeout=300)

    def traced(self, option, value, *words, **options):
        run = self.run_traced(f"--{option}", value, *words, **options)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return lines_of(pathlib.Path(str(value).rpartition(":")[2]))

    def refused(self, *words):
        run = self.run_traced(*words)
        self.assertEqual((run.returncode, run.stdout), (2, ""), run.stderr)
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        return run.stderr


class Instructions(TraceTest):
    def test_a_range_of_numbers_has_exactly_these_instructions(self):
        for mode in ("functional", "cycle"):
            lines = self.traced("trace-instructions", f"1000-1999:{self.folder}/{mode}.txt", "--mode", mode)
            self.assertEqual([int(LINE.match(line)[1]) for line in lines], list(range(1000, 2000)))

    def test_a_range_that_meets_nothing_is_said(self):
        for condition in ("symbol=no_such_function", "phase=no_such_phase"):
            run = self.run_traced("--trace-instructions", f"{condition}:{self.folder}/t", "--trace-mmu", f"1-:{self.folder}/m", "--mode", "functional")
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertIn("warning, mprotect_flip: --trace-instructions: the trace is empty", run.stdout)
            self.assertNotIn("--trace-mmu: the trace is empty", run.stdout)
            self.assertEqual(lines_of(self.folder / "t"), [])

    def test_a_symbol_selects_its_functions_under_readable_names(self):
        lines = self.traced("trace-instructions", f"symbol=contpte_*:{self.folder}/t.gz", "--mode", "functional")
        names = {LINE.match(line)[5].partition("+")[0] for line in lines}
        self.assertIn("contpte_convert", names)
        self.assertTrue(all(name.startswith("contpte_") for name in names), names)

    def test_conditions_are_joined(self):
        lines = self.traced("trace-instructions", f"phase=mprotect_ro,symbol=do_mprotect:{self.folder}/t.txt", "--mode", "functional")
        self.assertGreater(len(lines), 10)
        self.assertEqual({LINE.match(line)[5].partition("+")[0] for line in lines}, {"do_mprotect"})

    def test_values_written_are_those_that_are_read_later(self):
        lines = self.traced("trace-instructions", f"phase=mprotect_ro:{self.folder}/t.txt")
        memory, reads = {}, 0
        for line in lines:
            for kind, pa, size, value in re.findall(r"  ([RWA]) [0-9a-f]+>([0-9a-f]+) (\d+)=([0-9a-f]+)", line):
                if kind == "R" and (pa, size) in memory:
                    self.assertEqual(value, memory[pa, size], line)
                    reads += 1
                start = int(pa, 16)
                if kind != "R":
                    memory = {k: v for k, v in memory.items() if abs(int(k[0], 16) - start) >= 64}
                memory[pa, size] = value
        self.assertGreater(reads, 100)

    def test_registers_written_are_what_the_next_reader_sees(self):
        lines = self.traced("trace-instructions", f"symbol=contpte_convert:{self.folder}/t.txt", "--mode", "functional")
        moved = [line for line in lines if re.search(r"\bmov[zk]? x\d+, #0x80  x\d+=0000000000000080", line)]
        self.assertTrue(moved)
        self.assertTrue(any(re.search(r"nzcv=[N-][Z-][C-][V-]", line) for line in lines))

    def test_cycles_rise_in_cycle_mode_and_are_0_without_timing(self):
        timed = self.traced("trace-instructions", self.folder / "a.txt")
        cycles = [int(LINE.match(line)[2]) for line in timed]
        self.assertEqual(cycles, sorted(cycles))
        self.assertGreater(cycles[-1], cycles[0])
        free = self.traced("trace-instructions", self.folder / "b.txt", "--mode", "functional")
        self.assertEqual({LINE.match(line)[2] for line in free}, {"0"})

    def test_instructions_that_capstone_lacks_are_spelled_as_binutils_does(self):
        lines = self.traced("trace-instructions", f"symbol=contpte_convert:{self.folder}/t.txt", "--mode", "functional")
        self.assertTrue(any(re.search(r"  swp xzr, x\d+, \[x\d+\]  ", line) for line in lines))


class Mmu(TraceTest):
    def test_walks_are_as_many_as_counted(self):
        result = self.folder / "r.json"
        lines = self.traced("trace-mmu", self.folder / "m.gz", "--json", result, "--mode", "functional", workload="random_touch",
                            arguments=("--", "bytes=8M", "accesses=3000"))
        counters = json.loads(result.read_text())["runs"][0]["counters"]
        events = [line.split()[1] for line in lines]
        self.assertEqual(events.count("walk"), counters["DTLB_WALK"] + counters["ITLB_WALK"])
        self.assertEqual(events.count("tlbi"), counters["sim.tlbi"])
        self.assertGreater(events.count("evict"), 100)
        self.assertGreater(events.count("fill"), events.count("walk"))
        self.assertTrue(any("contiguity=hint" in line for line in lines))

    def test_both_traces_at_once_number_instructions_alike(self):
        words = ("--trace-instructions", self.folder / "i.txt", "--trace-mmu", self.folder / "m.txt")
        self.assertEqual(self.run_traced(*words).returncode, 0)
        tlbis = [line for line in lines_of(self.folder / "m.txt") if line.split()[1] == "tlbi"]
        numbers = {int(line.split()[0]) for line in tlbis}
        executed = {int(LINE.match(line)[1]) for line in lines_of(self.folder / "i.txt") if re.search(r"  tlbi ", line)}
        self.assertEqual(numbers, executed)
        self.assertGreater(len(numbers), 10)

    def test_tracing_changes_nothing_that_is_measured(self):
        results = []
        for words in ((), ("--trace-instructions", f"symbol=contpte_*:{self.folder}/i.txt", "--trace-mmu", f"0-:{self.folder}/m.zst")):
            path = self.folder / "r.json"
            self.assertEqual(self.run_traced("--json", path, *words).returncode, 0)
            results.append(json.loads(path.read_text())["runs"])
        self.assertEqual(*results)


class Refusals(TraceTest):
    def test_a_path_that_cannot_be_written_is_refused_before_the_run(self):
        self.assertIn("No such file", self.refused("--trace-mmu", "/nowhere/m.zst"))
        self.assertIn("no file is named", self.refused("--trace-instructions", "1-2:"))

    def test_a_range_that_ends_before_it_begins_is_refused(self):
        self.assertIn("ends before it begins", self.refused("--trace-instructions", f"9-3:{self.folder}/t.txt"))

    def test_what_is_no_range_is_part_of_the_name(self):
        lines = self.run_traced("--trace-mmu", f"{self.folder}/odd:name.txt")
        self.assertEqual(lines.returncode, 0)
        self.assertTrue((self.folder / "odd:name.txt").exists())

    def test_a_full_disk_ends_the_run_in_one_line(self):
        run = self.run_traced("--trace-instructions", "/dev/full")
        self.assertEqual(run.returncode, 2)
        self.assertEqual(run.stderr, "foldwalk: cannot write /dev/full: No space left on device\n")

    def test_an_interrupted_run_leaves_a_file_that_is_whole_and_says_that_it_is_not(self):
        path = self.folder / "t.gz"
        run = subprocess.Popen([FOLDWALK, "run", "alu_loop", "--data", DATA, "--memory", "128M", "--mode", "functional",
                                "--trace-instructions", path, "--", "iterations=2000000000"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(400):
            if path.exists() and path.stat().st_size > 0:
                break
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.wait(timeout=100), 1)
        lines = lines_of(path)
        self.assertTrue(lines[-1].startswith("# truncated: interrupted"), lines[-1])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
