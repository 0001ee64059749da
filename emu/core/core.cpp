#include "emu/core/core.h"

#include <bit>

#ifdef FOLDWALK_JIT
#include "emu/core/jit/jit.h"
#endif

namespace emu {

Core::Core(const CoreConfig& config, mmu::Mmu& mmu, mmu::PhysicalMemoryPort& memory, mmu::Counters& counters, Bus& bus)
    : config_{config},
      decode_cache_{CoreFeatures::from_id_registers(announced_registers(config).instructions), bus, mmu,
                    {&decode_plain, &decode_recording, &Plain::leave_page}, pe.page} {
    validate(config);
    pe.mmu = &mmu;
    pe.counters = &counters;
    pe.memory = &memory;
    pe.bus = &bus;
    pe.decode_cache = &decode_cache_;
    pe.config = &config_;
    pe.no_memos = &no_memos_;
    pe.features = CoreFeatures::from_id_registers(announced_registers(config).instructions);
    pe.has_bti = pe.features.has(Feature::BTI);
    pe.absent_sysregs = absent_sysregs(pe.features);
    pe.fetch_shift = static_cast<unsigned>(std::countr_zero(config.fetch_bytes));
    pe.fetch_bytes = config.fetch_bytes;
    start_jit();
    reset();
}

Core::~Core() = default;

void Core::start_jit() {
#ifdef FOLDWALK_JIT
    if (!config_.jit) return;
    jit_ = jit::Jit::make(pe, decode_cache_);
    if (jit_ == nullptr) return;
    pe.jit = jit_.get();
    pe.hot = config_.jit_threshold;
#endif
}

void Core::reset() {
    for (u64& x : pe.x) x = 0;
    pe.sp_el[0] = pe.sp_el[1] = 0;
    pe.nzcv = 0;
    pe.el = 1;
    pe.sp_select = 1;
    pe.pan = pe.uao = pe.illegal_state = pe.ssbs = pe.dit = false;
    pe.btype = pe.btype_next = 0;
    pe.debug = {};
    pe.irq_line = pe.fiq_line = false;
    pe.daif = 0x3c0;
    pe.pc = 0;
    pe.refetch = true;
    pe.request = LoopRequest::None;
    pe.monitor = {};
    pe.pmu = {};
    pe.counters->set_el(1);
    reset_sysregs();
    apply_regime(pe);
}

void Core::serialize(Archive& archive) {
    pe.serialize(archive);
    // Where pc stands inside a fetch group that was looked up, its page is known without another lookup.
    u64 page_pa = pe.refetch || pe.page == nullptr ? 0 : pe.page->pa;
    archive(page_pa);
    if (!archive.loading()) return;
    pe.retired_counted = pe.retired;
    pe.counters->set_el(pe.el);
    apply_regime(pe);
    if (pe.refetch) return;
    pe.page = &decode_cache_.enter(page_pa, pe.memory->host_page(arch::PhysicalAddress{page_pa}));
    pe.page_ops = pe.page->ops.data();
    pe.page_va = arch::align_down(pe.pc, kPageBytes);
}

u64 Core::state_hash() {
    Archive archive = Archive::hasher();
    serialize(archive);
    return archive.hash();
}

void Core::reset_sysregs() {
    for (std::size_t i = 0; i < kSysRegCount; ++i) pe.sys.value[i] = kSysRegs[i].reset;
    const AnnouncedRegisters id = announced_registers(config_);
    pe.sysreg(SysReg::MIDR_EL1) = config_.midr;
    pe.sysreg(SysReg::MPIDR_EL1) = config_.mpidr;
    pe.sysreg(SysReg::REVIDR_EL1) = config_.revidr;
    pe.sysreg(SysReg::CTR_EL0) = config_.ctr;
    pe.sysreg(SysReg::CLIDR_EL1) = config_.clidr;
    pe.sysreg(SysReg::CNTFRQ_EL0) = config_.cntfrq;
    pe.sysreg(SysReg::ID_AA64PFR0_EL1) = id.instructions.ID_AA64PFR0_EL1;
    pe.sysreg(SysReg::ID_AA64PFR1_EL1) = id.instructions.ID_AA64PFR1_EL1;
    pe.sysreg(SysReg::ID_AA64DFR0_EL1) = id.ID_AA64DFR0_EL1;
    pe.sysreg(SysReg::ID_AA64ISAR0_EL1) = id.instructions.ID_AA64ISAR0_EL1;
    pe.sysreg(SysReg::ID_AA64ISAR1_EL1) = id.instructions.ID_AA64ISAR1_EL1;
    pe.sysreg(SysReg::ID_AA64ISAR2_EL1) = id.ID_AA64ISAR2_EL1;
    pe.sysreg(SysReg::ID_AA64MMFR0_EL1) = id.ID_AA64MMFR0_EL1;
    pe.sysreg(SysReg::ID_AA64MMFR1_EL1) = id.instructions.ID_AA64MMFR1_EL1;
    pe.sysreg(SysReg::ID_AA64MMFR2_EL1) = id.instructions.ID_AA64MMFR2_EL1;
}

}  // namespace emu
