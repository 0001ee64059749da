// Phases as the guest's markers open and close them: a phase is the difference of two snapshots.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emu/report/run_result.h"
#include "emu/timing/ledger/call_stacks.h"
#include "emu/timing/ledger/cost_ledger.h"
#include "emu/timing/ledger/operation_probes.h"
#include "kernel_model/abi/guest_abi.h"
#include "mmu/base/counters.h"

namespace emu {

class MissTaxonomy;

class PhaseTracker {
public:
    // Everything a phase is the difference of. `ledger` is null in functional mode.
    struct Sources {
        const mmu::Counters& counters;
        const OperationProbes& probes;
        const CostLedger* ledger;
        CallStacks* stacks{nullptr};  // where they are asked for
        const MissTaxonomy* misses{nullptr};
    };
    struct Moment {
        std::uint64_t instruction{0};
        std::uint64_t timed{0};  // instructions until then that took cycles of the timing model
        std::optional<guest_mailbox> mailbox;
    };

    explicit PhaseTracker(Sources sources) : sources_{sources} {}

    // From the next phase on; null: none.
    void watch(const MissTaxonomy* misses) { sources_.misses = misses; }

    // A phase that is still open is closed first. Counters must be settled.
    void begin(std::string name, bool of_interest, const Moment& now);
    void end(const Moment& now);

    [[nodiscard]] bool open() const { return open_.has_value(); }
    [[nodiscard]] bool of_interest() const { return open_ && open_->result.of_interest; }
    [[nodiscard]] const std::string& current_name() const;
    [[nodiscard]] std::vector<PhaseResult> take_phases() { return std::move(phases_); }
    // Cycles by function and cause over the phases of interest that have ended.
    [[nodiscard]] const LedgerCells& ledger_of_interest() const { return of_interest_; }
    // The same by call stack over all phases that have ended: "phase;outermost caller;...;function;cause".
    [[nodiscard]] const std::map<std::string, std::uint64_t>& folded_stacks() const { return folded_stacks_; }

private:
    void add_ledger(const LedgerCells& spent);
    void add_stacks(std::string phase);

    struct Open {
        PhaseResult result;
        mmu::CounterBank el0{};
        mmu::CounterBank el1{};
        std::uint64_t timed{0};
        std::optional<guest_mailbox> mailbox;
        std::vector<OperationCalls> calls;
        LedgerCells ledger;
        std::optional<MissTotals> misses;
    };

    Sources sources_;
    std::optional<Open> open_;
    std::vector<PhaseResult> phases_;
    LedgerCells of_interest_;
    std::map<std::string, std::uint64_t> folded_stacks_;
};

// The name of PHASE_BEGIN: three registers of up to eight characters each, zero padded. Unprintable characters become '?'.
[[nodiscard]] std::string phase_name(std::uint64_t x0, std::uint64_t x1, std::uint64_t x2);

}  // namespace emu
