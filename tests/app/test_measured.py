#!/usr/bin/env python3
"""run and compare on the real guest: results, exit statuses, result files."""
import json
import os
import re
import subprocess

from cli import DATA, PROGRAM, SMALL, CommandLineTest, foldwalk, main

RUN_MEMBERS = ["name", "config", "complete", "checksum", "counters", "phases", "tlb", "costs", "ledger", "guest"]


class Run(CommandLineTest):
    def test_a_run_prints_its_phase_and_writes_its_result(self):
        path = self.folder / "result.json"
        run = foldwalk("run", "random_touch", "--json", path, *SMALL)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("phase steady", run.stdout)
        document = self.read_json(path)
        self.assertEqual(list(document), ["schema", "tool_version", "command", "runs"])
        self.assertEqual(document["schema"], "foldwalk-result/1")
        self.assertEqual(document["command"], ["run", "random_touch", "--json", str(path), *SMALL])
        result = document["runs"][0]
        self.assertEqual([m for m in RUN_MEMBERS if m not in result], [])
        self.assertTrue(result["complete"])
        self.assertEqual(result["config"]["core.profile"], "neoverse-n1")
        self.assertEqual({i["role"] for i in result["inputs"]}, {"kernel", "workload", "profile"})
        self.assertEqual([(p["name"], p["of_interest"]) for p in result["phases"]], [("populate", False), ("steady", True)])
        self.assertEqual(os.listdir(self.folder), ["result.json"])

    def test_the_result_names_the_profiles_that_a_file_starts_from(self):
        path = self.folder / "result.json"
        self.file("base.ini", "core.extends = neoverse-v2\ncore.rob = 300\n")
        core = self.file("my.ini", "core.extends = base.ini\n")
        run = foldwalk("run", "page_stride", "--mode", "functional", "--core", core, "--json", path, "--", "pages=8", "rounds=1")
        self.assertEqual(run.returncode, 0, run.stderr)
        result = self.read_json(path)["runs"][0]
        profiles = [i for i in result["inputs"] if i["role"] == "profile"]
        self.assertEqual([p["name"] for p in profiles], ["my.ini", "base.ini", "neoverse-v2.ini"])
        self.assertEqual(len({p["fnv1a64"] for p in profiles}), 3)
        self.assertEqual(result["config"]["core.rob"], "300")

    def test_the_ledger_before_the_workload_leaves_it_its_name(self):
        run = foldwalk("run", "--ledger", "random_touch", *SMALL)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(run.stdout, foldwalk("run", "random_touch", "--ledger", *SMALL).stdout)
        self.assertNotEqual(run.stdout, foldwalk("run", "random_touch", *SMALL).stdout)

    def test_an_argument_may_be_written_as_a_key_may(self):
        outputs = {foldwalk("run", "random_touch", "--mode", "functional", "--", f"bytes={size}", "accesses=2000").stdout
                   for size in ("256K", "256k", "0x40000")}
        self.assertEqual(len({output.partition("phase")[2] for output in outputs}), 1)
        self.assertTrue(all("phase steady" in output for output in outputs))

    def test_counters_are_the_sum_of_the_phases_of_interest(self):
        path = self.folder / "result.json"
        foldwalk("run", "mprotect_flip", "--json", path, "--", "bytes=256K", "chunk=256K")
        result = self.read_json(path)["runs"][0]
        for name, value in result["counters"].items():
            phases = [p for p in result["phases"] if p["of_interest"]]
            self.assertEqual(value, sum(p[el][name] for p in phases for el in ("el0", "el1")), name)
        self.assertGreater(result["counters"]["sim.tlbi"], 0)
        self.assertEqual(sum(sum(causes.values()) for causes in result["ledger"].values()), result["counters"]["CPU_CYCLES"])

    def test_standard_output_takes_a_result_behind_the_report_even_where_it_is_a_file(self):
        with open(self.folder / "both", "w", encoding="utf-8") as both:
            command = [PROGRAM, "run", "random_touch", "--json", "/dev/stdout", *SMALL]
            self.assertEqual(subprocess.run(command, stdout=both, timeout=300, check=False).returncode, 0)
        report, brace, result = (self.folder / "both").read_text().partition("\n{\n")
        self.assertIn("phase steady", report)
        self.assertEqual(json.loads(brace + result)["schema"], "foldwalk-result/1")
        self.assertEqual(os.listdir(self.folder), ["both"])

    def test_two_runs_of_one_command_give_the_same_bytes(self):
        path = self.folder / "result.json"
        texts = []
        for _ in range(2):
            self.assertEqual(foldwalk("run", "fork_cow", "--json", path, "--", "bytes=256K", "rounds=1").returncode, 0)
            texts.append(path.read_bytes())
        self.assertEqual(texts[0], texts[1])

    def test_functional_mode_counts_the_same_tlb_events(self):
        results = []
        for mode in ("cycle", "functional"):
            path = self.folder / f"{mode}.json"
            self.assertEqual(foldwalk("run", "random_touch", "--mode", mode, "--json", path, *SMALL).returncode, 0)
            results.append(self.read_json(path)["runs"][0])
        cycle, functional = (r["counters"] for r in results)
        for name in ("INST_RETIRED", "L1D_TLB", "L1D_TLB_REFILL", "L1I_TLB", "L2D_TLB", "L2D_TLB_REFILL", "DTLB_WALK"):
            self.assertEqual(cycle[name], functional[name], name)
        self.assertEqual(functional["CPU_CYCLES"], 0)
        self.assertEqual(results[0]["checksum"], results[1]["checksum"])
        self.assertNotIn("attempts", results[1]["phases"][1]["folds"])

    def test_probes_are_named_by_lists_and_patterns_of_kernel_and_program_functions(self):
        path = self.folder / "result.json"
        run = foldwalk("run", "fork_cow", "--json", path, "--probe", "contpte_*,do_wp_page", "--probe", "do_fault,do_wp_page",
                       "--", "bytes=256K", "rounds=1")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        operations = {o["operation"] for p in self.read_json(path)["runs"][0]["phases"] for o in p["operations"]}
        self.assertLessEqual({"contpte_convert", "contpte_wrprotect_ptes", "do_wp_page"}, operations)
        self.assertEqual([o for o in operations if not o.startswith("contpte_") and o not in ("do_wp_page", "do_fault")], [])
        costs = self.read_json(path)["runs"][0]["costs"]
        fault = costs["do_wp_page"]
        self.assertEqual(sum(b["calls"] for b in fault["histogram"]), fault["count"])
        self.assertLess(fault["self"]["cycles"]["total"], fault["cycles"]["total"])

    def test_a_recursive_function_of_a_program_is_probed_by_the_name_that_people_read(self):
        path = self.folder / "result.json"
        run = foldwalk("run", "sort", "--json", path, "--probe", "(anonymous namespace)::quick_sort(unsigned long*, unsigned long*)",
                       "--", "bytes=16K", "rounds=1")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        (name, cost), = self.read_json(path)["runs"][0]["costs"].items()
        self.assertEqual((name, cost["recursive"]), ("quick_sort", cost["count"] - 1))
        self.assertEqual(cost["self"]["cycles"]["total"], cost["cycles"]["max"])

    def test_probes_change_nothing_that_is_measured(self):
        results = []
        for probes in ("*", "none"):
            path = self.folder / "probes.json"
            self.assertEqual(foldwalk("run", "fork_cow", "--probe", probes, "--json", path, "--", "bytes=256K", "rounds=1").returncode, 0)
            results.append(self.read_json(path)["runs"][0])
        self.assertEqual(results[0]["counters"], results[1]["counters"])
        self.assertEqual(results[0]["ledger"], results[1]["ledger"])
        self.assertEqual(results[1]["costs"], {})

    def test_every_tlb_miss_has_one_class_and_those_after_tlbis_an_operation(self):
        path = self.folder / "result.json"
        run = foldwalk("run", "fork_cow", "--explain-misses", "all", "--json", path, "--", "bytes=512K", "rounds=2")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertRegex(run.stdout, r"refills after TLBIs of contpte_convert in handle_mm_fault +[1-9]")
        result = self.read_json(path)["runs"][0]
        regions, operations = set(), set()
        for phase in result["phases"]:
            misses = phase["misses"]
            for tlb, refill in (("l1d", "L1D_TLB_REFILL"), ("l1i", "L1I_TLB_REFILL"), ("l2", "L2D_TLB_REFILL")):
                for el in (0, 1):
                    counted = sum(r["misses"] for r in misses["rows"] if r["tlb"] == tlb and r["el"] == el)
                    self.assertEqual(counted, phase[f"el{el}"][refill], (phase["name"], refill, el))
                after = sum(r[tlb] for r in misses["refills_after_tlbi"])
                self.assertEqual(after, misses["by_class"][tlb]["invalidation"], (phase["name"], tlb))
            walks = sum(phase[el][w] for el in ("el0", "el1") for w in ("DTLB_WALK_PERCYC", "ITLB_WALK_PERCYC"))
            self.assertEqual(sum(misses["walk_cycles"].values()), walks)
            regions |= {r["region"] for r in misses["rows"]}
            operations |= {r["operations"][0] for r in misses["refills_after_tlbi"]}
        self.assertLessEqual({"anonymous", "stack", "text", "linear map"}, regions)
        self.assertLessEqual({"contpte_convert", "do_wp_page", "dup_mmap"}, operations)
        caused = result["costs"]["__contpte_try_unfold"]["refills_caused"]
        self.assertGreater(caused["l1d"], 0)
        self.assertLessEqual(caused["l1d"], result["costs"]["do_wp_page"]["refills_caused"]["l1d"])

    def test_the_ledger_by_function_has_every_cycle_and_instruction_of_the_phases_of_interest(self):
        path, folded = self.folder / "result.json", self.folder / "stacks.folded"
        run = foldwalk("run", "fork_cow", "--ledger=5", "--folded", folded, "--json", path, "--", "bytes=256K", "rounds=1")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertRegex(run.stdout, r"cycles by function +cycles +% +instructions +CPI")
        result = self.read_json(path)["runs"][0]
        self.assertEqual(sum(result["ledger_instructions"].values()), result["counters"]["INST_RETIRED"])
        phases = {}
        for line in folded.read_text().splitlines():
            self.assertRegex(line, r"^[^; ]+(;[^;]+)+;[a-z0-9_]+ [1-9][0-9]*$")
            stack, cycles = line.rsplit(" ", 1)
            phases[stack.split(";")[0]] = phases.get(stack.split(";")[0], 0) + int(cycles)
        self.assertRegex(folded.read_text(), r"(?m)^populate;_start;start_workload;workload;el0_sync;do_mem_abort;handle_mm_fault;do_anonymous_page;"
                                             r"(\S+;)*port::zero_page;base ")
        expected = {}
        for p in result["phases"]:
            expected[p["name"]] = expected.get(p["name"], 0) + p["el0"]["CPU_CYCLES"] + p["el1"]["CPU_CYCLES"]
        self.assertEqual(phases, {name: cycles for name, cycles in expected.items() if cycles})

    def test_folded_stacks_change_nothing_that_is_measured(self):
        path = self.folder / "result.json"
        for words in ((), ("--fast-forward", "phase"), ("--sample", "50k:5k:5k")):
            runs = []
            for folded in ((), ("--folded", self.folder / "stacks")):
                run = foldwalk("run", "fork_cow", "--json", path, *words, *folded, "--", "bytes=256K", "rounds=1")
                self.assertEqual((run.returncode, run.stderr), (0, ""))
                runs.append((run.stdout, self.read_json(path)["runs"]))
            self.assertEqual(runs[0], runs[1], words)
            self.assertRegex((self.folder / "stacks").read_text(), ";_start;start_workload;workload;")

    def test_a_snapshot_has_the_folded_blocks_that_the_guest_counted_and_the_reasons_of_others(self):
        folded = []
        for thp in ("64K:always", "never"):
            path, result = self.folder / "snapshot.json", self.folder / "result.json"
            run = foldwalk("run", "sequential_touch", "--mode", "functional", "--thp", thp, "--snapshot", path, "--json", result,
                           "--", "bytes=1M", "rounds=1")
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertIn("snapshot at the end of", run.stdout)
            document = self.read_json(path)
            self.assertEqual(document["schema"], "foldwalk-snapshot/1")
            snapshot = document["snapshots"][0]
            user = [s for s in snapshot["address_spaces"] if s["name"].startswith("user") and s["current"]]
            self.assertEqual(len(user), 1)
            totals = user[0]["totals"]
            self.assertEqual(sum(r["blocks"] for r in user[0]["runs"]), sum(totals.values()))
            folded.append((totals.get("folded", 0), self.read_json(result)["runs"][0]["guest"], totals))
            for tlb in snapshot["tlbs"]:
                self.assertLessEqual(tlb["live"], tlb["capacity"])
                self.assertEqual(tlb["reach_bytes"], sum(e["valid_bytes"] for e in tlb["entries"] if not e["table"]))
        (with_folios, guest, _), (without, _, totals) = folded
        self.assertEqual(without, 0)
        self.assertGreaterEqual(totals["not foldable: folio too small"], 16)
        self.assertGreaterEqual(with_folios, 16)
        self.assertLessEqual(with_folios, guest["contpte_born_folded"])

    def test_a_ledger_without_a_number_shows_twenty_functions(self):
        def rows(*words):
            run = foldwalk("run", "fork_cow", *words, "--", "bytes=256K", "rounds=1")
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            return run.stdout.split("cycles by function")[1]
        shown = rows("--ledger", "--explain-misses", "all")
        self.assertEqual(shown, rows("--explain-misses", "all", "--ledger=20"))
        self.assertLess(len(rows("--ledger=3", "--explain-misses", "all")), len(shown))

    def test_a_snapshot_of_the_end_shows_what_the_first_process_leaves(self):
        path = self.folder / "snapshot.json"
        run = foldwalk("run", "munmap", "--mode", "functional", "--snapshot", f"end:{path}", "--", "bytes=256K", "rounds=1")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("snapshot at the end of the run", run.stdout)
        (snapshot,) = self.read_json(path)["snapshots"]
        self.assertEqual((snapshot["phase"], snapshot["interrupted"]), ("end", False))
        (user,) = [s for s in snapshot["address_spaces"] if s["name"].startswith("user")]
        self.assertGreater(sum(r["blocks"] for r in user["runs"]), 0)
        missing = foldwalk("run", "munmap", "--mode", "functional", "--snapshot", f"ende:{path}", "--", "bytes=256K", "rounds=1")
        self.assertRegex(missing.stdout, 'no snapshot: the run had no phase "ende"; phases: .*munmap')

    def test_classes_of_misses_change_nothing_that_is_measured(self):
        results = []
        for choice in ("on", "off"):
            path = self.folder / f"{choice}.json"
            self.assertEqual(foldwalk("run", "fork_cow", "--explain-misses", choice, "--json", path, "--", "bytes=256K", "rounds=1").returncode, 0)
            results.append(self.read_json(path)["runs"][0])
        self.assertEqual(results[0]["counters"], results[1]["counters"])
        self.assertIn("misses", results[0]["phases"][0])
        self.assertNotIn("misses", results[1]["phases"][0])

    def test_a_guest_that_runs_out_of_memory_is_the_guests_failure(self):
        path = self.folder / "result.json"
        run = foldwalk("run", "sequential_touch", "--memory", "64M", "--json", path, "--", "bytes=256M", "rounds=1")
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, "FAILED|INCOMPLETE")
        self.assertIn("the guest's memory, 64M, was not enough; ask for less, or give it more with --memory\n", run.stdout)
        self.assertEqual(len(self.read_json(path)["runs"]), 1)

    def test_a_workload_that_fails_is_named_with_its_exit_status_and_console(self):
        run = foldwalk("run", "page_stride", "--mode", "functional", "--", "pages=99999999999")
        self.assertEqual(run.returncode, 1)
        self.assertIn("FAILED page_stride: the guest's init exited with status 1\n", run.stdout)
        self.assertIn("\nerrno 12, call failed: mmap\n", run.stderr)
        self.assertIn("warning, page_stride: the guest's memory, 1G, was not enough; ask for less, or give it more with --memory\n", run.stdout)
        self.assertNotIn("mailbox", run.stderr)

    def test_a_checksum_other_than_the_manifests_fails_the_run(self):
        data = self.data_without("manifest.ini")
        manifest = (DATA / "manifest.ini").read_text().replace("0x7e8d406cbb8d6075", "0x1")
        (data / "manifest.ini").write_text(manifest)
        run = foldwalk("run", "alu_loop", "--data", data, "--mode", "functional")
        self.assertEqual(run.returncode, 1)
        self.assertIn("checksum is not the manifest's 0x0000000000000001", run.stdout)
        self.assertEqual(foldwalk("run", "alu_loop", "--mode", "functional").returncode, 0)

    def test_an_instruction_trace_has_a_line_for_each_instruction_of_the_phases_of_interest(self):
        trace, path = self.folder / "trace.txt", self.folder / "result.json"
        for mode in ("cycle", "functional"):
            run = foldwalk("run", "random_touch", "--mode", mode, "--trace-instructions", trace, "--json", path, *SMALL)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            lines = [line for line in trace.read_text().splitlines() if not line.startswith("#")]
            self.assertEqual(len(lines), self.read_json(path)["runs"][0]["counters"]["INST_RETIRED"])
            loads = [line for line in lines if re.search(r"\bldr\b.*  x\d+=[0-9a-f]{16}  R [0-9a-f]+>[0-9a-f]+ 8=[0-9a-f]{16}$", line)]
            self.assertGreaterEqual(len(loads), 2000)
            self.assertTrue(all("workload" in line for line in loads))

    def test_tracing_changes_nothing_that_is_measured(self):
        path = self.folder / "result.json"
        runs = []
        for words in ((), ("--trace-instructions", self.folder / "trace.txt")):
            foldwalk("run", "random_touch", "--json", path, *words, *SMALL)
            runs.append(self.read_json(path)["runs"])
        self.assertEqual(runs[0], runs[1])

    def test_a_full_disk_is_named(self):
        run = foldwalk("run", "random_touch", "--mode", "functional", "--json", "/dev/full", *SMALL)
        self.assertEqual(run.returncode, 2)
        self.assertIn("cannot write /dev/full", run.stderr)
        self.assertIn("phase steady", run.stdout)

    def test_a_result_file_that_exists_is_kept_when_the_run_is_refused(self):
        path = self.file("result.json", "old")
        self.assert_refused(foldwalk("run", "random_touch", "--json", path, "--probe", "no_such_function", *SMALL),
                            "no_such_function")
        self.assertEqual(path.read_text(), "old")
        self.assertEqual(os.listdir(self.folder), ["result.json"])


