#!/usr/bin/env python3
"""The command line as a new user meets it: what needs no guest to run."""
import os
import re
import unittest

from cli import CommandLineTest, foldwalk, main


class Help(CommandLineTest):
    def test_no_words_at_all_print_the_overview_and_are_a_mistake(self):
        run = foldwalk()
        self.assertEqual(run.returncode, 2)
        self.assertIn("foldwalk compare WORKLOAD", run.stderr)

    def test_every_subcommand_has_help(self):
        for subcommand in ("run", "compare", "replay", "list", "dump-config"):
            for words in ((subcommand, "--help"), ("help", subcommand)):
                run = foldwalk(*words)
                self.assertEqual((run.returncode, run.stderr), (0, ""))
                self.assertIn(f"foldwalk {subcommand} ", run.stdout)
                self.assertIn("--set KEY=VALUE", run.stdout)

    def test_the_version_is_printed(self):
        self.assertRegex(foldwalk("--version").stdout, r"^foldwalk \d+\.\d+\.\d+\n$")


class Mistakes(CommandLineTest):
    def test_an_unknown_subcommand_names_the_nearest(self):
        self.assert_refused(foldwalk("compere"), 'unknown subcommand "compere"', "nearest: compare")

    def test_an_unknown_workload_names_the_nearest(self):
        self.assert_refused(foldwalk("run", "random_tuch"), 'unknown workload "random_tuch"', "nearest: random_touch")

    def test_a_missing_workload_is_said(self):
        self.assert_refused(foldwalk("run"), "run: no workload named")

    def test_arguments_before_the_dashes_are_explained(self):
        self.assert_refused(foldwalk("run", "random_touch", "bytes=4M"), '"bytes=4M"', "after --")

    def test_an_unknown_option_names_the_nearest(self):
        self.assert_refused(foldwalk("run", "random_touch", "--jsn", "x"), "unknown option --jsn", "nearest: --json")

    def test_an_option_of_other_subcommands_names_them(self):
        self.assert_refused(foldwalk("compare", "random_touch", "--ledger=5"), "compare has no option --ledger; these have: run, replay\n")
        self.assert_refused(foldwalk("run", "random_touch", "--vary", "dvm.pes=1,2"), "these have: compare\n")

    def test_an_option_behind_the_dashes_is_told_where_to_stand(self):
        self.assert_refused(foldwalk("run", "random_touch", "--", "--json", "x"), '"--json"', "options of Foldwalk stand before --")

    def test_an_abbreviated_option_is_no_option(self):
        self.assert_refused(foldwalk("run", "random_touch", "--mo", "functional"), "unknown option --mo")

    def test_an_option_without_its_value_is_said(self):
        self.assert_refused(foldwalk("run", "random_touch", "--json"), "--json", "missing")

    def test_an_unknown_key_names_the_nearest(self):
        self.assert_refused(foldwalk("run", "random_touch", "--set", "mmu.l1d_tlb.entires=4"),
                            "--set: unknown key", "nearest: mmu.l1d_tlb.entries")

    def test_a_set_without_a_value_is_explained(self):
        self.assert_refused(foldwalk("run", "random_touch", "--set", "mmu.host_tlb"), "--set KEY=VALUE")

    def test_a_bad_size_names_the_range(self):
        self.assert_refused(foldwalk("run", "random_touch", "--memory", "12Q"), "machine.memory", '"12Q"', "64M to 64G")

    def test_a_number_out_of_range_names_the_range(self):
        self.assert_refused(foldwalk("run", "random_touch", "--set", "mmu.l1d_tlb.entries=0"), "1 to 32768 entries")

    def test_a_bad_folio_size_names_the_grammar(self):
        self.assert_refused(foldwalk("run", "random_touch", "--thp", "65K:always"), "kernel.thp_anon", "16K to 2M")

    def test_values_that_contradict_each_other_are_named(self):
        self.assert_refused(foldwalk("dump-config", "--set", "mmu.l1d_tlb.ways=7"), "mmu.l1d_tlb", "48 entries in 7 ways")

    def test_an_unknown_core_lists_the_cores(self):
        self.assert_refused(foldwalk("run", "random_touch", "--core", "cortex-z80"), "cortex-z80", "neoverse-n1")

    def test_an_unknown_argument_of_a_workload_lists_those_it_takes(self):
        self.assert_refused(foldwalk("run", "random_touch", "--", "bytse=4M"), "bytse=4M", "bytes=", "accesses=")

    def test_an_argument_that_is_no_number_is_explained(self):
        self.assert_refused(foldwalk("run", "random_touch", "--", "bytes=4Q"), "bytes=4Q", "bytes=4M")

    def test_an_unknown_log_level_lists_the_levels(self):
        self.assert_refused(foldwalk("run", "random_touch", "--log-level", "loud"), "loud", "trace, debug, info")

    def test_compare_refuses_the_key_that_it_chooses_itself(self):
        self.assert_refused(foldwalk("compare", "random_touch", "--contpte", "on"), "--contpte", "--vary")

    def test_seeds_are_a_number_of_them_and_leave_the_seed_alone(self):
        for count in ("1", "many", "1001"):
            self.assert_refused(foldwalk("compare", "random_touch", "--seeds", count), "--seeds " + count, "2 to 1000")
        for words in (("--seed", "7"), ("--set", "mmu.replacement_seed=7"), ("--vary", "kernel.seed=1,2"), ("--vary", "mmu.replacement_seed=1,2")):
            self.assert_refused(foldwalk("compare", "random_touch", "--seeds", "3", *words), words[0], "--seeds chooses")

    def test_vary_wants_two_values(self):
        self.assert_refused(foldwalk("compare", "random_touch", "--vary", "mmu.contiguous=hint"), "two values")

    def test_options_that_would_do_nothing_are_refused(self):
        for words, phrase in ((("--ledger", "--mode", "functional"), "functional mode has no cycles"),
                              (("--folded", "stacks", "--mode", "functional"), "functional mode has no cycles"),
                              (("--sample", "100k:5k", "--mode", "functional"), "machine.sample"),
                              (("--fast-forward", "phase", "--mode", "functional"), "machine.fast_forward"),
                              (("--quiet",), "--program")):
            self.assert_refused(foldwalk("run", "random_touch", *words, cwd=self.folder), phrase)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_validate_refuses_what_would_make_its_times_others(self):
        for words in (("--mode", "functional"), ("--sample", "100k:5k"), ("--fast-forward", "phase"), ("--set", "machine.stage2=4K")):
            self.assert_refused(foldwalk("validate", *words), "validate measures with machine.")

    def test_an_option_given_twice_is_refused_unless_both_say_the_same(self):
        self.assert_refused(foldwalk("compare", "random_touch", "--vary", "dvm.pes=1,2", "--vary", "dvm.pes=1,4"), "--vary is given twice")
        self.assertEqual(foldwalk("list", "workloads", "--log-level", "info", "--log-level", "info").returncode, 0)

    def test_a_bad_count_of_functions_is_found_out_before_the_run(self):
        for count in ("0", "many"):
            self.assert_refused(foldwalk("run", "random_touch", f"--ledger={count}"), f"--ledger {count}", "or all")

    def test_a_word_after_an_option_whose_value_may_be_left_out_is_the_workload_unless_it_is_a_value(self):
        for words in (("--ledger", "quicksort"), ("--ledger=30", "quicksort"), ("--ledger", "30", "quicksort"), ("--ledger", "all", "quicksort"),
                      ("quicksort", "--ledger"), ("quicksort", "--ledger", "30"), ("--ledger", "--mode", "functional", "quicksort")):
            self.assert_refused(foldwalk("run", *words), 'unknown workload "quicksort"')
        self.assert_refused(foldwalk("run", "--ledger", "30"), "no workload named")
        self.assert_refused(foldwalk("run", "sort", "--ledger", "many"), '"many" is one word too many')
        self.assert_refused(foldwalk("replay", "--ledger", "/nonexistent.trace"), "/nonexistent.trace", "No such file")

    def test_an_argument_beyond_the_address_space_is_refused(self):
        for value in ("18446744073709551615", "1000000G"):
            self.assert_refused(foldwalk("run", "random_touch", "--", "bytes=" + value), "bytes=" + value, "256T")

    def test_an_argument_given_twice_is_refused(self):
        self.assert_refused(foldwalk("run", "random_touch", "--", "bytes=4M", "bytes=8M"), "bytes= is given twice")

    def test_an_empty_word_or_value_is_found_out_before_the_run(self):
        for option in ("--json", "--folded", "--config", "--set", "--probe", "--trace-mmu"):
            self.assert_refused(foldwalk("run", "random_touch", option, ""), f"{option} is given an empty value")
        self.assert_refused(foldwalk("run", "random_touch", "--json="), "--json")
        self.assert_refused(foldwalk("validate", "--granule", ""), "--granule is given an empty value")
        for subcommand in ("run", "replay", "validate"):
            self.assert_refused(foldwalk(subcommand, ""), "an empty word is given")

    def test_a_dash_is_no_name_of_a_file(self):
        for words in (("run", "random_touch", "--json"), ("run", "random_touch", "--trace-mmu"), ("validate", "--json"), ("run", "--program", "p", "--stdin")):
            self.assert_refused(foldwalk(*words, "-", cwd=self.folder), "a dash names no file", "/dev/stdout")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_arguments_are_refused_where_nothing_takes_them(self):
        for words in (("replay", "a.trace"), ("validate",), ("list", "cores"), ("dump-config",)):
            self.assert_refused(foldwalk(*words, "--", "bytes=4M"), '"bytes=4M" stands after --')

    def test_options_that_need_another_are_refused_alone(self):
        self.assert_refused(foldwalk("replay", "a.trace", "--recorded-heaps"), "--recorded-heaps without --truth")
        self.assert_refused(foldwalk("list", "workloads", "--class", "Alu"), "list encodings", "list workloads")

    def test_vary_wants_different_values_of_a_key_that_nothing_else_sets(self):
        self.assert_refused(foldwalk("compare", "random_touch", "--vary", "dvm.pes=1,4,1"), "1 is there twice")
        for words, origin in ((("--set", "dvm.pes=16"), "--set sets dvm.pes"), (("--core", "cortex-a55"), "--core sets core.profile")):
            values = "dvm.pes=1,4" if origin.startswith("--set") else "core.profile=neoverse-n1,neoverse-v2"
            self.assert_refused(foldwalk("compare", "random_touch", "--vary", values, *words), origin, "--vary chooses")

    def test_memory_is_whole_pages(self):
        self.assert_refused(foldwalk("run", "random_touch", "--memory", "100000001"), "whole number of 4K pages", "machine.memory = 100000001: --memory")

    def test_a_probe_on_nothing_names_the_standard_ones(self):
        self.assert_refused(foldwalk("run", "random_touch", "--probe", "no_such_function"), "no_such_function", "foldwalk list probes")

    def test_an_unknown_list_is_refused(self):
        self.assert_refused(foldwalk("list", "workload"), 'unknown list "workload"', "nearest: workloads", "cores, stats")
        self.assert_refused(foldwalk("list", "stats", "more"), '"more" is one word too many (foldwalk')


