// What the core says that it is.
#include "tests/el1/guest/code_page.h"
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"

namespace el1 {
namespace {

constexpr u32 kMrsX0 = 0xd5200000;

u64 read(u32 op0, u32 op1, u32 crn, u32 crm, u32 op2) {
    const u32 words[] = {kMrsX0 | op0 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5, kSvcEnd};
    Probe p{write_code(words, 2, Level::El1h), Level::El1h};
    p.run();
    return p.ended() ? p.frame.x[0] : p.frame.esr;
}

// A line for each field of four bits.
void fields(const char* name, u64 value) {
    for (unsigned low = 0; low < 64; low += 4) Line{"id", name}.hex("bit", low).hex("field", value >> low & 15);
}

}  // namespace

void identification_checks() {
    Line{"id/midr"}.hex("value", read(3, 0, 0, 0, 0));
    Line{"id/revidr"}.hex("value", read(3, 0, 0, 0, 6));
    Line{"id/aidr"}.hex("value", read(3, 1, 0, 0, 7));
    Line{"id/mpidr"}.hex("value", read(3, 0, 0, 0, 5));
    Line{"id/ctr"}.hex("value", read(3, 3, 0, 0, 1));
    Line{"id/dczid"}.hex("value", read(3, 3, 0, 0, 7));
    Line{"id/clidr"}.hex("value", read(3, 1, 0, 0, 1));
    for (u64 cache = 0; cache < 3; ++cache) {
        WRITE_SYSREG(csselr_el1, cache);
        Line{"id/ccsidr"}.hex("select", cache).hex("value", read(3, 1, 0, 0, 0));
    }
    const struct {
        const char* name;
        u32 crm, op2;
    } registers[] = {{"aa64pfr0", 4, 0},  {"aa64pfr1", 4, 1},  {"aa64zfr0", 4, 4},  {"aa64dfr0", 5, 0},
                     {"aa64dfr1", 5, 1},  {"aa64isar0", 6, 0}, {"aa64isar1", 6, 1}, {"aa64isar2", 6, 2},
                     {"aa64mmfr0", 7, 0}, {"aa64mmfr1", 7, 1}, {"aa64mmfr2", 7, 2}};
    for (const auto& r : registers) fields(r.name, read(3, 0, 0, r.crm, r.op2));
    for (u32 crm = 1; crm <= 3; ++crm)
        for (u32 op2 = 0; op2 < 8; ++op2)
            Line{"id/aa32"}.hex("crm", crm).hex("op2", op2).hex("value", read(3, 0, 0, crm, op2));
    for (u32 crm = 4; crm <= 7; ++crm)
        for (u32 op2 = 2; op2 < 8; ++op2)
            Line{"id/reserved"}
                .hex("crm", crm)
                .hex("op2", op2)
                .hex("esr_or_value", (crm == 4 && op2 == 4) || (crm >= 6 && op2 == 2) ? 0 : read(3, 0, 0, crm, op2));
}

}  // namespace el1
