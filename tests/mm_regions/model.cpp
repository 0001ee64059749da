#include "tests/mm_regions/model.h"

#include <algorithm>
#include <cerrno>

namespace km_test {

using namespace km;

namespace {

constexpr u64 kGuard = kStackGuardGap / PAGE_SIZE;

u64 page_of(u64 address) { return address >> PAGE_SHIFT; }
u64 pages_of(u64 bytes) { return (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT; }

// Where memory below this page must end.
u64 guarded_start(u64 page, const ModelPage& first) { return first.has(VM_GROWSDOWN) ? page - kGuard : page; }

u64 flags_of(u64 prot, u64 flags) {
    u64 out = prot & VM_ACCESS_FLAGS;
    if ((flags & MAP_TYPE) == MAP_SHARED) out |= VM_SHARED;
    if ((flags & MAP_GROWSDOWN) != 0) out |= VM_GROWSDOWN;
    if ((flags & MAP_LOCKED) != 0) out |= VM_LOCKED;
    if ((flags & MAP_STACK) != 0) out |= VM_NOHUGEPAGE;
    if ((flags & MAP_NORESERVE) != 0) out |= VM_NORESERVE;
    return out;
}

void become_own(ModelPage& page) {
    if (!page.is_private() || page.own) return;
    page.content = page.visible();
    page.own = true;
}
void become_fresh(ModelPage& page) {
    page.own = false;
    page.content = {};
}

}  // namespace

ModelFile::ModelFile(u64 seed_of_content, u64 bytes) : seed{seed_of_content}, size{bytes}, pages(pages_of(bytes)) {
    for (u64 index = 0; index != pages.size(); ++index)
        for (unsigned i = 0; i != kWatched.size(); ++i) pages[index][i] = background(index * PAGE_SIZE + kWatched[i]);
}

u8 ModelFile::background(u64 offset) const {
    return seed == 0 || offset >= size ? u8{0}
                                       : static_cast<u8>((offset * 31 + (offset >> PAGE_SHIFT) * 7 + seed) % 251);
}

Content ModelPage::visible() const {
    if (own) return content;
    return file != nullptr && file->has_page(index) ? file->pages[index] : Content{};
}

bool ModelSpace::any_mapped(u64 from, u64 to) const {
    const auto next = pages.lower_bound(from);
    return next != pages.end() && next->first < to;
}

void ModelSpace::erase(u64 from, u64 to) { pages.erase(pages.lower_bound(from), pages.lower_bound(to)); }

// The highest `count` pages of the highest hole that has them.
std::optional<u64> ModelSpace::highest_hole(u64 count) const {
    const u64 top = page_of(mmap_base);
    u64 end = top;
    for (auto at = pages.rbegin(); at != pages.rend(); ++at) {
        const u64 above = at->first + 1;
        if (above + count <= end) return end - count;
        // A guard belongs to the hole directly below the stack, and to no other.
        end = std::min(top, guarded_start(at->first, at->second));
    }
    return end >= page_of(kMmapMinAddr) + count ? std::optional{end - count} : std::nullopt;
}

u64 ModelSpace::choose_address(u64 count, bool may_align) const {
    constexpr u64 kPmdPages = PMD_SIZE / PAGE_SIZE;
    if (may_align && count % kPmdPages == 0)
        return (*highest_hole(count + kPmdPages) / kPmdPages + 1) * kPmdPages;
    return *highest_hole(count);
}

bool ModelSpace::hint_is_free(u64 page, u64 count) const {
    if (is_mapped(page)) return false;
    const auto next = pages.lower_bound(page);
    return next == pages.end() || page + count <= guarded_start(next->first, next->second);
}

// Faults in for writing what is private and writable, up to the end of the file.
void ModelSpace::populate(u64 from, u64 to) {
    for (auto at = pages.lower_bound(from); at != pages.end() && at->first < to; ++at)
        if (at->second.has(VM_WRITE) && !at->second.beyond_end()) become_own(at->second);
}

i64 ModelSpace::mmap(u64 addr, u64 len, u64 prot, u64 flags, ModelFile* file, u64 pgoff) {
    const u64 count = pages_of(len);
    u64 start = page_of(addr);
    const bool fixed = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0;
    const bool wants_pmd = file == nullptr && addr == 0;
    if (!fixed && (addr == 0 || !hint_is_free(start, count))) start = choose_address(count, wants_pmd);
    if ((flags & MAP_FIXED_NOREPLACE) != 0 && any_mapped(start, start + count)) return -EEXIST;
    if (file != nullptr && (flags & MAP_GROWSDOWN) != 0) return -EINVAL;
    erase(start, start + count);
    for (u64 i = 0; i != count; ++i)
        pages[start + i] = {.flags = flags_of(prot, flags), .file = file, .index = file != nullptr ? pgoff + i : 0};
    if ((flags & (MAP_POPULATE | MAP_LOCKED)) != 0) populate(start, start + count);
    return static_cast<i64>(start << PAGE_SHIFT);
}

i64 ModelSpace::munmap(u64 addr, u64 len) {
    erase(page_of(addr), page_of(addr) + pages_of(len));
    return 0;
}

i64 ModelSpace::mprotect(u64 addr, u64 len, u64 prot) {
    const u64 end = page_of(addr) + pages_of(len);
    for (u64 page = page_of(addr); page != end; ++page) {
        const auto at = pages.find(page);
        if (at == pages.end()) return -ENOMEM;
        const u64 old = at->second.flags;
        at->second.flags = (old & ~VM_ACCESS_FLAGS) | prot;
        const bool was_locked_read_only = (old & (VM_WRITE | VM_SHARED | VM_LOCKED)) == VM_LOCKED;
        if (was_locked_read_only) populate(page, page + 1);
    }
    return 0;
}

// `keep_old`: MREMAP_DONTUNMAP. The pages beyond the old length are fresh ones of the same region.
i64 ModelSpace::move(u64 from, u64 old_count, u64 to, u64 new_count, bool keep_old) {
    const ModelPage first = pages.at(from);
    std::vector<ModelPage> moved;
    for (u64 i = 0; i != new_count; ++i) {
        ModelPage page = i < old_count ? pages.at(from + i) : first;
        if (i >= old_count) become_fresh(page);
        if (first.file != nullptr) page.index = first.index + i;
        moved.push_back(page);
    }
    for (u64 i = 0; keep_old && i != old_count; ++i) become_fresh(pages.at(from + i));
    if (!keep_old) erase(from, from + old_count);
    for (u64 i = 0; i != new_count; ++i) pages[to + i] = moved[i];
    if (first.has(VM_LOCKED)) populate(to + old_count, to + new_count);
    return static_cast<i64>(to << PAGE_SHIFT);
}

i64 ModelSpace::grow(u64 from, u64 old_count, u64 new_count, u64 flags, const Bounds& region) {
    const ModelPage first = pages.at(from);
    if (old_count == 0 && first.is_private()) return -EINVAL;
    const u64 end = page_of(region.end);
    if (from + old_count > end) return -EFAULT;
    if (from + old_count == end && !any_mapped(end, from + new_count)) {
        for (u64 i = old_count; i != new_count; ++i) {
            ModelPage& page = pages[from + i] = first;
            if (first.file != nullptr) page.index = first.index + i;
            become_fresh(page);
        }
        if (first.has(VM_LOCKED)) populate(from + old_count, from + new_count);
        return static_cast<i64>(from << PAGE_SHIFT);
    }
    if ((flags & MREMAP_MAYMOVE) == 0) return -ENOMEM;
    return move(from, old_count, choose_address(new_count, first.file == nullptr), new_count, false);
}

i64 ModelSpace::mremap(u64 addr, u64 old_len, u64 new_len, u64 flags, u64 new_addr, std::optional<Bounds> region) {
    const u64 from = page_of(addr), new_count = pages_of(new_len);
    u64 old_count = pages_of(old_len), to = page_of(new_addr);
    if (!region) return -EFAULT;
    if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) == 0) {
        if (old_count < new_count) return grow(from, old_count, new_count, flags, *region);
        erase(from + new_count, from + old_count);
        return static_cast<i64>(addr);
    }
    if (from + old_count > to && to + new_count > from) return -EINVAL;
    const bool fixed = (flags & MREMAP_FIXED) != 0;
    if (fixed) erase(to, to + new_count);
    if (old_count > new_count) {
        erase(from + new_count, from + old_count);
        old_count = new_count;
    }
    if (!is_mapped(from)) return -EFAULT;
    if (old_count == 0 && pages.at(from).is_private()) return -EINVAL;
    if (from + old_count > page_of(region->end)) return -EFAULT;
    // Without MREMAP_FIXED the new address is a hint.
    const bool anonymous = pages.at(from).file == nullptr;
    if (!fixed && (to == 0 || !hint_is_free(to, new_count))) to = choose_address(new_count, anonymous && to == 0);
    return move(from, old_count, to, new_count, (flags & MREMAP_DONTUNMAP) != 0);
}

