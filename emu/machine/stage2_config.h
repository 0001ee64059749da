// What the machine's own EL2, where it has one, makes of the guest's physical addresses.
#pragma once

#include "mmu/arch/bits.h"

namespace emu {

// How the guest's memory is mapped at stage 2: by the largest leaves that are allowed, with 4K tables.
enum class Stage2Mapping : arch::u8 { Off, Pages4K, Contiguous64K, Blocks2M, Contiguous32M, Blocks1G };

enum class Stage2Population : arch::u8 {
    Eager,     // before the guest starts
    OnDemand,  // by stage 2 faults, as KVM does
};

struct Stage2Config {
    Stage2Mapping mapping{Stage2Mapping::Off};
    Stage2Population population{Stage2Population::Eager};
    unsigned ipa_bits{40};  // VTCR_EL2.T0SZ: KVM's default. Up to 43 give three levels, more give four

    template <class V>
    void describe(V& v) {
        v.choice("machine.stage2", mapping,
                 {{"off", Stage2Mapping::Off},
                  {"4K", Stage2Mapping::Pages4K},
                  {"64K-contig", Stage2Mapping::Contiguous64K},
                  {"2M", Stage2Mapping::Blocks2M},
                  {"32M-contig", Stage2Mapping::Contiguous32M},
                  {"1G", Stage2Mapping::Blocks1G}},
                 "stage 2 under the guest, of an EL2 that it does not see: off, or the largest leaves that map its memory");
        v.choice("machine.stage2_populate", population, {{"eager", Stage2Population::Eager}, {"on-demand", Stage2Population::OnDemand}},
                 "when stage 2 maps the guest's memory: before it starts, or by faults");
        v.param("machine.stage2_ipa_bits", ipa_bits, "bits", 37u, 48u, "size of the guest's physical address space; above 43 stage 2 has four levels");
    }
};

}  // namespace emu
