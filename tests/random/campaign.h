// All rows, several at a time, and the report of what was compared.
#pragma once

#include <iosfwd>
#include <vector>

#include "tests/random/comparison.h"

namespace random_test {

struct CampaignConfig {
    u64 seed{1};
    u64 cases{640};     // of each row
    u64 fp_cases{640};  // of each row that FPCR has a say in
    unsigned jobs{1};
    std::string rows{"*"};  // glob of row names
};

struct Campaign {
    std::vector<RowResult> rows;  // by Encoding; of rows that were not selected: no cases

    [[nodiscard]] u64 cases() const;
    [[nodiscard]] u64 different() const;
    // Rows that are not excluded, and that were not compared, or never executed without an exception.
    [[nodiscard]] std::vector<std::string> unproven() const;
    // Exclusions that covered no word and no row.
    [[nodiscard]] std::vector<std::string> unused_exclusions() const;
};

// Throws std::runtime_error where a runner fails.
[[nodiscard]] Campaign run_campaign(const CampaignConfig& config);

[[nodiscard]] bool matches_glob(std::string_view glob, std::string_view name);

// A table by class, the exclusions with their counts, and the differences.
void print(std::ostream& out, const Campaign& campaign);

}  // namespace random_test