i64 ModelSpace::advise_page(ModelPage& page, int advice) {
    const bool anonymous = page.file == nullptr;
    const auto change = [&page](u64 clear, u64 set) {
        page.flags = (page.flags & ~clear) | set;
        return 0;
    };
    switch (advice) {
        case MADV_NORMAL: return change(VM_RAND_READ | VM_SEQ_READ, 0);
        case MADV_RANDOM: return change(VM_SEQ_READ, VM_RAND_READ);
        case MADV_SEQUENTIAL: return change(VM_RAND_READ, VM_SEQ_READ);
        case MADV_HUGEPAGE: return change(VM_NOHUGEPAGE, VM_HUGEPAGE);
        case MADV_NOHUGEPAGE: return change(VM_HUGEPAGE, VM_NOHUGEPAGE);
        case MADV_DONTFORK: return change(0, VM_DONTCOPY);
        case MADV_DOFORK: return change(VM_DONTCOPY, 0);
        case MADV_KEEPONFORK: return change(VM_WIPEONFORK, 0);
        case MADV_WIPEONFORK: return anonymous ? change(0, VM_WIPEONFORK) : -EINVAL;
        case MADV_FREE: return anonymous && !page.has(VM_LOCKED) ? 0 : -EINVAL;
        case MADV_COLD:
        case MADV_PAGEOUT: return page.has(VM_LOCKED) ? -EINVAL : 0;
        case MADV_DONTNEED:
            if (page.has(VM_LOCKED)) return -EINVAL;
            become_fresh(page);
            return 0;
        default: return 0;
    }
}

