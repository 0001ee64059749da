#include "emu/machine/trace_range.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>

#include "mmu/base/user_error.h"

namespace emu {
namespace {

using arch::u64;

std::optional<u64> number_of(std::string_view text) {
    const bool hexadecimal = text.starts_with("0x");
    if (hexadecimal) text.remove_prefix(2);
    u64 value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool matches(const std::string& glob, const std::string& name) { return fnmatch(glob.c_str(), name.c_str(), 0) == 0; }

}  // namespace

std::optional<TraceRange> TraceRange::parse(const std::string& text) {
    TraceRange range;
    range.explicit_ = true;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        if (!range.add(text.substr(at, comma - at))) return std::nullopt;
        at = comma + 1;
    }
    if (range.first_ > range.last_ || range.start_ >= range.end_)
        throw UserError{"\"" + text + "\": the range ends before it begins"};
    return range;
}

bool TraceRange::add(const std::string& condition) {
    const auto equals = condition.find('=');
    const std::string key = condition.substr(0, equals);
    if (equals != std::string::npos && (key == "symbol" || key == "phase")) {
        (key == "symbol" ? symbol_ : phase_) = condition.substr(equals + 1);
        return equals + 1 < condition.size();
    }
    const auto dash = condition.find('-');
    if (dash == std::string::npos) return false;
    const auto low = number_of(std::string_view{condition}.substr(0, dash));
    const bool open = dash + 1 == condition.size();
    const auto high = open ? std::optional{~u64{0}} : number_of(std::string_view{condition}.substr(dash + 1));
    if (!low || !high) return false;
    const bool addresses = condition.starts_with("0x");
    (addresses ? start_ : first_) = *low;
    (addresses ? end_ : last_) = *high;
    return true;
}

bool TraceRange::covers(const Place& place, const FunctionTable& functions) const {
    if (is_default()) return place.of_interest;
    if (place.number < first_ || place.number > last_) return false;
    if (place.pc < start_ || place.pc >= end_) return false;
    if (!phase_.empty() && !matches(phase_, place.phase)) return false;
    if (symbol_.empty()) return true;
    const auto at = functions.place_of(place.pc);
    return at.index != FunctionTable::kNone && matches(symbol_, functions[at.index].name);
}

}  // namespace emu
