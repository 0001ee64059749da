#include "emu/debug/monitor.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>
#include <sstream>
#include <vector>

#include "emu/core/exceptions.h"
#include "emu/debug/guest_memory.h"
#include "emu/debug/hex.h"
#include "emu/debug/monitor_translation.h"
#include "emu/debug/registers.h"
#include "emu/debug/symbol_files.h"

namespace emu::debug {
namespace {

using Words = std::vector<std::string>;

struct Command {
    const char* name;
    const char* operands;
    const char* sentence;
    std::string (*run)(Machine&, Pe&, const Words&);
};

std::string formatted(const char* format, auto... values) {
    char text[200];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

// Decimal, or hexadecimal after 0x.
std::optional<u64> parse_number(const std::string& text) {
    try {
        std::size_t used = 0;
        const u64 value = std::stoull(text, &used, 0);
        return used == text.size() ? std::optional{value} : std::nullopt;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

std::string no_number(const Words& words) {
    return words.empty() ? "an address is missing\n" : "\"" + words[0] + "\" is no address: write 0x4000\n";
}

std::string symbols(Machine& machine, Pe&, const Words&) {
    return "add-symbol-file " + kernel_file(machine.request()) + "\nadd-symbol-file " + program_file(machine.request()) + "\n";
}

std::string tlb(Machine&, Pe& pe, const Words& words) { return tlb_text(pe.mmu->tlbs(), words.empty() ? "" : words[0]); }

std::string walk(Machine&, Pe& pe, const Words& words) {
    const auto va = words.empty() ? std::nullopt : parse_number(words[0]);
    return va ? walk_text(pe.mmu->regime(), *pe.memory, *va) : no_number(words);
}

// In any case of letters.
bool is_wanted(const std::string& name, const Words& words) {
    return words.empty() || strcasestr(name.c_str(), words[0].c_str()) != nullptr;
}

std::string stats(Machine& machine, Pe& pe, const Words& words) {
    settle_counters(pe);
    std::string out = formatted("instructions %" PRIu64 ", phase %s", pe.retired, machine.phase().c_str());
    if (const auto cycles = machine.cycles()) out += formatted(", cycles %" PRIu64, *cycles);
    out += formatted("\n%-24s %14s %14s\n", "", "EL0", "EL1");
    for (std::size_t i = 0; i < mmu::kEventCount; ++i) {
        const u64 user = pe.counters->by_el[0].value[i];
        const u64 kernel = pe.counters->by_el[1].value[i];
        const bool shown = words.empty() ? user + kernel != 0 : is_wanted(mmu::kEvents[i].name, words);
        if (shown) out += formatted("%-24s %14" PRIu64 " %14" PRIu64 "\n", mmu::kEvents[i].name, user, kernel);
    }
    return out;
}

std::string folds(Machine& machine, Pe&, const Words&) {
    const auto box = machine.mailbox();
    if (!box) return "the guest kernel has not announced its counters yet\n";
    std::string out;
    for (const auto& [name, value] : name_counters(box->counters)) {
        if (name.starts_with("contpte_")) out += formatted("%-36s %12" PRIu64 "\n", name.c_str(), value);
    }
    const auto calls = machine.probed_calls();
    if (calls.empty()) return out + "attempts, converts and their callers are counted in cycle mode, from the first phase on\n";
    for (const OperationCalls& c : calls) {
        if (c.operation.find("contpte") == std::string::npos) continue;
        const std::string what = c.operation + (c.outcome.empty() ? "" : ": " + c.outcome);
        out += formatted("%-36s %12" PRIu64 "  called by %s\n", what.c_str(), c.count, c.caller.c_str());
    }
    return out;
}

std::string regs(Machine&, Pe& pe, const Words& words) {
    std::string out;
    for (unsigned n = 0; n < registers().size(); ++n) {
        const RegisterInfo& info = registers()[n];
        if (words.empty() ? info.set != RegisterInfo::Set::System : !is_wanted(info.name, words)) continue;
        std::vector<u8> value = read_register(pe, n);
        std::reverse(value.begin(), value.end());
        out += formatted("%-20s 0x", info.name.c_str()) + hex_bytes(value) + "\n";
    }
    return out.empty() ? "no register has \"" + words[0] + "\" in its name\n" : out;
}

std::string physical(Machine& machine, Pe& pe, const Words& words) {
    const auto pa = words.empty() ? std::nullopt : parse_number(words[0]);
    const auto count = words.size() < 2 ? std::optional<u64>{1} : parse_number(words[1]);
    if (!pa || !count) return no_number(words);
    constexpr u64 kMostWords = 512;
    const auto bytes = GuestMemory{machine.memory()}.read(pe, AddressSpace::Physical, *pa, 8 * std::min(*count, kMostWords));
    std::string out;
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
        u64 word = 0;
        std::memcpy(&word, bytes.data() + at, sizeof word);
        out += formatted("%012" PRIx64 "  %016" PRIx64 "\n", *pa + at, word);
    }
    return out.empty() ? formatted("%012" PRIx64 " is not RAM\n", *pa) : out;
}

std::span<const Command> commands();

std::string help(Machine&, Pe&, const Words&) {
    std::string out;
    for (const Command& c : commands()) {
        std::string left = std::string{c.name} + " " + c.operands;
        left.resize(std::max<std::size_t>(left.size(), 28), ' ');
        out += "monitor " + left + "  " + c.sentence + "\n";
    }
    return out;
}

constexpr Command kCommands[] = {
    {"help", "", "this", help},
    {"tlb", "[l1i|l1d|l2]", "what the TLBs hold: reach, owner, how the Contiguous bit was used", tlb},
    {"walk", "ADDRESS", "the descriptors of each level, and whether the group is folded or could be", walk},
    {"stats", "[PART]", "statistics so far, those that are not 0 or with PART in their name", stats},
    {"folds", "", "folds and unfolds so far, by outcome and caller", folds},
    {"regs", "[PART]", "system registers, or those of any kind with PART in their name", regs},
    {"physical", "ADDRESS [WORDS]", "memory by physical address, in words of eight bytes", physical},
    {"symbols", "", "GDB commands that load the symbols of kernel and program", symbols},
};

std::span<const Command> commands() { return kCommands; }

}  // namespace

std::string monitor_command(Machine& machine, Pe& pe, const std::string& command) {
    std::istringstream text{command};
    std::string name;
    text >> name;
    Words words;
    for (std::string word; text >> word;) words.push_back(word);
    for (const Command& c : kCommands) {
        if (name == c.name) return c.run(machine, pe, words);
    }
    return "unknown command \"" + name + "\"; monitor help lists them\n";
}

}  // namespace emu::debug
