#!/usr/bin/env python3
"""`foldwalk run --program` as its user meets it: mistakes, results, system calls that are not there, comparisons.

    test_command_line.py FOLDWALK QEMU FOLDER
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

FOLDWALK, _, FOLDER = sys.argv[1:4]
FOLDER = pathlib.Path(FOLDER)
GUEST = FOLDER.parents[1]


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def foldwalk(self, *words):
        return subprocess.run([FOLDWALK, *map(str, words)], capture_output=True, cwd=self.folder, timeout=240, check=False)

    def run_json(self, *words):
        done = self.foldwalk("run", "--mode", "functional", "--json", "result.json", *words)
        return done, json.loads((self.folder / "result.json").read_text())["runs"][0]

    def assert_refused(self, done, *phrases):
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        for phrase in phrases:
            self.assertIn(phrase, done.stderr.decode())


class Mistakes(ProgramTest):
    def test_a_missing_program_is_named(self):
        self.assert_refused(self.foldwalk("run", "--program", "none"), "none", "No such file")

    def test_a_text_is_no_program(self):
        (self.folder / "text").write_text("hello, world, this is no program at all, but long enough for a header to be read from it")
        self.assert_refused(self.foldwalk("run", "--program", "text"), "text: not a usable AArch64 ELF file")

    def test_a_program_of_the_host_is_refused(self):
        self.assert_refused(self.foldwalk("run", "--program", FOLDWALK), "it is for another machine")

    def test_a_dynamically_linked_program_is_told_what_to_do(self):
        subprocess.run(["aarch64-linux-gnu-gcc", "-x", "c", "-", "-o", self.folder / "dynamic"], input=b"int main(void) { return 0; }", check=True)
        self.assert_refused(self.foldwalk("run", "--program", "dynamic"), "dynamically linked", "-static")

    def test_options_of_a_program_need_one(self):
        self.assert_refused(self.foldwalk("run", "random_touch", "--env", "A=b"), "--program")

    def test_a_workload_beside_a_program_is_one_too_many(self):
        self.assert_refused(self.foldwalk("run", "random_touch", "--program", FOLDER / "files"), '"random_touch"', "--program")

    def test_a_missing_file_is_named(self):
        self.assert_refused(self.foldwalk("run", "--program", FOLDER / "files", "--file", "nowhere"), "--file nowhere", "No such file")

    def test_two_files_cannot_have_one_place(self):
        self.assert_refused(self.foldwalk("run", "--program", FOLDER / "files", "--file", f"{FOLDER}/memory:files"), "/files", "HOST:GUEST")

    def test_a_variable_needs_a_value(self):
        self.assert_refused(self.foldwalk("run", "--program", FOLDER / "files", "--env", "A"), "--env KEY=VALUE")


class Results(ProgramTest):
    def test_exit_status_and_report(self):
        done, run = self.run_json("--program", FOLDER / "files", "--", "words", "two")
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"[words][two]", done.stdout)
        self.assertIn("exit status 3", done.stderr.decode())
        self.assertTrue(run["complete"])
        self.assertEqual((run["program"]["exit_code"], run["program"]["signal"]), (3, 0))
        self.assertEqual(run["program"]["stdout"]["bytes"], len(done.stdout))

    def test_a_signal_is_told(self):
        done, run = self.run_json("--program", FOLDER / "signals", "--", "11")
        self.assertEqual(done.returncode, 128 + 11)
        self.assertIn("killed by signal 11", done.stderr.decode())
        self.assertEqual(run["program"]["signal"], 11)

    def test_the_life_of_the_program_is_the_phase_of_interest(self):
        _, run = self.run_json("--program", FOLDER / "memory", "--thp", "64K:always")
        self.assertEqual([phase["name"] for phase in run["phases"] if phase["of_interest"]], ["program"])
        self.assertGreater(run["counters"]["INST_RETIRED"], 1000000)
        self.assertGreater(run["guest"]["contpte_born_folded"], 500)
        self.assertEqual(run["guest"]["free_pages_at_boot"] > run["guest"]["free_pages"], True)

    def test_two_runs_give_the_same_bytes(self):
        words = ("--program", FOLDER / "files", "--", "./files")
        first, run = self.run_json(*words)
        second, again = self.run_json(*words)
        self.assertEqual((first.stdout, run), (second.stdout, again))

    def test_a_system_call_that_is_not_built_is_counted_by_name(self):
        source = b"#include <unistd.h>\n#include <sys/syscall.h>\nint main(void) { for (int i = 0; i < 3; ++i) syscall(SYS_swapoff, \"\"); return 0; }"
        subprocess.run(["aarch64-linux-gnu-gcc", "-static", "-x", "c", "-", "-o", self.folder / "calls"], input=source, check=True)
        done, run = self.run_json("--program", "calls")
        self.assertIn("system call 225 (swapoff) not built: 3 calls", done.stderr.decode())
        self.assertEqual(run["program"]["syscalls_not_built"], [{"number": 225, "name": "swapoff", "calls": 3}])
        self.assertEqual(run["guest"]["syscalls_not_built"], 3)

    def test_folders_and_places_of_files(self):
        (self.folder / "data/deep").mkdir(parents=True)
        (self.folder / "data/deep/file").write_text("abc")
        done = self.foldwalk("run", "--quiet", "--mode", "functional", "--program", FOLDER / "sha256", "--file", "data/", "--file", "data/deep/file:/other/name",
                             "--", "data/deep/file", "other/name")
        digest = b"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        self.assertEqual((done.stdout, done.stderr), (digest + b"  data/deep/file\n" + digest + b"  other/name\n", b""))


class Comparisons(ProgramTest):
    def test_the_four_configurations_do_the_same_work(self):
        done = self.foldwalk("compare", "--mode", "functional", "--program", FOLDER / "memory")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for column in ("4k", "folios", "contpte-nohint", "contpte"):
            self.assertIn(column, done.stdout.decode())



class CoresWithoutFloatingPoint(ProgramTest):
    def setUp(self):
        super().setUp()
        keys = self.foldwalk("dump-config").stdout.decode()
        value = int(re.search(r"^(?:core\.)?id_aa64pfr0\s*=\s*(\w+)", keys, re.MULTILINE).group(1), 0)
        self.absent = f"core.id_aa64pfr0={value | 0xff0000}"  # FP and AdvSIMD: not implemented

    def test_a_program_that_does_without_runs(self):
        done = self.foldwalk("run", "--quiet", "--mode", "functional", "--set", self.absent, "--program", GUEST / "programs/alu_loop", "--",
                             "iterations=1000")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_one_that_needs_it_dies_of_an_undefined_instruction(self):
        done = self.foldwalk("run", "--quiet", "--mode", "functional", "--set", self.absent, "--program", FOLDER / "files")
        self.assertEqual(done.returncode, 128 + 4, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
