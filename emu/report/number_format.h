// Numbers as tables print them. Nothing (std::nullopt) prints as "-": not counted in this run. What rounds to zero has no sign.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace emu {

[[nodiscard]] std::string grouped(std::uint64_t value);                      // 1234567 -> "1,234,567"
[[nodiscard]] std::string fixed(std::optional<double> value, int decimals);  // grouped before the point
[[nodiscard]] std::string signed_fixed(double value, int decimals);          // "+12.3", "0.0"
[[nodiscard]] std::string hex64(std::uint64_t value);                        // "0x" and 16 digits

// The change from `from` to `to` in per cent, signed: "-12.3 %". "-" where there is no base to compare with, 0
// included.
[[nodiscard]] std::string change(std::optional<double> from, std::optional<double> to);
// The change of a share that is in per cent itself, in percentage points: "+40.0 pt".
[[nodiscard]] std::string change_in_points(std::optional<double> from, std::optional<double> to);

// part / whole; nothing where whole is 0.
[[nodiscard]] std::optional<double> ratio(std::uint64_t part, std::uint64_t whole);

}  // namespace emu
