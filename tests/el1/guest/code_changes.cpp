// Code that changes: new instructions are executed after the sequence that the architecture asks for.
#include "tests/el1/guest/code_page.h"
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

// Writes w6 over the instruction at label 1 of itself, through x5, which maps the same page writable.
PROBE(change_self,
      "adr x1, 1f\nand x1, x1, #0xfff\nadd x1, x1, x5\nmov x0, #0\nstr w6, [x1]\ndc cvau, x1\ndsb ish\nic ivau, "
      "x1\ndsb ish\nisb\n1: mov x0, #1\nnop");
PROBE(change_all, "str w6, [x5]\ndc cvau, x5\ndsb ish\nic iallu\ndsb ish\nisb\nblr x7");

namespace {

constexpr u32 mov_x0(u32 value) {
    return 0xd2800000 | value << 5;
}
constexpr u32 kReturn = 0xd65f03c0;

// A loop that patches a function it calls, again and again.
void many_times(Level level) {
    u64 sum = 0;
    for (u32 i = 0; i < 40; ++i) {
        const u32 words[] = {mov_x0(i * 3), kSvcEnd};
        Probe p{write_code(words, 2, level), level};
        p.run();
        sum = sum * 7 + p.frame.x[0];
    }
    Line{"code/many", name_of(level)}.hex("sum", sum);
}

void in_place() {
    map(kTest, page(5), kNormal | kUser | kUserNever);
    const u8* const source = change_self;
    for (unsigned i = 0; i < 128; i += 4)
        *reinterpret_cast<volatile u32*>(page(5) + (reinterpret_cast<u64>(source) & 0xfff) + i) =
            *reinterpret_cast<const volatile u32*>(source + i);
    map(kTest + 0x1000, page(5), kNormal | kUser | kReadOnly | kPrivilegedNever);
    map(kTest + 0x2000, page(5), kNormal | kReadOnly);
    flush();
    asm volatile("ic iallu\ndsb ish\nisb");
    const u64 offset = reinterpret_cast<u64>(source) & 0xfff;
    for (u32 i = 2; i < 5; ++i) {
        Probe user{kTest + 0x1000 + offset, Level::El0};
        user.frame.x[5] = kTest;
        user.frame.x[6] = mov_x0(i);
        user.run();
        Probe kernel{kTest + 0x2000 + offset, Level::El1h};
        kernel.frame.x[5] = kTest;
        kernel.frame.x[6] = mov_x0(10 * i);
        kernel.run();
        Line{"code/self"}
            .hex("el0", user.frame.esr)
            .hex("x0", user.frame.x[0])
            .hex("el1", kernel.frame.esr)
            .hex("x0", kernel.frame.x[0]);
    }
    unmap_tests();
}

void all_invalidated() {
    for (u32 i = 1; i < 4; ++i) {
        volatile u32* const code = reinterpret_cast<volatile u32*>(page(6));
        code[0] = mov_x0(0x99);
        code[1] = kReturn;
        asm volatile("dc cvau, %0\ndsb ish\nic ivau, %0\ndsb ish\nisb" : : "r"(code) : "memory");
        Probe p{change_all};
        p.frame.x[5] = p.frame.x[7] = page(6);
        p.frame.x[6] = mov_x0(i);
        p.run();
        Line{"code/all"}.hex("esr", p.frame.esr).hex("x0", p.frame.x[0]);
    }
}

}  // namespace

void code_change_checks() {
    many_times(Level::El1h);
    many_times(Level::El0);
    in_place();
    all_invalidated();
}

}  // namespace el1
