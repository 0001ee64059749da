#!/usr/bin/env python3
"""kernel-off must hold no trace of contpte: no contpte function, and no instruction that tests or masks bit 52 of an entry.

    check_no_contpte.py OBJDUMP GUEST_FOLDER

The same search must find both in kernel-on, in the loops of faults, fork, zap and mprotect: else it proves nothing.
"""
import re
import subprocess
import sys

# Bit 52 as a test, a bit field, a logical immediate, or the top half-word of a constant.
BIT_52 = re.compile(r"\b(tbn?z\s.*#52,|[su]?bf\w*\s.*#52\b|.*#0x10000000000000$|.*#0xffefffffffffffff$|movk\s.*#0x10, lsl #48)")
FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")
LOOPS = ("do_anonymous_page", "wp_page_copy", "copy_page_range", "zap_pte_range", "change_pte_range")


def traces(objdump, image):
    """(functions with contpte in their names, functions with an instruction on bit 52)"""
    text = subprocess.run([objdump, "-d", "--no-show-raw-insn", image], capture_output=True, check=True, text=True).stdout
    named, touching, function = set(), set(), None
    for line in text.splitlines():
        if match := FUNCTION.match(line):
            function = match.group(1)
            if "contpte" in function:
                named.add(function)
        elif BIT_52.search(line.split("\t", 1)[-1].split("//")[0].strip()):
            touching.add(function)
    return named, touching


def main():
    objdump, guest = sys.argv[1:3]
    named, touching = traces(objdump, f"{guest}/kernel-off.elf")
    complaints = [f"kernel-off has {name}" for name in sorted(named)]
    complaints += [f"kernel-off: {name} handles bit 52" for name in sorted(touching)]
    named, touching = traces(objdump, f"{guest}/kernel-on.elf")
    complaints += ["kernel-on has no contpte function: the search finds nothing"] if not named else []
    complaints += [f"kernel-on: no bit 52 in {loop}: the search finds nothing, or the loop has another name"
                   for loop in LOOPS if not any(loop in name for name in touching)]
    for line in complaints:
        print(line)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
