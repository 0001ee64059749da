// A random history of a few processes: every memory system call, forks, exits and accesses, with the model beside it.
#pragma once

#include <memory>
#include <random>
#include <string>

#include "tests/mm_regions/model.h"
#include "tests/mm_regions/simulated_core.h"

namespace km_test {

// Scarce: memory runs out now and then, the model is not followed any more, and only the invariants are checked.
enum class Memory { Plenty, Scarce };

class RandomMix {
public:
    explicit RandomMix(u64 seed, Memory memory = Memory::Plenty);
    ~RandomMix();  // everything exits
    RandomMix(const RandomMix&) = delete;
    RandomMix& operator=(const RandomMix&) = delete;

    // Up to `steps` operations. The first thing that is wrong, with the step and the call; empty: all was as it should
    // be.
    [[nodiscard]] std::string run(unsigned steps);
    // What is wrong now.
    [[nodiscard]] std::string check() const;
    // Full check, then all processes exit and all files are closed.
    [[nodiscard]] std::string finish();

    // For tests of the checks themselves.
    [[nodiscard]] km::AddressSpace& first_mm() { return *processes_.front().mm; }
    [[nodiscard]] ModelSpace& first_model() { return processes_.front().model; }
    // One access of the first process; the difference it shows.
    [[nodiscard]] std::string access_now(u64 address, AccessKind kind);

private:
    struct Process {
        km::AddressSpace* mm;
        ModelSpace model;
    };

    [[nodiscard]] u64 below(u64 limit) { return dice_() % limit; }
    [[nodiscard]] bool one_in(u64 chances) { return below(chances) == 0; }
    [[nodiscard]] u64 any_page(const Process& process);
    [[nodiscard]] u64 any_length();
    [[nodiscard]] u64 any_protection();
    // The first region that ends above the address, and the one that holds it.
    [[nodiscard]] std::optional<Bounds> region_from(const Process& process, u64 address) const;
    [[nodiscard]] std::optional<Bounds> region_at(const Process& process, u64 address) const;

    // Each does one thing to the memory manager and the model; the difference between their answers.
    std::string step();
    std::string checked_step();
    std::string scarce_step();
    std::string do_access(Process& process, u64 address, AccessKind kind);
    std::string touch_run(Process& process);
    std::string map(Process& process);
    std::string map_file(Process& process, u64 flags);
    std::string unmap(Process& process);
    std::string protect(Process& process);
    std::string remap(Process& process);
    std::string move_tables(Process& process);
    std::string advise(Process& process);
    std::string move_brk(Process& process);
    std::string fork(Process& process);
    std::string exit(Process& process);
    std::string compare(const char* call, i64 real, i64 model);

    std::mt19937_64 dice_;
    Memory memory_;
    SimulatedCore core_;
    std::vector<std::unique_ptr<ModelFile>> files_;
    unsigned named_files_{0};  // the first ones: opened by the test
    std::vector<Process> processes_;
    std::string last_call_;
};

}  // namespace km_test
