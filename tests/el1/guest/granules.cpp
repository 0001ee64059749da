// Granules of 4K, 16K and 64K and sizes of the address range, in the upper half, with tables of their own: which level
// decides, by faults and by AT.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/upper_regime.h"

namespace el1 {

PROBE(granule_read, "ldr x0, [x5]");
PROBE(granule_write, "str x0, [x5]");
PROBE(granule_at, "at s1e1r, x5\nisb\nmrs x0, par_el1");

namespace {

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
