// Alignment: what must always be aligned, SCTLR_EL1.A, Device memory, and accesses that cross into another page.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(align_ldrh, "ldrh w0, [x5]");
PROBE(align_ldr_w, "ldr w0, [x5]");
PROBE(align_ldr, "ldr x0, [x5]");
PROBE(align_str, "str x6, [x5]");
PROBE(align_ldp, "ldp x0, x1, [x5]");
PROBE(align_stp, "stp x6, x7, [x5]");
PROBE(align_ldp_w, "ldp w0, w1, [x5]");
PROBE(align_ldtr, "ldtr x0, [x5]");
PROBE(align_ldar, "ldar x0, [x5]");
PROBE(align_ldarh, "ldarh w0, [x5]");
PROBE(align_stlr, "stlr x6, [x5]");
PROBE(align_ldxr, "ldxr x0, [x5]");
PROBE(align_ldxp, "ldxp x0, x1, [x5]");
PROBE(align_ldxp_w, "ldxp w0, w1, [x5]");
PROBE(align_stxr, "stxr w0, x6, [x5]");
PROBE(align_cas, ".arch_extension lse\ncas x0, x6, [x5]");
PROBE(align_casp, ".arch_extension lse\ncasp x0, x1, x6, x7, [x5]");
PROBE(align_ldadd, ".arch_extension lse\nldadd w6, w0, [x5]");
PROBE(align_zva, "dc zva, x5");
PROBE(align_cvac, "dc cvac, x5");

namespace {

struct Kind {
    const u8* code;
    const char* name;
};
constexpr Kind kKinds[] = {
    {align_ldrh, "ldrh"}, {align_ldr_w, "ldr-w"},   {align_ldr, "ldr"},     {align_str, "str"},
    {align_ldp, "ldp"},   {align_stp, "stp"},       {align_ldp_w, "ldp-w"}, {align_ldtr, "ldtr"},
    {align_ldar, "ldar"}, {align_ldarh, "ldarh"},   {align_stlr, "stlr"},   {align_ldxr, "ldxr"},
    {align_ldxp, "ldxp"}, {align_ldxp_w, "ldxp-w"}, {align_stxr, "stxr"},   {align_cas, "cas"},
    {align_casp, "casp"}, {align_ldadd, "ldadd"},   {align_zva, "dc-zva"},  {align_cvac, "dc-cvac"},
};

void try_kinds(const char* name, u64 va, bool with_values = true) {
    for (const Kind& kind : kKinds) {
        Probe p{kind.code};
        p.frame.x[5] = va;
        p.frame.x[6] = 0x0102030405060708;
        p.frame.x[7] = 0x1112131415161718;
        p.run();
        Line line{name, kind.name};
        line.hex("esr", p.frame.esr);
        if (!p.ended())
            line.hex("far", p.frame.far);
        else if (with_values)
            line.hex("x0", p.frame.x[0]).hex("x1", p.frame.x[1]);
    }
}

void number_pages() {
    for (unsigned n = 1; n <= 2; ++n) {
        volatile u8* const bytes = reinterpret_cast<volatile u8*>(page(n));
        for (unsigned i = 0; i < 4096; ++i) bytes[i] = static_cast<u8>(i * 7 + n);
    }
}

// Two pages side by side, the second one as given.
void map_pair(u64 second) {
    map(kTest, page(1), kNormal | kUser);
    if (second != 0)
        map(kTest + 0x1000, page(2), second);
    else
        *descriptor(kTest + 0x1000, 3) = 0;
    flush();
}

void crossing() {
    const struct {
        const char* name;
        u64 second;
    } pairs[] = {{"align/cross", kNormal | kUser},
                 {"align/cross-unmapped", 0},
                 {"align/cross-read-only", kNormal | kReadOnly},
                 {"align/cross-flag", kNormal & ~kAccessed}};
    for (const auto& pair : pairs) {
        number_pages();
        map_pair(pair.second);
        try_kinds(pair.name, kTest + 0xffc);
        try_kinds(pair.name, kTest + 0xff9);
    }
    // The first page faults, the second is fine: the address is that of the access.
    *descriptor(kTest, 3) = 0;
    map(kTest + 0x1000, page(2), kNormal);
    flush();
    try_kinds("align/cross-first", kTest + 0xffd);
    // Stores that fault on the second page leave the first as it was.
    map_pair(0);
    Probe p{align_str};
    p.frame.x[5] = kTest + 0xffb;
    p.frame.x[6] = ~u64{0};
    p.run();
    Line{"align/cross-store"}
        .hex("esr", p.frame.esr)
        .hex("far", p.frame.far)
        .hex("kept", *reinterpret_cast<volatile u64*>(page(1) + 0xff8));
    unmap_tests();
}

}  // namespace

void alignment_checks() {
    number_pages();
    map_pair(kNormal | kUser);
    try_kinds("align/normal", kTest + 0x101);
    number_pages();
    try_kinds("align/normal-4", kTest + 0x104);
    {
        const ControlBits strict{2};  // A
        try_kinds("align/strict", kTest + 0x101);
        try_kinds("align/strict-4", kTest + 0x104);
    }
    *descriptor(kTest, 3) = page(1) | kUser | kReadOnly | kNormal | 3;
    flush();
    {
        const ControlBits strict{2};
        try_kinds("align/strict-read-only", kTest + 0x101);
    }
    *descriptor(kTest, 3) = 0;
    flush();
    try_kinds("align/unmapped", kTest + 0x101);
    const struct {
        const char* name;
        u64 attributes;
    } devices[] = {
        {"align/device-ngnrne", kDevice}, {"align/device-ngnre", kDeviceEarly}, {"align/noncacheable", kNonCacheable}};
    for (const auto& d : devices) {
        number_pages();
        map(kTest, page(1), d.attributes | kUserNever | kPrivilegedNever);
        flush();
        try_kinds(d.name, kTest + 0x101, false);
        try_kinds(d.name, kTest + 0x108, false);
    }
    unmap_tests();
    crossing();
}

}  // namespace el1
