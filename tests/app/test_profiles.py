#!/usr/bin/env python3
"""Profiles of cores: those that come with Foldwalk, and a user's own."""
import re
import unittest

from cli import CommandLineTest, DATA, foldwalk, main


def profile(name):
    return (DATA / "profiles" / f"{name}.ini").read_text()


def dumped(*words):
    text = foldwalk("dump-config", *words).stdout
    return dict(re.findall(r"^([a-z][\w.]*) = (.*)$", text, re.M))


class Listing(CommandLineTest):
    def test_every_core_has_a_row(self):
        lines = foldwalk("list", "cores").stdout.splitlines()
        table = {line.split()[0]: line.split()[1:] for line in lines[1:] if "/" in line and not line.startswith("sure")}
        self.assertEqual(set(table) & {"cortex-a55", "neoverse-n1", "ampere-altra"}, {"cortex-a55", "neoverse-n1", "ampere-altra"})
        self.assertEqual(table["cortex-a53"][:4], ["in-order", "1.80", "10/10", "512"])
        self.assertEqual(table["neoverse-v2"][:5], ["out-of-order", "2.80", "48/48", "2048", "hint+coalesce4"])

    def test_the_shares_of_a_row_are_per_cents_of_all_figures(self):
        for line in foldwalk("list", "cores").stdout.splitlines():
            shares = re.search(r"(\d+)/(\d+)/(\d+)/(\d+)$", line)
            if shares:
                self.assertAlmostEqual(sum(map(int, shares.groups())), 100, delta=2)

    def test_a76_stands_before_a510(self):
        text = foldwalk("list", "cores").stdout
        self.assertLess(text.index("cortex-a76"), text.index("cortex-a510"))

    def test_one_core_is_listed_with_value_unit_range_and_source(self):
        text = foldwalk("list", "cores", "neoverse-n1").stdout
        self.assertRegex(text, r"(?m)^core\.rob +128 instructions +documented: LLVM")
        self.assertRegex(text, r"(?m)^core\.dsb_ish +200 \[100-600\] cycles +estimated: ")
        self.assertNotIn("core.dsb_ish.low", text)

    def test_what_is_withheld_from_the_guest_is_said(self):
        text = foldwalk("list", "cores", "neoverse-n1").stdout
        self.assertRegex(text, r"(?m)^ID_AA64PFR0_EL1 +0x11000000101\d+$")

    def test_a_system_names_the_core_that_it_starts_from(self):
        text = foldwalk("list", "cores", "ampere-altra").stdout
        self.assertRegex(text, r"(?m)^starts from .*neoverse-n1\.ini$")
        self.assertRegex(text, r"(?m)^cache\.llc\.latency_ns +35\.05 ns +measured: ")
        self.assertRegex(text, r"(?m)^core\.rob +128 ")

    def test_an_unknown_core_names_the_nearest(self):
        self.assert_refused(foldwalk("list", "cores", "neoverse-v3"), "list cores: unknown core", "nearest: neoverse-v")

    def test_two_cores_are_one_too_many(self):
        self.assert_refused(foldwalk("list", "cores", "neoverse-n1", "neoverse-n2"), "neoverse-n2")


class OwnFile(CommandLineTest):
    def test_a_file_that_extends_a_core_changes_only_what_it_sets(self):
        path = self.file("my.ini", "core.extends = neoverse-n1\ncore.rob = 224\n")
        mine, n1 = dumped("--core", path), dumped("--core", "neoverse-n1")
        self.assertEqual({k for k in n1 if mine[k] != n1[k]}, {"core.rob", "core.profile"})
        self.assertEqual(mine["core.rob"], "224")

    def test_a_complete_file_needs_to_extend_nothing(self):
        path = self.file("my.ini", profile("neoverse-v2"))
        self.assertEqual({**dumped("--core", path), "core.profile": "neoverse-v2"}, dumped("--core", "neoverse-v2"))

    def test_files_may_extend_files_that_stand_beside_them(self):
        self.file("base.ini", "core.extends = neoverse-n1\ncore.rob = 160\ncore.load_queue = 80\n")
        path = self.file("my.ini", "core.extends = base.ini\ncore.rob = 200\n")
        config = dumped("--core", path)
        self.assertEqual((config["core.rob"], config["core.load_queue"]), ("200", "80"))
        header = foldwalk("dump-config", "--core", path).stdout
        self.assertRegex(header, r"(?m)^# Core: .*my\.ini, which extends .*base\.ini, which extends .*neoverse-n1\.ini$")

    def test_a_file_may_come_from_an_editor_of_another_system(self):
        path = self.folder / "my.ini"
        path.write_bytes(b"\xef\xbb\xbfcore.extends = neoverse-n1\r\ncore.rob = 224\r\n")
        self.assertEqual(dumped("--core", path)["core.rob"], "224")

    def test_a_dump_of_a_file_reproduces_it_from_anywhere(self):
        self.file("my.ini", "core.extends = neoverse-n1\ncore.rob = 224\n")
        dump = foldwalk("dump-config", "--core", "my.ini", cwd=self.folder)
        again = foldwalk("dump-config", "--config", self.file("dump.ini", dump.stdout), cwd="/")
        self.assertEqual((again.returncode, again.stderr), (0, ""))
        self.assertEqual(again.stdout, dump.stdout)

    def test_set_overrides_the_file(self):
        path = self.file("my.ini", "core.extends = neoverse-n1\ncore.rob = 224\n")
        self.assertEqual(dumped("--core", path, "--set", "core.rob=96")["core.rob"], "96")


