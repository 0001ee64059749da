#include "tests/isa/execute.h"

#include <array>
#include <stdexcept>

#include "emu/core/exec/branches.h"
#include "emu/core/exec/data_immediate.h"
#include "emu/core/exec/data_register.h"
#include "emu/isa/decoder.h"

namespace isa_test {
namespace {

// The Mode of these tests: one instruction, then back.
struct SingleInstruction {
    static arch::u64 pc(const emu::Pe&, const emu::DecodedOp*) { return kPc; }
    static void next(emu::Pe& pe, const emu::DecodedOp*) { pe.pc = kPc + 4; }
    static void branch(emu::Pe& pe, const emu::DecodedOp*, arch::u64 target) {
        pe.pc = target;
        pe.record.taken = true;
    }
    static void branch_typed(emu::Pe& pe, const emu::DecodedOp* op, arch::u64 target, arch::u8) { branch(pe, op, target); }
};

using Table = std::array<emu::Handler, emu::kEncodingCount>;

constexpr Table make_table() {
    Table table{};
#define A64(name, ...) table[static_cast<std::size_t>(emu::Encoding::name)] = &emu::exec::name<SingleInstruction>;
#define A64_AS(name, handler, ...) \
    table[static_cast<std::size_t>(emu::Encoding::name)] = &emu::exec::handler<SingleInstruction>;
#include "emu/isa/a64/branches.def"
#include "emu/isa/a64/data_immediate.def"
#include "emu/isa/a64/data_register.def"
#undef A64
#undef A64_AS
    return table;
}

constexpr Table kTable = make_table();

}  // namespace

void execute(emu::Pe& pe, arch::u32 word) {
    emu::DecodedOp op;
    const emu::DecodeOutcome outcome =
        emu::decode_operands(word, static_cast<arch::u16>(kPc & 0xfff), emu::CoreFeatures::all(), op);
    if (outcome != emu::DecodeOutcome::Ok || kTable[op.encoding] == nullptr) throw std::invalid_argument("not executable");
    pe.record.taken = false;
    kTable[op.encoding](pe, &op);
}

}  // namespace isa_test
