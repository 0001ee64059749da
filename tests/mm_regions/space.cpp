#include "tests/mm_regions/space.h"

#include <stdexcept>

namespace km_test {

using namespace km;

namespace {

char letter(const Vma& vma) {
    switch (vma.vm_flags & VM_ACCESS_FLAGS) {
        case 0: return 'n';
        case VM_READ: return 'r';
        case VM_READ | VM_WRITE: return 'w';
        case VM_READ | VM_EXEC: return 'x';
        case VM_READ | VM_WRITE | VM_EXEC: return 'a';
        default: return '?';
    }
}

}  // namespace

Space::Space() : mm{*mm_alloc()} {}

Space::~Space() { mm_destroy(mm); }

i64 Space::map(u64 first, u64 pages, u64 prot, u64 flags, File* file, u64 pgoff) {
    return do_mmap(mm, at(first), pages * kPage, prot, flags | MAP_FIXED, file, pgoff);
}

void Space::touch(u64 first, u64 pages) {
    for (u64 page = first; page != first + pages; ++page)
        if (handle_mm_fault(region(page), at(page), {.write = true, .user = true}) != FaultOutcome::Handled)
            throw std::runtime_error("the fault was refused");
}

Vma& Space::region(u64 page) {
    Vma* const vma = vma_lookup(mm, at(page));
    if (vma == nullptr) throw std::runtime_error("no region there");
    return *vma;
}

std::string Space::picture() const {
    std::string picture;
    for (const Vma* vma = find_vma(mm, kBase); vma != nullptr; vma = vma->next) {
        picture.resize((vma->vm_start - kBase) / kPage, '.');
        const std::string::size_type start = picture.size();
        picture.append(vma->pages(), letter(*vma));
        picture[start] = static_cast<char>(picture[start] - 'a' + 'A');
    }
    return picture;
}

}  // namespace km_test
