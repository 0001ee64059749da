// Several levels together: what each holds of another, where written lines go, what limits the traffic between them.
#include "emu/timing/memory/memory_latency.h"

#include "tests/support/catch.h"

using namespace emu;
using mmu::Event;

namespace {

constexpr u64 kData = u64{1} << 32;

// Small caches: L1D of 4 sets, L2 of 8 sets, L3 and LLC as asked; nothing is prefetched.
TimingConfig small() {
    TimingConfig config;
    config.memory.l1d = {8 * 64, 2, mmu::Replacement::Lru};
    config.memory.l2 = {{32 * 64, 4, mmu::Replacement::Lru}, 64, Inclusion::Neither, 0};
    config.memory.llc = {{64 * 64, 4, mmu::Replacement::Lru}, 64, Inclusion::Neither, 0};
    config.memory.dram_stream_bytes = 0;
    config.memory.prefetch = false;
    return config;
}

struct Memory {
    explicit Memory(const TimingConfig& config) : latency{config} { latency.count_in(bank); }

    // Far enough apart in time that nothing is under way.
    Cause read(u64 pa) {
        now += 10000;
        latency.set_floor(now);
        return latency.read(pa, now).level;
    }
    Cause write(u64 pa) {
        now += 10000;
        latency.set_floor(now);
        return latency.write(pa, now).level;
    }
    u64 count(Event e) const { return bank[e]; }

    mmu::CounterBank bank{};
    MemoryLatency latency;
    u64 now{0};
};

// Pushes a line out of L1D (lines of its set, other L2 sets where possible).
void push_out_of_l1d(Memory& m, u64 pa) {
    for (u64 i = 1; i <= 2; ++i) (void)m.read(pa + i * 4 * 64);
}
// Four more lines of its L2 set.
void push_out_of_l2(Memory& m, u64 pa) {
    for (u64 i = 1; i <= 4; ++i) (void)m.read(pa + i * 8 * 64);
}

}  // namespace

TEST_CASE("an inclusive L2 takes from L1D what it loses, and another one does not") {
    const auto level_after = [](Inclusion inclusion) {
        TimingConfig config = small();
        config.memory.l1d = {8 * 64, 8, mmu::Replacement::Lru};  // one set: holds all of what follows
        config.memory.l2.inclusion = inclusion;
        Memory m{config};
        (void)m.read(kData);
        push_out_of_l2(m, kData);
        return m.read(kData);
    };
    CHECK(level_after(Inclusion::Inclusive) == Cause::Llc);
    CHECK(level_after(Inclusion::Neither) == Cause::L1d);
    CHECK(level_after(Inclusion::Exclusive) == Cause::L1d);
}

TEST_CASE("an exclusive L2 adds its capacity to that of L1D") {
    const auto resident = [](Inclusion inclusion) {
        TimingConfig config = small();
        config.memory.l2.inclusion = inclusion;
        Memory m{config};
        constexpr u64 kLines = 8 + 32;
        for (int round = 0; round < 4; ++round)
            for (u64 i = 0; i < kLines; ++i) (void)m.read(kData + i * 64);
        const u64 before = m.count(Event::L2D_CACHE_REFILL);
        for (u64 i = 0; i < kLines; ++i) (void)m.read(kData + i * 64);
        return kLines - (m.count(Event::L2D_CACHE_REFILL) - before);
    };
    CHECK(resident(Inclusion::Exclusive) == 40);  // cyclic use of as many lines as both hold together: no miss
    CHECK(resident(Inclusion::Neither) < 40);
}

TEST_CASE("a line that moves up from an exclusive level is no longer there, and comes back when it leaves") {
    TimingConfig config = small();
    config.memory.llc.inclusion = Inclusion::Exclusive;
    Memory m{config};
    (void)m.read(kData);
    push_out_of_l1d(m, kData);
    push_out_of_l2(m, kData);
    CHECK(m.read(kData) == Cause::Llc);  // its eviction filled it
    push_out_of_l1d(m, kData);
    push_out_of_l2(m, kData);
    CHECK(m.read(kData) == Cause::Llc);
    CHECK(m.count(Event::SIM_DRAM_WRITE) == 0);
}

