#include "kernel_model/lib/radix_tree.h"

#include "kernel_model/lib/object_pool.h"

namespace km {

namespace {
constexpr unsigned kBits = 6;
constexpr u64 kSlots = u64{1} << kBits;
}  // namespace

struct RadixTree::Node {
    void* slots[kSlots]{};  // nodes above, values in the lowest level
};

namespace {

ObjectPool<RadixTree::Node> nodes;

u64 slot_of(u64 index, unsigned level) { return (index >> (level * kBits)) & (kSlots - 1); }

}  // namespace

void* RadixTree::find(u64 index) const {
    if (height_ * kBits < 64 && (index >> (height_ * kBits)) != 0) return nullptr;
    const Node* node = root_;
    for (unsigned level = height_; node != nullptr && level-- > 0;) {
        void* const slot = node->slots[slot_of(index, level)];
        if (level == 0) return slot;
        node = static_cast<const Node*>(slot);
    }
    return nullptr;
}

bool RadixTree::insert(u64 index, void* value) {
    while (height_ == 0 || (height_ * kBits < 64 && (index >> (height_ * kBits)) != 0)) {
        Node* const top = nodes.create();
        if (top == nullptr) return false;
        top->slots[0] = root_;
        root_ = top;
        ++height_;
    }
    Node* node = root_;
    for (unsigned level = height_ - 1; level != 0; --level) {
        void*& slot = node->slots[slot_of(index, level)];
        if (slot == nullptr) slot = nodes.create();
        if (slot == nullptr) return false;
        node = static_cast<Node*>(slot);
    }
    node->slots[slot_of(index, 0)] = value;
    return true;
}

void RadixTree::clear_node(Node* node, unsigned level, Visitor visitor, void* context) {
    for (void* slot : node->slots) {
        if (slot == nullptr) continue;
        if (level == 0)
            visitor(context, slot);
        else
            clear_node(static_cast<Node*>(slot), level - 1, visitor, context);
    }
    nodes.destroy(node);
}

void RadixTree::clear_with(Visitor visitor, void* context) {
    if (root_ != nullptr) clear_node(root_, height_ - 1, visitor, context);
    root_ = nullptr;
    height_ = 0;
}

}  // namespace km
