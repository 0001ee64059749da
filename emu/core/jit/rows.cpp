#include "emu/core/jit/rows.h"

#include <unordered_map>

#include "emu/core/exec/handlers.h"
#include "emu/isa/a64_table.h"

namespace emu::jit {

namespace {

[[nodiscard]] bool changes_flow(OpClass c) {
    return c == OpClass::Branch || c == OpClass::BranchCond || c == OpClass::BranchIndirect || c == OpClass::Call ||
           c == OpClass::CallIndirect || c == OpClass::Return;
}

// Rows that execute as another row (A64_AS) are translated as it is.
void inherit(RowTable& table) {
    std::unordered_map<Handler, Encoding> native;
    for (std::size_t i = 0; i < kRowCount; ++i)
        if (table[static_cast<Encoding>(i)].emit != nullptr) native.emplace(kHandlers[i].plain, static_cast<Encoding>(i));
    for (std::size_t i = 0; i < kRowCount; ++i) {
        const auto found = native.find(kHandlers[i].plain);
        if (found != native.end()) table[static_cast<Encoding>(i)] = table[found->second];
    }
}

RowTable make_table() {
    RowTable table;
    add_arithmetic(table);
    add_bitfields(table);
    add_multiply_divide(table);
    add_conditionals(table);
    add_branches(table);
    add_loads_stores(table);
    add_vector_memory(table);
    inherit(table);
    const auto rows = a64_rows();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Row& row = table[static_cast<Encoding>(i)];
        row.reads_flags = rows[i].nzcv == NzcvUse::Reads || rows[i].nzcv == NzcvUse::Both;
        row.sets_flags = rows[i].nzcv == NzcvUse::Sets || rows[i].nzcv == NzcvUse::Both;
        // A handler that generated code calls must come back to it: no branches.
        if (row.emit == nullptr && changes_flow(rows[i].op_class)) row.flow = Flow::Stop;
    }
    table[Encoding::UNDEFINED].flow = Flow::Stop;
    return table;
}

}  // namespace

const Row& row_of(const DecodedOp& op) {
    static const RowTable table = make_table();
    return table[static_cast<Encoding>(op.encoding)];
}

}  // namespace emu::jit
