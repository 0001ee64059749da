#include "mmu/base/config_schema.h"

#include <algorithm>
#include <array>

#include "mmu/base/user_error.h"

namespace emu {
namespace config_text {
namespace {

constexpr std::array<std::pair<char, unsigned>, 3> kSuffixShifts{{{'G', 30}, {'M', 20}, {'K', 10}}};

// Cuts a size suffix off `text` and returns its shift.
unsigned take_suffix(std::string_view& text) {
    if (text.empty()) return 0;
    for (const auto& [letter, shift] : kSuffixShifts) {
        if (text.back() != letter && text.back() != static_cast<char>(letter + ('a' - 'A'))) continue;
        text.remove_suffix(1);
        return shift;
    }
    return 0;
}

template <class T>
std::optional<T> parse_whole(std::string_view text, int base) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::uint64_t> parse_unsigned(std::string_view text, Suffixes suffixes) {
    if (text.starts_with("0x")) return parse_whole<std::uint64_t>(text.substr(2), 16);
    const unsigned shift = suffixes == Suffixes::Binary ? take_suffix(text) : 0;
    const auto number = parse_whole<std::uint64_t>(text, 10);
    if (!number || *number > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
    return *number << shift;
}

std::optional<std::int64_t> parse_signed(std::string_view text, Suffixes suffixes) {
    const bool negative = text.starts_with('-');
    const auto magnitude = parse_unsigned(negative ? text.substr(1) : text, suffixes);
    if (!magnitude || *magnitude > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;
    const auto value = static_cast<std::int64_t>(*magnitude);
    return negative ? -value : value;
}

std::optional<double> parse_real(std::string_view text) {
    double value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<bool> parse_bool(std::string_view text) {
    for (const auto* word : {"on", "true", "yes", "1"})
        if (text == word) return true;
    for (const auto* word : {"off", "false", "no", "0"})
        if (text == word) return false;
    return std::nullopt;
}

std::string format_bytes(std::uint64_t bytes) {
    for (const auto& [letter, shift] : kSuffixShifts) {
        const std::uint64_t unit = std::uint64_t{1} << shift;
        if (bytes != 0 && bytes % unit == 0) return std::to_string(bytes / unit) + letter;
    }
    return std::to_string(bytes);
}

std::string format_real(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

std::string range_phrase(const std::string& min, const std::string& max, std::string_view unit) {
    const std::string range = min + " to " + max;
    return unit.empty() ? range : range + " " + std::string{unit};
}

}  // namespace config_text

void ParameterList::add(Parameter parameter) {
    parameters_.push_back(std::move(parameter));
}

void ParameterList::param(std::string_view key, double& value, const char* unit, double min, double max,
                          const char* sentence) {
    using config_text::format_real;
    add({std::string{key}, unit, config_text::range_phrase(format_real(min), format_real(max), unit), sentence,
         [&value] { return format_real(value); },
         [&value, min, max](std::string_view words) {
             const auto parsed = config_text::parse_real(words);
             if (!parsed || !(*parsed >= min && *parsed <= max)) return false;
             value = *parsed;
             return true;
         }});
}

void ParameterList::param(std::string_view key, bool& value, const char* sentence) {
    add({std::string{key}, "", "on, off", sentence, [&value] { return std::string{value ? "on" : "off"}; },
         [&value](std::string_view words) {
             const auto parsed = config_text::parse_bool(words);
             if (parsed) value = *parsed;
             return parsed.has_value();
         }});
}

void ParameterList::param(std::string_view key, std::string& value, const char* sentence) {
    param(
        key, value, "any text", [](std::string_view) { return true; }, sentence);
}

void ParameterList::param(std::string_view key, std::string& value, const char* allowed,
                          bool (*is_allowed)(std::string_view), const char* sentence) {
    add({std::string{key}, "", allowed, sentence, [&value] { return value; },
         [&value, is_allowed](std::string_view words) {
             if (!is_allowed(words)) return false;
             value = words;
             return true;
         }});
}

const Parameter* ParameterList::find(std::string_view key) const {
    const auto at = std::find_if(parameters_.begin(), parameters_.end(), [&](const auto& p) { return p.key == key; });
    return at == parameters_.end() ? nullptr : &*at;
}

namespace {

UserError unknown_key(const ParameterList& list, std::string_view key, std::string_view origin) {
    const std::string where = origin.empty() ? "" : std::string{origin} + ": ";
    return UserError{where + "unknown key " + in_quotes(key) + nearest_phrase(list.nearest(key)) +
                     " (all keys: foldwalk list keys)"};
}

}  // namespace

void ParameterList::set(std::string_view key, std::string_view value, std::string_view origin) {
    const auto* parameter = find(key);
    if (parameter == nullptr) throw unknown_key(*this, key, origin);
    if (parameter->set(value)) return;
    throw UserError{std::string{origin} + ": " + parameter->key + " = " + in_quotes(value) +
                    " is not allowed; allowed: " + parameter->allowed};
}

std::string ParameterList::get(std::string_view key) const {
    const auto* parameter = find(key);
    if (parameter == nullptr) throw unknown_key(*this, key, "");
    return parameter->get();
}

std::vector<std::string> ParameterList::nearest(std::string_view key) const {
    std::vector<std::string> keys;
    for (const auto& parameter : parameters_) keys.push_back(parameter.key);
    return nearest_names(key, keys);
}

std::string ParameterList::dump_ini() const {
    std::string out;
    for (const auto& parameter : parameters_) {
        out += "# " + parameter.sentence + " (" + parameter.allowed + ")\n";
        out += parameter.key + " = " + parameter.get() + "\n\n";
    }
    return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

namespace {

// How far `candidate` is from what the user typed. A key that ends in the typed word ("entries") is
// near however long its prefix is.
std::size_t strangeness(std::string_view typed, std::string_view candidate) {
    const bool is_tail = candidate.size() > typed.size() && candidate.ends_with(typed) &&
                         candidate[candidate.size() - typed.size() - 1] == '.';
    if (is_tail && !typed.empty()) return 1;
    return edit_distance(typed, candidate);
}

}  // namespace

std::vector<std::string> nearest_names(std::string_view name, const std::vector<std::string>& candidates) {
    const std::size_t limit = std::max<std::size_t>(2, name.size() / 3);
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (const auto& candidate : candidates) {
        const auto distance = strangeness(name, candidate);
        if (distance <= limit) ranked.emplace_back(distance, candidate);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    if (ranked.size() > 3) ranked.resize(3);
    std::vector<std::string> names;
    for (auto& [unused, candidate] : ranked) names.push_back(std::move(candidate));
    return names;
}

std::string nearest_phrase(const std::vector<std::string>& names) {
    std::string phrase;
    for (const auto& name : names) phrase += (phrase.empty() ? "; nearest: " : ", ") + name;
    return phrase;
}

}  // namespace emu
