#include "emu/report/number_format.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace emu {
namespace {

std::string with_separators(std::string digits) {
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

// What rounds to zero is neither more nor less than nothing: "0.0", whatever the sign was.
std::string printed(const char* format, int decimals, double value) {
    char text[64];
    std::snprintf(text, sizeof text, format, decimals, value);
    const bool is_signed = text[0] == '-' || text[0] == '+';
    const bool is_zero = std::string_view{text}.find_first_not_of("+-0.") == std::string_view::npos;
    return is_signed && is_zero ? text + 1 : text;
}

}  // namespace

std::string grouped(std::uint64_t value) {
    return with_separators(std::to_string(value));
}

std::string fixed(std::optional<double> value, int decimals) {
    if (!value) return "-";
    const std::string text = printed("%.*f", decimals, *value);
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    const std::size_t point = std::min(text.find('.'), text.size());
    return text.substr(0, sign) + with_separators(text.substr(sign, point - sign)) + text.substr(point);
}

std::string signed_fixed(double value, int decimals) { return printed("%+.*f", decimals, value); }

std::string hex64(std::uint64_t value) {
    char text[24];
    std::snprintf(text, sizeof text, "0x%016llx", static_cast<unsigned long long>(value));
    return text;
}

std::string change(std::optional<double> from, std::optional<double> to) {
    if (!from || !to || *from == 0) return "-";
    return signed_fixed((*to - *from) / *from * 100, 1) + " %";
}

std::string change_in_points(std::optional<double> from, std::optional<double> to) {
    if (!from || !to) return "-";
    return signed_fixed(*to - *from, 1) + " pt";
}

std::optional<double> ratio(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace emu
