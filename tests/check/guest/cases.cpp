// For each rule of the checker a case that breaks it and nothing else, and one that does the same work rightly. They come in
// pairs, bad first: the order is that of check_rules.def. After them come pairs with other layouts of tables, and others.
#include "tests/check/guest/tables.h"

extern "C" {
extern const u64 selected_case;

namespace {
AddressSpace space;
constexpr u64 kAsid = 1;
Slot page_slot(u64 va) { return descriptor(space, va, 3); }
// A page of the user, in use.
Slot mapped_page(u64 va, u64 value) {
    Slot slot = page_slot(va);
    *slot = value;
    user(user_read, va);
    return slot;
}
void mapped_group(u64 va, u64 attributes) {
    Slot first = page_slot(va);
    for (unsigned i = 0; i < 16; ++i) first[i] = frame(i) | kPage | attributes;
    user(user_read, va);
}
}  // namespace

void bad_break_before_make() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    *slot = frame(1) | kPage | kUserData;
}
void good_break_before_make() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    replace(slot, kTest, kAsid, frame(1) | kPage | kUserData);
    user(user_read, kTest);
}

void bad_contiguous_change() {
    mapped_group(kTest, kUserData);
    Slot first = page_slot(kTest);
    for (unsigned i = 0; i < 16; ++i) first[i] = frame(i) | kPage | kUserData | kContiguous;
}
void good_contiguous_change() {
    mapped_group(kTest, kUserData);
    Slot first = page_slot(kTest);
    for (unsigned i = 0; i < 16; ++i) first[i] = 0;
    dsb_ishst();
    for (unsigned i = 0; i < 16; ++i) tlbi_page(kTest + 4096 * i, kAsid);
    dsb_ish();
    for (unsigned i = 0; i < 16; ++i) first[i] = frame(i) | kPage | kUserData | kContiguous;
    user(user_write, kTest);
}

void bad_size_change() {
    Slot slot = descriptor(space, kTest, 2);
    *slot = kFrames | kBlock | kUserData;
    user(user_read, kTest);
    *slot = new_table() | kTable;
}
void good_size_change() {
    Slot slot = descriptor(space, kTest, 2);
    *slot = kFrames | kBlock | kUserData;
    user(user_read, kTest);
    replace(slot, kTest, kAsid, new_table() | kTable);
}

void bad_missing_tlbi() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    *slot = 0;
    dsb_ish();
    *slot = frame(1) | kPage | kUserData;
}
void good_missing_tlbi() { good_break_before_make(); }

void bad_missing_dsb_before_tlbi() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    *slot = 0;
    tlbi_page(kTest, kAsid);
    dsb_ish();
    *slot = frame(1) | kPage | kUserData;
}
void good_missing_dsb_before_tlbi() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    *slot = 0;
    dsb_ishst();
    tlbi_page(kTest, kAsid);
    dsb_ish();
    *slot = frame(1) | kPage | kUserData;
}

void bad_missing_dsb_after_tlbi() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    *slot = 0;
    dsb_ishst();
    tlbi_page(kTest, kAsid);
    dsb_ishst();  // of stores only: it does not wait for TLBIs
    *slot = frame(1) | kPage | kUserData;
}
void good_missing_dsb_after_tlbi() { good_missing_dsb_before_tlbi(); }

void bad_wrong_ttl() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    *slot = 0;
    dsb_ishst();
    tlbi_page(kTest, kAsid, 1 << 2 | 2);
    dsb_ish();
}
void good_wrong_ttl() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    *slot = 0;
    dsb_ishst();
    tlbi_page(kTest, kAsid, 1 << 2 | 3);
    dsb_ish();
    *slot = frame(1) | kPage | kUserData;
}

// The TLBI drops the table pointer, but names another page than the one that was mapped.
void bad_overlapping_entries() {
    static_cast<void>(mapped_page(kTest + 4096, frame(0) | kPage | kUserData));
    Slot slot = descriptor(space, kTest, 2);
    *slot = 0;
    dsb_ishst();
    tlbi_all_levels(kTest, kAsid);
    dsb_ish();
    *slot = kFrames | kBlock | kUserData;
}
void good_overlapping_entries() {
    static_cast<void>(mapped_page(kTest + 4096, frame(0) | kPage | kUserData));
    Slot slot = descriptor(space, kTest, 2);
    *slot = 0;
    dsb_ishst();
    tlbi_all_levels(kTest + 4096, kAsid);
    dsb_ish();
    *slot = kFrames | kBlock | kUserData;
    user(user_read, kTest);
}

void bad_inconsistent_group() {
    Slot first = page_slot(kTest);
    for (unsigned i = 0; i < 15; ++i) first[i] = frame(i) | kPage | kUserData | kContiguous;
    first[15] = frame(15) | kPage | kUserData;
    user(user_nothing, 0);
}
void good_inconsistent_group() {
    mapped_group(kTest, kUserData | kContiguous);
}

