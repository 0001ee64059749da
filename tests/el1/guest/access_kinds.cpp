// The same fault by every kind of data access: WnR, CM and FAR of each, and that nothing has changed.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

// x5: address, x6: data. Post-index forms show that the base does not move.
PROBE(kind_ldrb, "ldrb w0, [x5]");
PROBE(kind_ldrsw, "ldrsw x0, [x5]");
PROBE(kind_ldr_post, "ldr x0, [x5], #8\nmov x1, x5");
PROBE(kind_str_pre, "str x6, [x5, #0]!");
PROBE(kind_strb, "strb w6, [x5]");
PROBE(kind_ldp, "ldp x0, x1, [x5]");
PROBE(kind_ldpsw, "ldpsw x0, x1, [x5]");
PROBE(kind_stp, "stp x6, x6, [x5]");
PROBE(kind_stp_post, "stp x6, x6, [x5], #16");
PROBE(kind_ldnp, "ldnp x0, x1, [x5]");
PROBE(kind_ldtr, "ldtr x0, [x5]");
PROBE(kind_sttr, "sttr x6, [x5]");
PROBE(kind_ldtrb, "ldtrb w0, [x5]");
PROBE(kind_ldar, "ldar x0, [x5]");
PROBE(kind_stlr, "stlr x6, [x5]");
PROBE(kind_ldapr, ".arch_extension rcpc\nldapr x0, [x5]");
PROBE(kind_ldxr, "ldxr x0, [x5]");
PROBE(kind_ldaxp, "ldaxp x0, x1, [x5]");
PROBE(kind_stxr, "mov w0, #9\nldxr x1, [x7]\nstxr w0, x6, [x5]");
PROBE(kind_stxr_armed, "mov w0, #9\nldxr x1, [x5]\nstxr w0, x6, [x5]");
PROBE(kind_cas, ".arch_extension lse\ncas x0, x6, [x5]");
PROBE(kind_casp, ".arch_extension lse\ncasp x0, x1, x6, x7, [x5]");
PROBE(kind_swp, ".arch_extension lse\nswp x6, x0, [x5]");
PROBE(kind_ldadd, ".arch_extension lse\nldadd x6, x0, [x5]");
PROBE(kind_stadd, ".arch_extension lse\nstadd x6, [x5]");
PROBE(kind_prfm, "prfm pldl1keep, [x5]");
PROBE(kind_zva, "dc zva, x5");
PROBE(kind_cvac, "dc cvac, x5");
PROBE(kind_cvau, "dc cvau, x5");
PROBE(kind_civac, "dc civac, x5");
PROBE(kind_ivac, "dc ivac, x5");
PROBE(kind_ivau, "ic ivau, x5");

namespace {

struct Kind {
    const u8* code;
    const char* name;
};
constexpr Kind kKinds[] = {
    {kind_ldrb, "ldrb"},         {kind_ldrsw, "ldrsw"},    {kind_ldr_post, "ldr-post"}, {kind_str_pre, "str-pre"},
    {kind_strb, "strb"},         {kind_ldp, "ldp"},        {kind_ldpsw, "ldpsw"},       {kind_stp, "stp"},
    {kind_stp_post, "stp-post"}, {kind_ldnp, "ldnp"},      {kind_ldtr, "ldtr"},         {kind_sttr, "sttr"},
    {kind_ldtrb, "ldtrb"},       {kind_ldar, "ldar"},      {kind_stlr, "stlr"},         {kind_ldapr, "ldapr"},
    {kind_ldxr, "ldxr"},         {kind_ldaxp, "ldaxp"},    {kind_stxr, "stxr"},         {kind_stxr_armed, "stxr-armed"},
    {kind_cas, "cas"},           {kind_casp, "casp"},      {kind_swp, "swp"},           {kind_ldadd, "ldadd"},
    {kind_stadd, "stadd"},       {kind_prfm, "prfm"},      {kind_zva, "dc-zva"},        {kind_cvac, "dc-cvac"},
    {kind_cvau, "dc-cvau"},      {kind_civac, "dc-civac"}, {kind_ivac, "dc-ivac"},      {kind_ivau, "ic-ivau"},
};

u64 checksum(unsigned n) {
    const volatile u64* const words = reinterpret_cast<const volatile u64*>(page(n));
    u64 sum = 0;
    for (unsigned i = 0; i < 512; ++i) sum = sum * 31 + words[i];
    return sum;
}

void try_kinds(const char* name, u64 va, Level level) {
    for (const Kind& kind : kKinds) {
        fill_page(1, 0x1122334455667788);
        const u64 before = checksum(1);
        Probe p{kind.code, level};
        p.frame.x[5] = va;
        p.frame.x[6] = 0xa5a5a5a5a5a5a5a5;
        p.frame.x[7] = level == Level::El0 ? kUserData : page(3);
        p.run();
        Line line{name, kind.name};
        line.word(name_of(level)).hex("esr", p.frame.esr);
        if (p.ended())
            line.hex("x0", p.frame.x[0] & 0xffffffff).hex("changed", checksum(1) != before);
        else
            line.hex("far", p.frame.far).hex("base", p.frame.x[5] - va).hex("changed", checksum(1) != before);
    }
}

}  // namespace

void access_kind_checks() {
    const struct {
        const char* name;
        u64 attributes;
        u64 offset;
    } pages[] = {
        {"kind/unmapped", 0, 0x840},
        {"kind/flag", (kNormal & ~kAccessed) | kUser, 0x840},
        {"kind/read-only", kNormal | kUser | kReadOnly, 0x848},
        {"kind/writable", kNormal | kUser, 0x840},
        {"kind/el1-only", kNormal, 0x8c0},
    };
    for (const auto& at : pages) {
        if (at.attributes != 0)
            map(kTest, page(1), at.attributes | kUserNever);
        else
            *descriptor(kTest, 3) = 0;
        flush();
        try_kinds(at.name, kTest + at.offset, Level::El1h);
        try_kinds(at.name, kTest + at.offset, Level::El0);
    }
    unmap_tests();
}

}  // namespace el1
