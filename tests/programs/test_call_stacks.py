#!/usr/bin/env python3
"""--folded on a program that calls, jumps, is interrupted, forks and starts another: calls.c says who works for whom.

    test_call_stacks.py FOLDWALK QEMU FOLDER
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

FOLDWALK, _, FOLDER = sys.argv[1:4]
MAIN = re.compile(r"^program;_start;__libc_start_main\w*;__libc_start_call_main;main;")
CYCLES_PER_STEP = (4, 12)  # of work()
# Who calls work() for how many steps, below main.
WORK = {
    "catches;throws": 1000,  # which calls itself: once
    "catches": 2000,
    "raises;(raise);handler": 3000,
    "raises": 4000,
    "leaves_a_handler;(raise);handler_that_jumps": 5000,
    "leaves_a_handler": 6000,
    "even;odd;even;odd;even;odd": 7000,  # work() has taken the place of the last even()
    "forks;in_the_child": 8000,
    "forks": 18000,
    "has_a_tail": 10000,  # one tail call after the other: work() has taken the place of both
    "is_called_back;(qsort);compares": None,
    "in_the_new_program": 11000,
    "": 12000,
}


class CallStacks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            run = subprocess.run([FOLDWALK, "run", "--program", "./calls", "--folded", folder / "stacks", "--json", folder / "json"],
                                 capture_output=True, text=True, cwd=FOLDER, timeout=240, check=False)
            assert (run.returncode, run.stdout) == (0, "done\n"), run.stderr
            lines = (folder / "stacks").read_text().splitlines()
            cls.result = json.loads((folder / "json").read_text())["runs"][0]
        cls.stacks = [(stack, int(cycles)) for stack, cycles in (line.rsplit(" ", 1) for line in lines)]

    def test_each_call_has_its_callers_however_those_before_it_ended(self):
        work = collections.Counter()
        for stack, cycles in self.stacks:
            chain = MAIN.sub("", stack)
            if re.search(r"(^|;)work;[a-z0-9_]+$", chain) and chain.count(";") < 60:  # even(4000) is told below
                chain = re.sub(r";?work;[a-z0-9_]+$", "", chain)
                chain = re.sub(r";(gsignal|raise|__pthread_kill\w*)[^;]*(;(__pthread_kill|raise)[^;]*)*;", ";(raise);", chain)
                work[re.sub(r";(__)?qsort.*;compares$", ";(qsort);compares", chain)] += cycles
        self.assertEqual(set(work), set(WORK))
        for chain, steps in WORK.items():
            if steps is not None:
                self.assertGreater(work[chain], CYCLES_PER_STEP[0] * steps, chain)
                self.assertLess(work[chain], CYCLES_PER_STEP[1] * steps, chain)

    def test_deep_recursion_is_cut_off_and_what_comes_after_it_is_not(self):
        deepest = max(stack.count(";") for stack, _ in self.stacks)
        self.assertGreater(deepest, 500)
        self.assertLess(deepest, 540)  # 512 of the program, then the kernel's

    def test_the_kernels_functions_stand_above_the_programs_that_they_interrupted(self):
        stacks = [stack for stack, _ in self.stacks]
        self.assertTrue(any(re.search(r";forks;in_the_child;work;(vectors;)?el0_sync;do_mem_abort;handle_mm_fault;.*do_wp_page;", s) for s in stacks))
        self.assertTrue(any(re.search(r";main;starts;(.*;)?exec\w+;el0_sync;do_el0_svc;", s) for s in stacks))

    def test_every_cycle_is_in_one_line_under_the_function_and_cause_of_the_ledger(self):
        ledger = collections.Counter()
        for stack, cycles in self.stacks:
            self.assertGreater(cycles, 0)
            ledger[tuple(stack.split(";")[-2:])] += cycles
        expected = {(function, cause): cycles for function, causes in self.result["ledger"].items() for cause, cycles in causes.items()}
        self.assertEqual(dict(ledger), expected)
        self.assertEqual(sum(ledger.values()), self.result["counters"]["CPU_CYCLES"])
        self.assertEqual(len(self.stacks), len({stack for stack, _ in self.stacks}))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
