// AT: PAR_EL1 of successes, with attributes and shareability, and of each fault.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(at_s1e1r, "at s1e1r, x5\nisb\nmrs x0, par_el1");
PROBE(at_s1e1w, "at s1e1w, x5\nisb\nmrs x0, par_el1");
PROBE(at_s1e0r, "at s1e0r, x5\nisb\nmrs x0, par_el1");
PROBE(at_s1e0w, "at s1e0w, x5\nisb\nmrs x0, par_el1");
PROBE(at_s1e1rp, "sys #0, c7, c9, #0, x5\nisb\nmrs x0, par_el1");
PROBE(at_s1e1wp, "sys #0, c7, c9, #1, x5\nisb\nmrs x0, par_el1");

namespace {

constexpr u64 kPan = 1 << 22;

u64 par(const u8* code, u64 va, u64 pstate = 0) {
    Probe p{code};
    p.frame.x[5] = va;
    p.pstate(pstate).run();
    return p.ended() ? p.frame.x[0] : p.frame.esr;
}

// Physical addresses of the suite's pages depend on its size: printed is what the address should not be off by.
u64 without_address(u64 value, u64 pa) {
    return (value & 1) != 0 ? value : value ^ (pa & ~u64{0xfff});
}

void all(const char* name, const char* detail, u64 va, u64 pa = 0) {
    Line{name, detail}
        .hex("e1r", without_address(par(at_s1e1r, va), pa))
        .hex("e1w", without_address(par(at_s1e1w, va), pa))
        .hex("e0r", without_address(par(at_s1e0r, va), pa))
        .hex("e0w", without_address(par(at_s1e0w, va), pa))
        .hex("e1rp", without_address(par(at_s1e1rp, va, kPan), pa))
        .hex("e1wp", without_address(par(at_s1e1wp, va, kPan), pa))
        .hex("e1rp_off", without_address(par(at_s1e1rp, va), pa));
}

void attributes() {
    const char* const types[] = {"write-back", "ngnrne", "ngnre", "noncacheable", "write-through"};
    const char* const shares[] = {"-sh0", "-sh1", "-sh2", "-sh3"};
    for (u64 type = 0; type < 5; ++type) {
        for (u64 sh = 0; sh < 4; ++sh) {
            map(kTest, page(1), type << 2 | sh << 8 | kAccessed | kUser);
            flush();
            put("at/");
            put(types[type]);
            Line{shares[sh]}.hex("par", without_address(par(at_s1e1r, kTest + 0x123), page(1)));
        }
    }
    const u64 mair = READ_SYSREG(mair_el1);
    map(kTest, page(1), 7 << 2 | 0x700);
    constexpr u64 kTypes[] = {0x08, 0x0c, 0x4f, 0xf4, 0x77, 0x33, 0x84, 0x48, 0xfe, 0xee};
    for (const u64 type : kTypes) {
        WRITE_SYSREG(mair_el1, mair | type << 56);
        flush();
        Line{"at/attribute"}.hex("mair", type).hex("par", without_address(par(at_s1e1r, kTest), page(1)));
    }
    WRITE_SYSREG(mair_el1, mair);
    unmap_tests();
}

void permissions() {
    const struct {
        const char* name;
        u64 attributes;
    } pages[] = {{"el1-rw", 0}, {"all-rw", kUser}, {"el1-ro", kReadOnly}, {"all-ro", kUser | kReadOnly}};
    for (const auto& p : pages) {
        map(kTest, page(1), kNormal | p.attributes);
        flush();
        all("at/permission", p.name, kTest + 0x456, page(1));
    }
    unmap_tests();
}

void faults() {
    const char* const names[] = {"l0", "l1", "l2", "l3"};
    for (int level = 0; level <= 3; ++level) {
        *descriptor(kTest, level) = 0;
        flush();
        all("at/translation", names[level], kTest);
    }
    for (int level = 1; level <= 3; ++level) {
        const u64 output = level == 3 ? page(1) : level == 2 ? kBlock : kGigabyte;
        map(kTest, output, (kNormal & ~kAccessed) | kUser, level);
        flush();
        all("at/flag", names[level], kTest + 0x1000);
        map(kTest, output, kNormal | kUser, level);
        flush();
        all("at/success", names[level], kTest + (level == 3 ? 0 : 0x3000), output + (level == 3 ? 0 : 0x3000));
        unmap_tests();
        map(kTest, u64{1} << 40, kNormal, level);
        {
            const TranslationControl small{u64{1} << 32, u64{7} << 32};
            all("at/address-size", names[level], kTest);
        }
        unmap_tests();
    }
    *descriptor(kTest, 1) = u64{0x0f000000} | 3;
    flush();
    all("at/external-walk", "l2", kTest);
    unmap_tests();
    all("at/translation", "range", u64{0x0010000000000000});
}

// AT as the other accesses: hardware may set the access flag, and must not make the page dirty.
void managed() {
    const TranslationControl flags{u64{3} << 39};
    map(kTest, page(1), kNormal | kReadOnly | kDirtyModified);
    flush();
    all("at/managed", "clean", kTest, page(1));
    unmap_tests();
}

// Without the MMU: Device-nGnRnE for data, and the address itself.
void flat() {
    const u64 control = READ_SYSREG(sctlr_el1);
    u64 result = 0;
    asm volatile("msr sctlr_el1, %1\nisb\nat s1e1r, %2\nisb\nmrs %0, par_el1\nmsr sctlr_el1, %3\nisb"
                 : "=&r"(result)
                 : "r"(control & ~u64{0x1005}), "r"(u64{0x42345678}), "r"(control)
                 : "memory");
    Line{"at/off"}.hex("par", result);
}

}  // namespace

void address_translation_checks() {
    attributes();
    permissions();
    faults();
    managed();
    flat();
}

}  // namespace el1
