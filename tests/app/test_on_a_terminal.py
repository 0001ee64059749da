#!/usr/bin/env python3
"""What a person at a terminal sees and does: progress, and Ctrl-C."""
import errno
import os
import pty
import signal
import subprocess

from cli import PROGRAM, SMALL, CommandLineTest, main


class OnATerminal:
    """The program with its standard error on a terminal."""

    def __init__(self, *words):
        self.master, terminal = pty.openpty()
        self.process = subprocess.Popen([PROGRAM, *map(str, words)], stdout=subprocess.PIPE, stderr=terminal, text=True)
        os.close(terminal)

    def shown(self):
        """What the terminal is sent, part by part: a read may return less than was written. Ends with the program."""
        try:
            while part := os.read(self.master, 1 << 16).decode():
                yield part
        except OSError as error:
            if error.errno != errno.EIO:  # Linux's end of file of a terminal that nobody writes to any more
                raise

    def end(self):
        """Exit status and standard output."""
        out, _ = self.process.communicate(timeout=60)
        os.close(self.master)
        return self.process.returncode, out


class Interrupt(CommandLineTest):
    def interrupted(self, *words):
        """Starts a run that would take hours, and presses Ctrl-C once its progress shows the phase `steady`."""
        run = OnATerminal(*words)
        shown = ""
        for part in run.shown():
            shown += part
            if "steady" in shown:
                break
        run.process.send_signal(signal.SIGINT)
        return run.end()

    def test_what_was_measured_is_written_and_marked_incomplete(self):
        path = self.folder / "result.json"
        pictures = self.folder / "snapshot.json"
        status, out = self.interrupted("run", "random_touch", "--json", path, "--snapshot", pictures, "--", "accesses=2000000000")
        self.assertEqual(status, 1)
        self.assertIn("INCOMPLETE", out)
        result = self.read_json(path)["runs"][0]
        self.assertFalse(result["complete"])
        self.assertIn("interrupted", result["stop_reason"])
        self.assertEqual(result["phases"][-1]["name"], "steady")
        self.assertGreater(result["counters"]["INST_RETIRED"], 0)
        (snapshot,) = self.read_json(pictures)["snapshots"]
        self.assertEqual((snapshot["phase"], snapshot["interrupted"]), ("steady", True))
        self.assertIn("snapshot where steady was interrupted", out)

    def test_runs_of_a_comparison_that_never_started_say_so(self):
        path = self.folder / "result.json"
        status, out = self.interrupted("compare", "random_touch", "--json", path, "--", "accesses=2000000000", "bytes=4M")
        self.assertEqual(status, 1)
        self.assertIn("NOT COMPARABLE", out)
        document = self.read_json(path)
        self.assertEqual([r["name"] for r in document["runs"][:4]], ["4k", "folios", "contpte-nohint", "contpte"])
        self.assertTrue(all(not r["complete"] and r["stop_reason"] for r in document["runs"]))
        self.assertFalse(document["comparisons"][0]["comparable"])


class Progress(CommandLineTest):
    def test_progress_is_shown_on_a_terminal_and_wiped(self):
        run = OnATerminal("run", "random_touch", *SMALL)
        shown = "".join(run.shown())
        self.assertEqual(run.end()[0], 0)
        self.assertIn("runs done", shown)
        self.assertTrue(shown.endswith("\r\x1b[K"), repr(shown))


if __name__ == "__main__":
    main()
