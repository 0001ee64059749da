// What one call of a guest operation costs. A probe sits on the entry of a guest function; the call ends where
// execution comes to its return address with the stack pointer it was entered with. Inclusive costs are everything
// within: callees, exceptions, other probed operations. Self costs leave out the probed operations within. What other
// tasks do while the call's own task has given the processor away is in neither.
//
// The recording loop calls at() before it executes an instruction for which wants() is true. Cycles come from the
// pipeline, so they are 0 in functional mode, where calls can be counted but have no price.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "emu/isa/decoded_op.h"
#include "mmu/base/counters.h"

namespace emu {

// Work done so far, both exception levels together.
struct WorkCounts {
    u64 cycles{0};
    u64 instructions{0};
    u64 loads{0};
    u64 stores{0};
    u64 tlbis{0};
    u64 dsb_cycles{0};

    friend WorkCounts operator-(const WorkCounts& a, const WorkCounts& b);
    WorkCounts& operator+=(const WorkCounts& other);
};
// From CPU_CYCLES, INST_RETIRED, MEM_ACCESS_RD, MEM_ACCESS_WR, SIM_TLBI and SIM_DSB_CYCLES, which must be up to date.
[[nodiscard]] WorkCounts work_of(const mmu::Counters& counters);

// What the probes need of the PE, before the instruction at `pc` executes.
struct ProbePoint {
    u64 pc{0};
    u64 x0{0};
    u64 lr{0};  // X30
    u64 sp{0};  // the current stack pointer
    u64 task{0};  // whose code this is (its kernel stack): EL0 stacks of two tasks may be at one address
    bool by_call{false};  // the previous instruction was BL or BLR to here
};

// Exact distribution: every value with its count.
class ValueCounts {
public:
    void add(u64 value);
    [[nodiscard]] u64 count() const { return count_; }
    [[nodiscard]] u64 total() const { return total_; }
    [[nodiscard]] u64 max() const { return values_.empty() ? 0 : values_.rbegin()->first; }
    // Nearest rank: the smallest value that at least `percent` of 100 values do not exceed; 0 when empty.
    [[nodiscard]] u64 percentile(unsigned percent) const;
    void merge(const ValueCounts& other);
    // By powers of two: the first value of each bucket that is not empty (0, 1, 2, 4, 8 ...) with its count.
    [[nodiscard]] std::vector<std::pair<u64, u64>> histogram() const;

private:
    std::map<u64, u64> values_;
    u64 count_{0};
    u64 total_{0};
};

// The calls of one operation with one outcome.
struct OperationPrice {
    std::string operation;
    std::string outcome;  // empty for an operation that declares none
    ValueCounts cycles;  // inclusive, call by call: a recursive call is also within the one around it
    WorkCounts work;     // totals of the same
    u64 self_cycles{0};        // totals without the probed operations within: these add up, nothing counts twice
    u64 self_instructions{0};
    u64 recursive{0};          // calls within a call of the same operation
};

// Calls by the innermost probed operation of the same task around them (empty: none). Counts only grow.
struct OperationCalls {
    std::string operation;
    std::string outcome;
    std::string caller;
    u64 count{0};
};

class OperationProbes {
public:
    // `outcomes` names the values 0, 1, .. that the function returns in W0; empty if it returns none. A value beyond
    // them is reported as the outcome "other".
    void add(std::string name, u64 entry_pc, std::vector<std::string> outcomes = {});
    [[nodiscard]] const std::vector<u64>& entries() const { return entry_pcs_; }

    // Whether at() has to see the instruction at `pc`. False positives are allowed.
    [[nodiscard]] bool wants(const DecodedOp& op, u64 pc) const {
        return (op.flags & kOpProbe) != 0 || (returns_filter_ >> filter_bit(pc) & 1) != 0;
    }
    void at(const ProbePoint& point, const WorkCounts& now);
    // From here on `task` runs. Calls that other tasks have open stand still.
    void switch_task(u64 task, const WorkCounts& now);
    [[nodiscard]] u64 task() const { return task_; }
    // The open calls of the task that runs, innermost first.
    [[nodiscard]] std::vector<std::size_t> open_operations() const;
    [[nodiscard]] const std::string& name_of(std::size_t operation) const { return operations_[operation].name; }

    // Prices are kept only of calls that begin while this is on (phases of interest). On at the start.
    void set_pricing(bool on) { pricing_ = on; }
    // One row per operation and outcome that occurred, in the order of add().
    [[nodiscard]] std::vector<OperationPrice> prices() const;
    [[nodiscard]] std::vector<OperationCalls> calls() const;
    // Calls of an operation that were left without a return: by a long jump, an exception that unwound the stack, or because
    // their task ended. They have no price.
    [[nodiscard]] u64 left_otherwise(const std::string& operation) const;

private:
    struct Operation {
        std::string name;
        std::vector<std::string> outcomes;
        u64 left_otherwise{0};
    };
    struct OpenCall {
        std::size_t operation;
        std::size_t caller;  // kNoOperation at the outside
        u64 return_pc;
        u64 sp;
        u64 task;
        bool priced;
        bool recursive;
        WorkCounts begin;   // moved on by what happened while the task was away
        WorkCounts nested;  // of the probed operations directly within
    };
    struct Price {
        ValueCounts cycles;
        WorkCounts work;
        WorkCounts self;
        u64 recursive{0};
    };
    struct Away {
        u64 task;
        WorkCounts since;
    };
    // Operation, outcome, and for calls the caller.
    using PriceKey = std::pair<std::size_t, std::size_t>;
    using CallKey = std::pair<PriceKey, std::size_t>;
    static constexpr std::size_t kNoOperation = ~std::size_t{0};

    [[nodiscard]] static u64 filter_bit(u64 pc) { return (pc >> 2) & 63; }
    [[nodiscard]] static bool same_stack(const OpenCall& call, const ProbePoint& point);
    void enter(std::size_t operation, const ProbePoint& point, const WorkCounts& now);
    void leave(const ProbePoint& point, const WorkCounts& now);
    void finish(std::size_t open, u64 x0, const WorkCounts& now);
    void remove(std::size_t open, const WorkCounts& spent);
    void drop_below(const ProbePoint& point);
    bool drop_overtaken(std::size_t operation, const ProbePoint& point);
    void drop(std::size_t open);
    void rebuild_filter();
    [[nodiscard]] std::size_t innermost_open(u64 task, std::size_t before) const;
    [[nodiscard]] bool is_open(std::size_t operation, u64 task) const;
    [[nodiscard]] std::string outcome_name(const PriceKey& key) const;

    std::vector<Operation> operations_;
    std::vector<u64> entry_pcs_;  // parallel to operations_
    std::map<u64, std::size_t> by_entry_;
    std::vector<OpenCall> open_;  // innermost last
    std::vector<Away> away_;      // tasks with open calls that do not run now
    u64 task_{0};
    u64 returns_filter_{0};
    bool pricing_{true};
    std::map<PriceKey, Price> prices_;
    std::map<CallKey, u64> calls_;
};

}  // namespace emu