class Files(CommandLineTest):
    def test_a_config_file_that_is_not_there_is_named(self):
        self.assert_refused(foldwalk("run", "random_touch", "--config", "/nonexistent.ini"), "/nonexistent.ini",
                            "No such file")

    def test_a_bad_line_of_a_config_file_is_named_with_its_number(self):
        path = self.file("bad.ini", "# comment\n\nmmu.host_tlb = on\nwhat is this\n")
        self.assert_refused(foldwalk("dump-config", "--config", path), f"{path}:4: ", "key = value")

    def test_a_bad_value_of_a_config_file_is_named_with_its_line(self):
        path = self.file("bad.ini", "[mmu]\nhost_tlb = on\n[mmu.l1d_tlb]\nentries = many\n")
        self.assert_refused(foldwalk("dump-config", "--config", path), f"{path}:4: mmu.l1d_tlb.entries", '"many"')

    def test_an_unknown_key_of_a_config_file_is_named_with_its_line(self):
        path = self.file("bad.ini", "mmu.l1d_tlb.entires = 4\n")
        self.assert_refused(foldwalk("dump-config", "--config", path), f"{path}:1: unknown key", "mmu.l1d_tlb.entries")

    def test_a_missing_guest_image_names_the_file_and_the_way_to_build_it(self):
        data = self.data_without("kernel-on.img")
        self.assert_refused(foldwalk("run", "random_touch", "--data", data), str(data / "kernel-on.img"), "cmake --build")

    def test_a_folder_that_holds_no_guest_is_refused(self):
        self.assert_refused(foldwalk("run", "random_touch", "--data", self.folder), str(self.folder), "manifest.ini")

    def test_a_trace_that_is_not_there_is_named(self):
        self.assert_refused(foldwalk("replay", "/nonexistent.trace"), "/nonexistent.trace", "No such file")

    def test_a_folder_is_no_trace(self):
        self.assert_refused(foldwalk("replay", self.folder), str(self.folder), "directory")

    def test_a_binary_file_is_no_trace(self):
        path = self.folder / "binary"
        path.write_bytes(bytes(range(256)) * 64)
        self.assert_refused(foldwalk("replay", path), str(path), "no text")

    def test_a_text_without_faults_is_no_trace(self):
        self.assert_refused(foldwalk("replay", self.file("letter.txt", "dear reader\nnothing here\n")), "letter.txt")

    def test_an_unwritable_result_path_is_found_out_before_the_run(self):
        missing = self.folder / "missing" / "result.json"
        self.assert_refused(foldwalk("run", "random_touch", "--json", missing), str(missing), "cannot write")
        self.assert_refused(foldwalk("run", "random_touch", "--json", self.folder), "folder")


    def test_two_options_that_would_write_one_file_are_refused(self):
        path = self.folder / "out"
        for options in (("--json", path, "--folded", path), ("--snapshot", f"steady:{path}", "--trace-mmu", f"1-2:{path}"),
                        ("--json", path, "--check-trace", self.folder / "." / "out")):
            self.assert_refused(foldwalk("run", "random_touch", *options), "would both write", str(path))
        self.assertFalse(path.exists())


