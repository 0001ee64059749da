#!/usr/bin/env python3
"""Every core runs the guest to the right result: functional mode on all of them, cycle mode on three."""
import concurrent.futures
import os
import re
import unittest

from cli import CommandLineTest, DATA, foldwalk, main

CORES = sorted(path.stem for path in (DATA / "profiles").glob("*.ini"))
# One workload for each way to lean on a core: faults, fork and permissions; 64-bit arithmetic; SIMD-free hashing.
# Arguments so small that boot is most of a run.
WORKLOADS = {
    "fork_cow": ("bytes=256K", "rounds=1"),
    "mprotect_flip": ("bytes=256K", "rounds=1", "chunk=64K"),
    "partial_unmap": ("bytes=256K", "rounds=1"),
    "sha256": ("bytes=1K", "rounds=1"),
}
# Neoverse N1's checksum is the reference here; that it is right is what test_measured and the manifest's models say.
REFERENCE = "neoverse-n1"
TIMED = ("cortex-a55", "cortex-a72", "neoverse-v2")


def checksum(core, workload, image, mode):
    run = foldwalk("run", workload, "--core", core, "--contpte", image, "--mode", mode, "--", *WORKLOADS[workload])
    found = re.search(r"checksum (0x[0-9a-f]+)", run.stdout)
    return found.group(1) if run.returncode == 0 and found else f"exit {run.returncode}: {run.stderr[-300:]}"


def checksums(runs):
    """In parallel: every run is one process."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(runs, pool.map(lambda run: checksum(*run), runs)))


class Cores(CommandLineTest):
    @classmethod
    def setUpClass(cls):
        cls.expected = {w: c for (_, w, _, _), c in checksums([(REFERENCE, w, "on", "functional") for w in WORKLOADS]).items()}

    def test_the_reference_is_a_checksum(self):
        for workload, value in self.expected.items():
            self.assertRegex(value, r"^0x[0-9a-f]+$", workload)

    def assert_all(self, runs):
        for run, value in checksums(runs).items():
            with self.subTest(run=run):
                self.assertEqual(value, self.expected[run[1]])

    def test_every_core_runs_every_workload_on_both_images(self):
        self.assert_all([(c, w, i, "functional") for c in CORES for w in WORKLOADS for i in ("off", "on")])

    def test_the_clocks_of_three_cores_change_no_result(self):
        self.assert_all([(c, w, "on", "cycle") for c in TIMED for w in WORKLOADS])


if __name__ == "__main__":
    main()
