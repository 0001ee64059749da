#include "tests/support/mm_machine.h"

#include <cstring>
#include <new>
#include <stdexcept>

#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/rmap.h"

namespace km_test {

using namespace km;
using port::Event;

KernelOptions options(const char* bootargs) {
    KernelOptions parsed;
    const char* bad = nullptr;
    if (!parse_kernel_options(bootargs, parsed, bad)) throw std::invalid_argument(bad);
    return parsed;
}

namespace {

void use_core(Core core) {
    port::features = {};
    port::features.tlb_range = core.tlb_range;
    port::features.ttl = core.ttl;
    port::features.hw_access_flag = core.hardware_flags;
    port::features.hw_dirty = core.hardware_flags;
}

// What a test before us may have left behind.
void forget_everything() {
    buddy.~BuddyAllocator();
    new (&buddy) BuddyAllocator;
    deferred_split_list.reset();
    all_address_spaces = nullptr;
    std::memset(counters, 0, sizeof counters);
    port::recorder.stop();
    port::recorder.level_of = table_level_of;
}

}  // namespace

Machine::Machine(const char* bootargs, Core core, u64 bytes) {
    use_core(core);
    forget_everything();
    port::make_arena(bytes);
    const PhysicalRange ram{port::arena.physical_base, port::arena.physical_base + bytes};
    mm_init(options(bootargs), ram, ram.start);
    mm_add_free_range({ram.start + page_array_bytes(ram), ram.end});
    mm_init_finish();
}

u64 Machine::pages_in_use() const { return counters[GUEST_FREE_PAGES_AT_BOOT] - buddy.free_pages(); }

namespace {

void add_access(Prices& prices, const Event& event) {
    if (event.level != kPteLevel) return;
    switch (event.kind) {
        case Event::Kind::Load: ++prices.loads; break;
        case Event::Kind::Store: ++prices.stores; break;
        case Event::Kind::Exchange: ++prices.exchanges; break;
        case Event::Kind::CompareExchange: ++prices.compare_exchanges; break;
        default: break;
    }
}

void add_tlbi(Prices& prices, port::TlbiOp op) {
    switch (op) {
        case port::TlbiOp::VALE1IS: ++prices.tlbi_page; break;
        case port::TlbiOp::VAE1IS: ++prices.tlbi_page_walk; break;
        case port::TlbiOp::RVALE1IS: ++prices.tlbi_range; break;
        case port::TlbiOp::RVAE1IS: ++prices.tlbi_range_walk; break;
        case port::TlbiOp::ASIDE1IS: ++prices.tlbi_asid; break;
        default: throw std::logic_error("a TLBI that no price list knows");
    }
}

void add_barrier(Prices& prices, port::Barrier barrier) {
    if (barrier == port::Barrier::DsbIsh) ++prices.dsb_ish;
    if (barrier == port::Barrier::DsbIshst) ++prices.dsb_ishst;
}

}  // namespace

Prices prices_of(const std::vector<Event>& events) {
    Prices prices;
    for (const Event& event : events) {
        if (event.kind == Event::Kind::Tlbi)
            add_tlbi(prices, event.tlbi);
        else if (event.kind == Event::Kind::Barrier)
            add_barrier(prices, event.barrier);
        else
            add_access(prices, event);
    }
    return prices;
}

u64* raw_slot(const AddressSpace& mm, u64 address) {
    u64* table = mm.pgd;
    for (int level = kRootLevel; level != kPteLevel; ++level) {
        const u64 entry = *entry_slot(table, level, address);
        if (entry == 0) return nullptr;
        table = table_of(entry);
    }
    return entry_slot(table, kPteLevel, address);
}

u64 raw_entry(const AddressSpace& mm, u64 address) {
    const u64* const slot = raw_slot(mm, address);
    return slot != nullptr ? *slot : 0;
}

bool is_folded(const AddressSpace& mm, u64 address) { return pte_valid_cont(Pte{raw_entry(mm, address)}); }

}  // namespace km_test
