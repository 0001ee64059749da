// MMU faults: each kind at each level, for reads, writes and fetches, from both Exception levels and both halves.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(probe_read, "ldr x0, [x5]");
PROBE(probe_write, "str x0, [x5]");
PROBE(probe_jump, "mov x30, x5\nmov x0, #0\nbr x5");

namespace {

constexpr u64 kHardwareFlags = u64{1} << 39;  // TCR_EL1.HA
constexpr u64 kHardwareDirty = u64{1} << 40;  // TCR_EL1.HD
constexpr u64 kLevelSize[] = {u64{1} << 39, u64{1} << 30, u64{1} << 21, u64{1} << 12};
constexpr u64 kTableDescriptor = 3;

// One line: read, write and fetch at EL1, and at EL0.
void try_all(const char* name, const char* detail, u64 va) {
    const struct {
        const u8* code;
        const char* what;
    } accesses[] = {{probe_read, "read"}, {probe_write, "write"}, {probe_jump, "fetch"}};
    for (const auto& access : accesses) {
        Line line{name, detail};
        line.word(access.what);
        for (const Level level : {Level::El1h, Level::El0}) {
            Probe p{access.code, level};
            p.frame.x[5] = va;
            p.run();
            line.hex(name_of(level), p.frame.esr);
            if (p.ended()) continue;
            line.hex("far", p.frame.far);
            // A fetch fault is of the target; others of the probe, whose address does not matter here.
            if (access.code == probe_jump)
                line.hex("elr", p.frame.elr);
            else
                line.hex("elr", p.frame.elr - code_at(access.code, level));
        }
    }
}

const char* level_name(int level) {
    const char* const names[] = {"l0", "l1", "l2", "l3"};
    return names[level];
}

// Memory that a leaf of `level` can map, and that holds nothing executable but RET.
u64 output_for(int level) {
    return level == 3 ? page(1) : level == 2 ? kBlock : kGigabyte;
}

void translation() {
    for (int level = 0; level <= 3; ++level) {
        *descriptor(kTest, level) = 0;
        *descriptor(kHighTest, level) = 0;
        flush();
        try_all("fault/translation", level_name(level), kTest + 0x123 * 8);
        try_all("fault/translation-high", level_name(level), kHighTest + 0x10);
    }
    // Reserved encodings: a block at levels 0 and 3.
    *descriptor(kTest, 3) = page(1) | kNormal | 1;
    flush();
    try_all("fault/translation", "reserved-l3", kTest);
    unmap_tests();
    *descriptor(kTest, 0) = kGigabyte | kNormal | 1;
    flush();
    try_all("fault/translation", "reserved-l0", kTest);
    unmap_tests();
    // Outside of both halves, and where the top byte is not ignored.
    for (const u64 va : {u64{0x0001000000000000}, u64{0x00ffffffffffffff}, u64{0xfffe000000000000},
                         u64{0x5500008000000000}, u64{0x0080000000000000}})
        try_all("fault/translation", "range", va & ~u64{7});
    // Walks disabled.
    map(kTest, page(1), kNormal | kUser);
    map(kHighTest, page(1), kNormal | kUser);
    {
        const TranslationControl disabled{u64{1} << 23};  // EPD1
        try_all("fault/translation", "epd1", kHighTest);
    }
    unmap_tests();
}

void access_flag() {
    for (int level = 1; level <= 3; ++level) {
        map(kTest, output_for(level), (kNormal & ~kAccessed) | kUser, level);
        flush();
        try_all("fault/access-flag", level_name(level), kTest + 0x18);
        {
            const TranslationControl managed{kHardwareFlags};
            Probe p{probe_read};
            p.frame.x[5] = kTest + 0x18;
            p.run();
            Line{"fault/access-flag-managed", level_name(level)}
                .hex("esr", p.frame.esr)
                .hex("flag", *descriptor(kTest, level) >> 10 & 1);
        }
        unmap_tests();
    }
}

void permission() {
    const struct {
        u64 attributes;
        const char* name;
    } kinds[] = {
        {0, "el1-rwx"},
        {kUser, "all-rw"},
        {kReadOnly, "el1-ro"},
        {kUser | kReadOnly, "all-ro"},
        {kUserNever | kPrivilegedNever, "el1-rw-nx"},
        {kUser | kReadOnly | kUserNever, "all-ro-uxn"},
        {kUser | kReadOnly | kPrivilegedNever, "all-ro-pxn"},
        {kReadOnly | kUserNever, "el1-ro-uxn"},
        {kUser | kUserNever, "all-rw-uxn"},
    };
    volatile u32* const code = reinterpret_cast<volatile u32*>(page(2));
    code[0] = 0xd41e01a1;  // svc #0xf00d
    asm volatile("dc cvau, %0\ndsb ish\nic ivau, %0\ndsb ish\nisb" : : "r"(code) : "memory");
    for (const auto& kind : kinds) {
        map(kTest, page(2), kNormal | kind.attributes);
        flush();
        Probe store{probe_read};
        try_all("fault/permission-l3", kind.name, kTest);
        code[0] = 0xd41e01a1;  // the write has been there
        asm volatile("dc cvau, %0\ndsb ish\nic ivau, %0\ndsb ish\nisb" : : "r"(code) : "memory");
        const ControlBits write_implies_never{1 << 19};  // WXN
        flush();
        if ((kind.attributes & kReadOnly) == 0) {
            Probe p{probe_jump, Level::El0};
            p.frame.x[5] = kTest;
            p.run();
            Line{"fault/permission-wxn", kind.name}.hex("el0", p.frame.esr);
        }
    }
    flush();
    unmap_tests();
    for (int level = 1; level <= 2; ++level) {
        map(kTest, output_for(level), kNormal | kReadOnly | kUserNever | kPrivilegedNever, level);
        map(kHighTest, output_for(level), kNormal | kReadOnly | kUserNever | kPrivilegedNever, level);
        flush();
        try_all("fault/permission", level_name(level), kTest + 0x2008);
        try_all("fault/permission-high", level_name(level), kHighTest + 0x2008);
        unmap_tests();
    }
}

// What table descriptors take away: PXNTable 59, UXNTable 60, APTable 61 and 62.
void table_permission() {
    for (unsigned bit = 59; bit <= 62; ++bit) {
        for (int level = 0; level <= 2; ++level) {
            map(kTest, page(2), kNormal | kUser | (bit <= 60 ? kReadOnly : 0));
            volatile u64* const table = descriptor(kTest, level);
            *table = *table | u64{1} << bit;
            flush();
            const char* const names[] = {"pxn", "uxn", "ap0", "ap1"};
            try_all("fault/table", names[bit - 59], kTest);
            if (level == 0) {
                const TranslationControl no_hierarchy{u64{1} << 41};  // HPD0
                try_all("fault/table-hpd", names[bit - 59], kTest);
            }
            unmap_tests();
        }
    }
}

// Output or table addresses beyond TCR_EL1.IPS.
void address_size() {
    constexpr u64 kBeyond = u64{1} << 40;
    const u64 ips = READ_SYSREG(tcr_el1) & u64{7} << 32;
    const TranslationControl small{u64{1} << 32, ips};  // 36 bits
    for (int level = 0; level <= 2; ++level) {
        *descriptor(kTest, level) = kBeyond | kTableDescriptor;
        flush();
        try_all("fault/address-size-table", level_name(level), kTest);
        unmap_tests();
    }
    for (int level = 1; level <= 3; ++level) {
        map(kTest, kBeyond, kNormal | kUser, level);
        flush();
        try_all("fault/address-size", level_name(level), kTest + 8);
        // The access flag is not looked at before.
        map(kTest, kBeyond, (kNormal & ~kAccessed) | kUser | kReadOnly, level);
        flush();
        try_all("fault/address-size-first", level_name(level), kTest + 8);
        unmap_tests();
    }
    const u64 base = READ_SYSREG(ttbr1_el1);
    WRITE_SYSREG(ttbr1_el1, base | kBeyond);
    flush();
    try_all("fault/address-size", "base", kHighTest);
    WRITE_SYSREG(ttbr1_el1, base);
    flush();
}

// The access flag comes before permission.
void priority() {
    map(kTest, page(1), (kNormal & ~kAccessed) | kReadOnly | kUserNever | kPrivilegedNever);
    flush();
    try_all("fault/priority", "flag-permission", kTest);
    unmap_tests();
}

void hardware_dirty() {
    const TranslationControl managed{kHardwareFlags | kHardwareDirty};
    const struct {
        u64 attributes;
        const char* name;
    } kinds[] = {{kReadOnly | kDirtyModified, "clean"},
                 {kReadOnly, "read-only"},
                 {kDirtyModified, "dirty"},
                 {kReadOnly | kDirtyModified | kUser, "clean-user"}};
    for (const auto& kind : kinds) {
        for (const u64 flag : {u64{0}, kAccessed}) {
            map(kTest, page(1), (kNormal & ~kAccessed) | flag | kind.attributes | kUserNever);
            flush();
            Probe read{probe_read};
            read.frame.x[5] = kTest;
            read.run();
            const u64 after_read = *descriptor(kTest, 3);
            Probe write{probe_write};
            write.frame.x[5] = kTest;
            write.run();
            const u64 after_write = *descriptor(kTest, 3);
            constexpr u64 kState = kAccessed | kReadOnly | kDirtyModified;
            Line{"fault/managed", kind.name}
                .hex("flag", flag)
                .hex("read", read.frame.esr)
                .hex("then", after_read & kState)
                .hex("write", write.frame.esr)
                .hex("then", after_write & kState);
        }
    }
    unmap_tests();
}

// Nothing answers at these physical addresses.
void external() {
    map(kTest, u64{0x0f000000}, kDevice | kUser);
    map(kTest + 0x1000, u64{0x0f000000}, kNonCacheable | kUser);
    flush();
    Probe read{probe_read};
    read.frame.x[5] = kTest + 8;
    read.show("fault/external-read");
    Probe write{probe_write};
    write.frame.x[5] = kTest + 8;
    write.show("fault/external-write");
    Probe user{probe_read, Level::El0};
    user.frame.x[5] = kTest + 0x1008;
    user.show("fault/external-read-el0");
    Probe fetch{probe_jump};
    map(kTest + 0x2000, u64{0x0f000000}, kNonCacheable);
    flush();
    fetch.frame.x[5] = kTest + 0x2000;
    fetch.run();
    Line{"fault/external-fetch"}.hex("esr", fetch.frame.esr).hex("far", fetch.frame.far).hex("elr", fetch.frame.elr);
    unmap_tests();
    for (int level = 0; level <= 2; ++level) {
        *descriptor(kTest, level) = u64{0x0f000000} | kTableDescriptor;
        flush();
        try_all("fault/external-walk", level_name(level), kTest);
        unmap_tests();
    }
}

void tagged() {
    map(kTest, page(1), kNormal | kUser | kReadOnly);
    flush();
    const TranslationControl ignored{u64{3} << 37};  // TBI0, TBI1
    Probe ok{probe_read};
    ok.frame.x[5] = kTest | u64{0x5a} << 56;
    ok.frame.x[0] = 0;
    ok.run();
    Line{"fault/tagged-read"}.hex("esr", ok.frame.esr);
    try_all("fault/tagged", "write", kTest | u64{0x5a} << 56);
    try_all("fault/tagged", "unmapped", (kTest + 0x5000) | u64{0x7f} << 56);
    try_all("fault/tagged", "high", (kHighTest & ~(u64{0xff} << 56)) | u64{0x12} << 56);
    unmap_tests();
}

}  // namespace

void fault_checks() {
    translation();
    access_flag();
    permission();
    table_permission();
    address_size();
    priority();
    hardware_dirty();
    external();
    tagged();
}

}  // namespace el1
