#!/usr/bin/env python3
"""validate: published figures against the model."""
import re
import unittest

from cli import CommandLineTest, foldwalk, main


class Validate(CommandLineTest):
    def figures(self, *options):
        path = self.folder / "validation.json"
        run = foldwalk("validate", "--no-ladder", "--json", path, *options)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        document = self.read_json(path)
        self.assertEqual(document["schema"], "foldwalk-validation/1")
        return run.stdout, {f["figure"].strip(): f for f in document["figures"]}

    def test_tlb_knees_of_a_core_are_the_published_ones(self):
        text, figures = self.figures("--core", "apple-m1-icestorm")
        knees = [f for name, f in figures.items() if "knee" in name]
        self.assertEqual(len(knees), 7)
        self.assertEqual([f["figure"] for f in knees if not f["matches"]], [], text)
        self.assertIn("of the profile read back", text)

    def test_a_model_that_is_not_the_core_is_told_apart(self):
        text, figures = self.figures("--core", "apple-m1-icestorm", "--set", "mmu.l1d_tlb.entries=64",
                                     "--set", "mmu.l2_tlb.hit_penalty=20")
        for name in ("L1D TLB knee, stride of pages: 1", "L2 TLB hit over L1 TLB hit"):
            self.assertFalse(figures[name]["matches"], text)
        self.assertIn("NO", text)

    def test_what_estimates_leave_open_is_neither_right_nor_wrong(self):
        text, figures = self.figures("--core", "cortex-a76")
        call = figures["shortest system call"]
        self.assertLess(call["model_low"], call["model"])
        self.assertLess(call["model"], call["model_high"])
        self.assertFalse(call["matches"])
        self.assertLess(call["target_high"], call["model_high"])
        self.assertIn("open", [word for line in text.splitlines() if "shortest" in line for word in line.split()])
        # Without the estimates' range the same figure is wrong.
        text, figures = self.figures("--core", "cortex-a76", *self.without_ranges())
        self.assertEqual(figures["shortest system call"]["model_low"], call["model"])
        self.assertIn("NO", [word for line in text.splitlines() if "shortest" in line for word in line.split()])

    @staticmethod
    def without_ranges():
        """Every estimate of the core as if it were known."""
        listed = foldwalk("list", "cores", "cortex-a76").stdout
        estimates = re.findall(r"^(\S+) +(\S+) \[\S+-\S+\]", listed, re.MULTILINE)
        return [o for key, value in estimates for end in ("low", "high") for o in ("--set", f"{key}.{end}={value}")]

    def test_a_word_too_many_is_refused(self):
        self.assert_refused(foldwalk("validate", "cortex-a72"), "cortex-a72", "one word too many")


if __name__ == "__main__":
    main()
