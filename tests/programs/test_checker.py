#!/usr/bin/env python3
"""The comparison of programs notices differences: in any stream, in the status, and in what the emulated program itself does.

    test_checker.py FOLDWALK QEMU FOLDER
"""
import pathlib
import stat
import sys
import tempfile
import unittest

from real_programs import Case, Outcome, Runner, differences

FOLDWALK, QEMU, FOLDER = sys.argv[1:4]
CASE = Case("sha256", ("a", "missing"), {"a": b"abc"})


class Comparison(unittest.TestCase):
    def test_equal_outcomes_have_no_difference(self):
        self.assertEqual(differences(Outcome(b"a", b"b", 3), Outcome(b"a", b"b", 3)), [])

    def test_each_part_of_an_outcome_counts(self):
        for other in (Outcome(b"A", b"b", 3), Outcome(b"a", b"", 3), Outcome(b"a", b"b", 131), Outcome(b"ab", b"b", 3)):
            self.assertEqual(len(differences(Outcome(b"a", b"b", 3), other)), 1)


class Runs(unittest.TestCase):
    def complaints(self, script):
        """Of a Foldwalk whose doings pass through `script`, which gets the real command as "$@"."""
        with tempfile.TemporaryDirectory() as name:
            wrapper = pathlib.Path(name, "foldwalk")
            wrapper.write_text(f"#!/bin/bash\nset -- {FOLDWALK} \"$@\"\n{script}\n", encoding="utf-8")
            wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
            return Runner(str(wrapper), QEMU, FOLDER).check(CASE)

    def test_a_faithful_run_passes(self):
        self.assertEqual(self.complaints('exec "$@"'), [])

    def test_one_changed_character_is_noticed(self):
        self.assertIn("stdout differs", self.complaints('"$@" | tr 7 8; exit ${PIPESTATUS[0]}')[0])

    def test_a_lost_standard_error_is_noticed(self):
        self.assertIn("stderr differs", self.complaints('exec "$@" 2>/dev/null')[0])

    def test_another_exit_status_is_noticed(self):
        self.assertIn("exit status 0, expected 1", self.complaints('"$@"; exit 0')[0])

    def test_another_file_in_the_guest_is_noticed(self):
        self.assertIn("stdout differs", self.complaints('echo x >> a; exec "$@"')[0])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
