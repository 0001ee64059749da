// How fast memory is cleared and copied, page by page: DC ZVA, pairs of stores, and pairs of loads and stores as the
// kernel's copy_page has them. Pages come in an order without neighbours, so that each is a run of its own.
#include "workloads/common/runtime.h"

namespace {

// DCZID_EL0.BS: log2 of the words that DC ZVA clears.
u64 zero_block_bytes() {
    u64 dczid = 0;
    asm volatile("mrs %0, dczid_el0" : "=r"(dczid));
    return u64{4} << (dczid & 0xf);
}

void clear_by_zva(u8* page, u64 bytes, u64 block) {
    for (u8* const end = page + bytes; page != end; page += block) asm volatile("dc zva, %0" : : "r"(page) : "memory");
}

void clear_by_stp(u8* page, u64 bytes) {
    for (u8* const end = page + bytes; page != end; page += 64)
        asm volatile("stp xzr, xzr, [%0]\n\tstp xzr, xzr, [%0, #16]\n\tstp xzr, xzr, [%0, #32]\n\tstp xzr, xzr, [%0, #48]"
                     :
                     : "r"(page)
                     : "memory");
}

void copy_by_pairs(u8* to, const u8* from, u64 bytes) {
    for (const u8* const end = from + bytes; from != end; from += 64, to += 64)
        asm volatile(
            "ldp x9, x10, [%1]\n\tldp x11, x12, [%1, #16]\n\tldp x13, x14, [%1, #32]\n\tldp x15, x16, [%1, #48]\n\t"
            "stp x9, x10, [%0]\n\tstp x11, x12, [%0, #16]\n\tstp x13, x14, [%0, #32]\n\tstp x15, x16, [%0, #48]"
            :
            : "r"(to), "r"(from)
            : "memory", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16");
}

}  // namespace

void workload(Arguments& arguments) {
    const u64 page = arguments.number("page", 4 << 10);
    const u64 pages = arguments.number("bytes", 4 << 20) / page;
    arguments.finish();
    if (page % 4096 != 0) fail("page= must be a multiple of 4K");
    if (pages < 2 || (pages & (pages - 1)) != 0) fail("bytes= must be a power of two of pages, at least two");

    u8* const from = map_anonymous(pages * page);
    u8* const to = map_anonymous(pages * page);
    const auto each = [&](auto&& body) {
        for (u64 i = 0; i < pages; ++i) body((i * 0x9e3779b1) % pages * page);  // odd: every page once
    };
    phase("populate", 0, [&] {
        for (u64 word = 0; word < pages * page / 8; ++word) reinterpret_cast<u64*>(from)[word] = word;
        each([&](u64 offset) { to[offset] = 1; });
    });
    phase("copy", GUEST_PHASE_OF_INTEREST, [&] { each([&](u64 o) { copy_by_pairs(to + o, from + o, page); }); });
    u64 sum = 0;
    for (u64 word = 0; word < pages * page / 8; ++word) sum = mix(sum, reinterpret_cast<u64*>(to)[word]);
    phase("clear_stp", GUEST_PHASE_OF_INTEREST, [&] { each([&](u64 o) { clear_by_stp(from + o, page); }); });
    const u64 block = zero_block_bytes();
    phase("clear_zva", GUEST_PHASE_OF_INTEREST, [&] { each([&](u64 o) { clear_by_zva(to + o, page, block); }); });
    for (u64 word = 0; word < pages * page / 8; ++word)
        sum += reinterpret_cast<u64*>(from)[word] + reinterpret_cast<u64*>(to)[word];
    report(sum);
}
