// The two loops that handlers are compiled for. A handler ends by exactly one of
//     return Mode::next(pe, op);             the instruction after it is next
//     return Mode::branch(pe, op, target);   a taken branch
//     return Mode::branch_typed(pe, op, target, type);   as branch, and leaves PSTATE.BTYPE; where pe.has_bti
//     return Mode::raise(pe, op, request);   a synchronous exception
//     return Mode::leave(pe, op);            a load, store or atomic has raised one
//     return Mode::end_run(pe, op) or Mode::refetch(pe, op): as next, but translation or counting may change
//     return Mode::ask(pe, op, request);     as next, then the loop serves the request
//     return Mode::exception_return(pe, op);
//
// Plain goes on to the next handler by a sibling call, and keeps counts lazily: instructions and fetch lookups of
// a straight run are added when the run ends. Recording fills pe.record and returns after each instruction. A third one,
// in emu/debug/access_probe.cpp, only notes accesses: it must know every kind of access that handlers make.
#pragma once

#include <cstring>

#include "emu/core/exceptions.h"
#include "emu/core/memory_access.h"
#include "emu/core/pe.h"
#include "mmu/host_tlb.h"

namespace emu {

inline constexpr unsigned kOpsPerPage = 1024;
inline constexpr u64 kPageBytes = 4096;
// No straight run retires more: all operations of a page.
inline constexpr u64 kMaxRun = kOpsPerPage;

// Sibling calls are guaranteed by -O2 -foptimize-sibling-calls in builds without sanitizers.
#ifdef FOLDWALK_THREADED
inline constexpr bool kThreaded = true;
#else
inline constexpr bool kThreaded = false;
#endif

// Makes `op` the next to execute in the plain loop.
inline void dispatch(Pe& pe, const DecodedOp* op) {
    if constexpr (kThreaded) {
        return op->plain(pe, op);
    } else {
        pe.next_op = op;
    }
}

[[nodiscard]] inline bool is_aligned_for(u64 va, AccessSpec spec) { return (va & (spec.alignment - 1u)) == 0; }
[[nodiscard]] inline mmu::HostTlb& memo_of(const Pe& pe, AccessSpec spec) {
    return spec.unprivileged ? *pe.host_tlb_unprivileged : *pe.host_tlb;
}

struct Plain {
    [[nodiscard]] static u64 pc(const Pe& pe, const DecodedOp* op) { return pe.page_va + op->page_offset; }

    static void next(Pe& pe, const DecodedOp* op) { return dispatch(pe, op + 1); }

    static void branch(Pe& pe, const DecodedOp* op, u64 target) {
        const u64 offset = target - pe.page_va;
        settle(pe, op);
        ++pe.retired;
        // Inside the page, aligned, and not too near the instruction limit.
        if ((offset & ~u64{0xffc}) == 0 && pe.retired < pe.run_limit) [[likely]] {
            ++pe.pending_fetches;
            return arrive(pe, pe.page_ops + offset / 4);
        }
        return branch_to_page(pe, target);
    }

    static void branch_typed(Pe& pe, const DecodedOp* op, u64 target, u8 type);

    // A straight run begins. Branch targets that this is said of often enough are translated.
    static void arrive(Pe& pe, const DecodedOp* op) {
        pe.run_start = op;
        if (++op->heat == pe.hot) [[unlikely]] return translate(pe, op);
        return dispatch(pe, op);
    }

    static void leave(Pe&, const DecodedOp*) {}
    static void raise(Pe& pe, const DecodedOp* op, const ExceptionRequest& request);
    [[gnu::cold]] static void raise_sp_alignment(Pe& pe, const DecodedOp* op);
    static void end_run(Pe& pe, const DecodedOp* op);
    static void refetch(Pe& pe, const DecodedOp* op);
    static void ask(Pe& pe, const DecodedOp* op, LoopRequest request);
    static void exception_return(Pe& pe, const DecodedOp* op);

