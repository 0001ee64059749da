// Any text as an INI file over the configuration of a machine: set, or a UserError; what is set is written and read back.
#include "emu/app/ini_file.h"
#include "emu/machine/config.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"
#include "tests/fuzz/check.h"

namespace {

void set_all(const std::string& text, emu::ParameterList& keys) {
    for (const auto& entry : emu::app::parse_ini(text, "fuzz.ini")) {
        try {
            keys.set(entry.key, entry.value, entry.origin);
        } catch (const emu::UserError&) {
            continue;
        }
    }
}

// Text does not fit on a line of an INI file in every case; numbers and choices do.
void check_read_back(const emu::ParameterList& keys) {
    emu::MachineConfig copy;
    emu::ParameterList copied{copy};
    for (const auto& p : keys.parameters()) {
        copied.set(p.key, p.get(), "copy");
        FUZZ_CHECK(copied.get(p.key) == p.get());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const arch::u8* data, std::size_t size) {
    fuzz::fail_on_demand({data, size});
    emu::MachineConfig config;
    emu::ParameterList keys{config};
    try {
        set_all({reinterpret_cast<const char*>(data), size}, keys);
    } catch (const emu::UserError&) {
        return 0;
    }
    check_read_back(keys);
    return 0;
}
