// What the memory of a process should be, page by page: a reference for the memory manager that knows neither page
// tables nor folios. Regions exist only as equal neighbouring pages; where a system call depends on where a region
// ends, the caller says so. Calls take and return what the real ones do.
//
// Of each page three bytes are watched; the others keep the background that a fresh page has.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/syscalls_mm.h"

namespace km_test {

using km::i64;
using km::u64;
using km::u8;

inline constexpr std::array<u64, 3> kWatched = {0, 1777, km::PAGE_SIZE - 1};  // offsets in a page
using Content = std::array<u8, kWatched.size()>;

struct ModelFile {
    u64 seed{0};   // 0: all zero
    u64 size{0};   // bytes
    std::vector<Content> pages;
    km::File* real{nullptr};  // bound when it is first seen

    ModelFile(u64 seed, u64 size);
    // The byte at `offset` before anybody writes: zero beyond the end.
    [[nodiscard]] u8 background(u64 offset) const;
    [[nodiscard]] bool has_page(u64 index) const { return index < pages.size(); }
};

struct ModelPage {
    u64 flags{0};               // VM_*, as a region has them; without VM_MAY* and VM_ACCOUNT
    ModelFile* file{nullptr};   // null: private anonymous
    u64 index{0};               // page of the file
    bool own{false};            // private and written: `content` is this process's alone
    Content content{};

    [[nodiscard]] bool has(u64 flag) const { return (flags & flag) != 0; }
    [[nodiscard]] bool is_private() const { return !has(km::VM_SHARED); }
    [[nodiscard]] bool beyond_end() const { return file != nullptr && !own && !file->has_page(index); }
    // What a load sees, if there is a page.
    [[nodiscard]] Content visible() const;
};

enum class AccessKind { Read, Write, Execute };
enum class Outcome { Done, Segv, Bus, OutOfMemory };

struct Bounds {
    u64 start{0};
    u64 end{0};
};

class ModelSpace {
public:
    u64 mmap_base{0};
    u64 start_brk{0};
    u64 brk{0};
    std::map<u64, ModelPage> pages;  // by page number

    // `file` is the one to map; for shared anonymous memory a new one of that size.
    i64 mmap(u64 addr, u64 len, u64 prot, u64 flags, ModelFile* file, u64 pgoff);
    i64 munmap(u64 addr, u64 len);
    i64 mprotect(u64 addr, u64 len, u64 prot);
    // `region` is the one that holds `addr` before the call.
    i64 mremap(u64 addr, u64 old_len, u64 new_len, u64 flags, u64 new_addr, std::optional<Bounds> region);
    i64 madvise(u64 addr, u64 len, int advice);
    i64 set_brk(u64 to);
    [[nodiscard]] ModelSpace fork() const;

    // A stack grows if it must. A write that is allowed makes the page the process's own. `region` is the first that
    // ends above the address.
    Outcome access(u64 address, AccessKind kind, std::optional<Bounds> region);
    void store(u64 address, unsigned watched, u8 value);

private:
    using Iterator = std::map<u64, ModelPage>::iterator;

    [[nodiscard]] bool is_mapped(u64 page) const { return pages.count(page) != 0; }
    [[nodiscard]] bool any_mapped(u64 from, u64 to) const;
    [[nodiscard]] std::optional<u64> highest_hole(u64 count) const;
    [[nodiscard]] u64 choose_address(u64 count, bool may_align) const;
    [[nodiscard]] bool hint_is_free(u64 page, u64 count) const;
    void erase(u64 from, u64 to);
    void populate(u64 from, u64 to);
    i64 advise_page(ModelPage& page, int advice);
    i64 populate_advice(u64 from, u64 to, bool write);
    bool grow_stack(u64 page, const Bounds& region);
    i64 move(u64 from, u64 old_count, u64 to, u64 new_count, bool keep_old);
    i64 grow(u64 from, u64 old_count, u64 new_count, u64 flags, const Bounds& region);
};

}  // namespace km_test
