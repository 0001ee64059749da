// What the translator knows about each row of a64.def: the function that writes its host code, and what has to hold
// around it. Rows without a function are executed by their handler, called from the generated code.
#pragma once

#include "emu/core/jit/region.h"
#include "emu/isa/encoding.h"

namespace emu::jit {

class Translator;
using Emit = void (*)(Translator&, const DecodedOp&);

struct Row {
    Emit emit{nullptr};
    Flow flow{Flow::Straight};
    bool reads_flags{false};
    bool sets_flags{false};
    bool may_fault{true};        // may raise an exception, so registers and NZCV must be those of before
    bool uses_registers{false};  // its registers are worth keeping in those of the host
    bool loads{false};           // adds one to MEM_ACCESS_RD
    bool stores{false};          // adds one to MEM_ACCESS_WR
};

[[nodiscard]] const Row& row_of(const DecodedOp& op);

// Each family enters its functions.
class RowTable {
public:
    void data(Encoding e, Emit emit) { set(e, emit); }
    void load(Encoding e, Emit emit) {
        Row& row = set(e, emit);
        row.loads = row.may_fault = true;
    }
    void store(Encoding e, Emit emit) {
        Row& row = set(e, emit);
        row.stores = row.may_fault = true;
    }
    void branch(Encoding e, Flow flow, Emit emit) { set(e, emit).flow = flow; }

    [[nodiscard]] Row& operator[](Encoding e) { return rows_[static_cast<std::size_t>(e)]; }
    [[nodiscard]] const Row& operator[](Encoding e) const { return rows_[static_cast<std::size_t>(e)]; }

private:
    Row& set(Encoding e, Emit emit) {
        Row& row = (*this)[e];
        row.emit = emit;
        row.may_fault = false;
        row.uses_registers = true;
        return row;
    }

    std::array<Row, kEncodingCount> rows_{};
};

void add_arithmetic(RowTable& table);
void add_bitfields(RowTable& table);
void add_multiply_divide(RowTable& table);
void add_conditionals(RowTable& table);
void add_branches(RowTable& table);
void add_loads_stores(RowTable& table);
void add_vector_memory(RowTable& table);

}  // namespace emu::jit
