#include "tests/random/campaign.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <fnmatch.h>
#include <iomanip>
#include <mutex>
#include <numeric>
#include <ostream>
#include <thread>

#include "emu/isa/names.h"

namespace random_test {
namespace {

// Rows by index, handed to whichever worker is free.
class Worker {
public:
    Worker(const CampaignConfig& config, Campaign& campaign) : config_{config}, campaign_{campaign} {}

    void work() {
        try {
            Comparison comparison{config_.seed};
            for (std::size_t row = next_++; row < emu::kRowCount; row = next_++) run(comparison, row);
        } catch (...) {
            const std::lock_guard lock{failure_mutex_};
            failure_ = std::current_exception();
            next_ = emu::kRowCount;
        }
    }
    void finish() const {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void run(Comparison& comparison, std::size_t index) {
        const emu::A64Row& row = emu::a64_rows()[index];
        if (!matches_glob(config_.rows, row.name) || emu::exclusion_of(row, emu::Excluded::Rows) != nullptr) return;
        campaign_.rows[index] = comparison.run(row, uses_fpcr(row) ? config_.fp_cases : config_.cases);
    }
    [[nodiscard]] static bool uses_fpcr(const emu::A64Row& row) {
        return row.op_class >= emu::OpClass::FpSimple && row.op_class <= emu::OpClass::FpDiv;
    }

    const CampaignConfig& config_;
    Campaign& campaign_;
    std::atomic<std::size_t> next_{0};
    std::mutex failure_mutex_;
    std::exception_ptr failure_;
};

// Nothing but exceptions is enough only where that is all there is.
bool is_unproven(const emu::A64Row& row, const RowResult& result) {
    if (emu::exclusion_of(row, emu::Excluded::Rows) != nullptr) return false;
    const bool only_raises =
        row.op_class == emu::OpClass::ExceptionGen || emu::exclusion_of(row, emu::Excluded::Execution) != nullptr;
    return result.cases == 0 || (result.completed == 0 && !only_raises);
}

struct ClassTotal {
    u64 rows{0};
    u64 compared{0};
    RowResult sum;
};

std::map<std::string_view, ClassTotal> by_class(const Campaign& campaign) {
    std::map<std::string_view, ClassTotal> totals;
    for (std::size_t i = 0; i < emu::kRowCount; ++i) {
        ClassTotal& total = totals[emu::op_class_name(emu::a64_rows()[i].op_class)];
        ++total.rows;
        total.compared += campaign.rows[i].cases != 0 ? 1u : 0u;
        total.sum.add(campaign.rows[i]);
    }
    return totals;
}

void print_classes(std::ostream& out, const Campaign& campaign) {
    out << std::left << std::setw(18) << "class" << std::right << std::setw(6) << "rows" << std::setw(10) << "compared"
        << std::setw(13) << "cases" << std::setw(12) << "no except." << std::setw(12) << "different" << "\n";
    for (const auto& [name, total] : by_class(campaign)) {
        out << std::left << std::setw(18) << name << std::right << std::setw(6) << total.rows << std::setw(10)
            << total.compared << std::setw(13) << total.sum.cases << std::setw(12) << total.sum.completed
            << std::setw(12) << total.sum.different << "\n";
    }
}

RowResult total_of(const Campaign& campaign) {
    RowResult total;
    for (const RowResult& row : campaign.rows) total.add(row);
    return total;
}

bool is_of_rows(const emu::Exclusion& e) {
    return e.what == emu::Excluded::Rows || e.what == emu::Excluded::Execution;
}

u64 rows_of(const emu::Exclusion& exclusion) {
    const auto rows = emu::a64_rows();
    return static_cast<u64>(std::count_if(rows.begin(), rows.end(), exclusion.rows));
}

std::string_view unit_of(const emu::Exclusion& e) {
    if (is_of_rows(e)) return " rows";
    return e.what == emu::Excluded::Words ? " words drawn" : " cases drawn";
}

u64 count_of(const emu::Exclusion& e, const RowResult& total) {
    if (is_of_rows(e)) return rows_of(e);
    const auto found = total.excluded.find(&e);
    return found == total.excluded.end() ? 0 : found->second;
}

void print_exclusions(std::ostream& out, const Campaign& campaign) {
    const RowResult total = total_of(campaign);
    for (const emu::Exclusion& e : emu::exclusions()) {
        out << "excluded: " << e.title << ": " << e.reason << " [" << emu::proof_name(e.instead)
            << "]: " << count_of(e, total) << unit_of(e) << "\n";
    }
}

void print_differences(std::ostream& out, const Campaign& campaign) {
    for (std::size_t i = 0; i < emu::kRowCount; ++i) {
        const RowResult& row = campaign.rows[i];
        if (row.different == 0) continue;
        out << emu::a64_rows()[i].name << ": " << row.different << " of " << row.cases << " cases differ\n";
        for (const std::string& line : row.differences) out << "  " << line << "\n";
    }
}

}  // namespace

u64 Campaign::cases() const { return total_of(*this).cases; }
u64 Campaign::different() const { return total_of(*this).different; }

std::vector<std::string> Campaign::unproven() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < emu::kRowCount; ++i) {
        if (is_unproven(emu::a64_rows()[i], rows[i])) names.emplace_back(emu::a64_rows()[i].name);
    }
    return names;
}

std::vector<std::string> Campaign::unused_exclusions() const {
    const RowResult total = total_of(*this);
    std::vector<std::string> unused;
    for (const emu::Exclusion& e : emu::exclusions()) {
        if (count_of(e, total) == 0) unused.push_back(std::string{e.title} + ": " + std::string{e.reason});
    }
    return unused;
}

Campaign run_campaign(const CampaignConfig& config) {
    Campaign campaign{std::vector<RowResult>(emu::kRowCount)};
    Worker worker{config, campaign};
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < config.jobs; ++i) threads.emplace_back([&] { worker.work(); });
    threads.clear();
    worker.finish();
    return campaign;
}

bool matches_glob(std::string_view glob, std::string_view name) {
    return fnmatch(std::string{glob}.c_str(), std::string{name}.c_str(), 0) == 0;
}

void print(std::ostream& out, const Campaign& campaign) {
    print_classes(out, campaign);
    print_exclusions(out, campaign);
    print_differences(out, campaign);
    out << campaign.cases() << " cases, each by " << engines().size() << " engines here; " << campaign.different()
        << " differences\n";
}

}  // namespace random_test