void bad_stale_use() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    user(user_write, kTest);
    *slot = frame(0) | kPage | kUserData | kReadOnly;
    dsb_ish();
    user(user_write, kTest);
}
void good_stale_use() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    user(user_write, kTest);
    *slot = frame(0) | kPage | kUserData | kReadOnly;
    dsb_ishst();
    tlbi_page(kTest, kAsid);
    dsb_ish();
    user(user_write, kTest);
}

void bad_freed_page() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    *slot = 0;
    dsb_ish();
    slot[1] = frame(0) | kPage | kUserData;
    user(user_read, kTest + 4096);
}
void good_freed_page() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData);
    *slot = 0;
    slot[1] = frame(0) | kPage | kUserData;  // before the flush, as mremap does
    dsb_ishst();
    tlbi_page(kTest, kAsid);
    dsb_ish();
    user(user_read, kTest + 4096);
}

void bad_freed_table() {
    Slot page = mapped_page(kTest, frame(0) | kPage | kUserData);
    *page = 0;
    dsb_ishst();
    tlbi_page(kTest, kAsid);  // last level only: pointers to the table stay
    dsb_ish();
    *descriptor(space, kTest, 2) = 0;
    dsb_ish();
    *page = 0x1234567;  // the table is used for something else, which happens to look valid
}
void good_freed_table() {
    Slot page = mapped_page(kTest, frame(0) | kPage | kUserData);
    *page = 0;
    *descriptor(space, kTest, 2) = 0;
    dsb_ishst();
    tlbi_all_levels(kTest, kAsid);
    dsb_ish();
    *page = 0x1234567;
}

void bad_asid_reuse() {
    static_cast<void>(mapped_page(kTest, frame(0) | kPage | kUserData));
    install(new_address_space(kAsid));
    isb();
}
void good_asid_reuse() {
    static_cast<void>(mapped_page(kTest, frame(0) | kPage | kUserData));
    install(new_address_space(kAsid + 1));  // the old one is gone, so its ASID may go on
    isb();
    tlbi_asid(kAsid);
    dsb_ish();
    install(new_address_space(kAsid));
    isb();
    user(user_nothing, 0);
}

void bad_lost_update() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData | kReadOnly | kDBM);
    user(user_write, kTest);
    *slot = frame(0) | kPage | kUserData | kReadOnly;  // write protected, and the dirty state forgotten
}
void good_lost_update() {
    Slot slot = mapped_page(kTest, frame(0) | kPage | kUserData | kReadOnly | kDBM);
    user(user_write, kTest);
    u64 old, failed;
    do {
        asm volatile("ldxr %0, %1" : "=r"(old) : "Q"(*slot));
        asm volatile("stxr %w0, %x2, %1" : "=&r"(failed), "=Q"(*slot) : "r"((old & ~kDBM) | kReadOnly) : "memory");
    } while (failed != 0);
}

void bad_missing_barrier_before_use() {
    Slot slot = page_slot(kTest);
    *slot = frame(0) | kPage | kNormal;
    static_cast<void>(*reinterpret_cast<volatile u64*>(kTest));
}
void good_missing_barrier_before_use() {
    Slot slot = page_slot(kTest);
    *slot = frame(0) | kPage | kNormal;
    dsb_ishst();
    isb();
    static_cast<void>(*reinterpret_cast<volatile u64*>(kTest));
}

// The kernel's own code moves to another frame.
void bad_missing_isb_before_fetch() {
    write_return(frame(0));
    write_return(frame(1));
    Slot slot = page_slot(kTest);
    *slot = frame(0) | kPage | kNormal;
    dsb_ishst();
    isb();
    reinterpret_cast<void (*)()>(kTest)();
    *slot = 0;
    dsb_ishst();
    tlbi_page(kTest, kAsid);
    dsb_ish();
    *slot = frame(1) | kPage | kNormal;
    dsb_ishst();
    reinterpret_cast<void (*)()>(kTest)();
}
void good_missing_isb_before_fetch() {
    write_return(frame(0));
    write_return(frame(1));
    Slot slot = page_slot(kTest);
    *slot = frame(0) | kPage | kNormal;
    dsb_ishst();
    isb();
    reinterpret_cast<void (*)()>(kTest)();
    replace(slot, kTest, kAsid, frame(1) | kPage | kNormal);
    reinterpret_cast<void (*)()>(kTest)();
}

// The page becomes Normal memory.
void bad_missing_tlbi_of_register() {
    static_cast<void>(mapped_page(kTest, frame(0) | kPage | kUserData | kAttribute1));
    write_mair(0xffff);
    isb();
    user(user_read, kTest);
}
void good_missing_tlbi_of_register() {
    static_cast<void>(mapped_page(kTest, frame(0) | kPage | kUserData | kAttribute1));
    write_mair(0xffff);
    isb();
    tlbi_asid(kAsid);
    dsb_ish();
    user(user_read, kTest);
}

void bad_missing_isb() {
    const AddressSpace other = new_address_space(kAsid + 1);
    install(other);
    static_cast<void>(*reinterpret_cast<volatile u64*>(frame(0)));
}
void good_missing_isb() {
    const AddressSpace other = new_address_space(kAsid + 1);
    install(other);
    isb();
    static_cast<void>(*reinterpret_cast<volatile u64*>(frame(0)));
}

