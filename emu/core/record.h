// What one executed instruction did. The recording loop hands one record per instruction, by direct
// call, to its consumers: pipeline, probes, tracer, checker.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>

#include "emu/isa/decoded_op.h"
#include "mmu/access.h"
#include "mmu/arch/tlbi.h"
#include "mmu/translation.h"

namespace emu {

// One data access, at most one page. An access that crosses a page is two of these; a pair is one.
struct DataAccess {
    u64 va{0};
    u64 pa{0};
    u16 bytes{0};
    mmu::AccessKind kind{mmu::AccessKind::Load};
    u8 memory_attr{0};
    const mmu::LookupRecord* lookup{nullptr};  // points into InstructionRecord::lookups
};

enum class BarrierKind : u8 { None, Dsb, Dmb, Isb };
enum class BarrierDomain : u8 { OuterShareable, NonShareable, InnerShareable, FullSystem };
enum class BarrierTypes : u8 { Reads, Writes, All };

struct InstructionRecord {
    static constexpr unsigned kMaxAccesses = 4;

    const DecodedOp* op{nullptr};
    u64 pc{0};
    u64 fetch_pa{0};          // where `fetch_looked_up`: pc's physical address; 0 where it could not be fetched
    u64 next_pc{0};           // where execution goes on, exceptions included
    // From here to `barrier`: one word, which the loop clears as one, and is_quiet() compares.
    bool taken{false};        // a branch that was taken, ERET included
    bool exception{false};    // this instruction took (or generated) an exception, or an interrupt was taken before it
    u8 exception_class{0};    // ESR_EL1.EC; 0xff for an interrupt
    bool fetch_looked_up{false};      // this fetch began a new fetch group: `fetch` is valid
    u16 access_count{0};
    bool tlbi_valid{false};
    BarrierKind barrier{BarrierKind::None};
    u8 el{0};                 // level it executed at
    BarrierDomain domain{BarrierDomain::FullSystem};
    BarrierTypes types{BarrierTypes::All};
    mmu::LookupRecord fetch{};
    DataAccess access[kMaxAccesses]{};
    mmu::LookupRecord lookups[kMaxAccesses]{};
    arch::TlbInvalidation tlbi{};

    // The flags and counts from `taken` to `barrier` as one word.
    [[nodiscard]] u64 events() const {
        u64 word = 0;
        std::memcpy(&word, reinterpret_cast<const u8*>(this) + offsetof(InstructionRecord, taken), sizeof word);
        return word;
    }
    // It did nothing but compute: no taken branch, exception, access, TLBI or barrier. A quiet one began no fetch group either.
    [[nodiscard]] bool only_computes() const { return (events() & ~kFetchLookedUp) == 0; }
    [[nodiscard]] bool is_quiet() const { return events() == 0; }

    static constexpr u64 kFetchLookedUp = u64{0xff} << (std::endian::native == std::endian::little ? 24 : 32);
};
static_assert(offsetof(InstructionRecord, barrier) == offsetof(InstructionRecord, taken) + 7);
static_assert(offsetof(InstructionRecord, fetch_looked_up) == offsetof(InstructionRecord, taken) + 3);

}  // namespace emu
