#include "emu/debug/monitor_translation.h"

#include <cinttypes>
#include <cstdio>
#include <vector>

#include "emu/debug/group_state.h"
#include "emu/machine/tlb_text.h"
#include "mmu/walk/table_walker.h"

namespace emu::debug {
namespace {

using arch::Descriptor;
using arch::u64;

std::string formatted(const char* format, auto... values) {
    char text[256];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

std::string leaf_line(unsigned slot, const mmu::TlbEntry& e) {
    return formatted("%5u  %016" PRIx64 "  %012" PRIx64 "  %5s  %6s  %5u  %-12s  %s  %02x\n", slot, e.va, e.pa,
                     size_text(e.reach_shift).c_str(), owner_text(e).c_str(), unsigned{e.level}, contiguity_text(e).c_str(),
                     permission_text(e.permissions).c_str(), unsigned{e.memory_attr});
}
std::string table_line(unsigned slot, const mmu::TlbEntry& e) {
    return formatted("%5u  %016" PRIx64 "  %012" PRIx64 "  %5s  %6s  %5u  pointer to a table\n", slot, e.va, e.pa,
                     size_text(e.reach_shift).c_str(), owner_text(e).c_str(), unsigned{e.level});
}

std::string tlb_lines(const std::string& name, const mmu::Tlb& tlb) {
    std::string out = formatted("%s: %u of %u entries\n", name.c_str(), tlb.live(), tlb.size());
    if (tlb.live() != 0) out += " slot  va                pa             size    asid  level  contiguous    permissions      attr\n";
    for (unsigned slot = 0; slot < tlb.size(); ++slot) {
        if (!tlb.is_live(slot)) continue;
        const mmu::TlbEntry& e = tlb.entry(slot);
        out += e.kind == mmu::TlbEntry::Kind::Table ? table_line(slot, e) : leaf_line(slot, e);
    }
    return out;
}

std::string flag(const char* name, bool set) { return set ? std::string{" "} + name : ""; }

std::string leaf_fields(Descriptor d) {
    return formatted("AttrIndx=%u SH=%u AP=%u", static_cast<unsigned>(d.get<Descriptor::AttrIndx>()),
                     static_cast<unsigned>(d.get<Descriptor::SH>()),
                     static_cast<unsigned>(d.get<Descriptor::AP2>() << 1 | d.get<Descriptor::AP1>())) +
           flag("AF", d.test<Descriptor::AF>()) + flag("nG", d.test<Descriptor::nG>()) + flag("DBM", d.test<Descriptor::DBM>()) +
           flag("Contiguous", d.test<Descriptor::Contiguous>()) + flag("PXN", d.test<Descriptor::PXN>()) +
           flag("UXN", d.test<Descriptor::UXN>()) +
           formatted(" software=%u", static_cast<unsigned>(d.get<Descriptor::Software>()));
}

std::string table_fields(Descriptor d) {
    return flag("APTable", d.get<Descriptor::APTable>() != 0) + flag("UXNTable", d.test<Descriptor::UXNTable>()) +
           flag("PXNTable", d.test<Descriptor::PXNTable>());
}

std::string meaning(Descriptor d, arch::TableFormat format, int level) {
    const auto [granule, layout] = format;
    switch (d.type_at(granule, level, layout)) {
        case arch::DescriptorType::Invalid: return "invalid";
        case arch::DescriptorType::Table: return formatted("table at %012" PRIx64, d.next_table(granule, layout)) + table_fields(d);
        case arch::DescriptorType::Block: return formatted("block at %012" PRIx64 "  ", d.output_address(granule, level, layout)) + leaf_fields(d);
        case arch::DescriptorType::Page: break;
    }
    return formatted("page at %012" PRIx64 "  ", d.output_address(granule, level, layout)) + leaf_fields(d);
}

std::string level_line(const mmu::WalkStep& step, arch::TableFormat format) {
    const int level = step.level;
    return formatted("level %d  [%012" PRIx64 "] = %016" PRIx64 "  ", level, step.descriptor_pa, step.value) +
           meaning(Descriptor{step.value}, format, level) + "\n";
}

std::string group_line(mmu::PhysicalMemoryPort& memory, const mmu::WalkOutcome& outcome, arch::Granule granule) {
    const u64 count = arch::contiguous_count(granule, outcome.level);
    if (count == 1) return "";
    const u64 first = arch::align_down(outcome.descriptor_pa, 8 * count);
    std::vector<Descriptor> entries;
    for (u64 i = 0; i < count; ++i) entries.push_back({memory.read64(arch::PhysicalAddress{first + 8 * i}).value_or(0)});
    return formatted("group    %" PRIu64 " entries from [%012" PRIx64 "], %s: ", count, first,
                     size_text(arch::contiguous_reach_shift(granule, outcome.level)).c_str()) +
           text_of(judge_group(entries, granule, outcome.level)) + "\n";
}

std::string fault_text(arch::FaultKind fault) {
    switch (fault) {
        case arch::FaultKind::AddressSize: return "address size fault";
        case arch::FaultKind::SyncExternalOnWalk: return "external abort: the table is not in RAM";
        default: return "translation fault";
    }
}

}  // namespace

std::string tlb_text(const mmu::TlbHierarchy& tlbs, const std::string& which) {
    std::string out;
    std::string names;
    tlbs.for_each([&](const char* name, const mmu::Tlb& tlb) {
        names += names.empty() ? name : std::string{", "} + name;
        if (which.empty() || which == name) out += tlb_lines(name, tlb);
    });
    return out.empty() ? "tlb: say " + names + ", or nothing for all\n" : out;
}

std::string walk_text(const mmu::TranslationRegime& regime, mmu::PhysicalMemoryPort& memory, u64 va) {
    if (!regime.mmu_on) return formatted("the MMU is off: %016" PRIx64 " is a physical address\n", va);
    const mmu::WalkParams& params = regime.half_of(va);
    std::string out = formatted("%016" PRIx64 ", by TTBR%d_EL1, %s granule, asid %u\n", va, (va >> 55 & 1) != 0 ? 1 : 0,
                                size_text(arch::page_shift(params.granule)).c_str(), unsigned{regime.asid});
    const arch::FaultKind start = mmu::TableWalker::start_fault(regime, va, false);
    if (start != arch::FaultKind::None) return out + fault_text(start) + " before the first level\n";
    mmu::WalkOutcome outcome;
    mmu::LookupRecord steps;
    mmu::TableWalker{memory}.walk(regime, va, mmu::TableWalker::root(regime, va), outcome, &steps);
    for (unsigned i = 0; i < steps.step_count; ++i) out += level_line(steps.steps[i], params.format());
    if (outcome.fault != arch::FaultKind::None)
        return out + fault_text(outcome.fault) + formatted(" at level %d\n", outcome.level) +
               (outcome.level == arch::kLeafLevel ? group_line(memory, outcome, params.granule) : "");
    const u64 inside = va & arch::low_mask(outcome.leaf_shift);
    out += formatted("result   %012" PRIx64 "  %s  attr %02x\n", outcome.output + inside,
                     permission_text(outcome.permissions).c_str(),
                     unsigned{regime.mair[outcome.leaf.get<Descriptor::AttrIndx>()]});
    return out + group_line(memory, outcome, params.granule);
}

}  // namespace emu::debug
