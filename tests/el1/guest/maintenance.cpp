// TLBI of each kind, where the architecture makes the outcome certain: after a change, break-before-make and the TLBI
// the new translation is used. And DC ZVA.
#include "tests/el1/guest/code_page.h"
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(maintain_read, "ldr x0, [x5]");
PROBE(maintain_jump, "br x5");
PROBE(maintain_zva, "dc zva, x5");

namespace {

constexpr u16 kAsid = 5;

struct Operation {
    const char* name;
    u32 crm_op2;  // bits 11:5 of the instruction
    bool by_va;
    bool by_asid;  // operand holds the ASID
    bool drops_global;
    unsigned feature;  // ID_AA64ISAR0_EL1.TLB needed
    bool range;
};
constexpr u32 at(u32 crm, u32 op2) {
    return crm << 8 | op2 << 5;
}
constexpr Operation kOperations[] = {
    {"vmalle1", at(7, 0), false, false, true, 0, false},   {"vae1", at(7, 1), true, true, true, 0, false},
    {"aside1", at(7, 2), false, true, false, 0, false},    {"vaae1", at(7, 3), true, false, true, 0, false},
    {"vale1", at(7, 5), true, true, true, 0, false},       {"vaale1", at(7, 7), true, false, true, 0, false},
    {"vmalle1is", at(3, 0), false, false, true, 0, false}, {"vae1is", at(3, 1), true, true, true, 0, false},
    {"aside1is", at(3, 2), false, true, false, 0, false},  {"vaae1is", at(3, 3), true, false, true, 0, false},
    {"vale1is", at(3, 5), true, true, true, 0, false},     {"vaale1is", at(3, 7), true, false, true, 0, false},
    {"vmalle1os", at(1, 0), false, false, true, 1, false}, {"vae1os", at(1, 1), true, true, true, 1, false},
    {"aside1os", at(1, 2), false, true, false, 1, false},  {"vaale1os", at(1, 7), true, false, true, 1, false},
    {"rvae1", at(6, 1), true, true, true, 2, true},        {"rvaae1", at(6, 3), true, false, true, 2, true},
    {"rvale1is", at(2, 5), true, true, true, 2, true},     {"rvaale1os", at(5, 7), true, false, true, 2, true},
};

u64 operand_of(const Operation& op, u64 va) {
    u64 operand = op.by_asid ? u64{kAsid} << 48 : 0;
    if (!op.by_va) return operand;
    if (!op.range) return operand | (va >> 12 & 0xfffffffffff);
    return operand | u64{1} << 46 | (va >> 12 & 0x1fffffffff);  // 4K, two pages
}

void invalidate(const Operation& op, u64 va) {
    const u32 words[] = {0xd5088000 | op.crm_op2 | 3, 0xd5033b9f, 0xd5033fdf, kSvcEnd};  // TLBI, DSB ISH, ISB
    Probe p{write_code(words, 4, Level::El1h), Level::El1h};
    p.frame.x[3] = operand_of(op, va);
    p.run();
    if (!p.ended()) Line{"tlbi", op.name}.hex("esr", p.frame.esr);
}

u64 read(u64 va) {
    Probe p{maintain_read};
    p.frame.x[5] = va;
    p.run();
    return p.ended() ? p.frame.x[0] : p.frame.esr;
}

void one(const Operation& op, const char* what, u64 va, u64 attributes, int level) {
    const u64 first = level == 2 ? kBlock : page(1);
    const u64 second = level == 2 ? kBlock + 0x200000 : page(2);
    *reinterpret_cast<volatile u64*>(first) = 0x1111;
    *reinterpret_cast<volatile u64*>(second) = 0x2222;
    map(va, first, kNormal | attributes, level);
    publish();
    const u64 before = read(va);
    *descriptor(va, level) = 0;
    publish();
    invalidate(op, va);
    const u64 between = read(va);
    map(va, second, kNormal | attributes, level);
    publish();
    const u64 after = read(va);
    Line{"tlbi", op.name}.word(what).hex("before", before).hex("between", between).hex("after", after);
    unmap_tests();
}

void each_operation() {
    const u64 announced = READ_SYSREG(id_aa64isar0_el1) >> 56 & 15;
    const u64 base = READ_SYSREG(ttbr0_el1);
    WRITE_SYSREG(ttbr0_el1, base | u64{kAsid} << 48);
    for (const Operation& op : kOperations) {
        if (op.feature > announced) continue;
        one(op, "page-asid", kTest + 0x3000, kNotGlobal, 3);
        one(op, "block-asid", kTest + 0x400000, kNotGlobal, 2);
        if (!op.drops_global) continue;
        one(op, "page-global", kTest + 0x3000, 0, 3);
        one(op, "page-high", kHighTest + 0x3000, 0, 3);
        one(op, "block-global", kTest + 0x400000, 0, 2);
    }
    WRITE_SYSREG(ttbr0_el1, base);
    flush();
}

// Two address spaces, one virtual address: translations of one are not used in the other.
void address_spaces() {
    fill_page(1, 0xaaaa);
    fill_page(2, 0xbbbb);
    const u64 base = READ_SYSREG(ttbr0_el1);
    const volatile u64* const root = reinterpret_cast<const volatile u64*>(base);
    volatile u64* const other = reinterpret_cast<volatile u64*>(page(10));
    map(kTest, page(1), kNormal | kNotGlobal);
    const u64 first_table = root[1];
    *descriptor(kTest, 0) = 0;
    map(kTest, page(2), kNormal | kNotGlobal);
    for (unsigned i = 0; i < 512; ++i) other[i] = root[i];
    *descriptor(kTest, 0) = first_table;
    flush();
    u64 seen[4];
    for (unsigned i = 0; i < 4; ++i) {
        const u64 asid = 1 + (i & 1);
        WRITE_SYSREG(ttbr0_el1, (i & 1 ? page(10) : base) | asid << 48);
        seen[i] = read(kTest);
    }
    WRITE_SYSREG(ttbr0_el1, base);
    Line{"tlbi/address-spaces"}.hex("one", seen[0]).hex("two", seen[1]).hex("one", seen[2]).hex("two", seen[3]);
    unmap_tests();
}

// More rights than before, and fetches.
void rights() {
    map(kTest, page(1), kNormal | kPrivilegedNever | kReadOnly);
    flush();
    *reinterpret_cast<volatile u32*>(page(1)) = kSvcEnd;
    asm volatile("dc cvau, %0\ndsb ish\nic ivau, %0\ndsb ish\nisb" : : "r"(page(1)) : "memory");
    Probe before{maintain_jump};
    before.frame.x[5] = kTest;
    before.run();
    map(kTest, page(1), kNormal | kReadOnly);
    flush();
    Probe after{maintain_jump};
    after.frame.x[5] = kTest;
    after.run();
    Line{"tlbi/rights-fetch"}.hex("before", before.frame.esr).hex("after", after.frame.esr);
    unmap_tests();
}

void zero_block() {
    for (const u64 offset : {u64{0x100}, u64{0x13f}, u64{0x7c1}}) {
        fill_page(1, ~u64{0});
        map(kTest, page(1), kNormal | kUser);
        flush();
        for (const Level level : {Level::El1h, Level::El0}) {
            fill_page(1, ~u64{0});
            Probe p{maintain_zva, level};
            p.frame.x[5] = kTest + offset;
            p.run();
            const volatile u64* const words = reinterpret_cast<const volatile u64*>(page(1));
            u64 first = 512;
            u64 count = 0;
            for (unsigned i = 0; i < 512; ++i) {
                if (words[i] != 0) continue;
                if (first == 512) first = i;
                ++count;
            }
            Line{"zva", name_of(level)}
                .hex("offset", offset)
                .hex("esr", p.frame.esr)
                .hex("first", 8 * first)
                .hex("bytes", 8 * count);
        }
    }
    map(kTest, page(1), kDevice | kUserNever | kPrivilegedNever);
    flush();
    for (const u64 offset : {u64{0x100}, u64{0x101}}) {
        Probe p{maintain_zva};
        p.frame.x[5] = kTest + offset;
        p.show("zva-device");
    }
    unmap_tests();
}

}  // namespace

void maintenance_checks() {
    each_operation();
    address_spaces();
    rights();
    zero_block();
}

}  // namespace el1
