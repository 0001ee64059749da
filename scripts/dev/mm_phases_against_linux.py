#!/usr/bin/env python3
"""Phase by phase: minor faults, TLBIs and instructions of mm_phases beside those of real Linux 6.12.

    scripts/dev/mm_phases_against_linux.py [BUILD_FOLDER]        (default: build)

Runs `foldwalk run mm_phases` on a core without range TLBI and hardware access flag, as the machine was on which Linux was
counted, for each folio size and with and without contpte. A cell is minor faults, TLBIs (one number where both agree, else
ours:Linux's) and the instructions of both Exception levels as a ratio to Linux's, marked * outside 0.5-1.5. Below each table:
what Linux also does in the phases so marked. That the counts agree is a test: see tests/differential/check_mm_phases.py,
which this shares its runs and reference with.
"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "differential"))
import check_mm_phases as reference  # noqa: E402

WIDTH = 26


def build_folder(words):
    folder = pathlib.Path(words[0]) if words else ROOT / "build"
    if not (folder / "emu" / "app" / "foldwalk").exists():
        sys.exit(f"{folder} holds no built foldwalk: build it with scripts/run, or name the build folder")
    return folder


def pair(ours, linux):
    return str(ours) if ours == linux else f"{ours}:{linux}"


def ratio(ours, linux):
    """None where Linux executed next to nothing."""
    return ours.kilo_instructions / linux.kilo_instructions if linux.kilo_instructions else None


def unusual(value):
    low, high = reference.USUAL_RATIO
    return value is not None and not low <= value <= high


def cell(ours, linux):
    value = ratio(ours, linux)
    text = "-" if value is None else f"{value:.2f}" + ("*" if unusual(value) else " ")
    return f"{pair(ours.faults, linux.faults)} {pair(ours.tlbis, linux.tlbis)} {text}".rjust(WIDTH)


def print_table(variant, columns, linux):
    print(f"\ncontpte {variant}: faults TLBIs ratio".ljust(WIDTH) + "".join(name.rjust(WIDTH) for name in columns))
    for phase in linux:
        print(phase.ljust(WIDTH) + "".join(cell(ours[phase], linux[phase][name]) for name, ours in columns.items()))
    for phase in linux:
        if any(unusual(ratio(ours[phase], linux[phase][name])) for name, ours in columns.items()):
            print(f"* {phase}: Linux also does: {reference.MISSING.get(phase, 'unknown')}")


def main():
    build = build_folder(sys.argv[1:])
    for variant in ("on", "off"):
        columns = {name: reference.under_foldwalk(str(build / "emu" / "app" / "foldwalk"), str(build / "guest"), variant, name)
                   for name in reference.COLUMNS}
        print_table(variant, columns, reference.reference(variant))


if __name__ == "__main__":
    main()
