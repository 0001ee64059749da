// Objects of one type, carved from pages of the buddy allocator. Linux: a slab cache. A page goes back as soon as its
// last object does, so that a leaked object shows as a missing page.
#pragma once

#include <new>
#include <utility>

#include "kernel_model/lib/list.h"
#include "kernel_model/mm/buddy_allocator.h"

namespace km {

template <class T>
class ObjectPool {
public:
    // Null: no memory.
    template <class... Args>
    [[nodiscard]] T* create(Args&&... args) {
        if (partial_.empty() && !grow()) return nullptr;
        Slab& slab = *list_owner<Slab>(partial_.next, offsetof(Slab, links));
        FreeObject* const object = slab.free;
        slab.free = object->next;
        ++slab.used;
        if (slab.free == nullptr) slab.links.remove();
        ++live_;
        return new (static_cast<void*>(object)) T{std::forward<Args>(args)...};
    }

    void destroy(T* object) {
        object->~T();
        Slab& slab = *reinterpret_cast<Slab*>(reinterpret_cast<u64>(object) & PAGE_MASK);
        if (slab.free == nullptr) slab.links.insert_head(partial_);
        slab.free = new (static_cast<void*>(object)) FreeObject{slab.free};
        --live_;
        if (--slab.used == 0) shrink(slab);
    }

    [[nodiscard]] u64 live() const { return live_; }

private:
    struct FreeObject {
        FreeObject* next;
    };
    struct Slab {
        ListNode links;
        FreeObject* free{nullptr};
        u64 used{0};
    };
    static constexpr u64 kFirst = (sizeof(Slab) + alignof(T) - 1) / alignof(T) * alignof(T);
    static constexpr u64 kStride = sizeof(T) < sizeof(FreeObject) ? sizeof(FreeObject) : sizeof(T);
    static_assert(kFirst + kStride <= PAGE_SIZE && alignof(T) <= 64);

    bool grow() {
        Page* const page = alloc_pages(0, false);
        if (page == nullptr) return false;
        page->set(PG_slab);
        char* const base = static_cast<char*>(page_address(page));
        Slab* const slab = new (base) Slab;
        for (u64 offset = kFirst + (PAGE_SIZE - kFirst) / kStride * kStride; offset > kFirst;) {
            offset -= kStride;
            slab->free = new (base + offset) FreeObject{slab->free};
        }
        slab->links.insert_head(partial_);
        return true;
    }
    void shrink(Slab& slab) {
        slab.links.remove();
        Page* const page = virt_to_page(&slab);
        page->clear(PG_slab);
        free_pages(page, 0);
    }

    ListNode partial_;  // slabs with a free object
    u64 live_{0};
};

}  // namespace km