// ---- layouts of 52-bit addresses

constexpr u64 kLarge = u64{1} << 49;  // an address that only five levels reach
constexpr u64 kLargeUser = kUserData & ~kShareable;

// A block of level 0, which 48-bit tables do not have.
void bad_level_0_block() {
    Slot slot = descriptor(space, kLarge, 0);
    *slot = kBlock | kLargeUser;
    user(user_read, kLarge + frame(0));
    *slot = new_table() | kTable;
}
void good_level_0_block() {
    Slot slot = descriptor(space, kLarge, 0);
    *slot = kBlock | kLargeUser;
    user(user_write, kLarge + frame(0));
    replace(slot, kLarge, kAsid, new_table() | kTable);
    Slot first = page_slot(kLarge);
    for (unsigned i = 0; i < 16; ++i) first[i] = frame(i) | kPage | kLargeUser | kContiguous;
    user(user_write, kLarge);
}

// The last page of the group is one of memory above 48 bits.
void bad_large_group() {
    Slot first = page_slot(kTest);
    for (unsigned i = 0; i < 32; ++i)
        first[i] = (kFrames + 65536 * i) | (i == 31 ? 1 << 15 : 0) | kPage | kUserData | kContiguous;
    user(user_read, kTest);
}
void good_large_group() {
    Slot first = page_slot(kTest);
    for (unsigned i = 0; i < 32; ++i) first[i] = (kFrames + 65536 * i) | kPage | kUserData;
    user(user_write, kTest);
    for (unsigned i = 0; i < 32; ++i) first[i] = 0;
    dsb_ishst();
    tlbi_asid(kAsid);
    dsb_ish();
    for (unsigned i = 0; i < 32; ++i) first[i] = (kFrames + 65536 * i) | kPage | kUserData | kContiguous;
    user(user_write, kTest + 65536);
}

// ---- more of the rule for registers

// The TLBI may come before the new value is in force: entries with the old one may be made after it.
void bad_tlbi_before_isb() {
    static_cast<void>(mapped_page(kTest, frame(0) | kPage | kUserData | kAttribute1));
    write_mair(0xffff);
    tlbi_asid(kAsid);
    dsb_ish();
    isb();
    user(user_read, kTest);
}
// What no descriptor refers to concerns nothing that is cached.
void good_unused_attribute() {
    static_cast<void>(mapped_page(kTest, frame(0) | kPage | kUserData));
    write_mair(0xffff);
    isb();
    user(user_read, kTest);
    *page_slot(kTest + 4096) = frame(1) | kPage | kUserData | kAttribute1;
    user(user_read, kTest + 4096);
}

struct Case {
    void (*run)();
    const Layout* layout;
};

void guest_main() {
    static constexpr Case kCases[] = {
        {bad_break_before_make, &kPages4K}, {good_break_before_make, &kPages4K},
        {bad_contiguous_change, &kPages4K}, {good_contiguous_change, &kPages4K},
        {bad_size_change, &kPages4K}, {good_size_change, &kPages4K},
        {bad_missing_tlbi, &kPages4K}, {good_missing_tlbi, &kPages4K},
        {bad_missing_dsb_before_tlbi, &kPages4K}, {good_missing_dsb_before_tlbi, &kPages4K},
        {bad_missing_dsb_after_tlbi, &kPages4K}, {good_missing_dsb_after_tlbi, &kPages4K},
        {bad_wrong_ttl, &kPages4K}, {good_wrong_ttl, &kPages4K},
        {bad_overlapping_entries, &kPages4K}, {good_overlapping_entries, &kPages4K},
        {bad_inconsistent_group, &kPages4K}, {good_inconsistent_group, &kPages4K},
        {bad_stale_use, &kPages4K}, {good_stale_use, &kPages4K},
        {bad_freed_page, &kPages4K}, {good_freed_page, &kPages4K},
        {bad_freed_table, &kPages4K}, {good_freed_table, &kPages4K},
        {bad_asid_reuse, &kPages4K}, {good_asid_reuse, &kPages4K},
        {bad_lost_update, &kPages4K}, {good_lost_update, &kPages4K},
        {bad_missing_barrier_before_use, &kPages4K}, {good_missing_barrier_before_use, &kPages4K},
        {bad_missing_isb_before_fetch, &kPages4K}, {good_missing_isb_before_fetch, &kPages4K},
        {bad_missing_tlbi_of_register, &kPages4K}, {good_missing_tlbi_of_register, &kPages4K},
        {bad_missing_isb, &kPages4K}, {good_missing_isb, &kPages4K},
        {bad_level_0_block, &kPages4KOf52Bits}, {good_level_0_block, &kPages4KOf52Bits},
        {bad_large_group, &kPages64KOf52Bits}, {good_large_group, &kPages64KOf52Bits},
        {bad_tlbi_before_isb, &kPages4K}, {good_unused_attribute, &kPages4K},
    };
    const Case& selected = kCases[selected_case];
    use_layout(*selected.layout);
    space = new_address_space(kAsid);
    turn_mmu_on(space);
    selected.run();
}

}  // extern "C"
