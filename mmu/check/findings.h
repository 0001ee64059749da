// What the checker has to say: errors by rule, the first of them in full, and the legal stale values by kind.
#pragma once

#include <array>
#include <vector>

#include "mmu/check/stale_value.h"

namespace mmu::check {

// The step that would have made it right.
enum class MissingStep : arch::u8 {
    Break, Tlbi, DsbBeforeTlbi, DsbAfterTlbi, RightLevel, DsbBeforeUse, IsbBeforeUse, Exchange, Agreement, TlbiOfField, IsbBeforeTlbi
};

// One error; others of the same rule at the same place are only counted.
struct Finding {
    Rule rule{};
    MissingStep missing{MissingStep::Tlbi};
    arch::u64 count{1};
    arch::u64 va{0};
    arch::u64 bytes{0};           // that the descriptor maps
    arch::u16 asid{0};
    bool global{false};
    arch::TableFormat format{};   // of the descriptors
    RegisterEffect effect{};      // of the register field whose change it is about, where `before` and `after` need not differ
    arch::u64 descriptor_pa{0};   // of `before`
    arch::Descriptor before{};    // the value that may be cached
    int before_level{0};
    arch::Descriptor after{};
    int after_level{0};
    Site write{};                 // the store (or register write) that broke the rule
    Site broke{};                 // the earlier store that made `before` stale, where there is one
    Site tlbi{};                  // the TLBI that was not enough
    Site freed{};                 // where the page was given another use
    Site hardware{};              // the access whose hardware update was lost
    Site access{};                // the first access that may go wrong
    arch::u64 access_va{0};
};

class Findings {
public:
    explicit Findings(std::size_t limit) : limit_{limit} {}

    // The number of its report; kNoFinding when it is one too many.
    arch::u32 report(const Finding& finding);
    // An access that the report is about; the first one counts.
    void note_access(arch::u32 report, const Site& site, arch::u64 va);

    [[nodiscard]] const std::vector<Finding>& reports() const { return reports_; }
    [[nodiscard]] const std::array<arch::u64, kRuleCount>& errors() const { return errors_; }
    [[nodiscard]] arch::u64 total() const;

private:
    std::size_t limit_;
    std::vector<Finding> reports_;
    std::array<arch::u64, kRuleCount> errors_{};
};

}  // namespace mmu::check
