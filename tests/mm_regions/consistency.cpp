#include "tests/mm_regions/consistency.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "kernel_model/mm/folio.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/pte.h"
#include "tests/support/mm_machine.h"

namespace km_test {

using namespace km;

namespace {

// What the model does not follow: what a mapping may become, and accounting.
constexpr u64 kUnmodelled = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_MAYSHARE | VM_ACCOUNT;

std::string difference(const char* what, u64 page) {
    char text[120];
    std::snprintf(text, sizeof text, "%s, at %#llx", what, static_cast<unsigned long long>(page << PAGE_SHIFT));
    return text;
}

// A file is bound to its model when it is first seen.
bool same_file(const Vma& vma, const ModelPage& page) {
    if (page.file == nullptr || vma.vm_file == nullptr) return page.file == nullptr && vma.vm_file == nullptr;
    if (page.file->real == nullptr) page.file->real = vma.vm_file;
    return page.file->real == vma.vm_file;
}

std::string page_of_region_differs(const Vma& vma, u64 number, const ModelPage& page) {
    if ((vma.vm_flags & ~kUnmodelled) != page.flags) return difference("the region's flags differ", number);
    if (!same_file(vma, page)) return difference("the region's file differs", number);
    if (page.file != nullptr && vma.linear_page_index(number << PAGE_SHIFT) != page.index)
        return difference("the offset in the file differs", number);
    return {};
}

bool content_differs(const u8* frame, const Content& content) {
    for (unsigned i = 0; i != kWatched.size(); ++i)
        if (frame[kWatched[i]] != content[i]) return true;
    return false;
}

const u8* frame_of(Pte pte) { return static_cast<const u8*>(port::phys_to_virt(pte_pfn(pte) << PAGE_SHIFT)); }

std::string entry_differs(Pte pte, u64 number, const ModelPage& page) {
    if (!pte_present(pte)) return page.own ? difference("a written page is lost", number) : std::string{};
    // A private page of the page cache must not be written; a fresh anonymous one may come writable with its folio.
    const bool cached = page.is_private() && page.file != nullptr && !page.own;
    const bool may_write = page.has(VM_WRITE) && !cached && pte_pfn(pte) != zero_pfn;
    if (pte_valid(pte) && !page.has(VM_ACCESS_FLAGS)) return difference("a page without rights is valid", number);
    if (pte_valid(pte) && pte_write(pte) && !may_write) return difference("a page is writable", number);
    if (pte_valid(pte) && (pte.raw & PTE_UXN) == 0 && !page.has(VM_EXEC))
        return difference("a page is executable", number);
    return content_differs(frame_of(pte), page.visible()) ? difference("the content differs", number) : std::string{};
}

using PageBytes = std::array<u8, PAGE_SIZE>;

PageBytes background_of(const ModelPage& page) {
    PageBytes bytes{};
    if (page.file != nullptr && page.file->seed != 0)
        for (u64 offset = 0; offset != PAGE_SIZE; ++offset)
            bytes[offset] = page.file->background(page.index * PAGE_SIZE + offset);
    return bytes;
}

u64 count_entries(const AddressSpace& mm) {
    u64 count = 0;
    for_each_page_table(mm, 0, mm.task_size, [&count](const u64* pmd, u64, u64) {
        const u64* const table = table_of(*pmd);
        count += static_cast<u64>(std::count_if(table, table + PTRS_PER_PTE, [](u64 entry) { return entry != 0; }));
    });
    return count;
}

}  // namespace

std::string regions_differ(const AddressSpace& mm, const ModelSpace& model) {
    u64 count = 0;
    for (const Vma* vma = mm.vmas.first(); vma != nullptr; vma = vma->next) {
        auto at = model.pages.find(vma->vm_start >> PAGE_SHIFT);
        for (u64 number = vma->vm_start >> PAGE_SHIFT; number != vma->vm_end >> PAGE_SHIFT; ++number, ++at, ++count) {
            if (at == model.pages.end() || at->first != number)
                return difference("a region where nothing should be", number);
            if (std::string found = page_of_region_differs(*vma, number, at->second); !found.empty()) return found;
        }
    }
    if (count != model.pages.size()) return "a region is missing";
    return mm.brk == model.brk ? std::string{} : "the end of the heap differs";
}

std::string pages_differ(const AddressSpace& mm, const ModelSpace& model) {
    u64 present = 0;
    for (const auto& [number, page] : model.pages) {
        const Pte pte{raw_entry(mm, number << PAGE_SHIFT)};
        if (!pte_none(pte)) ++present;
        if (std::string found = entry_differs(pte, number, page); !found.empty()) return found;
    }
    return present == count_entries(mm) ? std::string{} : "a page is mapped where no region is";
}

std::string file_differs(const ModelFile& file) {
    if (file.real == nullptr) return {};
    for (u64 index = 0; index != file.pages.size(); ++index) {
        const Page* const page = file_find_page(*file.real, index);
        if (page == nullptr) {
            if (file.pages[index] != Content{}) return difference("a written page of a file is lost", index);
        } else if (content_differs(static_cast<const u8*>(page_address(page)), file.pages[index])) {
            return difference("a file's content differs", index);
        }
    }
    return {};
}

std::string background_differs(const AddressSpace& mm, const ModelSpace& model) {
    for (const auto& [number, page] : model.pages) {
        const Pte pte{raw_entry(mm, number << PAGE_SHIFT)};
        if (!pte_present(pte)) continue;
        PageBytes expected = background_of(page);
        const u8* const frame = frame_of(pte);
        for (const u64 offset : kWatched) expected[offset] = frame[offset];
        if (std::memcmp(frame, expected.data(), PAGE_SIZE) != 0)
            return difference("a byte that nobody wrote differs", number);
    }
    return {};
}

}  // namespace km_test
