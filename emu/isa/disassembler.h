// Text of instructions, for fatal reports and instruction traces. The only user of Capstone.
#pragma once

#include <memory>
#include <string>

#include "mmu/arch/bits.h"

namespace emu {

class Disassembler {
public:
    Disassembler();
    ~Disassembler();
    Disassembler(const Disassembler&) = delete;
    Disassembler& operator=(const Disassembler&) = delete;

    // "add x0, x1, #0x10". What Capstone does not know comes by the table's row: "ldapr x0, [x1]", or with the fields under
    // their names in the manual, "rmif imm6=3 Rn=1 mask=8"; what has no row, as "UNDEFINED 0x00000000".
    [[nodiscard]] std::string text(arch::u32 word, arch::u64 pc) const;

private:
    struct Engine;
    std::unique_ptr<Engine> engine_;
};

}  // namespace emu