TEST_CASE("a written line is written to DRAM once, by whatever way it leaves") {
    for (const Inclusion l2 : {Inclusion::Inclusive, Inclusion::Exclusive, Inclusion::Neither}) {
        for (const Inclusion llc : {Inclusion::Inclusive, Inclusion::Exclusive, Inclusion::Neither}) {
            TimingConfig config = small();
            config.memory.l2.inclusion = l2;
            config.memory.llc.inclusion = llc;
            Memory m{config};
            for (u64 i = 0; i < 10; ++i) (void)m.write(kData + i * 64);
            for (u64 i = 0; i < 500; ++i) (void)m.read(kData + (1000 + i) * 64);
            CHECK(m.count(Event::SIM_DRAM_WRITE) == 10);
            CHECK(m.count(Event::SIM_DRAM_READ) == 510);
        }
    }
}

TEST_CASE("levels that a core lacks cost nothing and are not counted") {
    TimingConfig config = small();
    config.memory.llc.size = 0;
    Memory none{config};
    CHECK(none.read(kData) == Cause::Dram);
    CHECK(none.count(Event::LL_CACHE_RD) == 0);
    config.memory.l3 = {{64 * 64, 4, mmu::Replacement::Lru}, 64, Inclusion::Neither, 0};
    Memory l3{config};
    (void)l3.read(kData);
    push_out_of_l1d(l3, kData);
    push_out_of_l2(l3, kData);
    CHECK(l3.read(kData) == Cause::L3);
    CHECK(l3.count(Event::L3D_CACHE) == l3.count(Event::LL_CACHE_RD));
    config.memory.llc = small().memory.llc;
    Memory both{config};
    (void)both.read(kData);
    CHECK(both.count(Event::L3D_CACHE_REFILL) == 1);
    CHECK(both.count(Event::LL_CACHE_MISS_RD) == 1);
}

TEST_CASE("each level answers in its own time") {
    TimingConfig config = small();
    config.memory.l3 = {{64 * 64, 4, mmu::Replacement::Lru}, 64, Inclusion::Neither, 0};
    config.memory.llc.size = 0;
    Memory m{config};
    const auto takes = [&](u64 pa) {
        m.now += 10000;
        return m.latency.read(pa, m.now).ready - m.now;
    };
    CHECK(takes(kData) == 285);
    CHECK(takes(kData) == 4);
    push_out_of_l1d(m, kData);
    CHECK(takes(kData) == 11);
    push_out_of_l1d(m, kData);
    push_out_of_l2(m, kData);
    CHECK(takes(kData) == 30);
}

TEST_CASE("a line of 128 bytes brings both its halves") {
    TimingConfig config = small();
    config.memory.l1d = {8 * 64, 8, mmu::Replacement::Lru};
    config.memory.l2 = {{32 * 128, 4, mmu::Replacement::Lru}, 128, Inclusion::Inclusive, 0};
    config.memory.llc = {{64 * 128, 4, mmu::Replacement::Lru}, 128, Inclusion::Neither, 0};
    Memory m{config};
    CHECK(m.read(kData) == Cause::Dram);
    CHECK(m.read(kData + 64) == Cause::L2);
    // An eviction takes both out of L1D.
    for (u64 i = 1; i <= 4; ++i) (void)m.read(kData + i * 8 * 128);
    CHECK(m.read(kData) == Cause::Llc);
    CHECK(m.read(kData + 64) == Cause::L2);
}

TEST_CASE("stores through a write-through L1D leave it clean and L2 dirty") {
    TimingConfig config = small();
    config.memory.l1d_write_through = true;
    config.memory.llc.size = 0;
    Memory m{config};
    (void)m.write(kData);
    const u64 before = m.count(Event::L2D_CACHE);
    (void)m.write(kData);
    CHECK(m.count(Event::L2D_CACHE) == before + 1);
    push_out_of_l2(m, kData);
    CHECK(m.count(Event::SIM_DRAM_WRITE) == 1);
}

