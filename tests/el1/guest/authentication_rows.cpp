// Every row of pointer authentication with thousands of random operands, half of them authentic: a line has the sum
// over all outcomes. User mode cannot set the keys, so this takes the place of the random differential test.
#include "tests/el1/guest/code_page.h"
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {
namespace {

constexpr unsigned kCases = 1250;  // at each of two levels, and with tags ignored or not: 5,000 for a row

// Registers of the instructions below: x0 the pointer, x1 the modifier, x2 what spoils a signed pointer, SP = x1 where
// the row says so.
constexpr u32 kSpoil = 0xca020000;       // eor x0, x0, x2
constexpr u32 kSignIa = 0xdac10020;      // pacia x0, x1
constexpr u32 kMoveToLink = 0xaa0003fe;  // mov x30, x0
constexpr u32 kMoveTo17 = 0xaa0003f1;    // mov x17, x0
constexpr u32 kMoveTo16 = 0xaa0103f0;    // mov x16, x1
constexpr u32 kSetElr = 0xd5184020;      // msr elr_el1, x0
constexpr u32 kSetSpsr = 0xd5184004;     // msr spsr_el1, x4
constexpr u32 kNop = 0xd503201f;

struct Row {
    const char* name;
    u32 words[6];     // up to the first 0; then the end
    bool to_code;     // the pointer is an address of code
    bool privileged;  // ERETAA
};

constexpr u32 op(u32 opcode) {
    return 0xdac10020 | opcode << 10;
}  // x0, x1
constexpr u32 zero(u32 opcode) {
    return 0xdac103e0 | (opcode | 8) << 10;
}  // x0
constexpr u32 hint(u32 number) {
    return 0xd503201f | number << 5;
}

constexpr Row kRows[] = {
    {"pacia", {op(0)}, false, false},
    {"pacib", {op(1)}, false, false},
    {"pacda", {op(2)}, false, false},
    {"pacdb", {op(3)}, false, false},
    {"autia", {op(0), kSpoil, op(4)}, false, false},
    {"autib", {op(1), kSpoil, op(5)}, false, false},
    {"autda", {op(2), kSpoil, op(6)}, false, false},
    {"autdb", {op(3), kSpoil, op(7)}, false, false},
    {"paciza", {zero(0)}, false, false},
    {"pacizb", {zero(1)}, false, false},
    {"pacdza", {zero(2)}, false, false},
    {"pacdzb", {zero(3)}, false, false},
    {"autiza", {zero(0), kSpoil, zero(4)}, false, false},
    {"autizb", {zero(1), kSpoil, zero(5)}, false, false},
    {"autdza", {zero(2), kSpoil, zero(6)}, false, false},
    {"autdzb", {zero(3), kSpoil, zero(7)}, false, false},
    {"xpaci", {op(0), kSpoil, 0xdac143e0}, false, false},
    {"xpacd", {op(2), kSpoil, 0xdac147e0}, false, false},
    {"pacga", {0x9ac13000}, false, false},
    {"pacia1716", {kMoveTo17, kMoveTo16, hint(8)}, false, false},
    {"pacib1716", {kMoveTo17, kMoveTo16, hint(10)}, false, false},
    {"autia1716", {op(0), kSpoil, kMoveTo17, kMoveTo16, hint(12)}, false, false},
    {"autib1716", {op(1), kSpoil, kMoveTo17, kMoveTo16, hint(14)}, false, false},
    {"paciaz", {kMoveToLink, hint(24)}, false, false},
    {"paciasp", {kMoveToLink, hint(25)}, false, false},
    {"pacibz", {kMoveToLink, hint(26)}, false, false},
    {"pacibsp", {kMoveToLink, hint(27)}, false, false},
    {"autiaz", {zero(0), kSpoil, kMoveToLink, hint(28)}, false, false},
    {"autiasp", {kSignIa, kSpoil, kMoveToLink, hint(29)}, false, false},
    {"autibz", {zero(1), kSpoil, kMoveToLink, hint(30)}, false, false},
    {"autibsp", {op(1), kSpoil, kMoveToLink, hint(31)}, false, false},
    {"xpaclri", {kSignIa, kSpoil, kMoveToLink, hint(7)}, false, false},
    {"braa", {op(0), kSpoil, 0xd71f0801}, true, false},
    {"brab", {op(1), kSpoil, 0xd71f0c01}, true, false},
    {"braaz", {zero(0), kSpoil, 0xd61f081f}, true, false},
    {"brabz", {zero(1), kSpoil, 0xd61f0c1f}, true, false},
    {"blraa", {op(0), kSpoil, 0xd73f0801}, true, false},
    {"blrab", {op(1), kSpoil, 0xd73f0c01}, true, false},
    {"blraaz", {zero(0), kSpoil, 0xd63f081f}, true, false},
    {"blrabz", {zero(1), kSpoil, 0xd63f0c1f}, true, false},
    {"retaa", {op(0), kSpoil, kMoveToLink, 0xd65f0bff}, true, false},
    {"retab", {op(1), kSpoil, kMoveToLink, 0xd65f0fff}, true, false},
    {"eretaa", {op(0), kSpoil, kSetElr, kSetSpsr, 0xd69f0bff}, true, true},
    {"eretab", {op(1), kSpoil, kSetElr, kSetSpsr, 0xd69f0fff}, true, true},
    {"ldraa", {zero(2), kSpoil, 0xf8201403}, false, false},      // ldraa x3, [x0, #8]
    {"ldrab", {zero(3), kSpoil, 0xf8ff9403}, false, false},      // ldrab x3, [x0, #-56]
    {"ldraa-pre", {zero(2), kSpoil, 0xf8201c03}, false, false},  // ldraa x3, [x0, #8]!
    {"ldrab-pre", {zero(3), kSpoil, 0xf8fffc03}, false, false},  // ldrab x3, [x0, #-8]!
};

// A linear congruential generator: its upper bits.
class Random {
public:
    u64 next() { return (step() & 0xffffffff00000000) | step() >> 32; }

private:
    u64 step() { return state_ = state_ * 6364136223846793005 + 1442695040888963407; }
    u64 state_{1};
};

u64 code_of(const Row& row, Level level, u64& target) {
    u32 words[10];
    unsigned count = 0;
    for (const u32 word : row.words)
        if (word != 0) words[count++] = word;
    words[count++] = kSvcEnd;
    const unsigned landing = count;
    words[count++] = kNop;
    words[count++] = kSvcEnd;
    const u64 at = write_code(words, count, level);
    target = at + 4 * landing;
    return at;
}

// Pointers of tests are near the edges of both halves, tagged, or anything; those to code and data are what they are.
u64 pointer(Random& random, unsigned i, const Row& row, u64 target) {
    if (row.to_code) return target;
    if (row.name[0] == 'l') return kTest + 0x800;
    const u64 value = random.next();
    switch (i & 3) {
        case 0: return value & arch::low_mask(48);
        case 1: return value | ~arch::low_mask(48);
        case 2: return value & arch::low_mask(56);
        default: return value;
    }
}

u64 outcome(const Frame& f) {
    u64 sum = f.esr * 3 + (f.esr == kEndOfProbe ? 0 : f.far);
    for (const unsigned r : {0u, 3u, 16u, 17u, 30u}) sum = sum * 0x9e3779b97f4a7c15 + f.x[r];
    return sum + f.elr;
}

void one(const char* name, const Row& row, Level level) {
    u64 target = 0;
    const u64 at = code_of(row, level, target);
    Random random;
    u64 sum = 0;
    u64 ended = 0;
    for (unsigned i = 0; i < kCases; ++i) {
        Probe p{at, level};
        p.frame.x[0] = pointer(random, i, row, target);
        p.frame.x[1] = random.next() & ~u64{15};
        // Of a branch target the code alone is spoilt: by chance it is authentic nevertheless.
        const u64 bit = row.to_code ? 48 + random.next() % 16 : random.next() % 64;
        p.frame.x[2] = (i & 4) != 0 ? 0 : u64{1} << bit;
        p.frame.x[4] = p.frame.spsr;
        p.stack(p.frame.x[1]);
        p.run();
        ended += p.ended();
        sum = sum * 31 + outcome(p.frame);
    }
    put(name);
    put("-");
    Line{row.name, name_of(level)}.hex("ended", ended).hex("sum", sum);
}

void all(const char* name) {
    for (const Row& row : kRows) {
        one(name, row, Level::El1h);
        if (!row.privileged) one(name, row, Level::El0);
    }
}

}  // namespace

void authentication_row_checks() {
    if (id_field(READ_SYSREG(id_aa64isar1_el1), 4) == 0) return;
    map(kTest, page(1), kNormal | kUser | kUserNever);
    flush();
    fill_page(1, 0x77);
    const ControlBits on{u64{1} << 31 | 1 << 30 | 1 << 27 | 1 << 13};
    all("auth/rows");
    const TranslationControl ignored{u64{3} << 37};
    all("auth/rows-tagged");
    unmap_tests();
}

}  // namespace el1
