// Any bytes as an ELF file: a program or a UserError.
#include "emu/memory/loader.h"
#include "mmu/base/user_error.h"
#include "tests/fuzz/check.h"

namespace {

template <class Read>
void accept_refusal(Read read) {
    try {
        read();
    } catch (const emu::UserError& e) {
        FUZZ_CHECK(std::string{e.what()}.find("fuzz.elf: ") == 0);
    }
}

void check_symbols(std::span<const arch::u8> bytes) {
    const auto symbols = emu::read_elf_symbols(bytes, "fuzz.elf");
    for (std::size_t i = 1; i < symbols.size(); ++i) FUZZ_CHECK(symbols[i - 1].start <= symbols[i].start);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const arch::u8* data, std::size_t size) {
    const std::span<const arch::u8> bytes{data, size};
    fuzz::fail_on_demand(bytes);
    accept_refusal([&] { check_symbols(bytes); });
    accept_refusal([&] { (void)emu::check_static_program(bytes, "fuzz.elf"); });
    return 0;
}
