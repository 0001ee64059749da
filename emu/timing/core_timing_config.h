// Widths, queues, ports, latencies and system operations of a core. Defaults: Neoverse N1 at 3 GHz.
#pragma once

#include "emu/timing/branch/predictor_config.h"
#include "emu/timing/in_order/in_order_config.h"

namespace emu {

// Cycles from issue to result, unless another unit is named.
struct LatencyConfig {
    u64 alu{1};
    u64 alu_shift{2};  // a shifted or extended operand: the multi-cycle integer port
    u64 mul32{2};
    u64 mul64{4};
    u64 mul_high{5};
    u64 div32{12};
    u64 div64{20};
    u64 crc{2};
    u64 branch{1};
    u64 fp_simple{2};
    u64 fp_add{2};
    u64 fp_mul{3};
    u64 fp_div{15};
    u64 fp_load_extra{1};  // over an integer load
    u64 simd{2};
    u64 crypto{2};
    u64 store_forward{5};
    Estimate store_forward_fail{8, 11, 17};
    Estimate atomic{4, 8, 20};     // near atomic, line in L1D and exclusive
    Estimate exclusive{2, 4, 12};  // STXR, line in L1D
    Estimate mrs{1, 2, 10};
    Estimate mrs_renamed{1, 1, 4};
    Estimate mrs_remote{2, 15, 60};
    Estimate msr{1, 4, 15};
    Estimate msr_renamed{1, 1, 6};
    Estimate msr_context{2, 8, 40};
    Estimate cache_maintenance{4, 10, 40};
    Estimate address_translate{5, 10, 30};
};

inline constexpr unsigned kMaxFetchQueue = 256;

struct CoreTimingConfig {
    PipelineKind pipeline{PipelineKind::OutOfOrder};
    u64 frequency_mhz{3000};
    unsigned issue_width{8};
    unsigned dispatch_width{4};
    unsigned commit_width{8};
    unsigned fetch_queue{32};
    unsigned rob{128};
    unsigned load_queue{56};
    unsigned store_queue{44};
    unsigned integer_ports{3};
    unsigned multiply_ports{1};
    unsigned branch_ports{1};
    bool branch_shares_integer{false};
    unsigned load_ports{2};
    unsigned loads_per_cycle{2};
    unsigned stores_per_cycle{2};
    unsigned store_data_ports{2};
    unsigned vector_ports{2};
    unsigned vector_divide_ports{1};
    u64 mul64_occupancy{3};
    u64 mispredict_penalty{11};
    Estimate btb_miss_penalty{3, 5, 8};
    Estimate split_line{1, 1, 2};
    u64 split_page_store{12};
    Estimate zero_block{1, 2, 4};
    Estimate exception_entry{15, 30, 50};
    Estimate eret{15, 30, 50};
    Estimate isb{15, 30, 50};
    Estimate tlbi_local{5, 9, 20};
    Estimate tlbi_broadcast{10, 21, 50};
    Estimate tlbi_range{0, 0, 20};
    unsigned tlbi_outstanding{46};
    Estimate dsb_nsh{10, 20, 40};
    Estimate dsb_ish{100, 200, 600};
    LatencyConfig latency{};
    PredictorConfig predictor{};
    InOrderConfig in_order{};
};

namespace detail {

template <class V>
void describe_window(V& v, CoreTimingConfig& c) {
    v.choice("core.pipeline", c.pipeline,
             {{"in-order", PipelineKind::InOrder}, {"out-of-order", PipelineKind::OutOfOrder}},
             "in which order instructions issue");
    v.param("core.frequency_mhz", c.frequency_mhz, "MHz", 100, 10000, "core clock");
    v.param("core.issue_width", c.issue_width, "instructions", 1, 32, "issued per cycle, where they issue in order");
    v.param("core.dispatch_width", c.dispatch_width, "instructions", 1, 16, "renamed and dispatched per cycle");
    v.param("core.commit_width", c.commit_width, "instructions", 1, 32, "committed per cycle");
    v.param("core.fetch_queue", c.fetch_queue, "instructions", 1, kMaxFetchQueue, "fetched ahead of dispatch at most");
    v.param("core.rob", c.rob, "instructions", 1, 1024, "reorder window");
    v.param("core.load_queue", c.load_queue, "loads", 1, 512, "loads in the window");
    v.param("core.store_queue", c.store_queue, "stores", 1, 512, "stores in the window or waiting to reach L1D");
    v.param("core.integer_ports", c.integer_ports, "ports", 1, 16,
            "single-cycle integer ports, those that multiply included");
    v.param("core.multiply_ports", c.multiply_ports, "ports", 1, 8,
            "integer ports that shift-and-add, multiply, divide");
    v.param("core.branch_ports", c.branch_ports, "ports", 1, 4, "branches per cycle");
    v.param("core.branch_shares_integer", c.branch_shares_integer, "branches execute on integer ports, not on their own");
    v.param("core.load_ports", c.load_ports, "ports", 1, 8, "address generation for loads and stores together");
    v.param("core.loads_per_cycle", c.loads_per_cycle, "loads", 1, 8, "that get an address, where out of order");
    v.param("core.stores_per_cycle", c.stores_per_cycle, "stores", 1, 8, "that get an address, where out of order");
    v.param("core.store_data_ports", c.store_data_ports, "ports", 1, 8, "that hand data to the store queue");
    v.param("core.vector_ports", c.vector_ports, "ports", 1, 8, "floating-point and SIMD ports");
    v.param("core.vector_divide_ports", c.vector_divide_ports, "ports", 1, 8, "vector ports that divide");
    v.param("core.mul64_occupancy", c.mul64_occupancy, "cycles", 1, 16, "a 64-bit multiplication keeps its port");
    v.param("core.mispredict_penalty", c.mispredict_penalty, "cycles", 1, 64,
            "extra cycles of a wrongly predicted branch");
    estimate(v, "core.btb_miss_penalty", c.btb_miss_penalty, "cycles", 0, 64,
             "extra cycles of a taken direct branch whose target decode had to find");
    describe_predictor(v, c.predictor);
    estimate(v, "core.split_line", c.split_line, "cycles", 0, 64, "extra cycles of an access across a line");
    v.param("core.split_page_store", c.split_page_store, "cycles", 0, 128,
            "extra cycles of a store across a 4 KiB page");
    estimate(v, "core.zero_block", c.zero_block, "cycles", 1, 64, "DC ZVA keeps the L1D write port");
}

template <class V>
void describe_system(V& v, CoreTimingConfig& c) {
    estimate(v, "core.exception_entry", c.exception_entry, "cycles", 0, 1000, "extra cycles of taking an exception");
    estimate(v, "core.eret", c.eret, "cycles", 0, 1000, "extra cycles of ERET");
    estimate(v, "core.isb", c.isb, "cycles", 0, 1000, "extra cycles of ISB");
    estimate(v, "core.tlbi_local", c.tlbi_local, "cycles", 1, 1000, "issue of a TLBI for this PE");
    estimate(v, "core.tlbi_broadcast", c.tlbi_broadcast, "cycles", 1, 1000,
             "issue of a TLBI for the shareability domain");
    estimate(v, "core.tlbi_range", c.tlbi_range, "cycles", 0, 10000, "a range TLBI over one of a page");
    v.param("core.tlbi_outstanding", c.tlbi_outstanding, "instructions", 1, 256,
            "TLBIs handed over and not complete");
    estimate(v, "core.dsb_nsh", c.dsb_nsh, "cycles", 0, 10000, "DSB after its waits, no broadcast TLBI to complete");
    estimate(v, "core.dsb_ish", c.dsb_ish, "cycles", 0, 100000,
             "DSB that completes broadcast TLBIs in a system of dvm.reference_pes");
}

template <class V>
void describe_latency(V& v, LatencyConfig& l) {
    const auto latency = [&v](const char* key, u64& value, const char* sentence) {
        v.param(key, value, "cycles", 0, 200, sentence);
    };
    latency("core.latency.alu", l.alu, "single-cycle integer operations");
    latency("core.latency.alu_shift", l.alu_shift, "integer operations with a shifted or extended operand");
    latency("core.latency.mul32", l.mul32, "32-bit multiplication");
    latency("core.latency.mul64", l.mul64, "64-bit multiplication");
    latency("core.latency.mul_high", l.mul_high, "SMULH, UMULH");
    latency("core.latency.div32", l.div32, "32-bit division");
    latency("core.latency.div64", l.div64, "64-bit division");
    latency("core.latency.crc", l.crc, "CRC32");
    latency("core.latency.branch", l.branch, "branches");
    latency("core.latency.fp_simple", l.fp_simple, "moves, absolute value, comparison");
    latency("core.latency.fp_add", l.fp_add, "addition");
    latency("core.latency.fp_mul", l.fp_mul, "multiplication");
    latency("core.latency.fp_div", l.fp_div, "division and square root");
    latency("core.latency.fp_load_extra", l.fp_load_extra, "a load to a SIMD register over an integer load");
    latency("core.latency.simd", l.simd, "SIMD integer operations");
    latency("core.latency.crypto", l.crypto, "AES, SHA");
    latency("core.latency.store_forward", l.store_forward, "a load served by an older store that is still queued");
    estimate(v, "core.latency.store_forward_fail", l.store_forward_fail, "cycles", 1, 200,
             "a load that a queued store covers in part");
    estimate(v, "core.latency.atomic", l.atomic, "cycles", 1, 200, "atomic on a line that L1D holds");
    estimate(v, "core.latency.exclusive", l.exclusive, "cycles", 1, 200, "store exclusive on a line that L1D holds");
    estimate(v, "core.latency.mrs", l.mrs, "cycles", 1, 200, "MRS of other registers than these");
    estimate(v, "core.latency.mrs_renamed", l.mrs_renamed, "cycles", 1, 200,
             "MRS of NZCV, DAIF, CurrentEL, SP_EL0, thread pointers");
    estimate(v, "core.latency.mrs_remote", l.mrs_remote, "cycles", 1, 1000,
             "MRS of identification, counters, timers, PMU, debug");
    estimate(v, "core.latency.msr", l.msr, "cycles", 1, 200, "MSR of others, which waits to be the oldest");
    estimate(v, "core.latency.msr_renamed", l.msr_renamed, "cycles", 1, 200, "MSR of NZCV, SP_EL0, thread pointers");
    estimate(v, "core.latency.msr_context", l.msr_context, "cycles", 1, 1000,
             "MSR of translation, control, timer and PMU registers");
    estimate(v, "core.latency.cache_maintenance", l.cache_maintenance, "cycles", 1, 1000,
             "DC and IC by address, before a DSB is done");
    estimate(v, "core.latency.address_translate", l.address_translate, "cycles", 1, 200, "AT, its walk excluded");
}

}  // namespace detail

}  // namespace emu
