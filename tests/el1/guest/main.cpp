// Every group, one line for each check. Two implementations of the architecture must print the same lines.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/tables.h"

extern "C" void suite_main();

void suite_main() {
    using namespace el1;
    turn_mmu_on();
    exception_checks();
    trap_checks();
    pstate_checks();
    fault_checks();
    granule_checks();
    large_address_checks();
    access_kind_checks();
    alignment_checks();
    address_translation_checks();
    maintenance_checks();
    exclusive_checks();
    code_change_checks();
    identification_checks();
    register_checks();
    timer_checks();
    monitor_checks();
    debug_checks();
    extension_checks();
    pointer_authentication_checks();
    authentication_row_checks();
    branch_target_checks();
    put("suite/end: 1\n");
}
