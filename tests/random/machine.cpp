#include "tests/random/machine.h"

#include <cstring>

#include "emu/core/exceptions.h"
#ifdef FOLDWALK_JIT
#include "emu/core/jit/jit.h"
#endif
#include "mmu/arch/fault_status.h"

namespace random_test {
namespace {

using arch::ExceptionClass;
using emu::SysReg;

constexpr u64 kPage = 0x1000;
// EL1's part: an ERET, and vectors in which HVC ends the run.
constexpr u64 kEntry = core_test::kRam + 0x50000;
constexpr u64 kVectors = core_test::kRam + 0x50800;
constexpr u32 kEret = 0xd69f03e0;
constexpr u32 kHvc = 0xd4000002;
constexpr u32 kSvc = 0xd4000001;
// Far more than a slot has. A slot that executes more has branched to itself.
constexpr u64 kMaxInstructions = 1000;

struct NoConsumer {
    void consume(const emu::InstructionRecord&) {}
};

// A core with every instruction that the emulator has. The translator gets its turn while a word is run in its sixteen
// states: the first ones are interpreted.
core_test::MachineConfig machine_config(Engine engine) {
    core_test::MachineConfig config;
    config.core = emu::everything_built();
    config.core.dczid = 7;  // as QEMU's user mode
    config.core.jit = engine == Engine::Translated;
    config.core.jit_threshold = 3;
    return config;
}

u32 outcome_of_abort(u64 esr) {
    return (esr & 0x3f) == arch::fault_status_code(arch::FaultKind::Alignment, 0) ? OUTCOME_ALIGNMENT : OUTCOME_ABORT;
}

u32 outcome_of(u64 esr) {
    switch (static_cast<ExceptionClass>(esr >> 26 & 0x3f)) {
        case ExceptionClass::Svc64: return OUTCOME_EXIT;
        case ExceptionClass::DataAbortLower: return outcome_of_abort(esr);
        case ExceptionClass::InstructionAbortLower: return OUTCOME_ABORT;
        case ExceptionClass::PcAlignment: return OUTCOME_ALIGNMENT;
        case ExceptionClass::Brk64: return OUTCOME_BREAKPOINT;
        default: return OUTCOME_UNDEFINED;
    }
}

// As Linux has it for EL0: cache maintenance, DC ZVA, CTR_EL0, WFI and WFE are EL0's; SP may be unaligned.
u64 user_sctlr(u64 sctlr) {
    constexpr u64 kSpAlignment = 0x18;
    constexpr u64 kDzeUctNtwiNtweUci = 1 << 14 | 1 << 15 | 1 << 16 | 1 << 18 | 1 << 26;
    return (sctlr & ~kSpAlignment) | kDzeUctNtwiNtweUci;
}

}  // namespace

std::string_view name_of(Engine engine) {
    constexpr std::string_view kNames[]{"plain", "recording", "translated"};
    return kNames[static_cast<std::size_t>(engine)];
}

std::vector<Engine> engines() {
#ifdef FOLDWALK_JIT
    return {Engine::Plain, Engine::Recording, Engine::Translated};
#else
    return {Engine::Plain, Engine::Recording};
#endif
}

std::size_t Machine::translations() const {
#ifdef FOLDWALK_JIT
    const emu::jit::Jit* jit = machine_.core.pe.jit;
    return jit == nullptr ? 0 : jit->regions();
#else
    return 0;
#endif
}

Machine::Machine(Engine engine) : engine_{engine}, machine_{machine_config(engine)} {
    machine_.poke<u32>(kEntry, kEret);
    for (const u64 vector : {u64{0x200}, u64{0x400}}) machine_.poke<u32>(kVectors + vector, kHvc);
    machine_.set_sysreg(SysReg::VBAR_EL1, kVectors);
    machine_.set_sysreg(SysReg::CPACR_EL1, 3 << 20);
    map_pages();
    tables_.enable();
    machine_.set_sysreg(SysReg::TCR_EL1, machine_.sysreg(SysReg::TCR_EL1) | u64{1} << 37);  // TBI0
    machine_.set_sysreg(SysReg::SCTLR_EL1, user_sctlr(machine_.sysreg(SysReg::SCTLR_EL1)));
}

void Machine::map_user(u64 va, u64 pa) { tables_.map(va, pa, core_test::kNormal | core_test::kUser | core_test::kPxn); }

void Machine::map_pages() {
    tables_.map_kernel();
    const auto new_page = [&](u64 va) {
        const u64 pa = next_page_;
        next_page_ += kPage;
        map_user(va, pa);
        return machine_.ram.host(pa, kPage);
    };
    const u64 first_code = next_page_;
    for (u64 at = 0; at < RANDOM_CODE_BYTES; at += kPage) new_page(RANDOM_CODE + at);
    code_ = machine_.ram.host(first_code, RANDOM_CODE_BYTES);
    data_[1] = new_page(RANDOM_DATA + kPage);
    for (u64 i = 0; i < RANDOM_SLOTS; ++i) branch_pages_.push_back(new_page(RANDOM_BRANCH_CODE + i * RANDOM_BRANCH_STRIDE));
    data_[0] = new_page(RANDOM_DATA);
    std::memcpy(new_page(RANDOM_EXIT), &kSvc, sizeof kSvc);
}

arch::u8* Machine::code_at(u64 va) {
    if (va < RANDOM_BRANCH_CODE) return code_ + (va - RANDOM_CODE);
    const u64 offset = va - RANDOM_BRANCH_CODE;
    return branch_pages_[offset / RANDOM_BRANCH_STRIDE] + offset % RANDOM_BRANCH_STRIDE;
}

void Machine::load(const batch& batch) {
    loaded_ = &batch;
    for (u64 i = 0; i < batch.slot_count; ++i) std::memcpy(code_at(batch.slot_address[i]), batch.slot[i], sizeof batch.slot[i]);
    for (unsigned page = 0; page < 2; ++page) std::memcpy(data_[page], &batch.data[page * kPage / 8], kPage);
    machine_.core.host_wrote_memory();
}

void Machine::write_word(u64 va, u32 word) {
    std::memcpy(code_at(va), &word, sizeof word);
    machine_.core.host_wrote_memory();
}

// From EL1, through an ERET.
void Machine::enter(const sample_state& state) {
    emu::Pe& pe = machine_.core.pe;
    std::memcpy(pe.x, state.x, sizeof state.x);
    static_assert(sizeof pe.v == sizeof state.v);
    std::memcpy(pe.v, state.v, sizeof state.v);
    pe.sp_el[0] = state.sp;
    pe.fpcr = static_cast<u32>(state.fpcr);
    pe.fpsr = static_cast<u32>(state.fpsr);
    pe.sysreg(SysReg::SPSR_EL1) = state.nzcv;
    pe.sysreg(SysReg::ELR_EL1) = state.pc + SLOT_ENTER * 4;
    pe.pc = kEntry;
    pe.refetch = true;
}

// false: endless.
bool Machine::run_to_exception() {
    // The plain loop steps where less than a page of instructions is left to the limit.
    const u64 budget = kMaxInstructions + emu::kMaxRun;
    const u64 limit = machine_.core.pe.retired + budget;
    NoConsumer consumer;
    for (;;) {
        const auto reason = engine_ == Engine::Recording ? machine_.core.run_recording(consumer, limit)
                                                         : machine_.core.run_plain(limit);
        if (reason == emu::StopReason::Requested) return true;
        if (reason != emu::StopReason::WaitForInterrupt) return false;
    }
}

void Machine::note_memory(memory_effect& out) {
    u64 now[RANDOM_DATA_BYTES / 8];
    for (unsigned page = 0; page < 2; ++page) std::memcpy(&now[page * kPage / 8], data_[page], kPage);
    out = {};
    note_changes(now, loaded_->data, &out);
    if (out.count == 0) return;
    for (unsigned page = 0; page < 2; ++page) std::memcpy(data_[page], &loaded_->data[page * kPage / 8], kPage);
}

void Machine::leave(sample& now) {
    emu::Pe& pe = machine_.core.pe;
    sample_state& state = now.state;
    std::memcpy(state.x, pe.x, sizeof state.x);
    std::memcpy(state.v, pe.v, sizeof state.v);
    state.sp = pe.sp_el[0];
    state.fpcr = pe.fpcr;
    state.fpsr = pe.fpsr;
    state.nzcv = pe.sysreg(SysReg::SPSR_EL1) & 0xf0000000;
    now.outcome = outcome_of(pe.sysreg(SysReg::ESR_EL1));
    if (now.outcome != OUTCOME_EXIT) state.pc = pe.sysreg(SysReg::ELR_EL1);
}

void Machine::run(sample& now) {
    enter(now.state);
    if (run_to_exception()) {
        leave(now);
    } else {
        now.outcome = OUTCOME_ENDLESS;
        machine_.core.pe.el = 1;
        machine_.core.pe.sp_select = 1;
        emu::update_derived_state(machine_.core.pe);
    }
    if (now.watches_memory != 0) note_memory(now.memory);
}

}  // namespace random_test
