// Branch target identification: which landing instructions each kind of branch accepts on a guarded page.
#include "tests/el1/guest/code_page.h"
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(target_br, "br x5");
PROBE(target_br_x16, "mov x16, x5\nbr x16");
PROBE(target_br_x17, "mov x17, x5\nbr x17");
PROBE(target_blr, "blr x5");
PROBE(target_ret, "ret x5");
PROBE(target_direct_after, "br x5");

namespace {

constexpr u32 kLandings[] = {0xd503201f, 0xd503241f, 0xd503245f, 0xd503249f, 0xd50324df,
                             0xd503233f, 0xd503237f, 0xd4200000, 0xd503205f};
const char* const kNames[] = {"nop", "bti", "bti-c", "bti-j", "bti-jc", "paciasp", "pacibsp", "brk", "wfe"};

void try_all(const char* name, u64 guarded) {
    const struct {
        const u8* code;
        const char* what;
    } branches[] = {{target_br, "br"},
                    {target_br_x16, "br-x16"},
                    {target_br_x17, "br-x17"},
                    {target_blr, "blr"},
                    {target_ret, "ret"}};
    for (unsigned i = 0; i < sizeof kLandings / sizeof kLandings[0]; ++i) {
        volatile u32* const code = reinterpret_cast<volatile u32*>(page(7));
        code[0] = kLandings[i];
        code[1] = kSvcEnd;
        asm volatile("dc cvau, %0\ndsb ish\nic ivau, %0\ndsb ish\nisb" : : "r"(code) : "memory");
        Line line{name, kNames[i]};
        for (const Level level : {Level::El1h, Level::El0}) {
            map(kTest, page(7),
                kNormal | kReadOnly | guarded | (level == Level::El0 ? kUser | kPrivilegedNever : kUserNever));
            flush();
            for (const auto& branch : branches) {
                Probe p{branch.code, level};
                p.frame.x[5] = kTest;
                p.run();
                line.hex(branch.what, p.frame.esr).hex("spsr", p.frame.spsr);
            }
        }
    }
    unmap_tests();
}

// BTYPE in a saved state, and its coming back.
void saved_type() {
    map(kTest, page(7), kNormal | kReadOnly | kGuarded | kUser | kPrivilegedNever);
    flush();
    *reinterpret_cast<volatile u32*>(page(7)) = 0xd503201f;
    *reinterpret_cast<volatile u32*>(page(7) + 4) = kSvcEnd;
    asm volatile("dc cvau, %0\ndsb ish\nic ivau, %0\ndsb ish\nisb" : : "r"(page(7)) : "memory");
    for (u64 type = 0; type < 4; ++type) {
        Probe p{kTest, Level::El0};
        p.pstate(type << 10).run();
        Line{"target/saved-type"}
            .hex("type", type)
            .hex("esr", p.frame.esr)
            .hex("elr", p.frame.elr)
            .hex("spsr", p.frame.spsr);
    }
    unmap_tests();
}

}  // namespace

void branch_target_checks() {
    try_all("target/plain", 0);
    try_all("target/guarded", kGuarded);
    saved_type();
    if (id_field(READ_SYSREG(id_aa64pfr1_el1), 0) != 0) {
        const ControlBits strict{u64{3} << 35};  // BT0, BT1
        try_all("target/guarded-strict", kGuarded);
    }
}

}  // namespace el1