    // Counts the run up to but without `op`, and lookups through op's fetch group.
    static void settle(Pe& pe, const DecodedOp* op) {
        const DecodedOp* start = pe.run_start;
        pe.retired += static_cast<u64>(op - start);
        pe.pending_fetches +=
            (u64{op->page_offset} >> pe.fetch_shift) - (u64{start->page_offset} >> pe.fetch_shift);
        pe.run_start = op;
    }
    // Before an instruction reads counters or time.
    static void settle_all(Pe& pe, const DecodedOp* op);
    // A branch that leaves the page, or the fall through its end (from the handler behind the last operation).
    static void branch_to_page(Pe& pe, u64 target);
    // Its first half: the operation at `target`, looked up, whose page is the current one now; nullptr: the loop's concern.
    static const DecodedOp* enter_page_of(Pe& pe, u64 target);
    [[gnu::cold]] static void translate(Pe& pe, const DecodedOp* op);
    static void leave_page(Pe& pe, const DecodedOp* sentinel);
    // Tells the MMU of pending L1I lookups.
    static void flush_fetches(Pe& pe);

    template <class T>
    [[gnu::always_inline]] static bool load(Pe& pe, const DecodedOp* op, u64 va, T& out, AccessSpec spec = load_spec<T>()) {
        mmu::HostTlb* memo = spec.unprivileged ? pe.host_tlb_unprivileged : pe.host_tlb;
        if (is_aligned_for(va, spec)) [[likely]] {
            if (const u8* host = memo->read(va, sizeof(T))) [[likely]] {
                ++pe.mem_reads;
                std::memcpy(&out, host, sizeof(T));
                return true;
            }
        }
        if (!slow_load(pe, op, va, spec.packed())) return false;
        out = static_cast<T>(pe.loaded[0]);
        return true;
    }
    template <class T>
    [[gnu::always_inline]] static bool load_pair(Pe& pe, const DecodedOp* op, u64 va, T& first, T& second,
                                                 AccessSpec spec = pair_spec<T>(mmu::AccessKind::Load)) {
        if (is_aligned_for(va, spec)) [[likely]] {
            if (const u8* host = pe.host_tlb->read(va, 2 * sizeof(T))) [[likely]] {
                ++pe.mem_reads;
                std::memcpy(&first, host, sizeof(T));
                std::memcpy(&second, host + sizeof(T), sizeof(T));
                return true;
            }
        }
        if (!slow_load(pe, op, va, spec.packed())) return false;
        take_pair(pe, first, second);
        return true;
    }
    template <class T>
    [[gnu::always_inline]] static bool store(Pe& pe, const DecodedOp* op, u64 va, T value,
                                             AccessSpec spec = store_spec<T>()) {
        mmu::HostTlb* memo = spec.unprivileged ? pe.host_tlb_unprivileged : pe.host_tlb;
        if (is_aligned_for(va, spec)) [[likely]] {
            if (u8* host = memo->write(va, sizeof(T))) [[likely]] {
                ++pe.mem_writes;
                std::memcpy(host, &value, sizeof(T));
                return true;
            }
        }
        return slow_store(pe, op, va, spec.packed(), value, 0);
    }
    template <class T>
    [[gnu::always_inline]] static bool store_pair(Pe& pe, const DecodedOp* op, u64 va, T first, T second,
                                                  AccessSpec spec = pair_spec<T>(mmu::AccessKind::Store)) {
        if (is_aligned_for(va, spec)) [[likely]] {
            if (u8* host = pe.host_tlb->write(va, 2 * sizeof(T))) [[likely]] {
                ++pe.mem_writes;
                std::memcpy(host, &first, sizeof(T));
                std::memcpy(host + sizeof(T), &second, sizeof(T));
                return true;
            }
        }
        return slow_store(pe, op, va, spec.packed(), first, second);
    }
    // spec.bytes, at most 64, between memory and pe.loaded: structures of vector registers. A memo serves them unaligned
    // too, where SCTLR_EL1.A allows that: memory copies do it all the time. (Not a buffer of the handler: a local whose
    // address is known elsewhere would keep the handler from ending in a sibling call.)
    [[gnu::always_inline]] static bool load_block(Pe& pe, const DecodedOp* op, u64 va, AccessSpec spec) {
        return load_bytes(pe, op, va, pe.loaded, spec);
    }
    [[gnu::always_inline]] static bool store_block(Pe& pe, const DecodedOp* op, u64 va, AccessSpec spec) {
        return store_bytes(pe, op, va, pe.loaded, spec);
    }
    // As these, between memory and a value of the handler: spec is constant there.
    [[gnu::always_inline]] static bool load_bytes(Pe& pe, const DecodedOp* op, u64 va, void* to, AccessSpec spec) {
        if (is_aligned_for(va, spec) || !pe.strict_alignment) [[likely]] {
            if (const u8* host = pe.host_tlb->read(va, spec.bytes)) [[likely]] {
                ++pe.mem_reads;
                std::memcpy(to, host, spec.bytes);
                return true;
            }
        }
        if (!slow_load_bytes(pe, op, va, spec.packed())) return false;
        if (to != pe.loaded) std::memcpy(to, pe.loaded, spec.bytes);
        return true;
    }
    [[gnu::always_inline]] static bool store_bytes(Pe& pe, const DecodedOp* op, u64 va, const void* from, AccessSpec spec) {
        if (is_aligned_for(va, spec) || !pe.strict_alignment) [[likely]] {
            if (u8* host = pe.host_tlb->write(va, spec.bytes)) [[likely]] {
                ++pe.mem_writes;
                std::memcpy(host, from, spec.bytes);
                return true;
            }
        }
        if (from != pe.loaded) std::memcpy(pe.loaded, from, spec.bytes);
        return slow_store_bytes(pe, op, va, spec.packed());
    }
    // Host pointer for a read-modify-write, or nullptr: the exception has been taken.
    [[gnu::always_inline]] static u8* atomic(Pe& pe, const DecodedOp* op, u64 va, AccessSpec spec) {
        if (is_aligned_for(va, spec)) [[likely]] {
            if (u8* host = pe.host_tlb->write(va, spec.bytes)) [[likely]] {
                ++pe.mem_reads;
                ++pe.mem_writes;
                return host;
            }
        }
        return slow_atomic(pe, op, va, spec.packed());
    }
    static bool zero_block(Pe& pe, const DecodedOp* op, u64 va, unsigned block);
    static bool touch(Pe& pe, const DecodedOp* op, u64 va, AccessSpec spec);

