#!/usr/bin/env python3
"""foldwalk debug under the real gdb-multiarch: what a user types, and what comes back."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

FOLDWALK = os.environ["FOLDWALK"]
DATA = pathlib.Path(os.environ["FOLDWALK_DATA"])
GDB = os.environ["GDB"]
KERNEL = DATA / "kernel-on.elf"
SMALL = ("mprotect_flip", "--memory", "128M", "--", "bytes=256K", "rounds=1", "chunk=256K")
LONG = ("alu_loop", "--mode", "functional", "--memory", "128M", "--", "iterations=2000000000")
SECONDS = 200


class Guest:
    """A foldwalk debug, and the debuggers that come to it."""

    def __init__(self, folder, *words, gdb=None):
        self.address = folder / "gdb.sock"
        words = list(words)
        place = words.index("--") if "--" in words else len(words)
        words[place:place] = ["--gdb", gdb or f"unix:{self.address}", "--data", str(DATA)]
        self.notices = open(folder / "notices", "w+")
        self.process = subprocess.Popen([FOLDWALK, "debug", *words], stdout=subprocess.PIPE, stderr=self.notices, text=True)
        self.wait_for("waiting for a debugger on ")

    def notice_text(self):
        self.notices.seek(0)
        return self.notices.read()

    def wait_for(self, phrase):
        for _ in range(600):
            text = self.notice_text()
            if phrase in text:
                return text
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"no {phrase!r} in {self.notice_text()!r}")

    def start_gdb(self, *commands, files=(KERNEL,), address=None):
        words = [GDB, "-nx", "-batch", *map(str, files)]
        for command in ("set confirm off", "set pagination off", "set width 0", f"target remote {address or self.address}",
                        *commands):
            words += ["-ex", command]
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def gdb(self, *commands, **options):
        return self.start_gdb(*commands, **options).communicate(timeout=SECONDS)[0]

    def end(self):
        """Exit status and report."""
        report = self.process.communicate(timeout=SECONDS)[0]
        return self.process.returncode, report

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        self.notices.close()


class GdbTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def guest(self, *words, **options):
        guest = Guest(self.folder, *words, **options)
        self.addCleanup(guest.stop)
        return guest


class Looking(GdbTest):
    def test_a_break_in_the_kernel_shows_where_it_came_from(self):
        guest = self.guest(*SMALL)
        text = guest.gdb("break contpte_convert", "continue", "backtrace", "x/2i $pc", "stepi", "next", "info threads", "finish", "kill")
        self.assertRegex(text, r"Breakpoint 1, km::contpte_convert \(")
        self.assertRegex(text, r"#\d+ .* km::change_protection \(")
        self.assertRegex(text, r"#\d+ .* in km::do_el0_svc ")
        self.assertRegex(text, r"=> 0x[0-9a-f]+ <.*contpte_convert.*>:\s+stp\s+x29, x30")
        self.assertRegex(text, r"contpte_convert[^\n]*\+4>|with_flags_of|pte_mkdirty")
        self.assertRegex(text, r"\* 1 +Thread 1 \"PE 0\" \(EL1, phase mprotect_ro\)")

    def test_registers_of_every_kind_are_shown(self):
        guest = self.guest(*SMALL)
        text = guest.gdb("break do_el0_svc", "continue", "info registers pc cpsr sp", "p/x $v0", "p $d1", "info registers fpcr",
                         "info registers system", "p/x $VBAR_EL1", "set $TPIDR_EL0 = 0x1234", "p/x $TPIDR_EL0", "kill")
        self.assertRegex(text, r"cpsr +0x[0-9a-f]+ +\[ .*EL=1")
        self.assertRegex(text, r"\$1 = \{d = \{f = \{")
        self.assertRegex(text, r"TTBR0_EL1 +0x[0-9a-f]+")
        self.assertRegex(text, r"ESR_EL1 +0x56000000")  # SVC #0
        self.assertIn("= 0x1234", text)

    def test_both_programs_are_symbolic_and_a_program_can_be_broken_before_it_exists(self):
        guest = self.guest(*SMALL)
        text = guest.gdb("monitor symbols", f"add-symbol-file {DATA}/programs/mprotect_flip", "break _start", "continue",
                         "info registers cpsr pc", "stepi", "stepi", "kill")
        self.assertIn(f"add-symbol-file {DATA}/programs/mprotect_flip\n", text)
        self.assertRegex(text, r"Breakpoint 1.*, _start \(\)")
        self.assertRegex(text, r"cpsr +0x[0-9a-f]+ +\[.* EL=0")
        self.assertRegex(text, r"pc +0x4[0-9a-f]{5}\b")

    def test_a_program_of_the_users_is_debugged_by_its_own_symbols(self):
        guest = self.guest("--program", str(DATA / "programs/alu_loop"), "--memory", "128M", "--mode", "functional", "--",
                           "iterations=10")
        text = guest.gdb("break workload", "continue", "info registers cpsr", "finish", "continue",
                         files=(DATA / "programs/alu_loop",))
        self.assertRegex(text, r"Breakpoint 1, workload \(")
        self.assertRegex(text, r"cpsr +0x[0-9a-f]+ +\[.* EL=0")
        self.assertIn("exited normally", text)
        self.assertEqual(guest.end()[0], 0)

    def test_monitor_commands_explain_translations_and_folds(self):
        guest = self.guest(*SMALL)
        text = guest.gdb("break contpte_convert", "continue", "echo [before]\\n", "monitor walk $x1", "eval \"monitor walk %#lx\", $x1",
                         "finish", "eval \"monitor walk %#lx\", $x1", "monitor tlb l1d", "monitor folds", "monitor stats TLB",
                         "monitor regs TTBR", "monitor help", "monitor nonsense", "monitor tlb l9", "monitor physical 0x41000000 2",
                         "monitor physical 0x10", "monitor tlb l2", "kill")
        self.assertIn('"$x1" is no address', text)
        self.assertRegex(text, r"level 3  \[[0-9a-f]{12}\] = [0-9a-f]{16}  page at .*Contiguous")
        self.assertRegex(text, r"group    16 entries from .*, 64K: folded")
        self.assertRegex(text, r"l1d: \d+ of 48 entries")
        self.assertRegex(text, r" 64K +1 +3  hint ")
        entries = int(re.search(r"l2: (\d+) of 1280 entries", text)[1])
        lines = re.findall(r"^ *\d+  [0-9a-f]{16}  [0-9a-f]{12} .*$", text.partition("l2: ")[2], re.M)
        self.assertEqual(len(lines), entries)
        self.assertRegex(text, r"contpte_born_folded +4\n")
        self.assertRegex(text, r"contpte_set_ptes +4  called by do_anonymous_page")
        self.assertRegex(text, r"L1D_TLB +\d+ +\d+")
        self.assertRegex(text, r"TTBR1_EL1 +0x[0-9a-f]{16}")
        self.assertIn('unknown command "nonsense"', text)
        self.assertIn("tlb: say l1i, l1d, l2", text)
        self.assertRegex(text, r"000041000008  [0-9a-f]{16}")
        self.assertIn("000000000010 is not RAM", text)

    def test_a_watched_variable_stops_at_the_instruction_that_writes_it(self):
        guest = self.guest(*SMALL)
        text = guest.gdb("break contpte_convert", "continue", "delete", "watch -l *(unsigned long *)$x2", "continue", "bt 1",
                         "delete", "rwatch -l *(unsigned long *)$sp", "continue", "kill")
        self.assertRegex(text, r"Old value = \d+\nNew value = 0\n")  # the break of break-before-make
        self.assertRegex(text, r"Hardware read watchpoint \d+: -location")
        self.assertRegex(text, r"\nValue = \d+\n")


class Running(GdbTest):
    def test_a_debugged_run_has_the_result_of_an_undebugged_one(self):
        for mode in ("cycle", "functional"):
            with self.subTest(mode):
                words = [*SMALL[:3], "--mode", mode, *SMALL[3:]]
                debugged = self.folder / f"debugged-{mode}.json"
                free = self.folder / f"free-{mode}.json"
                place = words.index("--")
                subprocess.run([FOLDWALK, "run", *words[:place], "--data", str(DATA), "--json", str(free), *words[place:]],
                               check=True, stdout=subprocess.DEVNULL)
                guest = self.guest(*words[:place], "--json", str(debugged), *words[place:])
                guest.gdb("break contpte_convert", "continue", "stepi", "stepi", "info registers", "x/64gx $sp", "next", "finish",
                          "watch *(unsigned long *)$x2", "continue", "continue", "delete", "stepi 300", "monitor tlb",
                          "info registers system", "detach")
                self.assertEqual(guest.end()[0], 0, guest.notice_text())
                first, second = (json.loads(p.read_text())["runs"] for p in (debugged, free))
                self.assertEqual(first, second)

    def test_ctrl_c_stops_a_guest_that_runs(self):
        guest = self.guest(*LONG)
        about_to_continue = self.folder / "about to continue"
        debugger = guest.start_gdb(f"shell touch '{about_to_continue}'", "continue", "info registers pc", "kill")
        for _ in range(600):
            if about_to_continue.exists():
                break
            time.sleep(0.05)
        time.sleep(2)  # gdb says nothing once the guest runs
        debugger.send_signal(signal.SIGINT)
        text = debugger.communicate(timeout=SECONDS)[0]
        self.assertIn("received signal SIGINT", text)
        self.assertRegex(text, r"pc +0x[0-9a-f]+")
        self.assertEqual(guest.end()[0], 1)

    def test_a_debugger_may_come_again_after_it_has_detached(self):
        guest = self.guest(*LONG)
        guest.gdb("stepi", "detach")
        guest.wait_for("the guest goes on")
        text = guest.gdb("info registers pc", "kill")
        self.assertRegex(text, r"pc +0x[0-9a-f]+")
        self.assertIn("interrupted", guest.end()[1])

    def test_a_lost_connection_is_reported_and_the_guest_waits_where_it_stands(self):
        guest = self.guest(*SMALL)
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(guest.address))
            line.sendall(b"$?#3f")
            line.settimeout(20)
            answer = b""  # the acknowledgement and the answer come in one piece or in two
            while b"T05" not in answer:
                answer += line.recv(1000)
        self.assertRegex(guest.wait_for("is lost"), r"the guest stands at 0x40200000 and waits for another")
        self.assertRegex(guest.gdb("info registers pc", "detach"), r"pc +0x40200000")
        self.assertEqual(guest.end()[0], 0)

    def test_garbage_on_the_line_is_refused_and_the_session_goes_on(self):
        guest = self.guest(*SMALL)
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(guest.address))
            line.settimeout(20)
            line.sendall(b"\x00\xffGET / HTTP/1.1\r\n$g#00")
            self.assertEqual(line.recv(1), b"-")
            line.sendall(b"$p20#d2")
            self.assertEqual(line.recv(1) + line.recv(100), b"+$0000204000000000#06")
        self.assertRegex(guest.gdb("info registers pc", "kill"), r"pc +0x40200000")

    def test_the_end_of_the_guest_is_told_to_the_debugger(self):
        guest = self.guest(*SMALL)
        self.assertIn("exited normally", guest.gdb("continue"))
        status, report = guest.end()
        self.assertEqual(status, 0)
        self.assertIn("phase mprotect_ro", report)

    def test_port_0_is_a_free_port_of_the_loopback_interface(self):
        guest = self.guest(*SMALL, gdb="0")
        port = re.search(r"127\.0\.0\.1:(\d+)", guest.notice_text()).group(1)
        self.assertRegex(guest.gdb("info registers pc", "kill", address=f"127.0.0.1:{port}"), r"pc +0x40200000")

    def test_the_socket_is_gone_with_the_session(self):
        guest = self.guest(*SMALL)
        guest.gdb("kill")
        guest.end()
        self.assertFalse(guest.address.exists())


class Refusals(GdbTest):
    def refused(self, *words):
        run = subprocess.run([FOLDWALK, "debug", "mprotect_flip", "--data", str(DATA), *words], capture_output=True, text=True,
                             timeout=SECONDS)
        self.assertEqual((run.returncode, run.stdout, run.stderr.count("\n")), (2, "", 1), run.stderr)
        return run.stderr

    def test_an_address_that_is_none_is_refused_in_one_line(self):
        self.assertIn("--gdb PORT", self.refused())
        self.assertIn("unix:PATH", self.refused("--gdb", "65536"))
        self.assertIn("unix:PATH", self.refused("--gdb", "here"))
        self.assertIn("characters", self.refused("--gdb", "unix:" + "x" * 200))
        self.assertIn("No such file", self.refused("--gdb", f"unix:{self.folder}/none/gdb.sock"))

    def test_what_is_in_use_is_not_taken_over(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            self.assertIn("in use", self.refused("--gdb", str(other.getsockname()[1])))
        file = self.folder / "file"
        file.write_text("mine")
        self.assertIn("in use", self.refused("--gdb", f"unix:{file}"))
        self.assertEqual(file.read_text(), "mine")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
