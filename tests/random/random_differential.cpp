// The long run of the random differential test; see scripts/dev/random_differential.
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "tests/random/campaign.h"

namespace {

using namespace random_test;

constexpr const char* kUsage =
    "usage: random_differential [--seed N] [--cases N] [--fp-cases N] [--rows GLOB] [--jobs N] [--word HEX]\n"
    "  --cases     cases of each row (5000)\n"
    "  --fp-cases  cases of each floating-point row, over the 16 modes of rounding, FZ and DN (80000)\n"
    "  --rows      row names, with * and ? (*)\n"
    "  --word      only this instruction word, in --cases states\n"
    "exit 0: no difference; 1: differences, or rows without proof; 2: failed\n";

struct Options {
    CampaignConfig campaign{.seed = 1, .cases = 5000, .fp_cases = 80000, .jobs = 1};
    u32 word{0};
};

Options parse(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; i += 2) {
        const std::string name = argv[i];
        if (i + 1 == argc) throw std::invalid_argument(name + " needs a value");
        const std::string value = argv[i + 1];
        if (name == "--seed") options.campaign.seed = std::stoull(value);
        else if (name == "--cases") options.campaign.cases = std::stoull(value);
        else if (name == "--fp-cases") options.campaign.fp_cases = std::stoull(value);
        else if (name == "--rows") options.campaign.rows = value;
        else if (name == "--jobs") options.campaign.jobs = static_cast<unsigned>(std::stoul(value));
        else if (name == "--word") options.word = static_cast<u32>(std::stoul(value, nullptr, 16));
        else throw std::invalid_argument("unknown option " + name);
    }
    return options;
}

int run_word(const Options& options) {
    Comparison comparison{options.campaign.seed};
    const RowResult result = comparison.run_word(options.word, static_cast<u32>(options.campaign.cases));
    for (const std::string& line : result.differences) std::cout << line << "\n";
    std::cout << result.cases << " cases, " << result.different << " differences\n";
    return result.different == 0 ? 0 : 1;
}

int run(const Options& options) {
    if (options.word != 0) return run_word(options);
    const Campaign campaign = run_campaign(options.campaign);
    print(std::cout, campaign);
    if (options.campaign.rows != "*") return campaign.different() == 0 ? 0 : 1;
    for (const std::string& row : campaign.unproven()) std::cout << "not proven: " << row << "\n";
    return campaign.different() == 0 && campaign.unproven().empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(parse(argc, argv));
    } catch (const std::invalid_argument& e) {
        std::cerr << e.what() << "\n" << kUsage;
    } catch (const std::exception& e) {
        std::cerr << e.what() << "\n";
    }
    return 2;
}
