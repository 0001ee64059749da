// A set of disjoint half-open address ranges: what the importer knows to be mapped.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace emu::trace {

class IntervalSet {
public:
    using Range = std::pair<std::uint64_t, std::uint64_t>;  // [first, second)

    void insert(std::uint64_t start, std::uint64_t end);
    void erase(std::uint64_t start, std::uint64_t end);
    // The parts of [start, end) that the set does not hold, in address order.
    [[nodiscard]] std::vector<Range> holes(std::uint64_t start, std::uint64_t end) const;
    [[nodiscard]] bool contains(std::uint64_t address) const { return holes(address, address + 1).empty(); }
    void clear() { ranges_.clear(); }

private:
    std::map<std::uint64_t, std::uint64_t> ranges_;  // start -> end
};

}  // namespace emu::trace
