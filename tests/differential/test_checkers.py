#!/usr/bin/env python3
"""The checkers of this folder must notice what they are for."""
import unittest

import check_foldwalk
import check_mm_phases
import check_workload
import qemu_guest

NAMES = qemu_guest.counter_names()


def words(**changes):
    fields = {"state": qemu_guest.INIT_EXITED, "exit_status": 0, "checksum": 0x12, "table_hash": 3, "free_after": 100}
    counters = dict.fromkeys(NAMES, 0) | {"free_pages_at_boot": 100}
    for name, value in changes.items():
        (counters if name in counters else fields)[name] = value
    header = [qemu_guest.MAGIC, len(NAMES) << 32 | 1]
    return header + list(fields.values()) + list(counters.values())


def mailbox(**changes):
    return qemu_guest.Mailbox(words(**changes))


def result(**changes):
    """What Foldwalk's JSON would say of the guest in mailbox()."""
    counters = {check_foldwalk.result_name(name): value for name, value in mailbox().counters.items()} | changes
    return {"guest": counters, "checksum": "0x12", "exit_status": 0, "table_hash": "0x3"}


class Checkers(unittest.TestCase):
    def test_a_good_mailbox_has_no_complaint(self):
        self.assertEqual(mailbox().complaints(0x12), [])

    def test_a_wrong_checksum_is_noticed(self):
        self.assertIn("checksum", mailbox(checksum=0x13).complaints(0x12)[0])

    def test_a_failed_workload_is_noticed(self):
        self.assertIn("wait status", mailbox(exit_status=0x100).complaints(0x12)[0])

    def test_a_panic_is_noticed(self):
        self.assertIn("gave up", mailbox(state=2).complaints(0x12)[0])

    def test_a_leaked_page_is_noticed(self):
        self.assertIn("1 pages", mailbox(free_after=99).complaints(0x12)[0])

    def test_a_mailbox_of_another_layout_is_refused(self):
        with self.assertRaises(qemu_guest.GuestError):
            qemu_guest.Mailbox(words()[:-1])

    def test_a_console_without_a_mailbox_is_refused(self):
        with self.assertRaises(qemu_guest.GuestError):
            qemu_guest.mailbox_of("kernel panic: no memory\n")

    def test_a_mailbox_is_found_between_other_lines(self):
        line = "foldwalk-mailbox: " + " ".join(f"{word:x}" for word in words())
        self.assertEqual(qemu_guest.mailbox_of(f"hello\n{line}\nbye\n").checksum, 0x12)

    def test_a_counter_that_depends_on_contpte_may_differ(self):
        self.assertEqual(check_workload.differences(mailbox(tlbi_va=16, contpte_born_folded=1), mailbox()), [])

    def test_a_fault_count_may_not_differ(self):
        self.assertEqual(len(check_workload.differences(mailbox(fault_anon=5), mailbox())), 1)

    def test_a_total_of_faults_may_differ_by_access_flag_faults_alone(self):
        without = mailbox(pgfault=5)
        self.assertEqual(check_workload.differences(mailbox(pgfault=7, fault_access_flag=2), without), [])
        self.assertEqual(len(check_workload.differences(mailbox(pgfault=8, fault_access_flag=2), without)), 1)

    def test_equal_runs_of_foldwalk_and_qemu_have_no_difference(self):
        self.assertEqual(check_foldwalk.differences(result(), mailbox()), [])

    def test_a_counter_that_foldwalk_lacks_or_has_wrong_is_a_difference(self):
        self.assertEqual(len(check_foldwalk.differences(result(), mailbox(tlbi_va=1))), 1)
        self.assertEqual(len(check_foldwalk.differences(result(), mailbox(**{"nr_anon[4]": 1}))), 1)
        self.assertEqual(len(check_foldwalk.differences(result(pgfault=None), mailbox())), 1)

    def test_another_table_hash_is_a_difference(self):
        self.assertEqual(len(check_foldwalk.differences(result(), mailbox(table_hash=4))), 1)

    def test_one_background_fault_is_allowed_and_two_are_not(self):
        cell = check_mm_phases.Cell
        self.assertTrue(cell(257, 0).near(cell(256, 0)))
        self.assertFalse(cell(258, 0).near(cell(256, 0)))
        self.assertFalse(cell(256, 2).near(cell(256, 0)))

    def test_a_missing_phase_is_refused(self):
        with self.assertRaises(qemu_guest.GuestError):
            check_mm_phases.compare("on", "64k", {}, check_mm_phases.reference("on"), False)

    def test_the_reference_tables_have_the_published_counts(self):
        folded = check_mm_phases.reference("on")["mprotect_ro_all"]["64k"]
        self.assertEqual((folded.faults, folded.tlbis, folded.kilo_instructions), (0, 8193, 1179.5))
        self.assertEqual(check_mm_phases.reference("off")["mprotect_ro_all"]["64k"].tlbis, 1)


if __name__ == "__main__":
    unittest.main()
