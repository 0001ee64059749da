// Instructions retired by guest function.
#pragma once

#include "emu/report/run_result.h"
#include "emu/timing/ledger/function_table.h"

namespace emu {

class FunctionCounts {
public:
    // `functions` must outlive it. Code outside all functions counts as "[el0]" or "[el1]", as in the ledger.
    explicit FunctionCounts(const FunctionTable& functions) : functions_{functions}, counts_(functions.row_count()) {}

    void count(arch::u64 pc, unsigned el, arch::u64 instructions) {
        if (pc - place_.start >= place_.end - place_.start || el != el_) move_to(pc, el);
        counts_[row_] += instructions;
    }
    // Those that are not 0, by address.
    [[nodiscard]] NamedCounts counts() const {
        NamedCounts out;
        for (std::size_t i = 0; i < counts_.size(); ++i)
            if (counts_[i] != 0) out.emplace_back(functions_.row_name(i), counts_[i]);
        return out;
    }

private:
    void move_to(arch::u64 pc, unsigned el) {
        place_ = functions_.place_of(pc);
        el_ = el;
        row_ = functions_.row_of(place_, el);
    }

    const FunctionTable& functions_;
    std::vector<arch::u64> counts_;
    FunctionTable::Place place_{};
    unsigned el_{~0u};
    std::size_t row_{0};
};

}  // namespace emu
