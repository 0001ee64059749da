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

// A way in which emu/core executes. All of them must leave the same state.
enum class Engine { Plain, Recording, Translated };
[[nodiscard]] std::string_view name_of(Engine engine);
// Those that this build has: the translator needs an x86-64 host.
[[nodiscard]] std::vector<Engine> engines();

class Machine {
public:
    explicit Machine(Engine engine);

    // Writes slots and data into guest memory.
    void load(const batch& batch);
    // Instead of what load() wrote there.
    void write_word(u64 va, u32 word);
    // Executes the sample's slot from SLOT_ENTER on. `now` is the state before, and afterwards what the runner
    // would answer, or OUTCOME_ENDLESS. The data are as loaded again.
    void run(sample& now);
    [[nodiscard]] Engine engine() const { return engine_; }
    // Pieces of guest code that were translated so far.
    [[nodiscard]] std::size_t translations() const;

private:
    void map_pages();
    void map_user(u64 va, u64 pa);
    [[nodiscard]] arch::u8* code_at(u64 va);
    void enter(const sample_state& state);
    [[nodiscard]] bool run_to_exception();
    void leave(sample& now);
    void note_memory(memory_effect& out);

    Engine engine_;
    core_test::TestMachine machine_;
    core_test::PageTables tables_{machine_};
    u64 next_page_{core_test::kRam + 0x200000};
    const batch* loaded_{nullptr};
    std::vector<arch::u8*> branch_pages_;
    arch::u8* code_{nullptr};
    arch::u8* data_[2]{};  // the two pages; not neighbours in physical memory
};

}  // namespace random_test