class Mistakes(CommandLineTest):
    def refused(self, text, *phrases, name="my.ini"):
        path = self.file(name, text)
        self.assert_refused(foldwalk("dump-config", "--core", path), *[p.replace("FILE", str(path)) for p in phrases])

    def test_missing_keys_are_listed(self):
        text = re.sub(r"(?m)^(core\.rob|mmu\.walkers) = .*\n", "", profile("neoverse-n1"))
        self.refused(text, "FILE: does not set 2 keys of a core: core.rob, mmu.walkers;", "core.extends")

    def test_an_empty_file_says_how_to_start(self):
        self.refused("# my core\n", "FILE: does not set", "core.midr", " more; ", "core.extends = NAME")

    def test_an_unknown_key_is_named_with_line_and_nearest(self):
        self.refused("core.extends = neoverse-n1\ncore.robs = 1\n", "FILE:2: unknown key \"core.robs\"", "nearest: core.rob")

    def test_a_value_out_of_range_is_named_with_line_and_range(self):
        self.refused("core.extends = neoverse-n1\ncore.rob = 5000\n", "FILE:2: core.rob = \"5000\"", "1 to 1024 instructions")

    def test_a_key_set_twice_is_named_with_both_lines(self):
        self.refused("core.extends = neoverse-n1\ncore.rob = 1\n\n[core]\nrob = 2\n", "FILE:5: core.rob", "FILE:2")

    def test_figures_that_contradict_each_other_are_named_with_their_places(self):
        self.refused("core.extends = neoverse-n1\ncore.rob = 2\n", "core.dispatch_width = 4 is more than core.rob = 2",
                     "core.rob = 2: FILE:2", "neoverse-n1.ini:")

    def test_an_estimate_outside_its_range_is_named(self):
        self.refused("core.extends = neoverse-n1\ncore.isb = 90\n", "core.isb lies outside core.isb.low to core.isb.high",
                     "core.isb = 90: FILE:2", "core.isb.high = 50: ")

    def test_ways_that_do_not_divide_are_named(self):
        self.refused("core.extends = neoverse-n1\ncache.l2.ways = 7\n", "cache.l2.size", "cache.l2.ways = 7: FILE:2")
        self.refused("core.extends = neoverse-n1\nmmu.l2_tlb.ways = 7\n", "mmu.l2_tlb", "1280 entries in 7 ways", "mmu.l2_tlb.ways = 7: FILE:2")

    def test_what_is_no_text_is_quoted_short_and_harmless(self):
        path = self.folder / "my.ini"
        for content in (bytes(range(256)) * 4, b"core.extends = " + b"n" * 1_000_000, b"core.extends = neoverse-n1\ncore.rob = 5\x00\x1b[2J\n"):
            path.write_bytes(content.replace(b"\n", b" ") if content[0] == 0 else content)
            run = foldwalk("dump-config", "--core", path, errors="replace")
            self.assert_refused(run, f"{path}:")
            self.assertLess(len(run.stderr), 700)
            self.assertNotRegex(run.stderr[:-1], r"[\x00-\x1f\x7f]")

    def test_files_that_extend_each_other_are_refused(self):
        self.file("a.ini", "core.extends = b.ini\n")
        self.file("b.ini", "core.extends = a.ini\n")
        self.assert_refused(foldwalk("dump-config", "--core", self.folder / "a.ini"), "b.ini:1: core.extends = a.ini", "circle")

    def test_extending_an_unknown_core_names_the_line(self):
        self.refused("\ncore.extends = neoverse-n7\n", "FILE:2: unknown core \"neoverse-n7\"", "nearest: neoverse-n1")

    def test_a_file_that_is_not_there_is_named(self):
        self.assert_refused(foldwalk("dump-config", "--core", self.folder / "none.ini"), "none.ini", "No such file")


if __name__ == "__main__":
    main()
