// Host nanoseconds per timed instruction, for code of several kinds. Usage: timing_benchmark [instructions]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "tests/timing/instruction_stream.h"

namespace {

using namespace timing_test;

// Records are made once and replayed, so that only consume() is measured.
class Recorded {
public:
    void add(OpClass op_class, std::initializer_list<u8> results, std::initializer_list<u8> sources) {
        DecodedOp& op = ops_.emplace_back();
        op.timing.op_class = op_class;
        for (const u8 r : results) op.timing.result[op.timing.result_count++] = r;
        for (const u8 r : sources) op.timing.source[op.timing.source_count++] = r;
        InstructionRecord& record = records_.emplace_back();
        record.pc = record.fetch_pa = 0x1000 + 4 * (records_.size() - 1);
        record.next_pc = record.pc + 4;
        record.fetch_looked_up = record.pc % 16 == 0;
        record.fetch = l1_hit();
    }
    void access(u64 stride, u64 span, const LookupRecord& lookup) {
        InstructionRecord& record = records_.back();
        record.access_count = 1;
        record.lookups[0] = lookup;
        record.access[0] = {0x80000000, 0x80000000, 8, mmu::AccessKind::Load, kWriteBack, nullptr};
        moving_.push_back({records_.size() - 1, stride, span, 0});
    }
    template <class Model>
    double nanoseconds_per_instruction(u64 instructions) {
        mmu::Counters counters;
        Model pipeline{TimingConfig{}, counters};
        records_.back().taken = true;
        records_.back().next_pc = records_.front().pc;
        for (std::size_t i = 0; i < records_.size(); ++i) {
            records_[i].op = &ops_[i];
            records_[i].access[0].lookup = &records_[i].lookups[0];
        }
        const auto begin = std::chrono::steady_clock::now();
        u64 done = 0;
        for (; done < instructions; done += records_.size()) {
            for (Moving& m : moving_) {
                m.offset = (m.offset + m.stride) % m.span;
                records_[m.index].access[0].pa = 0x80000000 + m.offset;
            }
            for (const InstructionRecord& record : records_) pipeline.consume(record);
        }
        const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
        std::printf("  ipc %.2f  ", static_cast<double>(done) / static_cast<double>(pipeline.now()));
        return spent.count() / static_cast<double>(done);
    }

private:
    struct Moving {
        std::size_t index;
        u64 stride, span, offset;
    };
    std::vector<DecodedOp> ops_;
    std::vector<InstructionRecord> records_;
    std::vector<Moving> moving_;
};

void alu_loop(Recorded& r) {
    for (u8 i = 0; i < 15; ++i) r.add(OpClass::Alu, {i}, {static_cast<u8>(i + 1)});
}

void mixed(Recorded& r) {
    for (u8 i = 0; i < 6; ++i) {
        r.add(OpClass::Load, {i}, {20});
        r.access(8, 32 << 10, l1_hit());
        r.add(OpClass::Alu, {static_cast<u8>(i + 8)}, {i});
        r.add(OpClass::AluFlags, {kTimingNzcv}, {static_cast<u8>(i + 8)});
    }
    r.add(OpClass::Store, {}, {8, 21});
    r.access(8, 32 << 10, l1_hit());
}

void chase_dram(Recorded& r) {
    for (int i = 0; i < 4; ++i) {
        r.add(OpClass::Load, {1}, {1});
        r.access(4096 + 64 * 7, 256 << 20, walk({0xc0000000, 0xc0001000}, 3, 4));
        r.add(OpClass::Alu, {2}, {1});
    }
}

void independent_dram(Recorded& r) {
    for (u8 i = 0; i < 8; ++i) {
        r.add(OpClass::Load, {i}, {20});
        r.access(4096 + 64 * 7, 256 << 20, l2_hit(3, 4));
        r.add(OpClass::Alu, {static_cast<u8>(i + 8)}, {i});
    }
}

void measure(const char* name, void (*fill)(Recorded&), u64 instructions) {
    Recorded r;
    fill(r);
    r.add(OpClass::BranchCond, {}, {kTimingNzcv});
    std::printf("%-18s", name);
    std::printf("%6.1f ns per instruction out of order", r.nanoseconds_per_instruction<OutOfOrderPipeline>(instructions));
    std::printf("%6.1f ns in order\n", r.nanoseconds_per_instruction<InOrderPipeline>(instructions));
}

}  // namespace

int main(int argc, char** argv) {
    const u64 instructions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20000000;
    measure("alu loop", alu_loop, instructions);
    measure("mixed, L1D", mixed, instructions);
    measure("chase, walks, DRAM", chase_dram, instructions / 4);
    measure("independent DRAM", independent_dram, instructions / 4);
    return 0;
}
