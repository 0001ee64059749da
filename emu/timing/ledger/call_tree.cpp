#include "emu/timing/ledger/call_tree.h"

namespace emu {

namespace {

constexpr unsigned kFunctionBits = 32;
constexpr CallTree::Node kDeeper = 1;

}  // namespace

CallTree::CallTree(const FunctionTable& functions, std::size_t most) : functions_{functions}, most_{most} {
    nodes_.push_back({kRoot, FunctionTable::kNone});
    nodes_.push_back({kRoot, FunctionTable::kNone});  // kDeeper
}

CallTree::Node CallTree::child(Node caller, std::size_t function) {
    if (nodes_[caller].function == function) return caller;
    const auto known = children_.find(u64{caller} << kFunctionBits | function);
    if (known != children_.end()) return known->second;
    // So many functions more at most.
    if (nodes_.size() >= most_ && caller != kDeeper) return child(kDeeper, function);
    return add(caller, function);
}

CallTree::Node CallTree::add(Node caller, std::size_t function) {
    const auto node = static_cast<Node>(nodes_.size());
    nodes_.push_back({caller, function});
    children_.emplace(u64{caller} << kFunctionBits | function, node);
    return node;
}

void CallTree::clear_cells() {
    for (Content& node : nodes_) node.cells = {};
}

// Semicolons part the functions, in a name there must be none.
std::string CallTree::path_of(Node node) const {
    if (node == kRoot) return "";
    if (node == kDeeper) return "[deeper];";
    std::string name = functions_.row_name(nodes_[node].function);
    for (char& c : name) c = c == ';' ? ':' : c;
    return path_of(nodes_[node].caller) + name + ";";
}

std::map<std::string, u64> CallTree::lines() const {
    std::map<std::string, u64> out;
    for (Node node = 0; node < nodes_.size(); ++node) {
        for (std::size_t cause = 0; cause < kCauseCount; ++cause) {
            const u64 cycles = nodes_[node].cells[cause];
            if (cycles != 0) out[path_of(node) + kCauseNames[cause]] += cycles;
        }
    }
    return out;
}

}  // namespace emu
