// Addresses of 52 bits (FEAT_LVA, FEAT_LPA, FEAT_LPA2), small tables (FEAT_TTST) and FEAT_E0PD, where the core announces them:
// by AT, faults and their levels.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/upper_regime.h"

namespace el1 {

PROBE(large_read, "ldr x0, [x5]");
PROBE(large_at, "at s1e1r, x5\nisb\nmrs x0, par_el1");
PROBE(large_unprivileged, "ldtr x0, [x5]");

namespace {

constexpr u64 kDs = u64{1} << 59;
constexpr u64 kIps = u64{7} << 32;
constexpr u64 kIps52 = u64{6} << 32;

u64 result(const u8* code, u64 va, Level level = Level::El1h) {
    Probe p{code, level};
    p.frame.x[5] = va;
    p.run();
    return p.ended() ? p.frame.x[0] : p.frame.esr;
}

void show(const char* what, const Granule& g, unsigned size, int level, u64 va) {
    Line{"large", what}
        .word(g.name)
        .hex("size", size)
        .hex("level", static_cast<u64>(level) & 0xff)
        .hex("read", result(large_read, va))
        .hex("par", result(large_at, va));
}

// The lower half as two blocks of 1G without shareability, whose bits TCR_EL1.DS takes for those of an address.
class BlocksBelow {
public:
    BlocksBelow() : base_{READ_SYSREG(ttbr0_el1)} {
        volatile u64* const root = reinterpret_cast<volatile u64*>(kLowerPool);
        volatile u64* const blocks = root + 512;
        for (unsigned i = 0; i < 1024; ++i) root[i] = 0;
        root[0] = (kLowerPool + 0x1000) | kTableType;
        blocks[0] = kDevice | kUserNever | kPrivilegedNever | 1;
        blocks[1] = kGigabyte | (kNormal & ~u64{0x300}) | kUserNever | 1;
        WRITE_SYSREG(ttbr0_el1, kLowerPool);
        flush();
    }
    BlocksBelow(const BlocksBelow&) = delete;
    BlocksBelow& operator=(const BlocksBelow&) = delete;
    ~BlocksBelow() {
        WRITE_SYSREG(ttbr0_el1, base_);
        flush();
    }

private:
    static constexpr u64 kLowerPool = kPool + 0x100000;
    u64 base_;
};

// `top` are bits 51:48 of an address, as descriptors of this granule keep them.
u64 top_bits(const Granule& g, u64 top) { return g.shift == 16 ? top << 12 : (top >> 2) << 8 | (top & 3) << 48; }

void wide_levels(const Granule& g, unsigned size) {
    const u64 ds = g.shift == 16 ? 0 : kDs;
    const BlocksBelow below;
    const TranslationControl wide{kIps52, kIps & ~kIps52};
    Regime regime{g, size, ds};
    const u64 va = regime.first_address() + 0x1238;
    for (int level = regime.start_level(); level <= 3; ++level) {
        *regime.entry(va, level) = 0;
        flush();
        show("translation", g, size, level, va);
        const u64 leaf = (kOutput & ~arch::low_mask(regime.level_shift(level))) | (level == 3 ? 3 : 1);
        for (const u64 top : {0u, 5u, 15u}) {
            *regime.entry(va, level) = leaf | (kNormal & ~u64{0x300}) | (ds != 0 ? 0 : 0x300) | top_bits(g, top) | kUserNever;
            flush();
            Line{"large", "par"}.word(g.name).hex("size", size).hex("level", static_cast<u64>(level) & 0xff).hex("top", top)
                .hex("par", result(large_at, va));
        }
        *regime.entry(va, level) = top_bits(g, 1) | 3;  // a table where no memory is, or a page
        flush();
        Line{"large", "away"}.word(g.name).hex("size", size).hex("level", static_cast<u64>(level) & 0xff)
            .hex("read", result(large_read, va));
        {
            const TranslationControl narrow{u64{5} << 32, kIps & ~(u64{5} << 32)};
            show("narrow", g, size, level, va);
        }
        *regime.entry(va, level) = 0;
    }
    show("below", g, size, 4, regime.first_address() - 8);
}

void small_levels(const Granule& g, unsigned size) {
    Regime regime{g, size};
    const u64 va = regime.first_address() + 0x1238;
    *regime.entry(va, 3) = (kOutput & ~arch::low_mask(regime.level_shift(3))) | 3 | kNormal | kUserNever;
    flush();
    show("small", g, size, 3, va);
    show("small-below", g, size, 3, regime.first_address() - 8);
}

// Sizes that no walk can be made for.
void illegal_size(const Granule& g, unsigned size) {
    const TranslationControl control{u64{size} << 16 | g.tg1 << 30, ((u64{0x3f} & ~u64{size}) << 16) | (~g.tg1 & 3) << 30};
    show("illegal", g, size, 0, ~u64{0} - 0xfff);
}

void kept_out() {
    map(kTest, page(1), kNormal | kUser | kUserNever | kPrivilegedNever);
    map(kHighTest, page(1), kNormal | kUser | kUserNever | kPrivilegedNever);
    flush();
    for (const u64 bits : {u64{0}, u64{2} << 55}) {
        const TranslationControl control{bits};
        for (const u64 va : {kTest, kHighTest, kHighTest - (u64{1} << 30)}) {
            Line{"large", "e0pd"}.hex("bits", bits).hex("va", va)
                .hex("el0", result(large_read, va, Level::El0)).hex("el1", result(large_read, va))
                .hex("ldtr", result(large_unprivileged, va));
        }
    }
    unmap_tests();
}

bool has_52_bits(const Granule& g, u64 mmfr0, u64 mmfr2) {
    if (g.shift == 12) return id_field(mmfr0, 28) == 1;
    return g.shift == 14 ? id_field(mmfr0, 20) == 2 : id_field(mmfr2, 16) != 0 && id_field(mmfr0, 0) >= 6;
}

}  // namespace

void large_address_checks() {
    const u64 mmfr0 = READ_SYSREG(id_aa64mmfr0_el1);
    const u64 mmfr2 = READ_SYSREG(id_aa64mmfr2_el1);
    for (const Granule& g : kGranules) {
        if (!has_52_bits(g, mmfr0, mmfr2)) continue;
        for (const unsigned size : {12u, 14u, 16u, 25u}) wide_levels(g, size);
        illegal_size(g, 11);
    }
    if (id_field(mmfr2, 28) != 0) {
        for (const Granule& g : kGranules) {
            for (const unsigned size : {40u, 42u, 45u, 47u}) small_levels(g, size);
            illegal_size(g, 49);
        }
    }
    if (id_field(mmfr2, 60) != 0) kept_out();
}

}  // namespace el1
