// What GDB is told of the registers. GDB manual, "Target Descriptions", "AArch64 Features".
#pragma once

#include <string>

namespace emu::debug {

// The document of qXfer:features:read:target.xml, made from registers().
[[nodiscard]] const std::string& target_description();

}  // namespace emu::debug