class Listings(CommandLineTest):
    def lines(self, *words):
        run = foldwalk("list", *words)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return run.stdout.splitlines()

    def test_workloads_cores_probes_and_encodings_are_listed(self):
        self.assertTrue(any(line.startswith("random_touch: ") for line in self.lines("workloads")))
        self.assertTrue(any(line.startswith("neoverse-n1         Arm Neoverse N1") for line in self.lines("cores")))
        self.assertTrue(any(line.startswith("contpte_convert: ") for line in self.lines("probes")))
        self.assertGreater(len(self.lines("encodings")), 300)

    def test_encodings_are_listed_with_feature_class_and_proof(self):
        lines = self.lines("encodings")
        add = next(line for line in lines if line.startswith("ADD_imm_64 "))
        self.assertEqual(add.split(), ["ADD_imm_64", "add", "Base", "Alu", "random", "differential"])
        svc = next(line for line in lines if line.startswith("SVC "))
        self.assertIn("EL1 suite: ", svc)

    def test_encodings_of_one_class_are_listed(self):
        atomics = self.lines("encodings", "--class", "Atomic")
        self.assertIn("CAS_64", [line.split()[0] for line in atomics])
        self.assertLess(len(atomics), len(self.lines("encodings")))
        refused = foldwalk("list", "encodings", "--class", "Atomics")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("use one of Alu, ", refused.stderr)

    def test_statistics_are_listed_with_their_event_numbers(self):
        self.assertTrue(any(line.startswith("L2D_TLB_REFILL (PMU event 0x2d): ") for line in self.lines("stats")))

    def test_every_key_of_a_dump_is_listed_once_with_its_range(self):
        keys = [line.split(" = ")[0] for line in self.lines("keys")]
        dumped = re.findall(r"^([a-z][\w.]*) = ", foldwalk("dump-config").stdout, re.M)
        self.assertEqual(keys, dumped)
        self.assertEqual(len(keys), len(set(keys)))
        self.assertTrue(any("mmu.l1d_tlb.entries = 48" in line and "(1 to " in line for line in self.lines("keys")))


