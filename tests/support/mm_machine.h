// A machine for native tests of the memory manager: an arena as RAM, a fresh allocator, and processes whose accesses
// translate as a core's would, from the raw tables.
#pragma once

#include <vector>

#include "kernel_model/mm/contpte.h"
#include "kernel_model/mm/memory.h"

namespace km_test {

using km::u64;

inline constexpr u64 kPage = km::PAGE_SIZE;
inline constexpr u64 kBlock = km::CONT_PTE_SIZE;

struct Core {
    bool tlb_range{false};
    bool ttl{false};
    bool hardware_flags{false};  // access flag and dirty state
};
inline constexpr Core kCortexA72{};
inline constexpr Core kNeoverseV2{true, true, true};

// The kernel command line in effect when a machine is made.
[[nodiscard]] km::KernelOptions options(const char* bootargs);

class Machine {
public:
    explicit Machine(const char* bootargs, Core core = kCortexA72, u64 bytes = 32u << 20);

    // Of memory given to the allocator, now in use: 0 when everything was given back.
    [[nodiscard]] u64 pages_in_use() const;
};

// Of kernel counters and of the recorded operations on page tables (level 3 only) since start().
struct Prices {
    u64 loads{0};
    u64 exchanges{0};
    u64 compare_exchanges{0};
    u64 stores{0};
    u64 tlbi_page{0};        // VALE1IS
    u64 tlbi_page_walk{0};   // VAE1IS
    u64 tlbi_range{0};       // RVALE1IS
    u64 tlbi_range_walk{0};  // RVAE1IS
    u64 tlbi_asid{0};        // ASIDE1IS
    u64 dsb_ish{0};
    u64 dsb_ishst{0};

    [[nodiscard]] u64 tlbi() const { return tlbi_page + tlbi_page_walk + tlbi_range + tlbi_range_walk + tlbi_asid; }
};
[[nodiscard]] Prices prices_of(const std::vector<km::port::Event>& events);

// Runs `operation` and returns what it did.
template <class Operation>
Prices price(Operation operation) {
    km::port::recorder.start();
    operation();
    km::port::recorder.stop();
    return prices_of(km::port::recorder.events);
}

// The raw entry, unrecorded; 0 where there is no table.
[[nodiscard]] u64 raw_entry(const km::AddressSpace& mm, u64 address);
[[nodiscard]] u64* raw_slot(const km::AddressSpace& mm, u64 address);  // null: no table
[[nodiscard]] bool is_folded(const km::AddressSpace& mm, u64 address);

}  // namespace km_test
