// Symbols as people read them.
#include "emu/machine/function_names.h"
#include "tests/support/catch.h"

using Names = std::vector<std::string>;

TEST_CASE("C++ symbols become qualified names without arguments, template arguments and the guest kernel's namespace") {
    CHECK(emu::readable_names({"_ZN2km9MmuGather9flush_tlbEv", "_Z8workloadR9Arguments", "_ZNK2km7VmaTree4findEm",
                               "_ZN2km12_GLOBAL__N_116change_pte_rangeERNS_9MmuGatherERKNS_3VmaEPmmmNS_8PageProtEm",
                               "_ZN2km19for_each_page_tableIZ17change_protectionEUlPmmmE_EEvS1_immRT_"}) ==
          Names{"MmuGather::flush_tlb", "workload", "VmaTree::find", "change_pte_range", "for_each_page_table"});
}

TEST_CASE("Symbols of C, and names that only look mangled, stay as they are") {
    CHECK(emu::readable_names({"contpte_convert", "__contpte_try_fold", "_Zebra", "el0_sync"}) ==
          Names{"contpte_convert", "__contpte_try_fold", "_Zebra", "el0_sync"});
}

TEST_CASE("Functions that would share a name keep their signatures") {
    const Names names = emu::readable_names({"_Z3putc", "_Z3puti", "_Z3gett"});
    CHECK(names == Names{"put(char)", "put(int)", "get"});
}

TEST_CASE("Instances of one template are told apart by their template arguments alone") {
    CHECK(emu::readable_names({"_ZN2km19for_each_page_tableIZ15copy_page_rangeEUlPmmmE_EEvS1_immRT_",
                               "_ZN2km19for_each_page_tableIZ17change_protectionEUlPmmmE_EEvS1_immRT_"}) ==
          Names{"for_each_page_table<copy_page_range::{lambda#1}>", "for_each_page_table<change_protection::{lambda#1}>"});
}
