// Granules of 4K, 16K and 64K and sizes of the address range, in the upper half, with tables of their own: which level
// decides, by faults and by AT.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(granule_read, "ldr x0, [x5]");
PROBE(granule_write, "str x0, [x5]");
PROBE(granule_at, "at s1e1r, x5\nisb\nmrs x0, par_el1");

namespace {

constexpr u64 kPool = 0x44000000;  // RAM for tables, one after another, 64K each
constexpr u64 kTableBytes = 0x10000;
constexpr u64 kOutput = 0x46000000;  // what pages map
constexpr u64 kTableType = 3;

struct Granule {
    const char* name;
    u64 tg1;          // of TCR_EL1
    unsigned shift;   // of a page
    unsigned bits;    // of an index
    int first_block;  // level
    unsigned id_low;  // ID_AA64MMFR0_EL1 field
    unsigned id_none;
};
constexpr Granule kGranules[] = {
    {"4k", 2, 12, 9, 1, 28, 15}, {"16k", 1, 14, 11, 2, 20, 0}, {"64k", 3, 16, 13, 2, 24, 15}};

// An upper-half regime of one granule and size.
class Regime {
public:
    Regime(const Granule& g, unsigned size)
        : g_{g}, size_{size}, tcr_{READ_SYSREG(tcr_el1)}, base_{READ_SYSREG(ttbr1_el1)} {
        constexpr u64 kFields = u64{3} << 30 | u64{0x3f} << 16;
        clear_tables();
        WRITE_SYSREG(ttbr1_el1, kPool);
        WRITE_SYSREG(tcr_el1, (tcr_ & ~kFields) | g.tg1 << 30 | u64{size} << 16);
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
        while (level > 0 && level_shift(level - 1) < 64 - size_) --level;
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
    u64 tcr_;
    u64 base_;
    u64 used_{1};
};

u64 result(const u8* code, u64 va) {
    Probe p{code};
    p.frame.x[5] = va;
    p.run();
    return p.ended() ? p.frame.x[0] : p.frame.esr;
}

void show(const Granule& g, const char* what, unsigned size, int level, u64 va) {
    Line{"granule", g.name}
        .word(what)
        .hex("size", size)
        .hex("level", static_cast<u64>(level))
        .hex("read", result(granule_read, va))
        .hex("write", result(granule_write, va))
        .hex("par", result(granule_at, va));
}

void levels(const Granule& g, unsigned size) {
    Regime regime{g, size};
    const u64 va = regime.first_address() + 0x1238;
    for (int level = regime.start_level(); level <= 3; ++level) {
        *regime.entry(va, level) = 0;
        flush();
        show(g, "translation", size, level, va);
        if (level < g.first_block) continue;
        const u64 leaf = (kOutput & ~arch::low_mask(regime.level_shift(level))) | (level == 3 ? 3 : 1);
        *reinterpret_cast<volatile u64*>((leaf & ~u64{3}) + (va & arch::low_mask(regime.level_shift(level)))) = 0x1357;
        const struct {
            const char* name;
            u64 attributes;
        } kinds[] = {{"mapped", kNormal | kUserNever},
                     {"read-only", kNormal | kReadOnly},
                     {"flag", kNormal & ~kAccessed},
                     {"contiguous", kNormal | u64{1} << 52}};
        for (const auto& kind : kinds) {
            *regime.entry(va, level) = leaf | kind.attributes;
            flush();
            show(g, kind.name, size, level, va);
        }
        *regime.entry(va, level) = u64{1} << 47 | leaf | kNormal;
        flush();
        {
            const TranslationControl small{0, u64{7} << 32};  // 32 bits
            show(g, "address-size", size, level, va);
        }
        *regime.entry(va, level) = 0;
    }
    show(g, "below", size, 4, regime.first_address() - 8);
}

}  // namespace

void granule_checks() {
    const u64 features = READ_SYSREG(id_aa64mmfr0_el1);
    for (const Granule& g : kGranules) {
        if (id_field(features, g.id_low) == g.id_none) continue;
        for (const unsigned size : {16u, 20u, 25u, 28u, 33u}) levels(g, size);
    }
}

}  // namespace el1
