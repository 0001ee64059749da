#include "emu/machine/sampling_config.h"

#include <charconv>
#include <limits>
#include <vector>

namespace emu {

namespace {

std::uint64_t scale_of(std::string_view suffix) {
    if (suffix.empty()) return 1;
    return suffix == "k" ? 1'000 : suffix == "M" ? 1'000'000 : suffix == "G" ? 1'000'000'000 : 0;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t at; (at = text.find(separator)) != std::string_view::npos; text.remove_prefix(at + 1))
        parts.push_back(text.substr(0, at));
    parts.push_back(text);
    return parts;
}

}  // namespace

std::optional<std::uint64_t> parse_instructions(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::uint64_t scale = scale_of(text.substr(static_cast<std::size_t>(end - text.data())));
    const bool fits = scale != 0 && number <= std::numeric_limits<std::uint64_t>::max() / scale;
    if (error != std::errc{} || !fits || number == 0) return std::nullopt;
    return number * scale;
}

std::optional<SamplePlan> parse_sample(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, ':');
    if (parts.size() != 2 && parts.size() != 3) return std::nullopt;
    const auto period = parse_instructions(parts[0]);
    const auto unit = parse_instructions(parts[1]);
    if (!period || !unit) return std::nullopt;
    const auto warm_up = parts.size() == 3 ? parse_instructions(parts[2]) : std::optional{*unit / 10};
    if (!warm_up || *unit > *period || *warm_up > *period - *unit) return std::nullopt;
    return SamplePlan{*period, *unit, *warm_up};
}

}  // namespace emu
