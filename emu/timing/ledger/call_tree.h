// Functions with all their callers, as a tree. A node has the cycles, by cause, that its function itself took when it was called
// like that; those of its callees are in the nodes below.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "emu/timing/ledger/cost_ledger.h"

namespace emu {

class CallTree {
public:
    using Node = arch::u32;
    static constexpr Node kRoot = 0;  // no function
    static constexpr std::size_t kMostNodes = std::size_t{1} << 20;

    // `functions` must outlive it. Beyond `most` nodes, new chains of callers are cut off: they hang below "[deeper]".
    explicit CallTree(const FunctionTable& functions, std::size_t most = kMostNodes);

    // Row `function` of the table, called from `caller`. A function that calls itself is one node.
    [[nodiscard]] Node child(Node caller, std::size_t function);
    // FunctionTable::kNone of the root.
    [[nodiscard]] std::size_t function_of(Node node) const { return nodes_[node].function; }
    [[nodiscard]] LedgerCells::Row& cells(Node node) { return nodes_[node].cells; }
    // Forgets the cycles, and keeps the nodes.
    void clear_cells();
    // Cycles by "outermost;...;innermost;cause", those that are not 0.
    [[nodiscard]] std::map<std::string, u64> lines() const;

private:
    struct Content {
        Node caller;
        std::size_t function;
        LedgerCells::Row cells{};
    };

    [[nodiscard]] Node add(Node caller, std::size_t function);
    [[nodiscard]] std::string path_of(Node node) const;

    const FunctionTable& functions_;
    std::size_t most_;
    std::vector<Content> nodes_;
    std::unordered_map<u64, Node> children_;  // by caller and function
};

}  // namespace emu
