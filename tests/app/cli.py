"""What the tests of the command line share: running the program, and judging how it refused."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.environ["FOLDWALK"]
DATA = pathlib.Path(os.environ["FOLDWALK_DATA"])
SMALL = ("--", "bytes=256K", "accesses=2000")  # of random_touch: a run of a moment


def foldwalk(*words, **options):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=300, **options)


class CommandLineTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def assert_refused(self, run, *phrases):
        """A mistake of the user: exit status 2, one line on standard error, nothing on standard output."""
        self.assertEqual(run.returncode, 2, run.stderr)
        self.assertEqual(run.stdout, "")
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        self.assertTrue(run.stderr.startswith("foldwalk: "), run.stderr)
        for phrase in phrases:
            self.assertIn(phrase, run.stderr)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def read_json(self, path):
        return json.loads(pathlib.Path(path).read_text())

    def data_without(self, missing):
        """A data folder like the build's, but for one file."""
        folder = self.folder / "data"
        folder.mkdir()
        for entry in DATA.iterdir():
            if entry.name != missing:
                (folder / entry.name).symlink_to(entry)
        return folder


def main():
    unittest.main(argv=sys.argv[:1], verbosity=2)
