// The cycle counter that a guest reads is the clock of the pipeline that times it.
#include "emu/timing/in_order/in_order_pipeline.h"
#include "emu/timing/out_of_order/out_of_order_pipeline.h"
#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;

namespace {

// MRS Xt, PMCCNTR_EL0 and MRS Xt, PMEVCNTR0_EL0, whatever t is.
constexpr u32 kReadCycles = 0xd53b9d00;
constexpr u32 kReadCounter = 0xd53be800;

// Times what it is told, and notes the time before each read of the clock.
template <class Pipeline>
struct Clock {
    void consume(const emu::InstructionRecord& record) {
        const u32 read = record.op->word & ~31u;
        if (read == kReadCycles || read == kReadCounter) reads.push_back(pipeline.now());
        pipeline.consume(record);
    }
    Pipeline pipeline;
    std::vector<u64> reads{};
};

template <class Pipeline>
void check_clock(u64 pages) {
    TestMachine m;
    PageTables tables{m};
    tables.map_kernel();
    tables.enable();
    m.x(0) = kData;
    m.x(1) = pages;
    m.load("pmu_cycles");
    m.core.pe.pc = kCode;
    m.core.pe.refetch = true;
    emu::begin_timing(m.core.pe.pmu, m.counters);
    Clock<Pipeline> clock{.pipeline = Pipeline{emu::TimingConfig{}, m.counters}};
    REQUIRE(m.core.run_recording(clock, 100000) == emu::StopReason::Requested);
    REQUIRE(clock.reads.size() == 4);
    CHECK(m.x(3) - m.x(2) == clock.reads[1] - clock.reads[0]);
    CHECK(m.x(4) - m.x(3) == clock.reads[2] - clock.reads[1]);
    CHECK(m.x(8) - m.x(4) == clock.reads[3] - clock.reads[2]);
    CHECK(m.x(3) - m.x(2) > pages);  // each page's line comes from memory
    CHECK(m.count(mmu::Event::CPU_CYCLES) == clock.pipeline.now());
}

}  // namespace

TEST_CASE("a guest's cycle counter reads the clock of the out-of-order pipeline") {
    for (const u64 pages : {u64{1}, u64{50}, u64{200}}) check_clock<emu::OutOfOrderPipeline>(pages);
}

TEST_CASE("a guest's cycle counter reads the clock of the in-order pipeline") {
    for (const u64 pages : {u64{1}, u64{50}, u64{200}}) check_clock<emu::InOrderPipeline>(pages);
}
