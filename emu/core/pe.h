// The state of one processing element. Standard layout, hot members first, so that handlers reach them with
// short displacements. Everything here is architectural or derived from it; what it refers to is owned by Core.
#pragma once

#include "emu/core/debug_exceptions.h"
#include "emu/core/exception_request.h"
#include "emu/core/exclusive_monitor.h"
#include "emu/core/pmu.h"
#include "emu/core/record.h"
#include "emu/core/sysregs.h"
#include "emu/isa/decoded_op.h"
#include "emu/isa/features.h"
#include "mmu/base/counters.h"

namespace mmu {
class Mmu;
class HostTlb;
class PhysicalMemoryPort;
}  // namespace mmu

namespace emu {

class Bus;
class DecodeCache;
struct DecodedPage;
struct CoreConfig;
namespace jit {
class Jit;
}

// A SIMD and floating-point register; element 0 is in the lowest bits.
struct alignas(16) VectorRegister {
    u64 d[2]{};

    template <class Archive>
    void serialize(Archive& archive) {
        archive(d[0], d[1]);
    }
};

// What an instruction asks of the loop around it, once it has retired.
enum class LoopRequest : u8 { None, WaitForInterrupt, FirmwareCall, Marker };

struct Pe {
    // Registers: 0..30 X, then SP, zero and discard as in decoded_op.h.
    u64 x[34]{};
    u32 nzcv{0};  // bits 31..28 as in PSTATE
    u8 el{1};
    u8 sp_select{1};  // PSTATE.SP
    bool pan{false};
    bool uao{false};
    bool strict_alignment{false};  // SCTLR_EL1.A
    bool fp_enabled{false};        // CPACR_EL1.FPEN lets this level use SIMD and floating point
    bool has_bti{false};           // FEAT_BTI: indirect branches leave a PSTATE.BTYPE
    u32 fpcr{0};
    u32 fpsr{0};

    // The straight run that the plain loop is in. Ops of a page are contiguous, so positions are pointer differences.
    u64 page_va{0};                      // virtual address of the page being executed; kept by that loop alone
    const DecodedOp* page_ops{nullptr};  // its decoded operations
    const DecodedOp* run_start{nullptr}; // first operation not yet in `retired`
    u64 retired{0};                      // instructions architecturally executed since reset
    u64 run_limit{0};                    // no run starts once `retired` has reached this
    u64 pending_fetches{0};              // L1I lookups of this page that the MMU has not been told of
    u64 mem_reads{0};                    // MEM_ACCESS_RD and _WR since they were last settled
    u64 mem_writes{0};
    mmu::HostTlb* host_tlb{nullptr};               // memos of the current Exception level
    mmu::HostTlb* host_tlb_unprivileged{nullptr};  // memos for LDTR and STTR
    u64 sp_alignment_mask{0};            // 15 where SCTLR_EL1.SA or SA0 checks this level's SP, else 0
    unsigned fetch_shift{4};             // log2 bytes of a fetch group
    u64 fetch_bytes{16};                 // 1 << fetch_shift
    const DecodedOp* next_op{nullptr};   // used only where sibling calls are not guaranteed
    alignas(16) u64 loaded[8]{};         // results of the slow load path; structures on their way from and to memory

    // The program counter between instructions, and whether the next one starts a new fetch group anyway.
    u64 pc{0};
    // What the loops look at between instructions, in one word (loop_flags() of interpreter.h).
    alignas(8) bool refetch{true};
    LoopRequest request{LoopRequest::None};
    bool stop_requested{false};
    bool debug_active{false};   // debug.active()
    bool illegal_state{false};  // PSTATE.IL; set by nothing that does not set `refetch` too
    bool interrupt_due{false};  // a line is up and not masked
    u8 btype{0};                // PSTATE.BTYPE; only the loop executes an instruction while it is not 0
    u8 marker{0};

    VectorRegister v[32]{};

    // Rest of PSTATE.
    bool ssbs{false};
    bool dit{false};
    DebugState debug;
    bool irq_line{false};       // interrupt requests from outside
    bool fiq_line{false};
    bool unmasking_matters{false};  // clearing a bit of PSTATE.DAIF may have an effect at once
    u8 btype_next{0};           // what the instruction in the loop leaves in it
    u32 daif{0x3c0};            // bits 9..6 as in SPSR_EL1

    u64 sp_el[2]{};  // SP_EL0 and SP_EL1; the selected one lives in x[kRegSp]
    u64 retired_counted{0};  // part of `retired` that is in the counters
    ExclusiveMonitor monitor;
    SystemRegisters sys;
    PmuState pmu;
    ExceptionRequest fault;  // what the slow path of an access found wrong

    mmu::Mmu* mmu{nullptr};
    mmu::Counters* counters{nullptr};
    mmu::PhysicalMemoryPort* memory{nullptr};
    Bus* bus{nullptr};
    DecodeCache* decode_cache{nullptr};
    DecodedPage* page{nullptr};  // owner of page_ops
    const CoreConfig* config{nullptr};
    CoreFeatures features{};      // instructions that exist
    SysRegSet absent_sysregs{};   // registers of features that this core lacks
    mmu::HostTlb* no_memos{nullptr};  // always empty: for accesses that must not be served by memos

    // Of generated code (emu/core/jit).
    jit::Jit* jit{nullptr};
    u32 hot{kNeverHot};           // a branch target that has been taken so often is translated
    u16 host_flags{0};            // NZCV in its form, while it runs
    bool handler_went_on{false};  // a handler that it called went on to the next operation
    static constexpr u32 kNeverHot = 256;

    InstructionRecord record;  // of the instruction being executed by the recording loop

    [[nodiscard]] u64& sysreg(SysReg r) { return sys[r]; }
    [[nodiscard]] u64 sysreg(SysReg r) const { return sys[r]; }

    // Architectural state, between instructions and with counters settled.
    template <class Archive>
    void serialize(Archive& archive) {
        for (unsigned i = 0; i <= kRegSp; ++i) archive(x[i]);
        archive(nzcv, el, sp_select, pan, uao, illegal_state, ssbs, dit, btype, debug, irq_line, fiq_line, daif, pc, refetch, sp_el, retired);
        for (VectorRegister& reg : v) reg.serialize(archive);
        archive(fpcr, fpsr, monitor, sys, pmu);
    }
};

}  // namespace emu