TEST_CASE("a run of whole lines goes to deeper levels as it grows, and reads nothing") {
    TimingConfig config = small();
    config.memory.l2.stream_bytes = 512;
    config.memory.llc.stream_bytes = 1024;
    config.memory.dram_stream_bytes = 2048;
    Memory m{config};
    const auto level_of = [&](u64 streamed) {
        const u64 pa = kData + streamed * 16;
        (void)m.latency.claim(pa, m.now += 10000, streamed);
        return m.read(pa);
    };
    CHECK(level_of(448) == Cause::L1d);
    CHECK(level_of(512) == Cause::L2);
    CHECK(level_of(1024) == Cause::Llc);
    CHECK(m.count(Event::SIM_DRAM_READ) == 0);
    CHECK(level_of(2048) == Cause::Dram);
    CHECK(m.count(Event::SIM_DRAM_WRITE) == 1);
    CHECK(m.count(Event::SIM_LINE_STREAMED) == 3);
}

TEST_CASE("a streamed line that a cache holds is written there") {
    TimingConfig config = small();
    config.memory.dram_stream_bytes = 1024;
    Memory m{config};
    (void)m.read(kData);
    (void)m.latency.claim(kData, m.now += 10000, 4096);
    CHECK(m.count(Event::SIM_LINE_STREAMED) == 0);
    push_out_of_l1d(m, kData);
    (void)m.latency.claim(kData, m.now += 10000, 4096);
    CHECK(m.count(Event::SIM_LINE_STREAMED) == 1);
    CHECK(m.count(Event::SIM_DRAM_WRITE) == 0);
    CHECK(m.read(kData) == Cause::L2);
}

TEST_CASE("posted writes go at the bandwidth of the channel once its buffer is full") {
    TimingConfig config = small();
    config.memory.dram_stream_bytes = 64;
    config.memory.dram_gb_per_s = 10;  // a line takes 19.2 cycles
    Memory m{config};
    u64 taken = 0;
    for (u64 i = 0; i < 10000; ++i) taken = m.latency.claim(kData + i * 64, taken, 1 << 20);
    CHECK(static_cast<double>(taken) == Approx((10000 - 32) * 19.2).epsilon(0.002));
}

TEST_CASE("the channel is shared evenly with the other PEs that are busy") {
    const auto cycles_for_1000_lines = [](unsigned pes) {
        TimingConfig config = small();
        config.memory.dram_gb_per_s = 20;
        config.memory.system_gb_per_s = 40;
        config.memory.busy_pes = pes;
        Memory m{config};
        u64 last = 0;
        for (u64 i = 0; i < 1000; ++i) last = std::max(last, m.latency.read(kData + i * 64, i).ready);
        return static_cast<double>(last);
    };
    CHECK(cycles_for_1000_lines(2) == Approx(cycles_for_1000_lines(1)));
    CHECK(cycles_for_1000_lines(8) == Approx(38.4 * 1000).epsilon(0.02));  // 5 GB/s
}

TEST_CASE("an old load that was stalled does not delay a younger one that was ready before") {
    TimingConfig config = small();
    config.memory.l1d_misses = {1, 1, 1};
    config.memory.l2_misses = {1, 1, 1};
    Memory m{config};
    CHECK(m.latency.read(kData, 100000).ready == 100285);
    CHECK(m.latency.read(kData + 64, 50).ready == 335);
    CHECK(m.latency.read(kData + 128, 100100).ready == 100285 + 285);
}

TEST_CASE("outstanding L2 misses limit what L1D could overlap") {
    const auto cycles = [](u64 l2_misses) {
        TimingConfig config = small();
        config.memory.l2_misses = {l2_misses, l2_misses, l2_misses};
        config.memory.dram_gb_per_s = 1000;
        config.memory.system_gb_per_s = 1000;
        Memory m{config};
        u64 last = 0;
        for (u64 i = 0; i < 1000; ++i) last = std::max(last, m.latency.read(kData + i * 64, i).ready);
        return static_cast<double>(last);
    };
    CHECK(cycles(5) == Approx(285 * 1000 / 5).epsilon(0.02));
    CHECK(cycles(46) == Approx(285 * 1000 / 20).epsilon(0.02));
}
