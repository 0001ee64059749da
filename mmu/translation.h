// The outcomes of a translation, and the record of how it came about. Timing, the checker and the
// tracer read the record; nothing in it changes what the access does.
#pragma once

#include <array>

#include "mmu/arch/address.h"
#include "mmu/arch/fault_status.h"

namespace mmu {

struct Translation {
    arch::PhysicalAddress pa{};   // of the first byte
    arch::u8 memory_attr{0};      // the MAIR_EL1 byte; 0x00 (Device-nGnRnE) for data with the MMU off
    arch::u8 shareability{0};     // SH
    arch::u8 reach_shift{12};     // log2 bytes of the TLB entry that served it
    bool guarded{false};          // GP of the descriptor; from Mmu::translate_address only
    arch::u8* host_page{nullptr}; // from Mmu::translate: host memory of the 4 KiB page, where it is RAM
};

struct FaultRecord {
    arch::FaultKind kind{arch::FaultKind::None};
    int level{0};
    bool is_write{false};         // WnR
    bool cache_maintenance{false};
    bool on_walk{false};          // a descriptor read failed; of a stage 2 fault: S1PTW
    bool second_stage{false};     // for EL2: `level` is of stage 2
    arch::i8 stage1_level{0};     // of a stage 2 fault: how far stage 1 had come
    arch::u64 ipa{0};             // of a stage 2 fault: HPFAR_EL2
    arch::VirtualAddress va{};
};

// One memory access of the walker. Without initial values: a record has room for many, and few to store.
struct WalkStep {
    arch::u64 descriptor_pa;
    arch::u64 value;
    arch::i8 level;
    bool update;     // an atomic hardware update (AF or dirty state) of this descriptor
    bool of_stage2;  // a descriptor that translates an address of stage 1
};

inline constexpr arch::u16 kNoSlot = 0xffff;

// How one lookup went. What is the same for every L1 hit comes first: it is written as two words.
struct LookupRecord {
    enum class Source : arch::u8 { None, MmuOff, L1Hit, L2Hit, Walk };
    Source source{Source::None};
    bool faulted{false};
    bool walk_cache_hit{false};
    arch::u8 step_count{0};
    arch::u16 l2_slot{kNoSlot};   // slot of the L2 TLB that served or received the entry
    arch::u8 prefetch_step_count{0};
    arch::u8 stage2_traps{0};     // how often EL2 had to do something before the access could go on
    arch::u16 l1_slot{kNoSlot};   // slot of the L1 TLB (I or D) that served or received the entry
    arch::u16 prefetch_slot{kNoSlot};  // slot of the L2 TLB that received a prefetched translation
    arch::u8 reach_shift{12};
    // step_count of them, in order: root first, updates last. Five levels of both stages are 35 reads; without stage 2 only
    // the first few are ever touched.
    std::array<WalkStep, 40> steps;
    // prefetch_step_count of them: reads of the prefetch that this lookup gave rise to. Nobody waits for them.
    std::array<WalkStep, 24> prefetch_steps;
};

}  // namespace mmu
