// A regime of the upper half with tables of its own, for any granule and size of the address range.
#pragma once

#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

inline constexpr u64 kPool = 0x44000000;  // RAM for tables, one after another, 64K each
inline constexpr u64 kTableBytes = 0x10000;
inline constexpr u64 kOutput = 0x46000000;  // what pages map
inline constexpr u64 kTableType = 3;

struct Granule {
    const char* name;
    u64 tg1;          // of TCR_EL1
    unsigned shift;   // of a page
    unsigned bits;    // of an index
    int first_block;  // level
    unsigned id_low;  // ID_AA64MMFR0_EL1 field
    unsigned id_none;
};
inline constexpr Granule kGranules[] = {
    {"4k", 2, 12, 9, 1, 28, 15}, {"16k", 1, 14, 11, 2, 20, 0}, {"64k", 3, 16, 13, 2, 24, 15}};

// An upper-half regime of one granule and size; `extra` are more bits of TCR_EL1.
class Regime {
public:
    Regime(const Granule& g, unsigned size, u64 extra = 0)
        : g_{g}, size_{size}, least_level_{(extra >> 59 & 1) != 0 ? -1 : 0}, tcr_{READ_SYSREG(tcr_el1)}, base_{READ_SYSREG(ttbr1_el1)} {
        constexpr u64 kFields = u64{3} << 30 | u64{0x3f} << 16;
        clear_tables();
        WRITE_SYSREG(ttbr1_el1, kPool);
        WRITE_SYSREG(tcr_el1, (tcr_ & ~kFields) | g.tg1 << 30 | u64{size} << 16 | extra);
        flush();
    }
    Regime(const Regime&) = delete;
    Regime& operator=(const Regime&) = delete;
    ~Regime() {
        WRITE_SYSREG(tcr_el1, tcr_);
        WRITE_SYSREG(ttbr1_el1, base_);
        flush();
    }

    [[nodiscard]] unsigned level_shift(int level) const {
        return g_.shift + g_.bits * static_cast<unsigned>(3 - level);
    }
    // The level whose table TTBR1_EL1 holds.
    [[nodiscard]] int start_level() const {
        int level = 3;
        while (level > least_level_ && level_shift(level - 1) < 64 - size_) --level;
        return level;
    }
    [[nodiscard]] u64 first_address() const { return ~u64{0} << (64 - size_); }

    // The descriptor of `va` at `level`, with tables above it.
    volatile u64* entry(u64 va, int level) {
        volatile u64* table = reinterpret_cast<volatile u64*>(kPool);
        for (int l = start_level();; ++l) {
            const u64 index_bits = l == start_level() ? 64 - size_ - level_shift(l) : g_.bits;
            volatile u64* const d = &table[va >> level_shift(l) & arch::low_mask(static_cast<unsigned>(index_bits))];
            if (l == level) return d;
            if (*d == 0) *d = (kPool + kTableBytes * used_++) | kTableType;
            table = reinterpret_cast<volatile u64*>(*d & ~arch::low_mask(12) & arch::low_mask(48));
        }
    }

private:
    void clear_tables() {
        volatile u64* const words = reinterpret_cast<volatile u64*>(kPool);
        for (unsigned i = 0; i < 5 * kTableBytes / 8; ++i) words[i] = 0;
    }

    Granule g_;
    unsigned size_;
    int least_level_;
    u64 tcr_;
    u64 base_;
    u64 used_{1};
};

}  // namespace el1
