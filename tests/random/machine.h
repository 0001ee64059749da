// This side of the comparison: the emulator's core at EL0, with code and data at the addresses the runner has them.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "tests/core/page_tables.h"
#include "tests/random/sample.h"

namespace random_test {

using arch::u32;
using arch::u64;

// A loop of emu/core. All of them must leave the same state.
enum class Engine { Plain, Recording };
inline constexpr Engine kEngines[]{Engine::Plain, Engine::Recording};
[[nodiscard]] std::string_view name_of(Engine engine);

class Machine {
public:
    Machine();

    // Writes slots and data into guest memory.
    void load(const batch& batch);
    // Instead of what load() wrote there.
    void write_word(u64 va, u32 word);
    // Executes the sample's slot from its prefix on. `now` is the state before, and afterwards what the runner
    // would answer, or OUTCOME_ENDLESS. The data are as loaded again.
    void run(Engine engine, sample& now);

    // A core with every instruction that the emulator has.
    [[nodiscard]] static emu::CoreConfig complete_core();

private:
    void map_pages();
    void map_user(u64 va, u64 pa);
    [[nodiscard]] arch::u8* code_at(u64 va);
    void enter(const sample_state& state);
    [[nodiscard]] bool run_to_exception(Engine engine);
    void leave(sample& now);
    void note_memory(memory_effect& out);

    core_test::TestMachine machine_;
    core_test::PageTables tables_{machine_};
    u64 next_page_{core_test::kRam + 0x200000};
    const batch* loaded_{nullptr};
    std::vector<arch::u8*> branch_pages_;
    arch::u8* code_{nullptr};
    arch::u8* data_[2]{};  // the two pages; not neighbours in physical memory
};

}  // namespace random_test