    template <class T>
    static constexpr AccessSpec load_spec() { return {sizeof(T), sizeof(T), mmu::AccessKind::Load, false, false}; }
    template <class T>
    static constexpr AccessSpec store_spec() { return {sizeof(T), sizeof(T), mmu::AccessKind::Store, false, false}; }
    template <class T>
    static constexpr AccessSpec pair_spec(mmu::AccessKind kind) { return {2 * sizeof(T), sizeof(T), kind, false, false}; }
    // Moves what the slow path loaded into a pair of registers.
    template <class T>
    static void take_pair(const Pe& pe, T& first, T& second) {
        const auto* bytes = reinterpret_cast<const u8*>(pe.loaded);
        std::memcpy(&first, bytes, sizeof(T));
        std::memcpy(&second, bytes + sizeof(T), sizeof(T));
    }

private:
    // `spec` is AccessSpec::packed(). On failure the exception has been taken.
    [[gnu::cold]] static bool slow_load(Pe& pe, const DecodedOp* op, u64 va, u64 spec);
    [[gnu::cold]] static bool slow_store(Pe& pe, const DecodedOp* op, u64 va, u64 spec, u64 low, u64 high);
    [[gnu::cold]] static bool slow_load_bytes(Pe& pe, const DecodedOp* op, u64 va, u64 spec);
    [[gnu::cold]] static bool slow_store_bytes(Pe& pe, const DecodedOp* op, u64 va, u64 spec);
    [[gnu::cold]] static u8* slow_atomic(Pe& pe, const DecodedOp* op, u64 va, u64 spec);
};

struct Recording {
    [[nodiscard]] static u64 pc(const Pe& pe, const DecodedOp*) { return pe.record.pc; }

