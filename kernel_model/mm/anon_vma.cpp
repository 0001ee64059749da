#include "kernel_model/mm/anon_vma.h"

#include <cstddef>

#include "kernel_model/lib/object_pool.h"

namespace km {
namespace {

constexpr int kNoMemory = -12;  // -ENOMEM

ObjectPool<AnonVma> anon_vmas;
ObjectPool<AnonVmaChain> chains;

// Vma flags that neighbours may differ in and still share an AnonVma. Linux: anon_vma_compatible().
constexpr u64 kAccessFlags = VM_READ | VM_WRITE | VM_EXEC;

AnonVma* anon_vma_alloc() {
    AnonVma* const anon_vma = anon_vmas.create();
    if (anon_vma == nullptr) return nullptr;
    anon_vma->root = anon_vma;
    anon_vma->parent = anon_vma;
    return anon_vma;
}

void put_anon_vma(AnonVma* anon_vma) {
    if (--anon_vma->refcount != 0) return;
    AnonVma* const root = anon_vma->root;
    if (root != anon_vma) put_anon_vma(root);
    anon_vmas.destroy(anon_vma);
}

// A region's chain is ordered from the oldest ancestor to its own.
bool link(Vma& vma, AnonVma& anon_vma) {
    AnonVmaChain* const chain = chains.create();
    if (chain == nullptr) return false;
    chain->vma = &vma;
    chain->anon_vma = &anon_vma;
    AnonVmaChain** last = &vma.anon_vma_chain;
    while (*last != nullptr) last = &(*last)->next_same_vma;
    *last = chain;
    chain->same_anon_vma.insert_tail(anon_vma.regions);
    return true;
}

// Neighbours whose pages lie in one row of the virtual anonymous file may share, so that mprotect back and forth can
// merge them again.
bool compatible(const Vma& left, const Vma& right) {
    return left.vm_end == right.vm_start && left.vm_file == right.vm_file &&
           ((left.vm_flags ^ right.vm_flags) & ~kAccessFlags) == 0 &&
           right.vm_pgoff == left.vm_pgoff + left.pages();
}
// Only one that has not been through a fork: its pages are its own.
AnonVma* reusable(const Vma& vma) {
    const bool single = vma.anon_vma_chain != nullptr && vma.anon_vma_chain->next_same_vma == nullptr;
    return single ? vma.anon_vma : nullptr;
}
AnonVma* find_mergeable_anon_vma(const Vma& vma) {
    if (vma.next != nullptr && compatible(vma, *vma.next))
        if (AnonVma* const found = reusable(*vma.next)) return found;
    if (vma.prev != nullptr && compatible(*vma.prev, vma)) return reusable(*vma.prev);
    return nullptr;
}

}  // namespace

int anon_vma_prepare(Vma& vma) {
    if (vma.anon_vma != nullptr) return 0;
    AnonVma* anon_vma = find_mergeable_anon_vma(vma);
    AnonVma* const fresh = anon_vma == nullptr ? anon_vma_alloc() : nullptr;
    if (fresh != nullptr) {
        ++fresh->num_children;
        anon_vma = fresh;
    }
    if (anon_vma == nullptr) return kNoMemory;
    if (!link(vma, *anon_vma)) {
        if (fresh != nullptr) put_anon_vma(fresh);
        return kNoMemory;
    }
    vma.anon_vma = anon_vma;
    ++anon_vma->num_active_vmas;
    return 0;
}

// A child (no anon_vma of its own yet) may take over one that lost its last region and has at most one child: else the
// hierarchy would grow with every generation of a forking process.
int anon_vma_clone(Vma& dst, Vma& src) {
    for (AnonVmaChain* chain = src.anon_vma_chain; chain != nullptr; chain = chain->next_same_vma) {
        AnonVma* const anon_vma = chain->anon_vma;
        if (!link(dst, *anon_vma)) {
            // Not counted as active yet: unlink_anon_vmas() would take it back.
            dst.anon_vma = nullptr;
            unlink_anon_vmas(dst);
            return kNoMemory;
        }
        if (dst.anon_vma == nullptr && src.anon_vma != nullptr && anon_vma->num_children < 2 &&
            anon_vma->num_active_vmas == 0)
            dst.anon_vma = anon_vma;
    }
    if (dst.anon_vma != nullptr) ++dst.anon_vma->num_active_vmas;
    return 0;
}

int anon_vma_fork(Vma& child, Vma& parent) {
    if (parent.anon_vma == nullptr) return 0;
    child.anon_vma = nullptr;
    if (anon_vma_clone(child, parent) != 0) return kNoMemory;
    if (child.anon_vma != nullptr) return 0;

    AnonVma* const anon_vma = anon_vma_alloc();
    if (anon_vma == nullptr || !link(child, *anon_vma)) {
        if (anon_vma != nullptr) put_anon_vma(anon_vma);
        unlink_anon_vmas(child);
        return kNoMemory;
    }
    ++anon_vma->num_active_vmas;
    anon_vma->root = parent.anon_vma->root;
    anon_vma->parent = parent.anon_vma;
    ++anon_vma->root->refcount;
    ++anon_vma->parent->num_children;
    child.anon_vma = anon_vma;
    return 0;
}

// Ancestors are unlinked after their descendants: an AnonVma must outlive the ones that name it as parent.
void unlink_anon_vmas(Vma& vma) {
    AnonVmaChain* empty = nullptr;
    for (AnonVmaChain* chain = vma.anon_vma_chain; chain != nullptr;) {
        AnonVmaChain* const next = chain->next_same_vma;
        chain->same_anon_vma.remove();
        if (chain->anon_vma->regions.empty()) {
            --chain->anon_vma->parent->num_children;
            chain->next_same_vma = empty;
            empty = chain;
        } else {
            chains.destroy(chain);
        }
        chain = next;
    }
    if (vma.anon_vma != nullptr) --vma.anon_vma->num_active_vmas;
    vma.anon_vma = nullptr;
    vma.anon_vma_chain = nullptr;
    while (empty != nullptr) {
        AnonVmaChain* const next = empty->next_same_vma;
        put_anon_vma(empty->anon_vma);
        chains.destroy(empty);
        empty = next;
    }
}

}  // namespace km
