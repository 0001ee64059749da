// The quick slice: every row, fixed seed. The long run is scripts/dev/random_differential.
#include <iostream>
#include <thread>

#include "tests/random/campaign.h"
#include "tests/support/catch.h"

using namespace random_test;

TEST_CASE("random words of every row leave here what they leave under QEMU, and nothing is left out without reason") {
    const CampaignConfig config{.seed = 20'25, .cases = 640, .fp_cases = 1280, .jobs = std::thread::hardware_concurrency()};
    const Campaign campaign = run_campaign(config);
    print(std::cout, campaign);
    CHECK(campaign.different() == 0);
    for (const std::string& row : campaign.unproven()) FAIL_CHECK("not proven by any case: " << row);
    for (const std::string& exclusion : campaign.unused_exclusions()) FAIL_CHECK("excludes nothing: " << exclusion);
}
