#!/usr/bin/env python3
"""The comparison of the EL1 suite notices what it is there to notice."""
import unittest

import check_el1_suite as checker

LINES = ["exception/svc-el0: vector=400 esr=56001234 elr=8 spsr=3c0", "zva-device: end x0=0", checker.LAST_LINE]


def complaints(ours, exclusions="", core="max", theirs=None):
    return checker.compare(core, LINES if theirs is None else theirs, ours, checker.read_exclusions(exclusions))[0]


class Comparison(unittest.TestCase):
    def test_equal_lines_are_fine(self):
        self.assertEqual(complaints(list(LINES)), [])

    def test_a_wrong_value_is_noticed(self):
        wrong = [LINES[0].replace("56001234", "56001235"), *LINES[1:]]
        self.assertEqual(len(complaints(wrong)), 1)

    def test_a_missing_line_is_noticed(self):
        self.assertTrue(complaints(LINES[1:]))
        self.assertTrue(complaints([LINES[0], LINES[2]]))

    def test_an_end_before_the_end_is_noticed(self):
        self.assertTrue(complaints(LINES[:-1], theirs=LINES[:-1]))

    def test_an_exclusion_excuses_its_line_only(self):
        ours = [LINES[0], "zva-device: vector=200", LINES[2]]
        rule = "any | zva-device: end * | zva-device: vector=200* | because"
        self.assertEqual(complaints(ours, rule), [])
        self.assertTrue(complaints([LINES[0].replace("400", "600"), *ours[1:]], rule))

    def test_an_excluded_line_must_still_be_what_foldwalk_prints(self):
        ours = [LINES[0], "zva-device: vector=280", LINES[2]]
        self.assertTrue(complaints(ours, "any | zva-device: end * | zva-device: vector=200* | because"))

    def test_an_exclusion_of_another_core_excuses_nothing(self):
        ours = [LINES[0], "zva-device: vector=200", LINES[2]]
        self.assertTrue(complaints(ours, "neoverse-n1 | zva-device: * | * | because"))

    def test_an_exclusion_without_use_is_noticed(self):
        rules = checker.read_exclusions("max | nothing: * | * | because\nneoverse-n1 | other: * | * | because")
        checker.compare("max", LINES, LINES, rules)
        self.assertEqual(len(checker.unused("max", rules)), 1)

    def test_an_exclusion_needs_a_reason(self):
        with self.assertRaises(ValueError):
            checker.read_exclusions("any | zva-device: *")


if __name__ == "__main__":
    unittest.main()