class Compare(CommandLineTest):
    def test_the_four_configurations_differ_in_one_thing_each(self):
        path = self.folder / "result.json"
        run = foldwalk("compare", "random_touch", "--json", path, *SMALL)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        document = self.read_json(path)
        chosen = [(r["name"], *(r["config"][k] for k in ("kernel.thp_anon", "kernel.contpte", "mmu.contiguous")))
                  for r in document["runs"][:4]]
        self.assertEqual(chosen, [("4k", "never", "off", "hint+coalesce4"), ("folios", "64K:always", "off", "hint+coalesce4"),
                                  ("contpte-nohint", "64K:always", "on", "coalesce4"),
                                  ("contpte", "64K:always", "on", "hint+coalesce4")])
        self.assertEqual(len({r["checksum"] for r in document["runs"]}), 1)
        comparison = document["comparisons"][0]
        self.assertTrue(comparison["comparable"])
        self.assertEqual([(d["from"], d["to"]) for d in comparison["differences"]], [(0, 1), (1, 2), (2, 3), (1, 3)])

    def test_time_depends_on_the_estimates_and_nothing_else_does(self):
        path = self.folder / "result.json"
        self.assertEqual(foldwalk("compare", "fork_cow", "--json", path, "--", "bytes=256K", "rounds=1").returncode, 0)
        document = self.read_json(path)
        comparison, runs = document["comparisons"][0], document["runs"]
        self.assertEqual((comparison["first_run_at_low_estimates"], comparison["first_run_at_high_estimates"]), (4, 8))
        for mid, low, high in zip(runs[:4], runs[4:8], runs[8:]):
            cycles = [r["counters"]["CPU_CYCLES"] for r in (low, mid, high)]
            self.assertTrue(cycles[0] < cycles[1] < cycles[2], cycles)
            self.assertEqual({r["counters"]["L1D_TLB_REFILL"] for r in (low, mid, high)}, {mid["counters"]["L1D_TLB_REFILL"]})
            self.assertEqual({r["table_hash"] for r in (low, high)}, {mid["table_hash"]})
        quick = foldwalk("compare", "fork_cow", "--no-ranges", "--json", path, "--", "bytes=256K", "rounds=1")
        self.assertNotIn("estimates low", quick.stdout)
        self.assertEqual(len(self.read_json(path)["runs"]), 4)

    def test_seeds_move_frames_and_the_stack_and_nothing_of_the_result(self):
        path = self.folder / "result.json"
        run = foldwalk("compare", "random_touch", "--seeds", "3", "--no-ranges", "--json", path, *SMALL)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("means of 3 seeds", run.stdout)
        document = self.read_json(path)
        runs = document["runs"]
        self.assertEqual([r["config"]["kernel.seed"] for r in runs], ["1"] * 4 + ["2"] * 4 + ["3"] * 4)
        self.assertEqual([r["config"]["mmu.replacement_seed"] for r in runs], [r["config"]["kernel.seed"] for r in runs])
        self.assertEqual(len({r["checksum"] for r in runs}), 1)
        self.assertEqual(len({r["allocation_hash"] for r in (runs[3], runs[7], runs[11])}), 3)
        self.assertTrue(document["comparisons"][0]["comparable"])

    def test_random_touch_is_compared_at_three_footprints_unless_one_is_given(self):
        run = foldwalk("compare", "random_touch", "--mode", "functional", "--", "accesses=1000")
        self.assertEqual(run.returncode, 0, run.stderr)
        for footprint in ("4M", "48M", "160M"):
            self.assertIn(f"== random_touch accesses=1000 bytes={footprint} ", run.stdout)

    def test_vary_compares_the_values_of_a_key(self):
        run = foldwalk("compare", "random_touch", "--vary", "mmu.l1d_tlb.entries=16,32,48", *SMALL)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("mmu.l1d_tlb.entries=16 ", run.stdout)
        self.assertIn("16 -> 48", run.stdout)

    def test_the_result_does_not_depend_on_what_runs_at_the_same_time(self):
        path = self.folder / "result.json"
        texts = []
        for cores in ({0}, os.sched_getaffinity(0)):
            run = foldwalk("compare", "fork_cow", "--json", path, "--", "bytes=256K", "rounds=1",
                           preexec_fn=lambda: os.sched_setaffinity(0, cores))
            texts.append((run.stdout, path.read_bytes()))
        self.assertEqual(texts[0], texts[1])


if __name__ == "__main__":
    main()
