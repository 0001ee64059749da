// Intrusive circular doubly linked list. Linux: struct list_head. The owner embeds a ListNode and names it to
// list_owner(); a list is a node of its own that is no element.
#pragma once

#include <cstddef>

namespace km {

struct ListNode {
    ListNode* next{this};
    ListNode* prev{this};

    ListNode() = default;
    ListNode(const ListNode&) = delete;
    ListNode& operator=(const ListNode&) = delete;

    [[nodiscard]] bool empty() const { return next == this; }
    [[nodiscard]] bool is_singular() const { return !empty() && next == prev; }

    void reset() { next = prev = this; }
    // Makes this node the first, or the last, element of `list`.
    void insert_head(ListNode& list) { insert_between(list, *list.next); }
    void insert_tail(ListNode& list) { insert_between(*list.prev, list); }
    // Takes this node out of its list; it is then empty.
    void remove() {
        next->prev = prev;
        prev->next = next;
        reset();
    }

private:
    void insert_between(ListNode& before, ListNode& after) {
        next = &after;
        prev = &before;
        before.next = this;
        after.prev = this;
    }
};

// The object that embeds `node` at byte `offset`. Linux: container_of().
template <class Owner>
[[nodiscard]] Owner* list_owner(ListNode* node, std::size_t offset) {
    return reinterpret_cast<Owner*>(reinterpret_cast<char*>(node) - offset);
}

}  // namespace km
