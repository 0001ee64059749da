// The one description of every configuration key. A config struct is plain data with default values and
//
//     template <class V> void describe(V& v) {
//         v.param("mmu.l1d_tlb.entries", l1d.entries, "entries", 1, 4096, "entries of the L1 data TLB");
//     }
//
// which names each member once. ParameterList is the visitor that binds those names to one struct, sets them from
// text with range checks, and writes them back as an INI file that reproduces the struct.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace emu {

// One key, bound to a member of a config struct. `allowed` is a phrase: "1 to 4096 entries", "off, nofold, on".
struct Parameter {
    std::string key;
    std::string unit;  // empty where there is none
    std::string allowed;
    std::string sentence;
    std::function<std::string()> get;
    std::function<bool(std::string_view)> set;  // false: not one of `allowed`, and nothing changed
};

namespace config_text {

enum class Suffixes : bool { None, Binary };  // Binary: K, M and G multiply by powers of 1024

// Decimal, or hexadecimal after 0x. Nothing if `text` is not exactly one number that `Wide` can hold.
[[nodiscard]] std::optional<std::uint64_t> parse_unsigned(std::string_view text, Suffixes suffixes);
[[nodiscard]] std::optional<std::int64_t> parse_signed(std::string_view text, Suffixes suffixes);
[[nodiscard]] std::optional<double> parse_real(std::string_view text);
[[nodiscard]] std::optional<bool> parse_bool(std::string_view text);

// 65536 -> "64K", 48 -> "48".
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);
[[nodiscard]] std::string format_real(double value);
// "1 to 4096 entries", "4K to 2M bytes", "0 to 9".
[[nodiscard]] std::string range_phrase(const std::string& min, const std::string& max, std::string_view unit);

}  // namespace config_text

// All keys of one config struct, in the order of its describe(). Holds references: the struct must outlive it.
class ParameterList {
public:
    template <class Config>
    explicit ParameterList(Config& config) {
        config.describe(*this);
    }

    // Sets one key from text. `origin` says where the text stands ("profile.ini:12", "--set").
    // Throws UserError on an unknown key (naming the nearest) and on a value that is not allowed.
    void set(std::string_view key, std::string_view value, std::string_view origin);
    [[nodiscard]] std::string get(std::string_view key) const;  // Throws UserError on an unknown key.
    [[nodiscard]] const Parameter* find(std::string_view key) const;
    [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }

    // Up to three keys that look like `key`, nearest first.
    [[nodiscard]] std::vector<std::string> nearest(std::string_view key) const;

    // A complete INI file: every key with its sentence, unit and range as a comment, in stable order.
    [[nodiscard]] std::string dump_ini() const;

    // The visitor's half. A unit of "bytes" makes the value a size, which accepts and prints K, M and G.
    template <std::integral T>
    requires(!std::same_as<T, bool>) void param(std::string_view key, T& value, const char* unit,
                                                std::type_identity_t<T> min, std::type_identity_t<T> max,
                                                const char* sentence);
    void param(std::string_view key, double& value, const char* unit, double min, double max, const char* sentence);
    void param(std::string_view key, bool& value, const char* sentence);
    void param(std::string_view key, std::string& value, const char* sentence);
    // `is_allowed` judges the text; `allowed` describes what it accepts.
    void param(std::string_view key, std::string& value, const char* allowed, bool (*is_allowed)(std::string_view),
               const char* sentence);
    template <class E>
    requires std::is_enum_v<E>
    void choice(std::string_view key, E& value,
                std::initializer_list<std::pair<const char*, std::type_identity_t<E>>> names, const char* sentence);

private:
    void add(Parameter parameter);

    std::vector<Parameter> parameters_;
};

// Levenshtein distance: insertions, deletions and substitutions count one each.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// ", nearest: a, b" or nothing; for messages about any unknown name.
[[nodiscard]] std::string nearest_phrase(const std::vector<std::string>& names);
// Up to three of `candidates` that look like `name`, nearest first.
[[nodiscard]] std::vector<std::string> nearest_names(std::string_view name, const std::vector<std::string>& candidates);

template <std::integral T>
requires(!std::same_as<T, bool>) void ParameterList::param(std::string_view key, T& value, const char* unit,
                                                           std::type_identity_t<T> min, std::type_identity_t<T> max,
                                                           const char* sentence) {
    using config_text::Suffixes;
    const bool is_size = std::string_view{unit} == "bytes";
    const auto text = [is_size](T v) {
        if constexpr (std::unsigned_integral<T>) {
            if (is_size) return config_text::format_bytes(v);
        }
        return std::to_string(v);
    };
    add({std::string{key}, unit, config_text::range_phrase(text(min), text(max), unit), sentence,
         [&value, text] { return text(value); },
         [&value, min, max, is_size](std::string_view words) {
             const auto suffixes = is_size ? Suffixes::Binary : Suffixes::None;
             const auto parsed = [&] {
                 if constexpr (std::unsigned_integral<T>)
                     return config_text::parse_unsigned(words, suffixes);
                 else
                     return config_text::parse_signed(words, suffixes);
             }();
             if (!parsed || *parsed < min || *parsed > max) return false;
             value = static_cast<T>(*parsed);
             return true;
         }});
}

template <class E>
requires std::is_enum_v<E>
void ParameterList::choice(std::string_view key, E& value,
                           std::initializer_list<std::pair<const char*, std::type_identity_t<E>>> names,
                           const char* sentence) {
    const std::vector<std::pair<std::string, E>> table{names.begin(), names.end()};
    std::string allowed;
    for (const auto& [name, unused] : table) allowed += (allowed.empty() ? "" : ", ") + name;
    add({std::string{key}, "", allowed, sentence,
         [&value, table] {
             for (const auto& [name, candidate] : table)
                 if (candidate == value) return name;
             return std::string{};
         },
         [&value, table](std::string_view words) {
             for (const auto& [name, candidate] : table) {
                 if (name != words) continue;
                 value = candidate;
                 return true;
             }
             return false;
         }});
}

}  // namespace emu
