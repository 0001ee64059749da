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
ROUNDS = (20000, 27000)  # as many digits: reading the argument takes as long


def run(loop, *arguments):
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        done = subprocess.run([FOLDWALK, "run", loop, "--data", DATA, "--mode", "functional", "--set", "mmu.prefetch=off", "--json", out.name, "--", *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        result = json.load(open(out.name, encoding="utf-8"))["runs"][0]
    return done.returncode, result["whole_run"]


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


class EventLoops(unittest.TestCase):
    rounds = ROUNDS[1] - ROUNDS[0]

    def test_svc_loop_takes_one_svc_and_returns_once_a_round(self):
        done = in_the_loop("svc_loop")
        self.assertEqual([done["EXC_SVC"], done["EXC_RETURN"], done["EXC_TAKEN"]], [self.rounds] * 3)
        self.assertEqual([done["DTLB_WALK"], done["ITLB_WALK"]], [0, 0])

    def test_tlbi_refill_walks_once_for_each_tlbi(self):
        done = in_the_loop("tlbi_refill")
        self.assertEqual([done["sim.tlbi"], done["DTLB_WALK"]], [self.rounds] * 2)
        self.assertEqual(done["DTLB_STEP"], self.rounds, "a TLBI of the last level keeps the table pointers")

    def test_walk_storm_walks_for_every_load(self):
        done = in_the_loop("walk_storm")
        self.assertEqual([done["DTLB_WALK"], done["MEM_ACCESS_RD"]], [self.rounds] * 2)

    def test_a_run_of_no_rounds_fails(self):
        status, _ = run("walk_storm", "count=0")
        self.assertNotEqual(status, 0)


unittest.main(argv=sys.argv[:1])
