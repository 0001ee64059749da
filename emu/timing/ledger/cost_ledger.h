// Where the cycles went: every cycle between two commits is charged once, to the guest function of the later
// instruction and to what that instruction, then the oldest, was waiting for. No cause is a remainder.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "emu/timing/ledger/cost_cause.h"
#include "emu/timing/ledger/function_table.h"

namespace emu {

using arch::u64;

struct LedgerLine {
    std::string function;
    Cause cause{Cause::Base};
    u64 cycles{0};
};

// Cycles by function and cause, and by cause those that an estimated figure decided. Copies are snapshots; a phase is end
// minus begin.
class LedgerCells {
public:
    using Row = std::array<u64, kCauseCount>;

    explicit LedgerCells(std::size_t functions = 0) : rows_(functions, Row{}) {}

    [[nodiscard]] Row& operator[](std::size_t function) { return rows_[function]; }
    [[nodiscard]] const Row& operator[](std::size_t function) const { return rows_[function]; }
    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    [[nodiscard]] u64 total() const;
    [[nodiscard]] u64 total(Cause cause) const;
    // Part of total(cause).
    [[nodiscard]] u64& estimated(Cause cause) { return estimated_[static_cast<std::size_t>(cause)]; }
    [[nodiscard]] u64 estimated(Cause cause) const { return estimated_[static_cast<std::size_t>(cause)]; }
    LedgerCells& operator+=(const LedgerCells& other);
    LedgerCells& operator-=(const LedgerCells& other);

private:
    std::vector<Row> rows_;
    Row estimated_{};
};

class CostLedger {
public:
    // Code outside all functions is charged to "[el0]" and "[el1]".
    explicit CostLedger(FunctionTable functions)
        : functions_{std::move(functions)}, cells_{functions_.row_count()}, row_{&cells_[0]} {}
    CostLedger(const CostLedger&) = delete;
    CostLedger& operator=(const CostLedger&) = delete;

    // Later charges are for the instruction at `pc`.
    void enter(u64 pc, unsigned el) {
        if (!is_inside(pc) || el != el_) move_to(pc, el);
    }
    // `pc` is of the function that charges are for.
    [[nodiscard]] bool is_inside(u64 pc) const { return pc - start_ < size_; }
    // Charges come from another level; no instruction is inside until enter().
    void leave() { size_ = 0; }
    void charge(Cause cause, u64 cycles) { (*row_)[static_cast<std::size_t>(cause)] += cycles; }
    // Of what was charged, so many cycles are an estimate's.
    void mark_estimated(Cause cause, u64 cycles) { cells_.estimated(cause) += cycles; }

    [[nodiscard]] const FunctionTable& functions() const { return functions_; }  // whose rows the cells are
    [[nodiscard]] const LedgerCells& cells() const { return cells_; }
    // Cells that are not 0, by address of the function and then by cause.
    [[nodiscard]] std::vector<LedgerLine> lines(const LedgerCells& cells) const;

private:
    void move_to(u64 pc, unsigned el);

    FunctionTable functions_;
    LedgerCells cells_;
    LedgerCells::Row* row_;
    u64 start_{0};  // of the function, or of the gap between two
    u64 size_{0};
    unsigned el_{0};
};

}  // namespace emu