class Configuration(CommandLineTest):
    def value(self, key, *words):
        run = foldwalk("dump-config", *words)
        self.assertEqual(run.returncode, 0, run.stderr)
        return re.search(rf"^{re.escape(key)} = (.*)$", run.stdout, re.M).group(1)

    def test_a_dump_read_back_gives_the_same_dump(self):
        first = foldwalk("dump-config", "--thp", "16K-64K:always;2M:inherit", "--set", "mmu.l1d_tlb.entries=32").stdout
        again = foldwalk("dump-config", "--config", self.file("dump.ini", first)).stdout
        self.assertEqual(first, again)
        self.assertIn("mmu.l1d_tlb.entries = 32", again)

    def test_the_command_line_wins_over_a_file_and_a_file_over_the_profile(self):
        config = self.file("mine.ini", "[mmu.l1d_tlb]\nentries = 16\n[kernel]\nthp_anon = never\n")
        self.assertEqual(self.value("mmu.l1d_tlb.entries"), "48")
        self.assertEqual(self.value("mmu.l1d_tlb.entries", "--config", config), "16")
        self.assertEqual(self.value("mmu.l1d_tlb.entries", "--config", config, "--set", "mmu.l1d_tlb.entries=8"), "8")
        self.assertEqual(self.value("kernel.thp_anon", "--config", config, "--thp", "64K:always"), "64K:always")

    def test_short_names_set_their_keys(self):
        for option, value, key in (("--contpte", "nofold", "kernel.contpte"), ("--mode", "functional", "machine.mode"),
                                   ("--memory", "2G", "machine.memory"), ("--seed", "7", "kernel.seed")):
            self.assertEqual(self.value(key, option, value), value)

    def test_the_last_of_two_settings_wins(self):
        self.assertEqual(self.value("kernel.seed", "--seed", "3", "--set", "kernel.seed=4"), "4")
        self.assertEqual(self.value("kernel.seed", "--set", "kernel.seed=4", "--seed", "3"), "3")


if __name__ == "__main__":
    main()
