#include "emu/app/list_cores.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iomanip>
#include <iostream>
#include <map>

#include "emu/app/profile.h"
#include "emu/report/number_format.h"
#include "emu/report/text_table.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

bool is_range_end(const std::string& key) { return key.ends_with(".low") || key.ends_with(".high"); }

// "cortex-a76" before "cortex-a510": digits count as one number.
bool natural_less(const std::string& a, const std::string& b) {
    const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        if (!digit(a[i]) || !digit(b[j])) {
            if (a[i] != b[j]) return a[i] < b[j];
            ++i, ++j;
            continue;
        }
        std::size_t a_length = 0;
        std::size_t b_length = 0;
        const auto x = std::stoull(a.substr(i), &a_length);
        const auto y = std::stoull(b.substr(j), &b_length);
        if (x != y) return x < y;
        i += a_length, j += b_length;
    }
    return a.size() - i < b.size() - j;
}

std::string both(const ParameterList& keys, const std::string& a, const std::string& b) {
    return keys.get(a) + "/" + keys.get(b);
}

// Figures of each confidence, in per cent.
std::string shares(const Profile& profile) {
    std::array<std::uint64_t, 5> counts{};
    std::uint64_t all = 0;
    for (const auto& entry : profile.entries) {
        if (is_range_end(entry.key)) continue;
        ++counts[static_cast<std::size_t>(confidence_of(entry.comment))];
        ++all;
    }
    std::string text;
    for (const auto confidence : {Confidence::Documented, Confidence::Measured, Confidence::Estimated, Confidence::Assumed}) {
        const auto share = ratio(100 * counts[static_cast<std::size_t>(confidence)], all);
        text += (text.empty() ? "" : "/") + fixed(share, 0);
    }
    return text;
}

std::string last_cache(const ParameterList& keys) {
    const auto l3 = keys.get("cache.l3.size");
    const auto llc = keys.get("cache.llc.size");
    if (l3 != "0") return l3;
    return llc == "0" ? "-" : llc;
}

MachineConfig config_of(const DataFiles& files, const std::string& core) {
    return make_config(files, {std::nullopt, {{"core.profile", core, "list cores"}}});
}

std::vector<std::string> row_of(const DataFiles& files, const std::string& core) {
    auto config = config_of(files, core);
    const ParameterList keys{config};
    const auto megahertz = static_cast<double>(config.timing.core.frequency_mhz);
    return {core,
            keys.get("core.pipeline"),
            fixed(megahertz / 1000, 2),
            both(keys, "mmu.l1i_tlb.entries", "mmu.l1d_tlb.entries"),
            keys.get("mmu.l2_tlb.entries"),
            keys.get("mmu.contiguous"),
            both(keys, "cache.l1i.size", "cache.l1d.size"),
            keys.get("cache.l2.size"),
            last_cache(keys),
            shares(read_profile(files, core, "list cores"))};
}

void list_all(const DataFiles& files) {
    auto cores = files.cores();
    std::sort(cores.begin(), cores.end(), natural_less);
    TextTable table{{"core", "issue", "GHz", "L1I/L1D TLB", "L2 TLB", "contiguous", "L1I/L1D", "L2", "last cache", "sure %"}};
    for (const auto& core : cores) table.add_row(row_of(files, core));
    std::cout << table.to_string()
              << "\nsure %: share of its figures that are documented/measured/estimated/assumed; all of them: list cores NAME\n\n";
    for (const auto& core : cores)
        std::cout << std::left << std::setw(20) << core << DataFiles::title_of(files.profile(core)) << "\n";
}

// Features that the core has and the emulator does not build are hidden from the guest.
void print_withheld(const CoreConfig& core) {
    const auto shown = announced_registers(core);
    const std::array<std::tuple<const char*, std::uint64_t, std::uint64_t>, 9> registers{{
        {"ID_AA64PFR0_EL1", core.id_aa64pfr0, shown.instructions.ID_AA64PFR0_EL1},
        {"ID_AA64PFR1_EL1", core.id_aa64pfr1, shown.instructions.ID_AA64PFR1_EL1},
        {"ID_AA64DFR0_EL1", core.id_aa64dfr0, shown.ID_AA64DFR0_EL1},
        {"ID_AA64ISAR0_EL1", core.id_aa64isar0, shown.instructions.ID_AA64ISAR0_EL1},
        {"ID_AA64ISAR1_EL1", core.id_aa64isar1, shown.instructions.ID_AA64ISAR1_EL1},
        {"ID_AA64ISAR2_EL1", core.id_aa64isar2, shown.ID_AA64ISAR2_EL1},
        {"ID_AA64MMFR0_EL1", core.id_aa64mmfr0, shown.ID_AA64MMFR0_EL1},
        {"ID_AA64MMFR1_EL1", core.id_aa64mmfr1, shown.instructions.ID_AA64MMFR1_EL1},
        {"ID_AA64MMFR2_EL1", core.id_aa64mmfr2, shown.instructions.ID_AA64MMFR2_EL1},
    }};
    std::cout << "\nwhat the guest reads where features are not built (EL2, SVE, AArch32 ...):\n";
    for (const auto& [name, of_core, announced] : registers)
        if (of_core != announced) std::cout << std::left << std::setw(18) << name << hex64(announced) << "\n";
}

std::string value_and_range(const IniEntry& entry, const Parameter& parameter,
                            const std::map<std::string, std::string>& values) {
    std::string text = entry.value;
    const auto low = values.find(entry.key + ".low");
    const auto high = values.find(entry.key + ".high");
    if (low != values.end() && high != values.end()) text += " [" + low->second + "-" + high->second + "]";
    const bool has_unit = !parameter.unit.empty() && parameter.unit.find(',') == std::string::npos;
    return has_unit ? text + " " + parameter.unit : text;
}

void list_one(const DataFiles& files, const std::string& core) {
    const auto profile = read_profile(files, core, "list cores");
    auto config = config_of(files, core);
    const ParameterList keys{config};
    std::map<std::string, std::string> values;
    for (const auto& entry : profile.entries) values[entry.key] = entry.value;

    std::cout << core << ": " << profile.title << "\n";
    for (std::size_t i = 1; i < profile.files.size(); ++i) std::cout << "starts from " << profile.files[i] << "\n";
    std::cout << "\n";
    for (const auto& entry : profile.entries) {
        const auto* parameter = keys.find(entry.key);
        if (is_range_end(entry.key) || parameter == nullptr) continue;
        std::cout << std::left << std::setw(34) << entry.key << " " << std::setw(26)
                  << value_and_range(entry, *parameter, values) << " "
                  << (entry.comment.empty() ? confidence_name(Confidence::Unsaid) : entry.comment) << "\n";
    }
    print_withheld(config.core);
}

}  // namespace

void list_cores(const CommandLine& line) {
    const auto files = DataFiles::locate(line.option("data"));
    if (line.positional.size() > 2) throw UserError{"list cores: name one core, not \"" + line.positional[2] + "\" too"};
    if (line.positional.size() == 2) return list_one(files, line.positional[1]);
    list_all(files);
}

}  // namespace emu::app
