// The system of PEs around the simulated one, as far as broadcast TLB maintenance sees it.
#pragma once

#include "emu/timing/estimate.h"

namespace emu {

// The PEs that answer broadcast TLB maintenance, and how many of them broadcast at the same time.
struct DvmConfig {
    unsigned pes{80};
    unsigned reference_pes{80};
    unsigned issuers{1};
};

namespace detail {

template <class V>
void describe_dvm(V& v, DvmConfig& d) {
    v.param("dvm.pes", d.pes, "PEs", 1, 1024, "PEs that answer a broadcast TLBI");
    v.param("dvm.reference_pes", d.reference_pes, "PEs", 1, 1024, "for which core.dsb_ish is stated");
    v.param("dvm.issuers", d.issuers, "PEs", 1, 1024, "PEs that broadcast TLBIs at the same time");
}

}  // namespace detail

}  // namespace emu
