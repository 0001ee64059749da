"""Runs the guest under QEMU's virt machine and reads what it leaves.

The guest prints struct guest_mailbox (kernel_model/abi/guest_abi.h) as hexadecimal words at power-off; the names of its
counters come from kernel_model/abi/mm_counters.def, which is the only list of them.
"""
import configparser
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MAGIC = 0x4B4C5744464C4F46
MAX_ORDER = 10
INIT_EXITED = 1
HEADER_WORDS = 7


class GuestError(Exception):
    """The guest did not leave a mailbox, or an impossible one."""


def counter_names():
    """Names in mailbox order; counters by order get one name for each order."""
    names = []
    text = (ROOT / "kernel_model/abi/mm_counters.def").read_text(encoding="utf-8")
    for kind, name in re.findall(r'^(COUNTER|COUNTER_BY_ORDER)\(\w+, "(\w+)"', text, re.MULTILINE):
        names += [name] if kind == "COUNTER" else [f"{name}[{order}]" for order in range(MAX_ORDER + 1)]
    return names


class Mailbox:
    """The words of struct guest_mailbox, by name."""

    def __init__(self, words):
        names = counter_names()
        if len(words) != HEADER_WORDS + len(names) or words[0] != MAGIC or words[1] >> 32 != len(names):
            raise GuestError("the mailbox has another layout than guest_abi.h and mm_counters.def say")
        self.state, self.exit_status, self.checksum, self.table_hash, self.free_pages_after_teardown = words[2:HEADER_WORDS]
        self.counters = dict(zip(names, words[HEADER_WORDS:]))

    def complaints(self, expected_checksum=None):
        """What is wrong with a run by itself, as lines."""
        lines = []
        if self.state != INIT_EXITED:
            lines.append(f"the guest kernel gave up (state {self.state})")
        if self.exit_status != 0:
            lines.append(f"the workload ended with wait status {self.exit_status:#x}")
        if expected_checksum is not None and self.checksum != expected_checksum:
            lines.append(f"checksum {self.checksum:#x}, expected {expected_checksum:#x}")
        leaked = self.counters["free_pages_at_boot"] - self.free_pages_after_teardown
        if leaked != 0:
            lines.append(f"{leaked} pages were not free after everything was torn down")
        return lines


def mailbox_of(console):
    line = re.search(r"^foldwalk-mailbox: ([0-9a-f ]+)$", console, re.MULTILINE)
    if line is None:
        raise GuestError("no mailbox on the console, which says:\n" + console[-2000:])
    return Mailbox([int(word, 16) for word in line.group(1).split()])


def run(qemu, guest, variant, workload, arguments, cpu="neoverse-n1", memory="512M", options="", initrd="initrd.cpio",
        timeout=120):
    """(console text, Mailbox). `guest` is the folder of images; `options` are further boot arguments."""
    append = f"{options} init=/{workload} -- {arguments}"
    command = [qemu, "-M", "virt", "-cpu", cpu, "-m", memory, "-nographic", "-nic", "none",
               "-kernel", f"{guest}/kernel-{variant}.img", "-initrd", f"{guest}/{initrd}", "-append", append]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as error:
        raise GuestError(f"no end within {timeout} s; the console says:\n" + (error.stdout or b"").decode()[-2000:]) from error
    console = done.stdout.decode(errors="replace").replace("\r", "")
    if done.returncode != 0:
        raise GuestError(f"{qemu} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return console, mailbox_of(console)


def manifest():
    sections = configparser.ConfigParser()
    sections.read(ROOT / "workloads/manifest.ini", encoding="utf-8")
    return sections
