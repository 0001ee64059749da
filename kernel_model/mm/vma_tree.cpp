#include "kernel_model/mm/vma_tree.h"

namespace km {
namespace {

int height(const Vma* vma) { return vma == nullptr ? 0 : vma->tree_height; }
u64 max_gap(const Vma* vma) { return vma == nullptr ? 0 : vma->tree_max_gap; }
u64 larger(u64 a, u64 b) { return a > b ? a : b; }

u64 gap_start(const Vma& vma) { return vma.prev == nullptr ? 0 : vma.prev->vm_end; }
// A stack's guard may reach over the end of the region below it.
u64 gap_before(const Vma& vma) {
    const u64 start = gap_start(vma), end = vm_start_gap(vma);
    return end > start ? end - start : 0;
}

void update(Vma& vma) {
    const int left = height(vma.tree_left), right = height(vma.tree_right);
    vma.tree_height = 1 + (left > right ? left : right);
    vma.tree_max_gap = larger(gap_before(vma), larger(max_gap(vma.tree_left), max_gap(vma.tree_right)));
}

// Both return the new top of the subtree.
Vma* rotate_right(Vma& top) {
    Vma& left = *top.tree_left;
    top.tree_left = left.tree_right;
    left.tree_right = &top;
    update(top);
    update(left);
    return &left;
}
Vma* rotate_left(Vma& top) {
    Vma& right = *top.tree_right;
    top.tree_right = right.tree_left;
    right.tree_left = &top;
    update(top);
    update(right);
    return &right;
}

Vma* rebalance(Vma& top) {
    const int lean = height(top.tree_left) - height(top.tree_right);
    if (lean > 1) {
        Vma& left = *top.tree_left;
        if (height(left.tree_left) < height(left.tree_right)) top.tree_left = rotate_left(left);
        return rotate_right(top);
    }
    if (lean < -1) {
        Vma& right = *top.tree_right;
        if (height(right.tree_right) < height(right.tree_left)) top.tree_right = rotate_right(right);
        return rotate_left(top);
    }
    update(top);
    return &top;
}

Vma* insert_below(Vma* top, Vma& vma) {
    if (top == nullptr) {
        update(vma);
        return &vma;
    }
    Vma*& side = vma.vm_start < top->vm_start ? top->tree_left : top->tree_right;
    side = insert_below(side, vma);
    return rebalance(*top);
}

Vma* take_lowest(Vma& top, Vma*& lowest) {
    if (top.tree_left == nullptr) {
        lowest = &top;
        return top.tree_right;
    }
    top.tree_left = take_lowest(*top.tree_left, lowest);
    return rebalance(top);
}

Vma* erase_below(Vma& top, Vma& vma) {
    if (&top != &vma) {
        Vma*& side = vma.vm_start < top.vm_start ? top.tree_left : top.tree_right;
        side = erase_below(*side, vma);
        return rebalance(top);
    }
    if (vma.tree_left == nullptr) return vma.tree_right;
    if (vma.tree_right == nullptr) return vma.tree_left;
    Vma* successor = nullptr;
    Vma* const right = take_lowest(*vma.tree_right, successor);
    successor->tree_left = vma.tree_left;
    successor->tree_right = right;
    return rebalance(*successor);
}

struct Limits {
    u64 low;
    u64 high;
    u64 length;
};

// [start, end) within the limits, if it is long enough there.
Gap clip(u64 start, u64 end, const Limits& limits) {
    start = larger(start, limits.low);
    end = end < limits.high ? end : limits.high;
    return end > start && end - start >= limits.length ? Gap{start, end} : Gap{};
}

// Subtrees that lie wholly beyond a limit are not entered, so that at most two paths of the tree are walked in vain.
Gap highest_below(const Vma* top, const Limits& limits) {
    if (top == nullptr || top->tree_max_gap < limits.length) return {};
    if (top->vm_end < limits.high)
        if (const Gap gap = highest_below(top->tree_right, limits); !gap.empty()) return gap;
    if (const Gap gap = clip(gap_start(*top), vm_start_gap(*top), limits); !gap.empty()) return gap;
    if (gap_start(*top) <= limits.low) return {};
    return highest_below(top->tree_left, limits);
}
Gap lowest_below(const Vma* top, const Limits& limits) {
    if (top == nullptr || top->tree_max_gap < limits.length) return {};
    if (gap_start(*top) > limits.low)
        if (const Gap gap = lowest_below(top->tree_left, limits); !gap.empty()) return gap;
    if (const Gap gap = clip(gap_start(*top), vm_start_gap(*top), limits); !gap.empty()) return gap;
    if (top->vm_end >= limits.high) return {};
    return lowest_below(top->tree_right, limits);
}

}  // namespace

Vma* VmaTree::find(u64 address) const {
    Vma* found = nullptr;
    for (Vma* at = root_; at != nullptr;) {
        if (at->vm_end <= address) {
            at = at->tree_right;
            continue;
        }
        found = at;
        if (at->vm_start <= address) break;
        at = at->tree_left;
    }
    return found;
}

void VmaTree::link_into_list(Vma& vma) {
    vma.next = find(vma.vm_start);
    vma.prev = vma.next != nullptr ? vma.next->prev : last_;
    (vma.prev != nullptr ? vma.prev->next : first_) = &vma;
    (vma.next != nullptr ? vma.next->prev : last_) = &vma;
}

void VmaTree::unlink_from_list(Vma& vma) {
    (vma.prev != nullptr ? vma.prev->next : first_) = vma.next;
    (vma.next != nullptr ? vma.next->prev : last_) = vma.prev;
}

// Recomputes the largest holes on the path from `vma` to the root.
void VmaTree::refresh_gaps(const Vma* vma) {
    if (vma == nullptr) return;
    constexpr unsigned kMaxHeight = 64;
    Vma* path[kMaxHeight];
    unsigned depth = 0;
    for (Vma* at = root_;; at = vma->vm_start < at->vm_start ? at->tree_left : at->tree_right) {
        path[depth++] = at;
        if (at == vma) break;
    }
    while (depth != 0) update(*path[--depth]);
}

void VmaTree::insert(Vma& vma) {
    vma.tree_left = vma.tree_right = nullptr;
    link_into_list(vma);
    root_ = insert_below(root_, vma);
    refresh_gaps(vma.next);
    ++size_;
}

void VmaTree::erase(Vma& vma) {
    unlink_from_list(vma);
    root_ = erase_below(*root_, vma);
    refresh_gaps(vma.next);
    vma.next = vma.prev = nullptr;
    --size_;
}

void VmaTree::set_range(Vma& vma, u64 start, u64 end, u64 pgoff) {
    vma.vm_start = start;
    vma.vm_end = end;
    vma.vm_pgoff = pgoff;
    refresh_gaps(&vma);
    refresh_gaps(vma.next);
}

Gap VmaTree::highest_gap(u64 low, u64 high, u64 length) const {
    const Limits limits{low, high, length};
    const Gap top = clip(last_ == nullptr ? 0 : last_->vm_end, high, limits);
    return top.empty() ? highest_below(root_, limits) : top;
}

Gap VmaTree::lowest_gap(u64 low, u64 high, u64 length) const {
    const Limits limits{low, high, length};
    const Gap gap = lowest_below(root_, limits);
    return gap.empty() ? clip(last_ == nullptr ? 0 : last_->vm_end, high, limits) : gap;
}

}  // namespace km
