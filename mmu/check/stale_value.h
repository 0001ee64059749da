// An old value of a descriptor that a TLB or a walk cache may still hold.
#pragma once

#include "mmu/arch/address.h"
#include "mmu/arch/descriptor.h"
#include "mmu/arch/tlbi.h"
#include "mmu/check/check_rules.h"

namespace mmu::check {

inline constexpr arch::u32 kNoFinding = ~arch::u32{0};

// A range of virtual addresses; as 56-bit numbers, since no TLBI operand has the bits above.
struct VaRange {
    arch::u64 first{0};
    arch::u64 bytes{0};

    [[nodiscard]] bool contains(arch::u64 va) const { return ((va - first) & arch::low_mask(56)) < bytes; }
    [[nodiscard]] bool meets(const VaRange& other) const { return contains(other.first) || other.contains(first); }
};

// What a register field does to translations that it was part of.
enum class RegisterEffect : arch::u8 { None, MemoryType, Execution, DirtyState, Hierarchy, UserAccess, OutputSize };

struct StaleValue {
    // What a TLBI that came by did not do, and why.
    enum class Flaw : arch::u8 { None, BeforeDsb, WrongLevel };

    arch::Descriptor descriptor{};
    arch::TableFormat format{};
    arch::u64 descriptor_pa{0};
    VaRange own{};     // what the descriptor maps
    VaRange reach{};   // what an entry made of it may map: its contiguous group
    int level{0};
    bool is_table{false};
    bool global{false};
    arch::u16 asid{0};
    arch::u64 tree{0};        // identity of the tree of tables that it came from
    StaleKind kind{StaleKind::Unmapped};
    RegisterEffect effect{};  // of an old register value; the descriptor may be the present one
    arch::u16 memory_type{0};  // then: that of the registers
    Site write{};             // that made it stale
    arch::u64 write_order{0};

    bool invalidated{false};  // a TLBI was issued for it; a DSB has to complete that
    bool broadcast{false};    // that TLBI's domain
    Flaw flaw{Flaw::None};
    Site tlbi{};              // of that TLBI, or of the one that had the flaw
    Site freed{};             // where what it points to was given another use
    bool told{false};         // an error was told about it: one is enough
    arch::u32 finding{kNoFinding};  // its report, where it is among those kept

    [[nodiscard]] bool owned_by(arch::u16 current) const { return global || asid == current; }
    // 4 KiB frame where what it points to begins.
    [[nodiscard]] arch::u64 frame() const {
        return (is_table ? descriptor.next_table(format) : descriptor.output_address(format, level)) >> 12;
    }
    // The value that a contiguous entry made of it has for `va`.
    [[nodiscard]] arch::Descriptor seen_from(arch::u64 va, arch::u64 page_bytes) const {
        return arch::Descriptor{descriptor.raw + arch::align_down(va, page_bytes) - own.first};
    }
};

// Whether `tlbi` names the value: address, address space, kind. Level hints and barriers apart.
[[nodiscard]] bool names(const arch::TlbInvalidation& tlbi, const StaleValue& value);
[[nodiscard]] bool hits_level(const arch::TlbInvalidation& tlbi, const StaleValue& value);

}  // namespace mmu::check
