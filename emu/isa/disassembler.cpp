#include "emu/isa/disassembler.h"

#include <capstone/capstone.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "emu/isa/decoder.h"

namespace emu {

struct Disassembler::Engine {
    csh handle{};
};

Disassembler::Disassembler() : engine_{std::make_unique<Engine>()} {
    // Fails only if this Capstone was built without AArch64: every fatal report would then lack its text.
    if (cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &engine_->handle) != CS_ERR_OK) {
        std::fputs("foldwalk: this build of Capstone has no AArch64\n", stderr);
        std::abort();
    }
}

Disassembler::~Disassembler() { cs_close(&engine_->handle); }

namespace {

[[nodiscard]] std::string raw_text(arch::u32 word) {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), " 0x%08x", word);
    return std::string{encoding_name(find_row(word))} + number.data();
}

}  // namespace

std::string Disassembler::text(arch::u32 word, arch::u64 pc) const {
    const std::array<arch::u8, 4> bytes{static_cast<arch::u8>(word), static_cast<arch::u8>(word >> 8),
                                        static_cast<arch::u8>(word >> 16), static_cast<arch::u8>(word >> 24)};
    cs_insn* instruction = nullptr;
    if (cs_disasm(engine_->handle, bytes.data(), bytes.size(), pc, 1, &instruction) != 1) return raw_text(word);
    std::string text = instruction->mnemonic;
    if (instruction->op_str[0] != '\0') text.append(" ").append(instruction->op_str);
    cs_free(instruction, 1);
    return text;
}

}  // namespace emu
