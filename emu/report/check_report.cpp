#include "emu/report/check_report.h"

#include <cinttypes>
#include <cstdio>

namespace emu {

namespace {

std::string formatted(const char* format, auto... values) {
    char text[512];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

std::string place_text(const CheckPlace& place) {
    return formatted("%016" PRIx64 "  ", place.pc) + place.function + formatted(", instruction %" PRIu64, place.instruction);
}

std::string line(const char* label, const std::string& text) { return formatted("      %-14s", label) + text + "\n"; }

std::string line(const char* label, const std::optional<CheckPlace>& place) {
    return place ? line(label, place_text(*place)) : "";
}

std::string value_text(std::uint64_t value, const std::string& text) { return formatted("%016" PRIx64 "  ", value) + text; }

std::string finding_text(const CheckFinding& f, std::size_t number) {
    std::string text = formatted("   error %zu: ", number) + f.rule + " (" + f.tag + ")" +
                       (f.count > 1 ? formatted(", %" PRIu64 " times at this place", f.count) : "") + "\n";
    text += "      " + f.sentence + "\n";
    if (f.bytes != 0)
        text += line("address", formatted("%016" PRIx64 ", %" PRIu64 "K, ", f.va, f.bytes / 1024) + f.owner +
                                    formatted(", descriptor at %" PRIx64, f.descriptor_pa));
    else
        text += line("address space", f.owner);
    text += line("before", value_text(f.before, f.before_text));
    text += line("after", value_text(f.after, f.after_text));
    text += line("made stale by", f.broke) + line("write", f.write) + line("TLBI", f.tlbi) + line("freed", f.freed);
    text += line("hardware", f.hardware) + line("missing", f.missing);
    if (f.access) text += line("first access", place_text(*f.access) + formatted(", to %" PRIx64, f.access_va));
    return text;
}

std::string stale_text(const CheckResult& check) {
    std::string text;
    for (std::size_t i = 0; i < check.stale_values.size(); ++i) {
        const auto& [kind, values] = check.stale_values[i];
        if (values == 0) continue;
        text += (text.empty() ? "" : "; ") + kind + formatted(" %" PRIu64 " (%" PRIu64 ")", values, check.stale_accesses[i].second);
    }
    return text.empty() ? "" : "   legal stale values (accesses that may have met one): " + text + "\n";
}

Json json_of_counts(const std::vector<std::pair<std::string, std::uint64_t>>& counts) {
    Json object = Json::object();
    for (const auto& [name, count] : counts) object[name] = count;
    return object;
}

std::string hex(std::uint64_t value) { return formatted("0x%" PRIx64, value); }

void add_place(Json& object, const char* name, const std::optional<CheckPlace>& place) {
    if (!place) return;
    object[name] = Json{{"instruction", place->instruction}, {"pc", hex(place->pc)}, {"function", place->function}};
}

Json json_of(const CheckFinding& f) {
    Json object{{"rule", f.rule},
                {"tag", f.tag},
                {"count", f.count},
                {"va", hex(f.va)},
                {"bytes", f.bytes},
                {"owner", f.owner},
                {"descriptor_pa", hex(f.descriptor_pa)},
                {"before", Json{{"value", hex(f.before)}, {"text", f.before_text}}},
                {"after", Json{{"value", hex(f.after)}, {"text", f.after_text}}},
                {"missing", f.missing}};
    add_place(object, "made_stale_by", f.broke);
    add_place(object, "write", f.write);
    add_place(object, "tlbi", f.tlbi);
    add_place(object, "freed", f.freed);
    add_place(object, "hardware", f.hardware);
    add_place(object, "first_access", f.access);
    if (f.access) object["first_access"]["va"] = hex(f.access_va);
    return object;
}

}  // namespace

std::string check_report(const CheckResult& check, const std::string& run) {
    std::string text = "   checked, " + run + ": ";
    if (check.total == 0) return text + "no errors\n" + stale_text(check);
    std::string counts;
    for (const auto& [rule, count] : check.errors)
        if (count != 0) counts += (counts.empty() ? "" : ", ") + rule + formatted(" %" PRIu64, count);
    text += formatted("%" PRIu64 " error%s: ", check.total, check.total == 1 ? "" : "s") + counts + "\n";
    for (std::size_t i = 0; i < check.findings.size(); ++i) text += finding_text(check.findings[i], i + 1);
    return text + stale_text(check);
}

Json json_of(const CheckResult& check) {
    Json findings = Json::array();
    for (const CheckFinding& f : check.findings) findings.push_back(json_of(f));
    return {{"total", check.total},
            {"errors", json_of_counts(check.errors)},
            {"findings", findings},
            {"stale_values", json_of_counts(check.stale_values)},
            {"stale_accesses", json_of_counts(check.stale_accesses)}};
}

}  // namespace emu
