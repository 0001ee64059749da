#!/usr/bin/env python3
"""Runs the EL1 suite under QEMU and on Foldwalk, interpreted, translated and recorded, and compares line by line.

    check_el1_suite.py QEMU RUNNER IMAGE neoverse-n1|max

Lines that may differ are listed in exclusions.txt, each with what Foldwalk prints instead, and why.
"""
import fnmatch
import pathlib
import re
import subprocess
import sys

EXCLUSIONS = pathlib.Path(__file__).with_name("exclusions.txt")
QEMU_CPU = {"neoverse-n1": "neoverse-n1", "max": "max,pauth-impdef=off,sve=off,sme=off"}
LOOPS = ("plain", "translated", "recording")
LAST_LINE = "suite/end: 1"


class Exclusion:
    """A pattern of lines of the suite, and the pattern that Foldwalk's own line then has."""

    def __init__(self, text):
        fields = [field.strip() for field in text.split("|")]
        if len(fields) != 4 or fields[0] not in ("any", *QEMU_CPU):
            raise ValueError(f"exclusions.txt: not 'core | line | Foldwalk's line | reason': {text}")
        self.core, self.pattern, self.own, self.reason = fields
        self.uses = 0

    def covers(self, core, theirs, ours):
        fits = self.core in ("any", core) and fnmatch.fnmatchcase(theirs, self.pattern) and fnmatch.fnmatchcase(ours, self.own)
        self.uses += fits
        return fits


def read_exclusions(text):
    lines = [line.strip() for line in text.splitlines()]
    return [Exclusion(line) for line in lines if line and not line.startswith("#")]



def compare(core, theirs, ours, exclusions):
    """(complaints, lines compared, lines excluded)"""
    complaints = []
    excluded = 0
    if len(theirs) != len(ours):
        complaints.append(f"{len(theirs)} lines under QEMU, {len(ours)} on Foldwalk")
    for name, lines in (("QEMU", theirs), ("Foldwalk", ours)):
        if not lines or lines[-1] != LAST_LINE:
            complaints.append(f"the suite did not come to its end under {name}")
    for a, b in zip(theirs, ours):
        if a == b:
            continue
        if a.split(":")[0] == b.split(":")[0] and any([e.covers(core, a, b) for e in exclusions]):
            excluded += 1
        else:
            complaints.append(f"QEMU     {a}\n  Foldwalk {b}")
    return complaints, min(len(theirs), len(ours)) - excluded, excluded


def unused(core, exclusions):
    return [f"exclusion without use: {e.core} | {e.pattern}" for e in exclusions if e.core in ("any", core) and e.uses == 0]


def output_of(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout.decode(errors="replace").replace("\r", "").splitlines()


def main():
    qemu, runner, image, core = sys.argv[1:5]
    theirs = output_of([qemu, "-M", "virt", "-cpu", QEMU_CPU[core], "-m", "512M", "-nographic", "-nic", "none", "-kernel", image])
    failed = False
    for loop in LOOPS:
        exclusions = read_exclusions(EXCLUSIONS.read_text(encoding="utf-8"))
        complaints, compared, excluded = compare(core, theirs, output_of([runner, image, core, loop]), exclusions)
        complaints += unused(core, exclusions)
        print(f"{core}, {loop} loop: {compared} lines equal or complained about, {excluded} excluded, {len(complaints)} complaints")
        for line in complaints:
            print(" ", line)
        failed = failed or bool(complaints)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
