#!/usr/bin/env python3
"""The shipped guest kernels break no rule: every workload, with and without contpte, folios, range TLBIs, level hints and
hardware updates, in both modes. And what they leave stale, which is legal, is what their operations say.

Environment: FOLDWALK, FOLDWALK_DATA.
"""
import gzip
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

FOLDWALK = os.environ["FOLDWALK"]
DATA = os.environ["FOLDWALK_DATA"]

WORKLOADS = {
    "sequential_touch": ["bytes=1M", "rounds=2"],
    "random_touch": ["bytes=1M", "accesses=2000"],
    "page_stride": ["pages=64", "rounds=2"],
    "pointer_chase": ["bytes=1M", "steps=2000"],
    "fork_cow": ["bytes=1M", "rounds=2"],
    "mprotect_flip": ["bytes=1M", "rounds=2", "chunk=96K"],
    "madvise_churn": ["bytes=1M", "chunk=64K", "rounds=32"],
    "partial_unmap": ["bytes=1M", "every=64K", "hole=5", "rounds=2"],
    "munmap": ["bytes=1M", "rounds=2"],
    "alu_loop": ["iterations=1000"],
    "sort": ["bytes=16K", "rounds=1"],
    "sha256": ["bytes=4K", "rounds=1"],
    "memory_rates": ["bytes=256K"],
    "mm_phases": ["mb=2"],
}
CHANGING = ["fork_cow", "mprotect_flip", "madvise_churn", "partial_unmap", "mm_phases"]


