#include "emu/core/mode.h"

#include <utility>

#include "emu/core/bus.h"
#include "emu/core/decode_cache.h"
#ifdef FOLDWALK_JIT
#include "emu/core/jit/jit.h"
#endif
#include "mmu/mmu.h"

namespace emu {
namespace {

// The slow path writes its record from the beginning in the plain loop too, where nobody reads it.
void forget_accesses(Pe& pe) { pe.record.access_count = 0; }

// Memos exist for Normal memory only, so they serve unaligned accesses where nothing else demands alignment. Of aligned
// ones it is known already that no memo serves them.
bool is_unaligned_and_may_be(const Pe& pe, u64 va, AccessSpec spec) {
    return !is_aligned_for(va, spec) && !spec.must_align && !pe.strict_alignment;
}

bool fail(Pe& pe, const DecodedOp* op) {
    Plain::raise(pe, op, pe.fault);
    return false;
}

// Hot in programs that miss the TLBs: the cold ones below only lead here.
[[gnu::hot, gnu::noinline]] bool load_without_memo(Pe& pe, const DecodedOp* op, u64 va, AccessSpec spec) {
    forget_accesses(pe);
    pe.loaded[0] = pe.loaded[1] = 0;
    return load_bytes_slow(pe, va, spec, reinterpret_cast<u8*>(pe.loaded)) || fail(pe, op);
}

[[gnu::hot, gnu::noinline]] bool store_without_memo(Pe& pe, const DecodedOp* op, u64 va, AccessSpec spec, u64 low, u64 high) {
    forget_accesses(pe);
    return store_slow(pe, va, spec, low, high) || fail(pe, op);
}

}  // namespace

void Plain::flush_fetches(Pe& pe) {
    const u64 count = std::exchange(pe.pending_fetches, 0);
    if (count == 0 || pe.host_tlb->fetch_n(pe.page_va, count) != nullptr) return;
    // No memo: look up one by one. The run's first lookup put the entry there, and nothing has removed it.
    const mmu::AccessDescriptor access{.kind = mmu::AccessKind::Fetch, .el = pe.el, .size_log2 = 2};
    for (u64 i = 0; i < count; ++i) (void)pe.mmu->translate(access, arch::VirtualAddress{pe.page_va}, pe.record.fetch);
}

const DecodedOp* Plain::enter_page_of(Pe& pe, u64 target) {
    flush_fetches(pe);
    pe.pc = branch_address(pe, target);
    pe.refetch = true;
    if (pe.retired >= pe.run_limit || (target & 3) != 0) return nullptr;
    const u8* host = pe.host_tlb->fetch(pe.pc);
    if (host == nullptr) return nullptr;
    pe.refetch = false;
    DecodedPage& page = pe.decode_cache->find(host - (pe.pc & (kPageBytes - 1)));
    pe.page = &page;
    pe.page_va = pe.pc & ~(kPageBytes - 1);
    pe.page_ops = page.ops.data();
    return pe.page_ops + (pe.pc & (kPageBytes - 1)) / 4;
}

void Plain::branch_to_page(Pe& pe, u64 target) {
    const DecodedOp* op = enter_page_of(pe, target);
    if (op != nullptr) return arrive(pe, op);
}

void Plain::translate(Pe& pe, const DecodedOp* op) {
#ifdef FOLDWALK_JIT
    pe.jit->translate(*pe.page, op);
#endif
    return dispatch(pe, op);
}

// Back to the loop, which executes the target while BTYPE holds.
void Plain::branch_typed(Pe& pe, const DecodedOp* op, u64 target, u8 type) {
    settle(pe, op);
    ++pe.retired;
    flush_fetches(pe);
    pe.pc = branch_address(pe, target);
    pe.refetch = true;
    pe.btype = type;
}

void Plain::leave_page(Pe& pe, const DecodedOp* sentinel) {
    settle(pe, sentinel - 1);
    ++pe.retired;
    return branch_to_page(pe, pe.page_va + kPageBytes);
}

void Plain::raise(Pe& pe, const DecodedOp* op, const ExceptionRequest& request) {
    settle(pe, op);
    flush_fetches(pe);
    pe.pc = pc(pe, op);
    take_exception(pe, request);
}

void Plain::raise_sp_alignment(Pe& pe, const DecodedOp* op) { return raise(pe, op, sp_alignment_fault()); }

void Plain::end_run(Pe& pe, const DecodedOp* op) {
    settle(pe, op);
    ++pe.retired;
    flush_fetches(pe);
    pe.pc = pc(pe, op) + 4;
}

void Plain::refetch(Pe& pe, const DecodedOp* op) {
    end_run(pe, op);
    pe.refetch = true;
}

void Plain::ask(Pe& pe, const DecodedOp* op, LoopRequest request) {
    end_run(pe, op);
    pe.request = request;
}

void Plain::exception_return(Pe& pe, const DecodedOp* op) {
    settle(pe, op);
    flush_fetches(pe);
    pe.pc = pc(pe, op);
    emu::exception_return(pe);
}

void Plain::settle_all(Pe& pe, const DecodedOp* op) {
    settle(pe, op);
    flush_fetches(pe);
    settle_counters(pe);
    pe.bus->synchronize_time(pe);
}

bool Plain::slow_load(Pe& pe, const DecodedOp* op, u64 va, u64 packed) {
    const AccessSpec spec = AccessSpec::unpacked(packed);
    if (is_unaligned_and_may_be(pe, va, spec)) {
        if (const u8* host = memo_of(pe, spec).read(va, spec.bytes)) {
            ++pe.mem_reads;
            pe.loaded[0] = 0;
            std::memcpy(pe.loaded, host, spec.bytes);
            return true;
        }
    }
    return load_without_memo(pe, op, va, spec);
}

bool Plain::slow_store(Pe& pe, const DecodedOp* op, u64 va, u64 packed, u64 low, u64 high) {
    const AccessSpec spec = AccessSpec::unpacked(packed);
    if (is_unaligned_and_may_be(pe, va, spec)) {
        if (u8* host = memo_of(pe, spec).write(va, spec.bytes)) {
            ++pe.mem_writes;
            copy_elements(host, spec, low, high);
            return true;
        }
    }
    return store_without_memo(pe, op, va, spec, low, high);
}

bool Plain::slow_load_bytes(Pe& pe, const DecodedOp* op, u64 va, u64 packed) {
    forget_accesses(pe);
    return load_bytes_slow(pe, va, AccessSpec::unpacked(packed), reinterpret_cast<u8*>(pe.loaded)) || fail(pe, op);
}

bool Plain::slow_store_bytes(Pe& pe, const DecodedOp* op, u64 va, u64 packed) {
    forget_accesses(pe);
    return store_bytes_slow(pe, va, AccessSpec::unpacked(packed), reinterpret_cast<const u8*>(pe.loaded)) || fail(pe, op);
}

u8* Plain::slow_atomic(Pe& pe, const DecodedOp* op, u64 va, u64 packed) {
    forget_accesses(pe);
    u8* host = atomic_slow(pe, va, AccessSpec::unpacked(packed));
    if (host == nullptr) fail(pe, op);
    return host;
}

bool Plain::zero_block(Pe& pe, const DecodedOp* op, u64 va, unsigned block) {
    if (u8* host = pe.host_tlb->write(arch::align_down(va, block), block)) {
        ++pe.mem_writes;
        std::memset(host, 0, block);
        return true;
    }
    forget_accesses(pe);
    return zero_block_slow(pe, va, block) || fail(pe, op);
}

bool Plain::touch(Pe& pe, const DecodedOp* op, u64 va, AccessSpec spec) {
    // A prefetch that hits counts as a load that hits does.
    if (spec.kind == mmu::AccessKind::Prefetch && pe.host_tlb->read(va, 1) != nullptr) return true;
    forget_accesses(pe);
    return touch_slow(pe, va, spec) || fail(pe, op);
}

void Recording::raise(Pe& pe, const DecodedOp*, const ExceptionRequest& request) {
    pe.pc = pe.record.pc;
    take_exception(pe, request);
    pe.record.exception = true;
    pe.record.exception_class = static_cast<u8>(arch::ESR_EL1::EC::get(pe.sysreg(SysReg::ESR_EL1)));
    pe.record.next_pc = pe.pc;
}

void Recording::raise_sp_alignment(Pe& pe, const DecodedOp* op) { return raise(pe, op, sp_alignment_fault()); }

bool Recording::slow_load(Pe& pe, const DecodedOp* op, u64 va, u64 spec) {
    return load_slow(pe, va, AccessSpec::unpacked(spec)) || fail(pe, op);
}

bool Recording::slow_store(Pe& pe, const DecodedOp* op, u64 va, u64 spec, u64 low, u64 high) {
    return store_slow(pe, va, AccessSpec::unpacked(spec), low, high) || fail(pe, op);
}

void Recording::exception_return(Pe& pe, const DecodedOp*) {
    pe.pc = pe.record.pc;
    emu::exception_return(pe);
    pe.record.taken = true;
    pe.record.next_pc = pe.pc;
}

void Recording::settle_all(Pe& pe, const DecodedOp*) {
    settle_counters(pe);
    pe.bus->synchronize_time(pe);
}

}  // namespace emu
