#include "tests/support/mm_break_before_make.h"

#include <unordered_map>

#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/pte.h"
#include "mmu/arch/tlbi.h"

namespace km_test {

using namespace km;
using port::Event;
using port::TlbiOp;

namespace {

// How far the replacement of a valid entry has come.
enum class Step { Valid, Broken, Ordered, Invalidated, Complete };

struct SlotState {
    u64 last_valid{0};
    Step step{Step::Valid};
};

constexpr u64 kMustStay = PTE_PFN_MASK | PTE_ATTRINDX_MASK | PTE_SHARED | PTE_NG | PTE_CONT;

bool is_valid(u64 entry) { return (entry & PTE_VALID) != 0; }
bool compatible(u64 old_entry, u64 new_entry) { return ((old_entry ^ new_entry) & kMustStay) == 0; }

bool covers(TlbiOp op, u64 operand, u64 address) {
    switch (op) {
        case TlbiOp::ASIDE1IS:
        case TlbiOp::VMALLE1IS:
        case TlbiOp::VMALLE1: return true;
        case TlbiOp::VALE1IS:
        case TlbiOp::VAE1IS:
        case TlbiOp::VALE1: return arch::TlbiOperand::Va::get(operand) == address >> 12;
        case TlbiOp::RVALE1IS:
        case TlbiOp::RVAE1IS: break;
    }
    const u64 first = arch::TlbiOperand::BaseAddr::get(operand);
    const u64 pages = arch::tlbi_range_pages(static_cast<unsigned>(arch::TlbiOperand::Scale::get(operand)),
                                             static_cast<unsigned>(arch::TlbiOperand::Num::get(operand)));
    return address >> 12 >= first && address >> 12 < first + pages;
}

class Judge {
public:
    explicit Judge(const AddressOfSlot& address_of) : address_of_{address_of} {}

    // "" or the breach.
    std::string take(const Event& event) {
        switch (event.kind) {
            case Event::Kind::Store:
            case Event::Kind::Exchange:
            case Event::Kind::CompareExchange: return event.level == kPteLevel ? change(event) : "";
            case Event::Kind::Tlbi: invalidate(event); break;
            case Event::Kind::Barrier: order(event.barrier); break;
            default: break;
        }
        return "";
    }

private:
    std::string change(const Event& event) {
        SlotState& state = slots_[event.slot];
        if (is_valid(event.old_value) && !is_valid(event.new_value)) state = {event.old_value, Step::Broken};
        if (!is_valid(event.new_value)) return "";
        const u64 before = is_valid(event.old_value) ? event.old_value : state.last_valid;
        const bool done = state.step == Step::Complete && !is_valid(event.old_value);
        if (is_valid(before) && !compatible(before, event.new_value) && !done)
            return "an incompatible entry was made before the old one was gone";
        state = {event.new_value, Step::Valid};
        return "";
    }
    void invalidate(const Event& event) {
        for (auto& [slot, state] : slots_)
            if (state.step == Step::Ordered && covers(event.tlbi, event.operand, address_of_(slot)))
                state.step = Step::Invalidated;
    }
    void order(port::Barrier barrier) {
        const bool complete = barrier == port::Barrier::DsbIsh;
        if (!complete && barrier != port::Barrier::DsbIshst) return;
        for (auto& [slot, state] : slots_) {
            if (state.step == Step::Broken) state.step = Step::Ordered;
            if (state.step == Step::Invalidated && complete) state.step = Step::Complete;
        }
    }

    const AddressOfSlot& address_of_;
    std::unordered_map<const u64*, SlotState> slots_;
};

bool changes_descriptor(const Event& event) {
    return event.kind == Event::Kind::Store || event.kind == Event::Kind::Exchange ||
           event.kind == Event::Kind::CompareExchange;
}

void add_slots(std::unordered_map<const u64*, u64>& addresses, const u64* table, int level, u64 base) {
    for (u64 i = 0; i != PTRS_PER_PTE; ++i) {
        const u64 address = base + (i << arch::level_shift(kGranule, level));
        if (level == kPteLevel)
            addresses[table + i] = address;
        else if (table[i] != 0)
            add_slots(addresses, table_of(table[i]), level + 1, address);
    }
}

}  // namespace

std::string break_before_make_breach(const std::vector<Event>& events, const AddressOfSlot& address_of) {
    Judge judge{address_of};
    for (const Event& event : events)
        if (std::string breach = judge.take(event); !breach.empty()) return breach;
    return "";
}

std::string unordered_tlbi(const std::vector<Event>& events) {
    bool stores_ordered = true;
    bool tlbi_pending = false;
    for (const Event& event : events) {
        if (changes_descriptor(event)) stores_ordered = false;
        if (event.kind == Event::Kind::Barrier && event.barrier != port::Barrier::Isb) stores_ordered = true;
        if (event.kind == Event::Kind::Barrier && event.barrier == port::Barrier::DsbIsh) tlbi_pending = false;
        if (event.kind != Event::Kind::Tlbi) continue;
        if (!stores_ordered) return "a TLBI before the change was visible to walkers";
        tlbi_pending = true;
    }
    return tlbi_pending ? "a TLBI that nobody waited for" : "";
}

AddressOfSlot addresses_of_live_slots() {
    std::unordered_map<const u64*, u64> addresses;
    for (const AddressSpace* mm = all_address_spaces; mm != nullptr; mm = mm->next)
        add_slots(addresses, mm->pgd, kRootLevel, 0);
    return [addresses](const u64* slot) {
        const auto found = addresses.find(slot);
        return found != addresses.end() ? found->second : 0;
    };
}

}  // namespace km_test