def run(workload, options):
    with tempfile.TemporaryDirectory() as scratch:
        out = pathlib.Path(scratch) / "out.json"
        command = [FOLDWALK, "run", workload, "--data", DATA, "--check", "--json", str(out), *options, "--", *WORKLOADS[workload]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        result = json.loads(out.read_text())["runs"][0] if out.exists() else {}
        return done.returncode, result, done.stdout + done.stderr


class CleanKernels(unittest.TestCase):
    def clean_run(self, workload, options):
        status, result, text = run(workload, options)
        self.assertEqual(status, 0, text[:4000])
        self.assertEqual(result["check"]["total"], 0)
        self.assertEqual(result["check"]["findings"], [])
        return result

    def clean(self, workload, options):
        return self.clean_run(workload, options)["check"]

    def test_every_workload_is_known_here(self):
        listed = subprocess.run([FOLDWALK, "list", "workloads", "--data", DATA], capture_output=True, text=True, check=True)
        names = {line.split(":")[0] for line in listed.stdout.splitlines() if line and not line.startswith(" ")}
        self.assertEqual(names, set(WORKLOADS))

    def test_each_workload_with_each_kernel_on_n1_is_clean(self):
        for workload in WORKLOADS:
            for variant in ("off", "nofold", "on"):
                with self.subTest(workload=workload, contpte=variant):
                    self.clean(workload, ["--mode", "functional", "--contpte", variant, "--thp", "64K:always"])

    def test_so_they_are_with_range_operations_and_level_hints(self):
        for workload in CHANGING:
            for variant in ("off", "on"):
                with self.subTest(workload=workload, contpte=variant):
                    self.clean(workload, ["--mode", "functional", "--contpte", variant, "--thp", "64K:always",
                                          "--set", "core.tlbi=2", "--set", "core.ttl=on"])

    def test_so_they_are_whatever_hardware_updates(self):
        for workload in CHANGING:
            for hafdbs in (0, 1, 2):
                with self.subTest(workload=workload, hafdbs=hafdbs):
                    self.clean(workload, ["--mode", "functional", "--contpte", "on", "--thp", "64K:always",
                                          "--set", f"core.hafdbs={hafdbs}"])

    def test_so_they_are_with_folios_of_other_sizes_and_without_lse(self):
        for options in (["--thp", "never"], ["--thp", "16K:always"], ["--thp", "128K:always"],
                        ["--thp", "64K:always", "--set", "core.lse=off"]):
            with self.subTest(options=options):
                self.clean("mm_phases", ["--mode", "functional", "--contpte", "on", *options])

    def test_nothing_of_what_they_do_hangs_on_choices_for_inconsistent_groups(self):
        for workload in CHANGING:
            options = ["--mode", "functional", "--contpte", "on", "--thp", "64K:always", "--set", "core.bbm=2"]
            hashes = set()
            for choice in ("walked", "any-one", "amalgamate", "abort"):
                result = self.clean_run(workload, [*options, "--set", f"mmu.bbm_choice={choice}"])
                hashes.add((result["memory_hash"], result["table_hash"]))
            self.assertEqual(len(hashes), 1, workload)

    def test_their_results_do_not_hang_on_which_member_of_a_group_hardware_updates(self):
        for workload in CHANGING:
            options = ["--mode", "functional", "--contpte", "on", "--thp", "64K:always", "--set", "core.hafdbs=2"]
            walked = self.clean_run(workload, options)
            for seed in (1, 2):
                other = self.clean_run(workload, [*options, "--set", "mmu.update_choice=any-one", "--set", f"mmu.bbm_seed={seed}"])
                self.assertEqual(other["checksum"], walked["checksum"], workload)
                self.assertEqual(other["allocation_hash"], walked["allocation_hash"], workload)

    def test_there_hardware_does_update_other_members(self):
        updates = []
        for choice in ("walked", "any-one"):
            with tempfile.TemporaryDirectory() as scratch:
                trace = pathlib.Path(scratch) / "walks.txt"
                self.clean_run("fork_cow", ["--mode", "functional", "--contpte", "on", "--thp", "64K:always", "--set", "core.hafdbs=2",
                                            "--set", f"mmu.update_choice={choice}", "--trace-mmu", str(trace)])
                updates.append(re.findall(r" set L3\[(\w+)\]", trace.read_text()))
        self.assertEqual(len(updates[0]), len(updates[1]))
        self.assertNotEqual(*updates)

    def test_both_modes_see_the_same(self):
        for workload in ("fork_cow", "mprotect_flip"):
            counts = [self.clean(workload, ["--mode", mode, "--contpte", "on", "--thp", "64K:always"])
                      for mode in ("functional", "cycle")]
            self.assertEqual(counts[0], counts[1])

    def test_a_stage_2_under_the_guest_changes_nothing_of_it(self):
        options = ["--mode", "functional", "--contpte", "on", "--thp", "64K:always"]
        for workload in ("fork_cow", "mprotect_flip"):
            for mapping, populate in (("4K", "on-demand"), ("64K-contig", "eager"), ("2M", "on-demand")):
                with self.subTest(workload=workload, mapping=mapping):
                    stage2 = ["--set", f"machine.stage2={mapping}", "--set", f"machine.stage2_populate={populate}"]
                    self.assertEqual(self.clean(workload, [*options, *stage2]), self.clean(workload, options))

    def test_legal_stale_values_are_what_the_operations_leave(self):
        # bytes=1M are 256 pages; each round of fork write-protects them in the parent.
        check = self.clean("fork_cow", ["--mode", "functional", "--contpte", "on", "--thp", "64K:always"])
        self.assertGreaterEqual(check["stale_values"]["write-protected"], 512)
        self.assertLess(check["stale_values"]["write-protected"], 512 + 64)
        # Non-blocking: what is unmapped is flushed before anything uses it.
        self.assertEqual(check["stale_accesses"]["unmapped"], 0)
        self.assertEqual(check["stale_accesses"]["write-protected"], 0)

    def test_the_event_trace_can_be_read_back(self):
        with tempfile.TemporaryDirectory() as scratch:
            trace = pathlib.Path(scratch) / "events.sexp.gz"
            status, _, text = run("fork_cow", ["--mode", "functional", "--check-trace", str(trace)])
            self.assertEqual(status, 0, text)
            lines = gzip.decompress(trace.read_bytes()).decode().splitlines()
        kinds = {}
        for number, line in enumerate(lines):
            match = re.fullmatch(r'\((mem-init|mem-write|barrier|tlbi|msr) \(id (\d+)\) \(tid 0\)(.*)\)', line)
            self.assertTrue(match, line)
            self.assertEqual(int(match.group(2)), number)
            kinds[match.group(1)] = kinds.get(match.group(1), 0) + 1
        self.assertGreater(kinds["mem-write"], 512)
        self.assertGreater(kinds["tlbi"], 0)
        self.assertEqual(set(kinds), {"mem-init", "mem-write", "barrier", "tlbi", "msr"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
