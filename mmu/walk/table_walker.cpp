#include "mmu/walk/table_walker.h"

#include "mmu/walk/stage2.h"
#include "mmu/walk/table_walk.h"

namespace mmu {

using arch::u64;

namespace {

u64 input_of(const WalkParams& params, u64 va) { return va & arch::low_mask(params.input_bits); }

void find_permissions(const TranslationRegime& regime, WalkOutcome& out) {
    if (out.fault != arch::FaultKind::None) return;
    out.permissions = effective_permissions(out.leaf, out.limits, {regime.write_implies_xn, regime.manages_dirty_state});
}

}  // namespace

void TableWalker::walk(const TranslationRegime& regime, u64 va, const TablePointer& start, WalkOutcome& out,
                       LookupRecord* record) const {
    const WalkParams& params = regime.half_of(va);
    TableWalk<1>::run(memory_, params, input_of(params, va), start, out, record, InPlace{});
    find_permissions(regime, out);
}

void TableWalker::walk_nested(const TranslationRegime& regime, u64 va, const TablePointer& start, const Stage2& stage2,
                              WalkOutcome& out, LookupRecord* record) const {
    const WalkParams& params = regime.half_of(va);
    const auto locate = [&](u64& address, WalkOutcome& o) { return stage2.locate_table(address, false, o, record); };
    TableWalk<1>::run(memory_, params, input_of(params, va), start, out, record, locate);
    find_permissions(regime, out);
}

}  // namespace mmu
