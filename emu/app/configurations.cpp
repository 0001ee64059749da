#include "emu/app/configurations.h"

#include <algorithm>
#include <sstream>

#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

constexpr const char* kOrigin = "compare";

// Each step of this chain changes one thing: folios, then the software of contpte, then the hardware's hint.
std::vector<NamedSources> four(const ConfigSources& base, const std::string& contiguous) {
    const auto off = with(base, {"kernel.contpte", "off", kOrigin});
    const auto on = with(base, {"kernel.contpte", "on", kOrigin});
    return {{"4k", with(off, {"kernel.thp_anon", "never", kOrigin})},
            {"folios", off},
            {"contpte-nohint", with(on, {"mmu.contiguous", without_hint(contiguous), kOrigin})},
            {"contpte", on}};
}

std::vector<std::string> split_values(const std::string& text) {
    std::vector<std::string> values;
    std::istringstream stream{text};
    for (std::string value; std::getline(stream, value, ',');) values.push_back(value);
    return values;
}

void refuse_repeated(const std::string& text, std::vector<std::string> values) {
    std::sort(values.begin(), values.end());
    const auto twice = std::adjacent_find(values.begin(), values.end());
    if (twice != values.end()) throw UserError{"--vary " + text + ": " + *twice + " is there twice; keep one"};
}

}  // namespace

std::string without_hint(const std::string& contiguous) {
    const std::string hint = "hint";
    if (contiguous == hint) return "ignore";
    if (contiguous.starts_with(hint + "+")) return contiguous.substr(hint.size() + 1);
    return contiguous;
}

ComparisonPlan four_configurations(const ConfigSources& base, const std::string& contiguous) {
    return {
        four(base, contiguous), {{"gain of folios", 0, 1}, {"price of software", 1, 2}, {"gain of hardware", 2, 3}, {"net of contpte", 1, 3}}, 1};
}

ComparisonPlan varied_configurations(const ConfigSources& base, const std::string& text) {
    const auto at = text.find('=');
    const auto values = at == std::string::npos ? std::vector<std::string>{} : split_values(text.substr(at + 1));
    if (values.size() < 2) throw UserError{"--vary " + text + ": write --vary KEY=A,B with two values or more"};
    const auto key = text.substr(0, at);
    refuse_repeated(text, values);
    for (const auto& assignment : base.assignments)
        if (assignment.key == key) throw UserError{assignment.origin + " sets " + key + ", which --vary chooses; leave one out"};

    ComparisonPlan plan;
    for (std::size_t i = 0; i < values.size(); ++i) {
        plan.configurations.push_back({key + "=" + values[i], with(base, {key, values[i], "--vary"})});
        if (i != 0) plan.differences.push_back({values[0] + " -> " + values[i], 0, i});
    }
    plan.same_work_from = values.size();  // what varies may change the work
    return plan;
}

}  // namespace emu::app
