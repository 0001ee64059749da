// An instruction that the core announces and the emulator does not build.
#pragma once

#include <string>

#include "emu/isa/decoded_op.h"
#include "mmu/base/user_error.h"

namespace emu {

// Thrown out of the run loop: the run cannot go on. pe.pc is the instruction's address, counters are settled.
class NotBuilt : public UserError {
public:
    NotBuilt(const std::string& name, u32 word, u64 pc);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] u32 word() const { return word_; }
    [[nodiscard]] u64 pc() const { return pc_; }

private:
    std::string name_;
    u32 word_;
    u64 pc_;
};

}  // namespace emu
