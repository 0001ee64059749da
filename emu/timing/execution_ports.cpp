#include "emu/timing/execution_ports.h"

#include <algorithm>
#include <bit>

namespace emu {

namespace {

ClassTiming compute(Port port, u64 latency, u64 occupancy = 1) {
    return {Path::Compute, port, latency, static_cast<unsigned>(occupancy), false, false};
}
ClassTiming branch(const LatencyConfig& l) {
    return {Path::Branch, Port::Branch, l.branch, 1, false, false};
}
ClassTiming load(u64 extra) {
    return {Path::Load, Port::Load, extra, 1, true, false};
}
ClassTiming store() {
    return {Path::Store, Port::Store, 1, 1, false, true};
}
ClassTiming system(Path path, u64 latency = 1) {
    return {path, Port::None, latency, 1, false, false};
}
ClassTiming synchronizing(ClassTiming timing) {
    timing.synchronizes = true;
    return timing;
}
ClassTiming estimated(ClassTiming timing) {
    timing.figure = Figure::Estimated;
    return timing;
}

ClassTiming integer_timing(OpClass c, const CoreTimingConfig& config) {
    const LatencyConfig& l = config.latency;
    switch (c) {
        case OpClass::AluShift: return compute(Port::Multiply, l.alu_shift);
        case OpClass::Mul32: return compute(Port::Multiply, l.mul32);
        case OpClass::Mul64: return compute(Port::Multiply, l.mul64, config.mul64_occupancy);
        case OpClass::MulHigh: return compute(Port::Multiply, l.mul_high, config.mul64_occupancy);
        case OpClass::Div32: return compute(Port::Multiply, l.div32, l.div32);
        case OpClass::Div64: return compute(Port::Multiply, l.div64, l.div64);
        case OpClass::Crc: return compute(Port::Multiply, l.crc);
        default: return compute(Port::Integer, l.alu);
    }
}

ClassTiming vector_timing(OpClass c, const LatencyConfig& l) {
    switch (c) {
        case OpClass::FpAdd: return compute(Port::Vector, l.fp_add);
        case OpClass::FpMul: return compute(Port::Vector, l.fp_mul);
        case OpClass::FpDiv: return compute(Port::VectorDivide, l.fp_div, l.fp_div);
        case OpClass::Simd: return compute(Port::Vector, l.simd);
        case OpClass::Crypto: return compute(Port::Vector, l.crypto);
        case OpClass::FpLoad: return load(l.fp_load_extra);
        case OpClass::FpStore: return store();
        default: return compute(Port::Vector, l.fp_simple);
    }
}

// Operations on memory. Their latency is what they add to that of the line they touch.
ClassTiming memory_timing(OpClass c, const LatencyConfig& l) {
    switch (c) {
        case OpClass::Atomic: return {Path::Atomic, Port::Memory, l.atomic.mid, 1, true, true};
        case OpClass::StoreExclusive: return {Path::StoreExclusive, Port::Memory, l.exclusive.mid, 1, false, true};
        case OpClass::Prefetch: return {Path::Prefetch, Port::Memory, 1, 1, false, false};
        case OpClass::DcZva: return {Path::ZeroBlock, Port::Store, 1, 1, false, true};
        case OpClass::CacheMaintenance:
            return {Path::CacheMaintenance, Port::Memory, l.cache_maintenance.mid, 1, false, false};
        case OpClass::Store:
        case OpClass::StorePair:
        case OpClass::StoreRelease: return store();
        default: return load(0);
    }
}

ClassTiming system_timing(OpClass c, const LatencyConfig& l) {
    switch (c) {
        case OpClass::Mrs: return estimated(system(Path::SystemRead, l.mrs.mid));
        case OpClass::Msr: return estimated(system(Path::SystemWrite, l.msr.mid));
        case OpClass::Tlbi: return system(Path::Tlbi);
        case OpClass::AddressTranslate: return estimated(system(Path::AddressTranslate, l.address_translate.mid));
        case OpClass::Dsb: return system(Path::Dsb);
        case OpClass::Dmb: return system(Path::Dmb);
        case OpClass::Isb: return synchronizing(system(Path::Isb));
        case OpClass::Eret: return synchronizing(compute(Port::None, 1));
        default: return compute(Port::None, 1);  // hints, and what only takes an exception
    }
}

u64 first_of(u64 cycles) {
    return static_cast<unsigned>(std::countr_zero(cycles));
}

// Of 64 cycles of which these are free, bit 0 the first, those with which a run of `length` free cycles begins, at most 64,
// that lies within them.
u64 run_starts(u64 free, unsigned length) {
    for (unsigned run = 1; run < length && free != 0;) {
        const unsigned more = std::min(run, length - run);
        free &= free >> more;
        run += more;
    }
    return free;
}

}  // namespace

ClassTimings class_timings(const CoreTimingConfig& config) {
    ClassTimings out;
    for (std::size_t i = 0; i < kOpClassCount; ++i) {
        const auto c = static_cast<OpClass>(i);
        if (c <= OpClass::Crc)
            out[i] = integer_timing(c, config);
        else if (c <= OpClass::Return)
            out[i] = branch(config.latency);
        else if (c <= OpClass::CacheMaintenance)
            out[i] = memory_timing(c, config.latency);
        else if (c <= OpClass::Eret)
            out[i] = system_timing(c, config.latency);
        else
            out[i] = vector_timing(c, config.latency);
    }
    return out;
}

ExecutionPorts::ExecutionPorts(const CoreTimingConfig& c)
    : rings_{SlotRing<>{1},
             SlotRing<>{c.integer_ports},
             SlotRing<>{c.multiply_ports},
             SlotRing<>{c.branch_ports},
             SlotRing<>{c.load_ports},
             SlotRing<>{c.loads_per_cycle},
             SlotRing<>{c.stores_per_cycle},
             SlotRing<>{c.store_data_ports},
             SlotRing<>{c.vector_ports},
             SlotRing<>{c.vector_divide_ports}},
      uses_{uses(c)} {}

// A limit that its group's implies is not kept.
std::array<ExecutionPorts::Use, kPortCount> ExecutionPorts::uses(const CoreTimingConfig& c) {
    const auto part = [this](Port port, unsigned own, Port group, unsigned all) {
        return use(own < all ? port : group, group);
    };
    return {Use{},
            use(Port::Integer, Port::Integer),
            use(Port::Multiply, Port::Integer),
            c.branch_shares_integer ? part(Port::Branch, c.branch_ports, Port::Integer, c.integer_ports)
                                    : use(Port::Branch, Port::Branch),
            use(Port::Memory, Port::Memory),
            part(Port::Load, c.loads_per_cycle, Port::Memory, c.load_ports),
            part(Port::Store, c.stores_per_cycle, Port::Memory, c.load_ports),
            use(Port::StoreData, Port::StoreData),
            use(Port::Vector, Port::Vector),
            use(Port::VectorDivide, Port::Vector)};
}

// Nearly always there is room in the group of slots that `cycle` is in.
u64 ExecutionPorts::reserve_both(SlotRing<>& group, SlotRing<>& port, unsigned occupancy, u64 cycle) {
    if (occupancy > 64) [[unlikely]] return reserve_both_later(group, port, occupancy, cycle);
    const u64 starts = run_starts(group.free_in_group(cycle) & port.free_in_group(cycle), occupancy);
    if (starts == 0) [[unlikely]] return reserve_both_later(group, port, occupancy, cycle);
    cycle += first_of(starts);
    group.take_in_group(cycle, occupancy);
    port.take_in_group(cycle, occupancy);
    return cycle;
}

u64 ExecutionPorts::reserve_both_later(SlotRing<>& group, SlotRing<>& port, unsigned occupancy, u64 cycle) {
    const u64 start = first_run(group, port, occupancy, cycle);
    const bool one_group = start % 64 + occupancy <= 64;
    if (one_group && (group.free_in_group(start) & port.free_in_group(start) & 1) != 0) {
        group.take_in_group(start, occupancy);
        port.take_in_group(start, occupancy);
        return start;
    }
    for (unsigned i = 0; i < occupancy; ++i) {
        group.take(start + i);
        port.take(start + i);
    }
    return start;
}

// Group by group of 64 cycles: `run` free ones from `start` on lie before those of `from`.
u64 ExecutionPorts::first_run(const SlotRing<>& group, const SlotRing<>& port, unsigned occupancy, u64 cycle) {
    u64 start = cycle, run = 0;
    for (u64 from = cycle, next = 0;; from = next) {
        next = (from | 63) + 1;
        const u64 full = group.full_in_group(from) | port.full_in_group(from);
        const u64 free = ~full >> from % 64;
        const u64 lead = first_of(~free);
        run += lead;
        if (run >= occupancy) return start;
        if (lead == next - from) continue;
        const u64 within = occupancy > 64 ? 0 : run_starts(free, occupancy);
        if (within != 0) return from + first_of(within);
        run = static_cast<unsigned>(std::countl_zero(full));
        start = next - run;
    }
}

}  // namespace emu
