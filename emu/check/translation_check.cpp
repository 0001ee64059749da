#include "emu/check/translation_check.h"

#include <utility>

#include "emu/check/check_result.h"
#include "emu/core/core_config.h"
#include "mmu/mmu.h"

namespace emu {

using arch::u64;
using mmu::check::CheckedRegime;
using mmu::check::Site;
using mmu::check::Use;

namespace {

CheckedRegime checked(const mmu::TranslationRegime& regime) {
    CheckedRegime out;
    out.mmu_on = regime.mmu_on;
    out.asid = regime.asid;
    out.hardware_af = regime.manages_access_flag;
    out.hardware_dirty = regime.manages_dirty_state;
    out.write_implies_xn = regime.write_implies_xn;
    out.mair = regime.mair;
    for (const bool upper : {false, true}) {
        const mmu::WalkParams& half = regime.half[upper];
        const bool enabled = half.base_in_range && !half.walks_disabled;
        out.root[upper] = {half.table_base, half.format(), half.input_bits, half.start_level, upper, enabled};
        out.half[upper] = {half.output_bits, half.hierarchical_attributes, half.el0_kept_out, half.shareability};
    }
    return out;
}

bool writes(mmu::AccessKind kind) {
    return kind == mmu::AccessKind::Store || kind == mmu::AccessKind::Atomic || kind == mmu::AccessKind::ZeroBlock;
}
bool is_use(mmu::AccessKind kind) { return kind == mmu::AccessKind::Load || writes(kind); }

bool is_in_domain(BarrierDomain domain) { return domain != BarrierDomain::NonShareable; }

}  // namespace

TranslationCheck::TranslationCheck(const CheckRequest& request, FunctionTable functions, const PageReleases& releases,
                                   const Pe& pe, PhysicalMemory& memory)
    : functions_{std::move(functions)},
      releases_{releases},
      pe_{pe},
      memory_{memory},
      checker_{{pe.config->bbm, request.limit}, memory} {
    if (!request.trace) return;
    trace_.emplace(request.trace);
    checker_.observe({[this](u64 pa, std::span<const arch::Descriptor> descriptors) { trace_->table_found(pa, descriptors); },
                      [this](u64 pa, arch::Descriptor value, const Site& site) {
                          trace_->set_source(source(site.pc));
                          trace_->write(pa, value.raw);
                      }});
}

// SP of the level that the kernel runs at: what tells one kernel stack from another.
Site TranslationCheck::site(const InstructionRecord& r) const {
    return {number_, r.pc, pe_.el == 1 && pe_.sp_select == 1 ? pe_.x[kRegSp] : pe_.sp_el[1]};
}

void TranslationCheck::walked(const mmu::LookupRecord& lookup, const Use& use) {
    for (unsigned i = 0; i < lookup.step_count; ++i) {
        const mmu::WalkStep& step = lookup.steps[i];
        if (step.of_stage2) continue;  // EL2's tables are not the guest's
        if (step.update) checker_.hardware_update(step.descriptor_pa, step.value, use.site);
        else if (checker_.wants_walks()) checker_.walked(step.descriptor_pa, use);
    }
}

void TranslationCheck::fetched(const InstructionRecord& r) {
    const Use use{r.pc, false, true, r.el, site(r)};
    walked(r.fetch, use);
    if (checker_.wants_use(r.pc, r.el)) checker_.use(use);
}

void TranslationCheck::accessed(const InstructionRecord& r, const DataAccess& a) {
    const Use use{a.va, writes(a.kind), false, r.el, site(r)};
    walked(*a.lookup, use);
    if (is_use(a.kind) && checker_.wants_use(a.va, r.el)) checker_.use(use);
    if (!checker_.watches(a.pa)) return;
    if (!writes(a.kind)) return checker_.load(a.pa, a.bytes);
    const bool exchange = a.kind == mmu::AccessKind::Atomic || r.op->timing.op_class == OpClass::StoreExclusive;
    checker_.store(a.pa, a.bytes, exchange, use.site);
}

void TranslationCheck::rare(const InstructionRecord& r) {
    const OpClass op_class = r.op->timing.op_class;
    const Site here = site(r);
    if (trace_) trace_->set_source(source(r.pc));
    if (r.tlbi_valid) {
        checker_.tlbi(r.tlbi, here);
        if (trace_) trace_->tlbi(r.tlbi);
    }
    if (r.barrier != BarrierKind::None) barrier(r);
    if (op_class == OpClass::Msr) {
        if (trace_) trace_registers();
        checker_.set_regime(checked(pe_.mmu->regime()), here);
    }
    if (r.exception) checker_.synchronized();
    if (op_class == OpClass::Eret && !r.exception) {
        checker_.synchronized();
        if (pe_.el == 0) checker_.return_to_user(here);
    }
    if (!r.taken || !releases_.is_entry(r.next_pc)) return;
    if (const auto range = releases_.range(pe_, memory_)) checker_.freed(range->pa, range->bytes, here);
}

void TranslationCheck::barrier(const InstructionRecord& r) {
    if (r.barrier == BarrierKind::Isb) checker_.isb();
    if (r.barrier == BarrierKind::Dsb)
        checker_.dsb(r.types != BarrierTypes::Writes, r.types != BarrierTypes::Reads, is_in_domain(r.domain));
    if (trace_) trace_->barrier(r);
}

void TranslationCheck::trace_registers() {
    constexpr std::pair<SysReg, const char*> kTraced[] = {{SysReg::SCTLR_EL1, "sctlr_el1"},
                                                          {SysReg::TCR_EL1, "tcr_el1"},
                                                          {SysReg::MAIR_EL1, "mair_el1"},
                                                          {SysReg::TTBR0_EL1, "ttbr0_el1"},
                                                          {SysReg::TTBR1_EL1, "ttbr1_el1"}};
    for (std::size_t i = 0; i < std::size(kTraced); ++i) {
        const u64 value = pe_.sysreg(kTraced[i].first);
        if (std::exchange(traced_registers_[i], value) != value) trace_->register_write(kTraced[i].second, value);
    }
}

CheckResult TranslationCheck::result() const {
    return check_result(checker_, functions_);
}

}  // namespace emu
