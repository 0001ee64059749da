#!/usr/bin/env python3
"""replay on the real guest: its report, its files, and traces that are not whole."""
import gzip
import os

from cli import CommandLineTest, foldwalk, main


class Replay(CommandLineTest):
    TRACE = os.environ["FOLDWALK_TRACES"] + "/sort.never.trace.gz"
    LARGE = os.environ["FOLDWALK_TRACES"] + "/sort.mthp64.trace.gz"

    def short_trace(self):
        with gzip.open(self.TRACE, "rt") as trace:
            return "".join(trace.readline() for _ in range(2000))

    def test_a_replay_reports_the_traces_faults_beside_the_guests(self):
        path = self.folder / "result.json"
        run = foldwalk("replay", self.file("short.trace", self.short_trace()), "--mode", "functional", "--json", path)
        self.assertEqual(run.returncode, 0, run.stderr + run.stdout[-2000:])
        self.assertIn("First touches and kernel only: not the program's TLB misses.", run.stdout)
        result = self.read_json(path)["runs"][0]
        self.assertGreater(result["trace"]["faults"]["anon_user"], 0)
        self.assertIn("trace", [i["role"] for i in result["inputs"]])

    def test_a_replay_can_be_looked_at_as_closely_as_a_run(self):
        path, folded = self.folder / "snapshot.json", self.folder / "stacks.folded"
        run = foldwalk("replay", self.file("short.trace", self.short_trace()), "--ledger=3", "--folded", folded, "--snapshot", path)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertRegex(run.stdout, r"cycles by function +cycles +% +instructions +CPI")
        self.assertIn("snapshot at the end of replay", run.stdout)
        self.assertEqual(self.read_json(path)["schema"], "foldwalk-snapshot/1")
        self.assertRegex(folded.read_text(), r"(?m)^replay;\[el0\];el0_sync;do_mem_abort;handle_mm_fault;do_anonymous_page;")

    def test_bad_lines_are_named_and_the_rest_is_replayed(self):
        text = self.short_trace().splitlines(keepends=True)
        text.insert(1000, "   what on earth is this line\n")
        run = foldwalk("replay", self.file("bad.trace", "".join(text)), "--mode", "functional")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("line 1001", run.stdout)

    def test_a_trace_that_is_cut_short_is_replayed_with_a_warning(self):
        path = self.folder / "cut.trace.gz"
        with open(self.TRACE, "rb") as whole:
            path.write_bytes(whole.read(60000))
        run = foldwalk("replay", path, "--mode", "functional")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("cut short", run.stdout)

    def test_smaller_folios_than_the_trace_was_recorded_with_are_refused_unless_forced(self):
        self.assert_refused(foldwalk("replay", self.LARGE, "--thp", "never"), "recorded with 64K folios", "--force")
        forced = foldwalk("replay", self.LARGE, "--thp", "never", "--force", "--mode", "functional")
        self.assertEqual(forced.returncode, 0, forced.stderr)


if __name__ == "__main__":
    main()
