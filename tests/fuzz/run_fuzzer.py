#!/usr/bin/env python3
"""Runs one libFuzzer target for a while, then proves that it would have noticed a failure.

    run_fuzzer.py TARGET SEEDS RUNS
Exit status 0: no input failed, and a fault on demand was found; 1 otherwise. An input that fails stays in the current
folder as crash-*; put it into SEEDS once it is mended.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

FAULT = b"fault on demand: no loader takes this, and it must be noticed"


def fuzz(target, corpus, seeds, runs, environment=None):
    command = [target, f"-runs={runs}", "-seed=1", "-timeout=20", "-rss_limit_mb=4096", "-print_final_stats=1", corpus]
    command += [seeds] if pathlib.Path(seeds).is_dir() else []
    return subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment)


def finds_a_fault(target):
    """The target must fail on an input that it is told to fail on."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "input"
        path.write_bytes(FAULT)
        armed = dict(os.environ, FOLDWALK_FUZZ_FAULT="1")
        found = subprocess.run([target, str(path)], capture_output=True, text=True, errors="replace", env=armed, cwd=folder)
        passed = subprocess.run([target, str(path)], capture_output=True, text=True, errors="replace", cwd=folder)
        return found.returncode != 0 and "fault on demand" in found.stderr and passed.returncode == 0


def main(target, seeds, runs):
    target = str(pathlib.Path(target).resolve())
    with tempfile.TemporaryDirectory() as corpus:
        run = fuzz(target, corpus, seeds, runs)
    print("\n".join(line for line in run.stderr.splitlines() if "stat::" in line or "Done" in line))
    if run.returncode != 0:
        print(run.stderr)
        return 1
    if not finds_a_fault(target):
        print("the target does not notice a fault on demand")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
