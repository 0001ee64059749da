#!/usr/bin/env python3
"""The shipped guest kernel with one instruction changed: the checker names the rule, the function, and what is missing.

Environment: FOLDWALK, FOLDWALK_DATA.
"""
import json
import os
import pathlib
import tempfile
import unittest

import broken_kernel
from broken_kernel import NOP, RET

FOLDWALK = os.environ["FOLDWALK"]
DATA = pathlib.Path(os.environ["FOLDWALK_DATA"])
MPROTECT = ["mprotect_flip"], ["--", "bytes=256K", "rounds=1", "chunk=256K"]
FORK = ["fork_cow"], ["--", "bytes=256K", "rounds=1"]
MUNMAP = ["munmap"], ["--", "bytes=256K", "rounds=2"]
FLUSH_RANGE = "_ZN2km17__flush_tlb_rangeERKNS_12AddressSpaceEmmmbj"
FOLIOS = ["--thp", "64K:always"]
FOLIOS_NEVER = ["--thp", "never"]


class BrokenKernels(unittest.TestCase):
    def check(self, changes, workload, options=(), variant="on"):
        """The report of a run of the changed kernel."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "guest"
            broken_kernel.make_folder(DATA, folder, variant, changes)
            out = pathlib.Path(scratch) / "out.json"
            (name, arguments) = workload
            status, text = broken_kernel.run(
                FOLDWALK, folder, ["run", *name, "--contpte", variant, *([] if "--thp" in options else FOLIOS), "--check", "--mode", "functional",
                                   "--json", str(out), *options, *arguments])
            self.assertEqual(status, 1, text)
            return json.loads(out.read_text())["runs"][0]["check"]

    def expect(self, report, rules, rule, function, **places):
        self.assertEqual({r for r, n in report["errors"].items() if n}, set(rules), report["findings"])
        found = [f for f in report["findings"] if f["rule"] == rule and function in f["write"]["function"]]
        self.assertTrue(found, report["findings"])
        for place, name in places.items():
            self.assertIn(name, found[0][place]["function"])
        return found[0]

    def test_a_convert_that_does_not_flush_misses_its_tlbi(self):
        report = self.check([("contpte_convert", "bl", 0, NOP)], MPROTECT)
        finding = self.expect(report, ["missing-tlbi"], "missing-tlbi", "contpte_convert", made_stale_by="contpte_convert")
        self.assertEqual(finding["tag"], "R_DDMVT")
        self.assertIn(" contiguous", finding["before"]["text"] + finding["after"]["text"])

    def test_a_range_flush_without_its_first_dsb_is_too_early(self):
        report = self.check([("__flush_tlb_range_nosync", "dsb ishst", 0, NOP)], MPROTECT)
        self.expect(report, ["missing-dsb-before-tlbi"], "missing-dsb-before-tlbi", "contpte_convert", tlbi="invalidate_pages")

    def test_a_range_flush_without_its_last_dsb_is_not_complete(self):
        report = self.check([(FLUSH_RANGE, "dsb ish", 0, NOP)], MPROTECT)
        self.expect(report, ["missing-dsb-after-tlbi"], "missing-dsb-after-tlbi", "contpte_convert", tlbi="invalidate_pages")

    def test_a_last_dsb_of_stores_only_is_not_enough(self):
        report = self.check([(FLUSH_RANGE, "dsb ish", 0, 0xD5033A9F)], MPROTECT)
        self.expect(report, ["missing-dsb-after-tlbi"], "missing-dsb-after-tlbi", "contpte_convert")

    def test_a_flush_of_single_pages_that_does_nothing_is_found_on_both_ways_to_flush(self):
        report = self.check([("invalidate_pages", "tlbi", None, NOP)], MPROTECT)
        self.expect(report, ["missing-tlbi"], "missing-tlbi", "contpte_convert")
        ranges = ["--set", "core.tlbi=2"]
        report = self.check([("__flush_tlb_range_nosync", "tlbi", None, NOP)], MPROTECT, ranges)
        self.expect(report, ["missing-tlbi"], "missing-tlbi", "contpte_convert")

    def test_a_convert_that_sets_before_it_clears_breaks_break_before_make(self):
        # The exchange reads and writes back what is there: nothing is cleared before the new values are set.
        swap_nothing = 0xF9400064  # LDR X4, [X3] in place of SWP XZR, X4, [X3]
        report = self.check([("contpte_convert", "swp", None, swap_nothing)], MPROTECT)
        self.assertGreater(report["errors"]["contiguous-change"], 0, report)
        self.assertTrue(any("contpte_convert" in f["write"]["function"] for f in report["findings"]))

    def test_a_convert_with_the_level_of_a_block_as_hint_may_invalidate_nothing(self):
        mov_w5_2 = 0x52800045
        report = self.check([("contpte_convert", "mov w5, #3", 0, mov_w5_2)], MPROTECT, ["--set", "core.ttl=on"])
        finding = self.expect(report, ["wrong-ttl"], "wrong-ttl", "invalidate_pages", made_stale_by="contpte_convert")
        self.assertIn("level as hint", finding["missing"])
        # Cores without FEAT_TTL ignore the hint, and the kernel gives none.
        with self.assertRaises(AssertionError):
            self.check([("contpte_convert", "mov w5, #3", 0, mov_w5_2)], MPROTECT)

    def test_a_copy_on_write_that_does_not_flush_makes_the_new_page_too_early(self):
        # TLBs that forget soon: the old entry would make the same write fault for ever.
        tiny = ["--set", "mmu.l1d_tlb.entries=2", "--set", "mmu.l2_tlb.entries=8", "--set", "mmu.l2_tlb.ways=2"]
        report = self.check([("_ZN2km16ptep_clear_flushERNS_12AddressSpaceEmPm", "bl", 0, NOP)], FORK, [*FOLIOS_NEVER, *tiny])
        finding = self.expect(report, ["missing-tlbi"], "missing-tlbi", "wp_page_copy", made_stale_by="ptep_clear_flush",
                              first_access="workload")
        self.assertNotEqual(finding["before"]["text"].split()[1], finding["after"]["text"].split()[1])

    def test_the_kernels_own_mappings_need_their_barriers(self):
        report = self.check([("map_kernel_range", "dsb ishst", None, NOP)], MUNMAP)
        self.expect(report, ["missing-barrier-before-use"], "missing-barrier-before-use", "map_kernel_range")

    def test_the_limit_bounds_what_is_told_in_full_and_not_what_is_counted(self):
        changes = [("contpte_convert", "bl", 0, NOP)]
        full, one = self.check(changes, MPROTECT), self.check(changes, MPROTECT, ["--check-limit", "1"])
        self.assertGreater(len(full["findings"]), 1)
        self.assertEqual(len(one["findings"]), 1)
        self.assertEqual(full["errors"], one["errors"])
        self.assertEqual(full["findings"][0], one["findings"][0])

    def test_without_check_the_broken_kernel_runs_as_ever(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "guest"
            broken_kernel.make_folder(DATA, folder, "on", [("contpte_convert", "bl", 0, NOP)])
            status, text = broken_kernel.run(FOLDWALK, folder, ["run", "mprotect_flip", "--contpte", "on", "--mode", "functional"])
            self.assertEqual(status, 0, text)
            self.assertNotIn("checked", text)

    def test_a_limit_that_is_no_number_is_the_users_mistake(self):
        for options in (["--check", "--check-limit", "many"], ["--check-limit", "3"]):
            status, text = broken_kernel.run(FOLDWALK, DATA, ["run", "alu_loop", *options])
            self.assertEqual(status, 2)
            self.assertIn("--check", text)

    def test_fork_without_its_flush_lets_the_parent_write_to_shared_pages(self):
        report = self.check([("flush_tlb_mm", "tlbi", None, NOP)], FORK)
        finding = self.expect(report, ["stale-use"], "stale-use", "")
        self.assertIn("read-write", finding["before"]["text"])
        self.assertIn("read-only", finding["after"]["text"])
        self.assertIn("first_access", finding)

    def test_munmap_without_its_flush_frees_pages_that_may_be_translated(self):
        report = self.check([("_ZN2km9MmuGather9flush_tlbEv", "entry", 0, RET)], MUNMAP)
        self.assertGreater(report["errors"]["freed-page"], 0, report)
        finding = [f for f in report["findings"] if f["rule"] == "freed-page"][0]
        self.assertIn("freed", finding)


if __name__ == "__main__":
    unittest.main(verbosity=2)
