#include "emu/machine/take_snapshot.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

#include "emu/machine/fold_state.h"
#include "emu/machine/tlb_text.h"

namespace emu {

using arch::Descriptor;
using arch::u64;

namespace {

// Walks one tree of tables and joins blocks of equal state.
class TableReader {
public:
    TableReader(const mmu::WalkParams& params, const GuestView& guest, PhysicalMemory& memory, bool is_user)
        : params_{params}, memory_{memory}, block_entries_{std::size_t{1} << arch::contiguous_shift(params.granule, arch::kLeafLevel)} {
        folio_of_ = [&guest, is_user](u64 pa) { return is_user ? guest.folio_of(pa) : std::nullopt; };
    }
    [[nodiscard]] std::vector<BlockRun> read(u64 root, u64 first_va) {
        table(root, params_.start_level, first_va);
        return std::move(runs_);
    }

private:
    void table(u64 pa, int level, u64 va) {
        const arch::Granule g = params_.granule;
        const unsigned top_bits = params_.input_bits - arch::level_shift(g, level);
        const u64 count = level == params_.start_level ? u64{1} << top_bits : arch::entries_per_table(g);
        const arch::u8* bytes = memory_.host(pa, count * 8);
        if (bytes == nullptr) return;
        std::vector<Descriptor> entries(count);
        std::memcpy(entries.data(), bytes, count * 8);
        if (level == arch::kLeafLevel) return pages(entries, va);
        for (u64 i = 0; i < count; ++i) entry(entries[i], level, va + (i << arch::level_shift(g, level)));
    }
    void entry(Descriptor d, int level, u64 va) {
        const arch::Granule g = params_.granule;
        switch (d.type_at(g, level, params_.layout)) {
            case arch::DescriptorType::Table: return table(d.next_table(g, params_.layout), level + 1, va);
            case arch::DescriptorType::Block: return add(va, arch::level_size(g, level), {"block"});
            case arch::DescriptorType::Invalid:
            case arch::DescriptorType::Page: return;
        }
    }
    void pages(std::span<const Descriptor> entries, u64 va) {
        const u64 block_bytes = block_entries_ * arch::page_size(params_.granule);
        for (std::size_t i = 0; i < entries.size(); i += block_entries_) {
            const FoldState state = fold_state(entries.subspan(i, block_entries_), params_.format(), folio_of_);
            if (state.state != nullptr) add(va + i / block_entries_ * block_bytes, block_bytes, state);
        }
    }
    void add(u64 va, u64 bytes, const FoldState& state) {
        if (!runs_.empty()) {
            BlockRun& last = runs_.back();
            if (last.va + last.bytes == va && last.state == state.state && last.reason == state.reason && last.bytes / last.blocks == bytes) {
                last.bytes += bytes;
                ++last.blocks;
                return;
            }
        }
        runs_.push_back({va, bytes, 1, state.state, state.reason});
    }

    const mmu::WalkParams& params_;
    PhysicalMemory& memory_;
    std::size_t block_entries_;
    FolioLookup folio_of_;
    std::vector<BlockRun> runs_;
};

TlbEntryState state_of(const mmu::TlbEntry& e) {
    TlbEntryState s;
    s.va = e.va;
    s.pa = e.pa;
    s.table = e.kind == mmu::TlbEntry::Kind::Table;
    s.reach = u64{1} << e.reach_shift;
    s.page_bytes = u64{1} << e.page_shift;
    s.valid_pages = s.table ? 0 : e.valid_pages;
    s.valid_bytes = s.page_bytes * static_cast<u64>(std::popcount(s.valid_pages));
    s.asid = e.asid;
    s.global = e.global;
    s.level = e.level;
    s.clean_pages = e.clean_pages;
    s.contiguity = s.table ? "-" : contiguity_text(e);
    return s;
}

TlbState state_of(const char* name, const mmu::Tlb& tlb) {
    TlbState state{name, tlb.size(), {}};
    for (unsigned slot = 0; slot < tlb.size(); ++slot)
        if (tlb.is_live(slot)) state.entries.push_back(state_of(tlb.entry(slot)));
    std::stable_sort(state.entries.begin(), state.entries.end(), [](const auto& a, const auto& b) {
        return std::tie(a.va, a.reach, a.asid, a.level) < std::tie(b.va, b.reach, b.asid, b.level);
    });
    return state;
}

// Bits above the input address are copies of bit 55.
u64 upper_half_start(const mmu::WalkParams& params) { return ~arch::low_mask(params.input_bits); }

}  // namespace

Snapshot take_snapshot(const mmu::Mmu& mmu, const GuestView& guest, PhysicalMemory& memory) {
    const mmu::TranslationRegime& regime = mmu.regime();
    Snapshot out;
    out.block_bytes = arch::page_size(regime.half[0].granule) << arch::contiguous_shift(regime.half[0].granule, arch::kLeafLevel);
    const u64 current = regime.half[0].table_base;
    std::vector<u64> roots = guest.roots();
    if (!guest.known()) roots.push_back(current);
    for (const u64 root : roots) {
        if (root == regime.half[1].table_base) continue;
        auto runs = TableReader{regime.half[0], guest, memory, true}.read(root, 0);
        out.address_spaces.push_back({"user " + std::to_string(out.address_spaces.size()), root, root == current, std::move(runs)});
    }
    auto kernel = TableReader{regime.half[1], guest, memory, false}.read(regime.half[1].table_base, upper_half_start(regime.half[1]));
    out.address_spaces.push_back({"kernel", regime.half[1].table_base, true, std::move(kernel)});
    const mmu::TlbHierarchy& tlbs = mmu.tlbs();
    for (const auto& [name, tlb] : {std::pair{"l1i", &tlbs.l1(true)}, {"l1d", &tlbs.l1(false)}, {"l2", &tlbs.l2()}, {"l2-large", tlbs.l2_large()}})
        if (tlb != nullptr) out.tlbs.push_back(state_of(name, *tlb));
    return out;
}

}  // namespace emu
