"""One program under Foldwalk and under qemu-aarch64, in equal surroundings: what each writes and how it ends."""
import dataclasses
import pathlib
import re
import subprocess
import tempfile

TIMEOUT = 240
# What QEMU itself says of a program that dies of a signal.
QEMU_REMARK = re.compile(rb"^qemu: uncaught target signal .*\n", re.MULTILINE)


@dataclasses.dataclass
class Case:
    """A run of a program of the folder: `program ARGUMENTS < stdin`, beside `files` (name -> bytes)."""
    program: str
    arguments: tuple = ()
    files: dict = dataclasses.field(default_factory=dict)
    stdin: bytes = b""
    environment: dict = dataclasses.field(default_factory=dict)
    settings: tuple = ()      # of Foldwalk
    expected: bytes = None    # of standard output, where it is known without a run
    without_qemu: str = ""    # why only `expected` is compared

    def title(self):
        return " ".join((self.program, *(word if len(word) < 40 else word[:37] + "..." for word in self.arguments)))


@dataclasses.dataclass
class Outcome:
    stdout: bytes
    stderr: bytes
    status: int  # as a shell has it


def first_difference(ours, theirs):
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    line = ours[:at].count(b"\n") + 1
    return f"from line {line}, byte {at} of {len(ours)} and {len(theirs)}: {ours[at:at + 60]!r} and {theirs[at:at + 60]!r}"


def differences(ours, theirs):
    """What two outcomes differ in, as lines."""
    lines = []
    if ours.status != theirs.status:
        lines.append(f"exit status {ours.status}, expected {theirs.status}")
    for name in ("stdout", "stderr"):
        a, b = getattr(ours, name), getattr(theirs, name)
        if a != b:
            lines.append(f"{name} differs {first_difference(a, b)}")
    return lines


def shell_status(returncode):
    return 128 - returncode if returncode < 0 else returncode


class Runner:
    def __init__(self, foldwalk, qemu, folder):
        self.foldwalk, self.qemu, self.folder = foldwalk, qemu, pathlib.Path(folder)

    def lay_out(self, folder, case):
        (folder / case.program).parent.mkdir(exist_ok=True)
        (folder / case.program).symlink_to((self.folder / case.program).resolve())
        for name, content in case.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)

    def in_qemu(self, folder, case):
        self.lay_out(pathlib.Path(folder), case)
        done = subprocess.run([self.qemu, f"./{case.program}", *case.arguments], cwd=folder, input=case.stdin,
                              env=case.environment, capture_output=True, timeout=TIMEOUT, check=False)
        return Outcome(done.stdout, QEMU_REMARK.sub(b"", done.stderr), shell_status(done.returncode))

    def under_qemu(self, case):
        with tempfile.TemporaryDirectory() as folder:
            return self.in_qemu(folder, case)

    def left_by_qemu(self, case, name):
        """The bytes of a file that a run leaves; of a run that fails, what it says."""
        with tempfile.TemporaryDirectory() as folder:
            outcome = self.in_qemu(folder, case)
            file = pathlib.Path(folder, name)
            return file.read_bytes() if file.exists() else outcome.stdout + outcome.stderr

    def under_foldwalk(self, case, mode="functional"):
        with tempfile.TemporaryDirectory() as name:
            self.lay_out(pathlib.Path(name), case)
            command = [self.foldwalk, "run", "--quiet", "--mode", mode, *case.settings, "--program", f"./{case.program}"]
            command += [word for file in case.files for word in ("--file", f"{file}:{file}")]
            command += [word for item in case.environment.items() for word in ("--env", "=".join(item))]
            if case.stdin:
                pathlib.Path(name, ".stdin").write_bytes(case.stdin)
                command += ["--stdin", ".stdin"]
            done = subprocess.run([*command, "--", *case.arguments], cwd=name, capture_output=True, timeout=TIMEOUT, check=False)
        return Outcome(done.stdout, done.stderr, done.returncode)

    def check(self, case, mode="functional"):
        """Complaints about one case, as lines."""
        ours = self.under_foldwalk(case, mode)
        lines = []
        if not case.without_qemu:
            lines += differences(ours, self.under_qemu(case))
        if case.expected is not None and ours.stdout != case.expected:
            lines.append(f"stdout is not what it must be {first_difference(ours.stdout, case.expected)}; stderr {ours.stderr[-300:]!r}")
        return [f"{case.title()} ({mode}): {line}" for line in lines]
