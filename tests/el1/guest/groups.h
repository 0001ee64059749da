// The groups of checks, in the order in which they run.
#pragma once

namespace el1 {

void exception_checks();
void trap_checks();
void pstate_checks();
void fault_checks();
void granule_checks();
void large_address_checks();
void access_kind_checks();
void alignment_checks();
void address_translation_checks();
void maintenance_checks();
void exclusive_checks();
void code_change_checks();
void identification_checks();
void register_checks();
void timer_checks();
void monitor_checks();
void debug_checks();
void extension_checks();
void pointer_authentication_checks();
void authentication_row_checks();
void branch_target_checks();

}  // namespace el1