    static void next(Pe& pe, const DecodedOp*) { ++pe.retired; }
    static void branch(Pe& pe, const DecodedOp*, u64 target) {
        ++pe.retired;
        pe.record.taken = true;
        pe.record.next_pc = branch_address(pe, target);
        pe.refetch = true;
    }
    static void branch_typed(Pe& pe, const DecodedOp* op, u64 target, u8 type) {
        pe.btype = pe.btype_next = type;
        return branch(pe, op, target);
    }
    static void leave(Pe&, const DecodedOp*) {}
    static void raise(Pe& pe, const DecodedOp* op, const ExceptionRequest& request);
    static void raise_sp_alignment(Pe& pe, const DecodedOp* op);
    static void end_run(Pe& pe, const DecodedOp* op) { return next(pe, op); }
    static void refetch(Pe& pe, const DecodedOp* op) {
        pe.refetch = true;
        return next(pe, op);
    }
    static void ask(Pe& pe, const DecodedOp* op, LoopRequest request) {
        pe.request = request;
        return next(pe, op);
    }
    static void exception_return(Pe& pe, const DecodedOp* op);
    static void settle_all(Pe& pe, const DecodedOp* op);

    template <class T>
    [[gnu::always_inline]] static bool load(Pe& pe, const DecodedOp* op, u64 va, T& out, AccessSpec spec = Plain::load_spec<T>()) {
        if (const u8* host = read_by_memo(pe, va, spec)) [[likely]] {
            std::memcpy(&out, host, sizeof(T));
            return true;
        }
        if (!slow_load(pe, op, va, spec.packed())) return false;
        out = static_cast<T>(pe.loaded[0]);
        return true;
    }
    template <class T>
    [[gnu::always_inline]] static bool load_pair(Pe& pe, const DecodedOp* op, u64 va, T& first, T& second,
                          AccessSpec spec = Plain::pair_spec<T>(mmu::AccessKind::Load)) {
        if (const u8* host = read_by_memo(pe, va, spec)) [[likely]] {
            std::memcpy(&first, host, sizeof(T));
            std::memcpy(&second, host + sizeof(T), sizeof(T));
            return true;
        }
        if (!slow_load(pe, op, va, spec.packed())) return false;
        Plain::take_pair(pe, first, second);
        return true;
    }
    template <class T>
    [[gnu::always_inline]] static bool store(Pe& pe, const DecodedOp* op, u64 va, T value, AccessSpec spec = Plain::store_spec<T>()) {
        if (u8* host = write_by_memo(pe, va, spec)) [[likely]] {
            std::memcpy(host, &value, sizeof(T));
            return true;
        }
        return slow_store(pe, op, va, spec.packed(), value, 0);
    }
    template <class T>
    [[gnu::always_inline]] static bool store_pair(Pe& pe, const DecodedOp* op, u64 va, T first, T second,
                           AccessSpec spec = Plain::pair_spec<T>(mmu::AccessKind::Store)) {
        if (u8* host = write_by_memo(pe, va, spec)) [[likely]] {
            std::memcpy(host, &first, sizeof(T));
            std::memcpy(host + sizeof(T), &second, sizeof(T));
            return true;
        }
        return slow_store(pe, op, va, spec.packed(), first, second);
    }
    static bool load_block(Pe& pe, const DecodedOp* op, u64 va, AccessSpec spec) {
        return load_bytes(pe, op, va, pe.loaded, spec);
    }
    static bool store_block(Pe& pe, const DecodedOp* op, u64 va, AccessSpec spec) {
        return store_bytes(pe, op, va, pe.loaded, spec);
    }
    [[gnu::always_inline]] static bool load_bytes(Pe& pe, const DecodedOp* op, u64 va, void* to, AccessSpec spec) {
        if (const u8* host = read_by_memo(pe, va, spec)) [[likely]] {
            std::memcpy(to, host, spec.bytes);
            return true;
        }
        return load_bytes_slow(pe, va, spec, static_cast<u8*>(to)) || fail(pe, op);
    }
    [[gnu::always_inline]] static bool store_bytes(Pe& pe, const DecodedOp* op, u64 va, const void* from, AccessSpec spec) {
        if (u8* host = write_by_memo(pe, va, spec)) [[likely]] {
            std::memcpy(host, from, spec.bytes);
            return true;
        }
        return store_bytes_slow(pe, va, spec, static_cast<const u8*>(from)) || fail(pe, op);
    }
    static u8* atomic(Pe& pe, const DecodedOp* op, u64 va, AccessSpec spec) {
        u8* host = atomic_slow(pe, va, spec);
        if (host == nullptr) raise(pe, op, pe.fault);
        return host;
    }
    static bool zero_block(Pe& pe, const DecodedOp* op, u64 va, unsigned block) {
        return zero_block_slow(pe, va, block) || fail(pe, op);
    }
    static bool touch(Pe& pe, const DecodedOp* op, u64 va, AccessSpec spec) {
        return touch_slow(pe, va, spec) || fail(pe, op);
    }

private:
    // `spec` is AccessSpec::packed(). Where no memo serves; false: the exception has been taken.
    static bool slow_load(Pe& pe, const DecodedOp* op, u64 va, u64 spec);
    static bool slow_store(Pe& pe, const DecodedOp* op, u64 va, u64 spec, u64 low, u64 high);
    // Aligned accesses that hit a memo: host pointer and the record of the L1 hit; nullptr: take the slow path.
    [[gnu::always_inline]] static const u8* read_by_memo(Pe& pe, u64 va, AccessSpec spec) {
        if (!is_aligned_for(va, spec)) [[unlikely]] return nullptr;
        mmu::HostTlb& memo = memo_of(pe, spec);
        const u8* host = memo.read(va, spec.bytes);
        if (host == nullptr) [[unlikely]] return nullptr;
        ++pe.mem_reads;
        note_access(pe, va, spec, memo.origin(mmu::HostTlb::Kind::Data, va));
        return host;
    }
    [[gnu::always_inline]] static u8* write_by_memo(Pe& pe, u64 va, AccessSpec spec) {
        if (!is_aligned_for(va, spec)) [[unlikely]] return nullptr;
        mmu::HostTlb& memo = memo_of(pe, spec);
        u8* host = memo.write(va, spec.bytes);
        if (host == nullptr) [[unlikely]] return nullptr;
        ++pe.mem_writes;
        note_access(pe, va, spec, memo.origin(mmu::HostTlb::Kind::Data, va));
        return host;
    }
    // No handler accesses memory twice, and an access that crosses a page has no memo: this is the record's only one.
    [[gnu::always_inline]] static void note_access(Pe& pe, u64 va, AccessSpec spec, const mmu::HostTlb::Origin& origin) {
        InstructionRecord& record = pe.record;
        mmu::LookupRecord& lookup = record.lookups[0];
        DataAccess& access = record.access[0];
        record.access_count = 1;
        access.va = va;
        access.pa = origin.page_pa + (va & (kPageBytes - 1));
        access.bytes = spec.bytes;
        access.kind = spec.kind;
        access.memory_attr = origin.memory_attr;
        access.lookup = &lookup;
        note_l1_hit(lookup, origin);
    }
    static bool fail(Pe& pe, const DecodedOp* op) {
        raise(pe, op, pe.fault);
        return false;
    }
};

}  // namespace emu
