#!/usr/bin/env python3
"""The loops over single events do what scripts/bench divides by: exactly one event a round.

    test_event_loops.py FOLDWALK DATA_FOLDER
"""
import json
import subprocess
import sys
import tempfile
import unittest

FOLDWALK, DATA = sys.argv[1:3]
STEPS = 16000
ROUNDS = (20000, 27000)  # as many digits: reading the argument takes as long


def run(loop, *arguments, options=(), phase=None):
    """Exit status, and the counters by exception level: of the whole run, or of a phase."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        done = subprocess.run([FOLDWALK, "run", loop, "--data", DATA, "--mode", "functional", "--set", "mmu.prefetch=off", *options,
                               "--json", out.name, "--", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        result = json.load(open(out.name, encoding="utf-8"))["runs"][0]
    if phase is None:
        return done.returncode, result["whole_run"]
    return done.returncode, next((p for p in result["phases"] if p["name"] == phase), None)


def counts(loop, rounds):
    """Both exception levels together."""
    status, levels = run(loop, f"count={rounds}")
    if status != 0:
        raise AssertionError(f"{loop} ended with status {status}")
    return {name: sum(level[name] for level in levels.values()) for name in levels["el1"]}


def in_the_loop(loop):
    """What the rounds add that a longer run has more."""
    few, many = (counts(loop, rounds) for rounds in ROUNDS)
    return {name: many[name] - few[name] for name in many}


def chase(page_bytes, mapping, *options):
    """2000 nodes, one in each page, scattered unless a group or block maps them."""
    scattered = int(mapping == page_bytes)
    return run("chase", f"count={STEPS}", "nodes=2000", f"stride={page_bytes}", f"granule={page_bytes}", f"mapping={mapping}",
               f"scattered={scattered}", options=("--set", "machine.memory=10G", *options), phase="steady")


def misses(page_bytes, mapping, *options):
    """L1 TLB refills and walks per step."""
    status, levels = chase(page_bytes, mapping, *options)
    if status != 0:
        raise AssertionError(f"chase ended with status {status}")
    return tuple(levels["el1"][name] / STEPS for name in ("L1D_TLB_REFILL", "DTLB_WALK"))


class EventLoops(unittest.TestCase):
    rounds = ROUNDS[1] - ROUNDS[0]

    def test_svc_loop_takes_one_svc_and_returns_once_a_round(self):
        done = in_the_loop("svc_loop")
        self.assertEqual([done["EXC_SVC"], done["EXC_RETURN"], done["EXC_TAKEN"]], [self.rounds] * 3)
        self.assertEqual([done["DTLB_WALK"], done["ITLB_WALK"]], [0, 0])
        self.assertEqual([done["INST_RETIRED"], done["MEM_ACCESS_RD"]], [6 * self.rounds, 0], "a handler that saves nothing")

    def test_tlbi_refill_walks_once_for_each_tlbi(self):
        done = in_the_loop("tlbi_refill")
        self.assertEqual([done["sim.tlbi"], done["DTLB_WALK"]], [self.rounds] * 2)
        self.assertEqual(done["DTLB_STEP"], self.rounds, "a TLBI of the last level keeps the table pointers")

    def test_walk_storm_walks_for_every_load(self):
        done = in_the_loop("walk_storm")
        self.assertEqual([done["DTLB_WALK"], done["MEM_ACCESS_RD"]], [self.rounds] * 2)

    def test_a_contiguous_group_of_any_granule_is_one_entry(self):
        """2000 pages by 48 and 1280 entries of Neoverse N1: of pages every step walks, of groups that all fit none does, and
        neither matters where the Contiguous bit is ignored."""
        for page_bytes, count in ((4 << 10, 16), (16 << 10, 128), (64 << 10, 32)):
            self.assertEqual(misses(page_bytes, page_bytes), (1, 1), f"pages of {page_bytes}")
            groups = -(-2000 // count)
            refills, walks = misses(page_bytes, count * page_bytes)
            self.assertEqual(walks, 0, f"{count} pages of {page_bytes}")
            # Nearly no order: a group is in L1 with the share of all groups that L1 holds.
            self.assertAlmostEqual(refills, max(0, 1 - 48 / groups), delta=0.05)
            self.assertEqual(misses(page_bytes, count * page_bytes, "--set", "mmu.contiguous=ignore"), (1, 1))

    def test_a_block_or_a_group_of_blocks_of_any_granule_is_one_entry(self):
        for page_bytes, blocks in ((4 << 10, (2 << 20, 32 << 20, 1 << 30)), (16 << 10, (32 << 20, 1 << 30)), (64 << 10, (512 << 20,))):
            for mapping in blocks:
                self.assertEqual(misses(page_bytes, mapping), (0, 0), f"{mapping} of {page_bytes}")

    def test_a_granule_or_a_mapping_that_is_not_there_fails(self):
        for page_bytes, mapping, *options in ((16 << 10, 16 << 10, "--core", "cortex-a72"), (8 << 10, 8 << 10), (16 << 10, 64 << 10), (64 << 10, 1 << 30)):
            self.assertNotEqual(chase(page_bytes, mapping, *options)[0], 0, f"{mapping} of {page_bytes}")

    def test_a_run_of_no_rounds_fails(self):
        status, _ = run("walk_storm", "count=0")
        self.assertNotEqual(status, 0)


unittest.main(argv=sys.argv[:1])
