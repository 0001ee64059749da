// What the checker found in one run, as plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace emu {

// A place in the guest: an instruction by its number in the run, its address, and "function+0x1c".
struct CheckPlace {
    std::uint64_t instruction{0};
    std::uint64_t pc{0};
    std::string function;
};

// One error in full. Places that do not apply are empty.
struct CheckFinding {
    std::string rule;
    std::string tag;       // the manual's rule or section
    std::string sentence;
    std::string missing;   // the step that would have made it right
    std::uint64_t count{1};  // errors of this rule at this place
    std::uint64_t va{0};     // that the descriptor maps, `bytes` of it
    std::uint64_t bytes{0};
    std::string owner;       // "asid 3" or "global"
    std::uint64_t descriptor_pa{0};
    std::uint64_t before{0};
    std::uint64_t after{0};
    std::string before_text;
    std::string after_text;
    std::optional<CheckPlace> write, broke, tlbi, freed, hardware, access;
    std::uint64_t access_va{0};
};

struct CheckResult {
    std::uint64_t total{0};
    std::vector<std::pair<std::string, std::uint64_t>> errors;  // by rule, all rules
    std::vector<CheckFinding> findings;                         // the first ones
    std::vector<std::pair<std::string, std::uint64_t>> stale_values;    // legal, by kind
    std::vector<std::pair<std::string, std::uint64_t>> stale_accesses;  // that may have met one
};

}  // namespace emu
