// The MMU trace against the counters of the same run: every walk, fill, invalidation and fault has its line.
#include <algorithm>
#include <set>
#include <sstream>

#include "emu/machine/mmu_trace.h"
#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;
using emu::MmuTrace;
using emu::TraceRange;

namespace {

struct Traced {
    explicit Traced(const std::string& range = "0-") {
        PageTables tables{m};
        tables.map_kernel();
        tables.enable();
        m.load("returning_vectors", kVectors);
        m.load("mixed_work");
        m.x(0) = 600;
        m.x(1) = kData;
        m.core.pe.pc = kCode;
        trace.emplace(emu::TraceRequest{[this](const std::string& line) { lines.push_back(line); }, *TraceRange::parse(range)},
                      functions, m.core.pe);
    }
    void run(u64 instructions) {
        trace->resume();
        (void)m.core.run_recording(*this, m.core.pe.retired + instructions);
    }
    void consume(const emu::InstructionRecord& record) {
        const std::string phase = "only";
        trace->record(record, {retired + 1, record.pc, phase, true});
        retired = m.core.pe.retired;
    }
    // Lines whose event is `event`.
    [[nodiscard]] std::vector<std::string> events(const std::string& event) const {
        std::vector<std::string> out;
        for (const std::string& line : lines) {
            std::istringstream words{line};
            std::string number;
            std::string word;
            words >> number >> word;
            if (word == event) out.push_back(line);
        }
        return out;
    }

    TestMachine m;
    emu::FunctionTable functions;
    std::vector<std::string> lines;
    std::optional<MmuTrace> trace;
    u64 retired{0};
};

bool has(const std::string& line, const std::string& part) { return line.find(part) != std::string::npos; }

std::size_t with(const std::vector<std::string>& lines, const std::string& part) {
    return static_cast<std::size_t>(std::ranges::count_if(lines, [&](const std::string& l) { return has(l, part); }));
}

}  // namespace

TEST_CASE("The first line says what the lines are") {
    const Traced traced;
    CHECK(traced.lines[0].starts_with("# foldwalk mmu trace 1:"));
}

TEST_CASE("There are as many walk, refill and tlbi lines as the counters say") {
    Traced traced;
    traced.run(100000);
    const auto walks = traced.events("walk");
    CHECK(walks.size() > 15);
    CHECK(with(walks, "  d el=1") == traced.m.count(mmu::Event::DTLB_WALK));
    CHECK(with(walks, "  i el=1") == traced.m.count(mmu::Event::ITLB_WALK));
    CHECK(traced.events("refill").size() == traced.m.count(mmu::Event::SIM_L2_HIT));
    CHECK(traced.events("tlbi").size() == traced.m.count(mmu::Event::SIM_TLBI));
    CHECK(with(traced.events("tlbi"), "all local") == traced.events("tlbi").size());
}

TEST_CASE("A walk line names each descriptor with its address and value as memory has them") {
    Traced traced;
    traced.run(2000);
    const std::string line = traced.events("walk").front();
    std::istringstream words{line};
    unsigned checked = 0;
    for (std::string word; words >> word;) {
        if (word[0] != 'L') continue;
        const u64 pa = std::stoull(word.substr(3), nullptr, 16);
        const u64 value = std::stoull(word.substr(word.find('=') + 1), nullptr, 16);
        CHECK(traced.m.peek<u64>(pa) == value);
        ++checked;
    }
    CHECK(checked >= 3);
}

TEST_CASE("Fills minus what was evicted and dropped are what the TLBs hold at the end") {
    Traced traced;
    traced.run(100000);
    const auto& tlbs = traced.m.mmu.tlbs();
    for (const auto& [name, tlb] : {std::pair{"l1i", &tlbs.l1(true)}, {"l1d", &tlbs.l1(false)}, {"l2", &tlbs.l2()}}) {
        INFO(name);
        const std::string where = std::string{"  "} + name + " slot=";
        const auto gone = with(traced.events("evict"), where) + with(traced.events("drop"), where);
        CHECK(with(traced.events("fill"), where) - gone == tlb->live());
    }
    CHECK(traced.events("drop").size() > 10);
}

TEST_CASE("An abort has a line with its address and syndrome") {
    Traced traced;
    constexpr u64 kUnmapped = 0x7000'0000'0000;
    traced.m.poke<arch::u32>(kCode, 0xf9000020);  // str x0, [x1]
    traced.m.x(1) = kUnmapped;
    traced.run(1);
    const auto faults = traced.events("fault");
    REQUIRE_FALSE(faults.empty());
    CHECK(has(faults[0], "d el=1 va=700000000000"));
    CHECK(has(faults[0], "translation level"));
    CHECK(has(faults[0], "write"));
}

TEST_CASE("Only what the range covers is printed, and the rest is not taken for new later") {
    Traced late{"5000-12000"};
    late.run(20000);
    Traced all;
    all.run(20000);
    REQUIRE(late.lines.size() > 1);
    std::vector<std::string> expected;
    for (const std::string& line : all.lines) {
        const u64 number = line[0] == '#' ? 5000 : std::stoull(line);
        if (number >= 5000 && number <= 12000) expected.push_back(line);
    }
    CHECK(late.lines == expected);
}

TEST_CASE("A traced run ends in the state of an untraced one") {
    Traced traced;
    traced.run(20000);
    Traced other;
    (void)other.m.resume(Loop::Recording, 20000);
    CHECK(traced.m.state_hash() == other.m.state_hash());
}
