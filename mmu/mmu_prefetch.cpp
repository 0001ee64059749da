// Translation prefetch: Neoverse N1 fetches into its L2 TLB what follows a sequence of neighbouring translations (TRM,
// CPUECTLR_EL1.MM_TLBPF_DIS; the L2 TLB RAM marks such entries). When it starts and when it goes on is assumed: a demand
// walk of the pages right after those of the one before, or the first use of a prefetched translation.
#include <algorithm>

#include "mmu/mmu.h"

namespace mmu {

using arch::u64;

namespace {

// Whether the descriptors of `a` and `b` lie in the same table of `level`. A prefetch goes no further than the table: assumed.
bool share_table(const WalkParams& params, int level, u64 a, u64 b) {
    return level <= params.start_level || ((a ^ b) >> arch::level_shift(params.granule, level - 1)) == 0;
}

void note_prefetch(LookupRecord& record, const LookupRecord& walk) {
    const auto count = std::min<std::size_t>(walk.step_count, record.prefetch_steps.size());
    std::copy_n(walk.steps.begin(), count, record.prefetch_steps.begin());
    record.prefetch_step_count = static_cast<arch::u8>(count);
}

}  // namespace

void Mmu::prefetch_after_walk(const TlbEntry& entry, u64 va, bool is_fetch, LookupRecord& record) {
    const SequentialStream::Run run = SequentialStream::run_around(entry, va);
    if (streams_[is_fetch].goes_on_with(run, regime_.asid)) prefetch(run.end, entry.level, is_fetch, record);
}

void Mmu::prefetch_after_use(const TlbEntry& entry, u64 va, bool is_fetch, LookupRecord& record) {
    counters_.count(Event::SIM_PREFETCH_HIT);
    const SequentialStream::Run run = SequentialStream::run_around(entry, va);
    static_cast<void>(streams_[is_fetch].goes_on_with(run, regime_.asid));
    prefetch(run.end, entry.level, is_fetch, record);
}

// What would fault is dropped, and so is a page whose access flag is clear: a prefetch must not set it.
void Mmu::prefetch(u64 va, int level, bool is_fetch, LookupRecord& record) {
    const WalkParams& params = regime_.half_of(va);
    if (!share_table(params, level, va - 1, va) || !regime_.in_range(va, is_fetch) || params.walks_disabled) return;
    if (tlbs_.needs_no_prefetch(va, regime_.asid)) return;
    if (watcher_ != nullptr) watcher_->before_prefetch();
    const auto cached = tlbs_.walk_caches().find(va, regime_.asid, params);
    WalkOutcome outcome;
    LookupRecord walk;
    walk.step_count = 0;
    const TablePointer start = cached ? *cached : TableWalker::root(regime_, va);
    if (stage2_.on()) walk_nested_for_prefetch(va, start, is_fetch, outcome, walk);
    else walker_.walk(regime_, va, start, outcome, &walk);
    counters_.count(Event::SIM_WALK_PREFETCH);
    counters_.count(Event::SIM_WALK_PREFETCH_STEP, walk.step_count);
    note_prefetch(record, walk);
    tlbs_.fill_tables({outcome.tables.data(), outcome.table_count}, va, regime_.asid, params);
    if (outcome.fault != arch::FaultKind::None || !outcome.leaf.test<arch::Descriptor::AF>()) {
        counters_.count(Event::SIM_WALK_PREFETCH_DROPPED);
        return;
    }
    TlbEntry entry = stage2_.on() ? combined_entry(outcome, va) : entry_of(outcome, va, aggregated_shift_);
    entry.prefetched = true;
    record.prefetch_slot = tlbs_.prefetch(entry, va);
}

}  // namespace mmu
