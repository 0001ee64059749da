// A sparse map from page index to pointer. Linux: the xarray. Nodes of 64 slots come from an object pool.
#pragma once

#include "kernel_model/mm/geometry.h"

namespace km {

class RadixTree {
public:
    struct Node;

    [[nodiscard]] void* find(u64 index) const;
    // False: no memory. `value` is not null; an old value of the index is replaced.
    [[nodiscard]] bool insert(u64 index, void* value);
    // Frees all nodes after visit(void* value) was called on each value, in ascending order.
    template <class Visit>
    void clear(Visit visit) {
        clear_with([](void* context, void* value) { (*static_cast<Visit*>(context))(value); }, &visit);
    }

private:
    using Visitor = void (*)(void* context, void* value);
    void clear_with(Visitor visitor, void* context);
    static void clear_node(Node* node, unsigned level, Visitor visitor, void* context);

    Node* root_{nullptr};
    unsigned height_{0};  // levels of nodes
};

}  // namespace km
