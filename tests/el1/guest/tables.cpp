#include "tests/el1/guest/tables.h"

#include "tests/el1/guest/registers.h"

extern "C" const arch::u8 __probes_end[];

namespace el1 {
namespace {

constexpr u64 kImage = 0x40200000;
constexpr unsigned kTables = 96;
constexpr u64 kTableType = 3;
constexpr u64 kAddress = 0x0000fffffffff000;

alignas(4096) volatile u64 pool[kTables][512];
unsigned used = 2;  // the roots of both halves come first
alignas(4096) volatile u64 pages[64][512];

volatile u64* root_of(u64 va) {
    return pool[va >> 55 & 1];
}
u64 address_of(volatile u64* table) {
    return reinterpret_cast<u64>(table);
}
volatile u64* slot(volatile u64* table, u64 va, int level) {
    return &table[va >> (39 - 9 * level) & 511];
}

// Normal Write-Back; Device-nGnRnE; Device-nGnRE; Non-cacheable; Write-Through.
constexpr u64 kMair = 0xbb440400ff;
// 48 bits and 4K on both sides, Write-Back Inner Shareable walks, 16-bit ASIDs of TTBR0_EL1.
constexpr u64 kTcr =
    16 | 16 << 16 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 24 | 1 << 26 | 3 << 28 | u64{2} << 30 | u64{1} << 36;

}  // namespace

volatile u64* descriptor(u64 va, int level) {
    volatile u64* table = root_of(va);
    for (int l = 0; l < level; ++l) {
        volatile u64* d = slot(table, va, l);
        if ((*d & 3) != kTableType) {
            volatile u64* next = pool[used++];
            for (unsigned i = 0; i < 512; ++i) next[i] = 0;
            *d = address_of(next) | kTableType;
        }
        table = reinterpret_cast<volatile u64*>(*d & kAddress);
    }
    return slot(table, va, level);
}

void map(u64 va, u64 pa, u64 attributes, int level) {
    *descriptor(va, level) = pa | attributes | (level == 3 ? 3 : 1);
}

void publish() {
    asm volatile("dsb ish\nisb" : : : "memory");
}

void flush() {
    asm volatile("dsb ish\ntlbi vmalle1\ndsb ish\nisb" : : : "memory");
}

void unmap_tests() {
    *descriptor(kTest, 0) = 0;
    *descriptor(kHighTest, 0) = 0;
    flush();
    // Tables made from here on may reuse those of the tests.
    static const unsigned first_of_tests = used;
    used = first_of_tests;
}

u64 page(unsigned n) {
    return address_of(pages[n]);
}

void fill_page(unsigned n, u64 value) {
    for (unsigned i = 0; i < 512; ++i) pages[n][i] = value;
}

// Text and probes are not writable, so that EL1 can go on under SCTLR_EL1.WXN.
static void map_memory() {
    constexpr u64 kMiB = 1 << 20;
    for (u64 pa = kGigabyte; pa < 2 * kGigabyte; pa += 2 * kMiB)
        if (pa != kImage) map(pa, pa, kNormal | kUserNever, 2);
    const u64 text_end = reinterpret_cast<u64>(__probes_end);
    for (u64 pa = kImage; pa < kImage + 2 * kMiB; pa += 4096)
        map(pa, pa, kNormal | kUserNever | (pa < text_end ? kReadOnly : 0));
}

void turn_mmu_on() {
    map(0, 0, kDevice | kUserNever | kPrivilegedNever, 1);
    map_memory();
    map_user_probes();
    map(kUserData, page(63), kNormal | kUser | kUserNever | kPrivilegedNever);
    const u64 range = READ_SYSREG(id_aa64mmfr0_el1) & 15;
    WRITE_SYSREG(mair_el1, kMair);
    WRITE_SYSREG(tcr_el1, kTcr | (range < 5 ? range : 5) << 32);
    WRITE_SYSREG(ttbr0_el1, address_of(pool[0]));
    WRITE_SYSREG(ttbr1_el1, address_of(pool[1]));
    flush();
    // MMU, caches, SA, SA0, SED, DZE, UCT, nTWI, nTWE, SPAN, UCI, and the bits that are RES1 in ARMv8.0.
    WRITE_SYSREG(sctlr_el1, 0x34d5d91d);
    unmap_tests();
}

TranslationControl::TranslationControl(arch::u64 set, arch::u64 clear) : before_{READ_SYSREG(tcr_el1)} {
    WRITE_SYSREG(tcr_el1, (before_ | set) & ~clear);
    flush();
}

TranslationControl::~TranslationControl() {
    WRITE_SYSREG(tcr_el1, before_);
    flush();
}

}  // namespace el1