i64 ModelSpace::populate_advice(u64 from, u64 to, bool write) {
    for (u64 page = from; page != to; ++page) {
        const auto at = pages.find(page);
        if (at == pages.end()) return -ENOMEM;
        if (!at->second.has(write ? VM_WRITE : VM_READ)) return -EINVAL;
        if (at->second.beyond_end()) return -EFAULT;
        if (write) become_own(at->second);
    }
    return 0;
}

i64 ModelSpace::madvise(u64 addr, u64 len, int advice) {
    const u64 from = page_of(addr), to = from + pages_of(len);
    if (advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE)
        return populate_advice(from, to, advice == MADV_POPULATE_WRITE);
    i64 hole = 0;
    for (u64 page = from; page != to; ++page) {
        const auto at = pages.find(page);
        if (at == pages.end())
            hole = -ENOMEM;
        else if (const i64 error = advise_page(at->second, advice); error != 0)
            return error;
    }
    return hole;
}

i64 ModelSpace::set_brk(u64 to) {
    const i64 old = static_cast<i64>(brk);
    if (to < start_brk) return old;
    const u64 old_end = pages_of(brk), new_end = pages_of(to);
    if (new_end > old_end) {
        const auto next = pages.lower_bound(old_end);
        if (next != pages.end() && new_end + 1 > guarded_start(next->first, next->second)) return old;
        for (u64 page = old_end; page != new_end; ++page) pages[page] = {.flags = VM_READ | VM_WRITE};
    } else if (new_end < old_end) {
        if (!any_mapped(new_end, old_end)) return old;
        erase(new_end, old_end);
    }
    brk = to;
    return static_cast<i64>(to);
}

ModelSpace ModelSpace::fork() const {
    ModelSpace child = *this;
    for (auto at = child.pages.begin(); at != child.pages.end();) {
        ModelPage& page = at->second;
        page.flags &= ~VM_LOCKED;
        if (page.has(VM_WIPEONFORK)) become_fresh(page);
        at = page.has(VM_DONTCOPY) ? child.pages.erase(at) : std::next(at);
    }
    return child;
}

bool ModelSpace::grow_stack(u64 page, const Bounds& region) {
    const auto next = pages.lower_bound(page);
    if (next == pages.end() || !next->second.has(VM_GROWSDOWN)) return false;
    if (next != pages.begin()) {
        const auto& [below, prev] = *std::prev(next);
        if (!prev.has(VM_GROWSDOWN) && prev.has(VM_ACCESS_FLAGS) && page - (below + 1) < kGuard) return false;
    }
    if (region.end - (page << PAGE_SHIFT) > kStackLimit) return false;
    const ModelPage fresh{.flags = next->second.flags};
    for (u64 at = page, end = next->first; at != end; ++at) pages[at] = fresh;
    return true;
}

Outcome ModelSpace::access(u64 address, AccessKind kind, std::optional<Bounds> region) {
    const u64 page = page_of(address);
    if (!region || (!is_mapped(page) && !grow_stack(page, *region))) return Outcome::Segv;
    ModelPage& entry = pages.at(page);
    const u64 one_of = kind == AccessKind::Execute ? VM_EXEC : kind == AccessKind::Write ? VM_WRITE : VM_ACCESS_FLAGS;
    if (!entry.has(one_of)) return Outcome::Segv;
    if (entry.beyond_end()) return Outcome::Bus;
    if (kind == AccessKind::Write) become_own(entry);
    return Outcome::Done;
}

void ModelSpace::store(u64 address, unsigned watched, u8 value) {
    ModelPage& page = pages.at(page_of(address));
    (page.own ? page.content : page.file->pages[page.index])[watched] = value;
}

}  // namespace km_test
