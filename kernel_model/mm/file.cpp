#include "kernel_model/mm/file.h"

#include "kernel_model/lib/object_pool.h"
#include "kernel_model/mm/folio.h"

namespace km {
namespace {

ObjectPool<File> files;

bool fill_cache(File& file, const u8* bytes) {
    for (u64 offset = 0; offset < file.size; offset += PAGE_SIZE) {
        Page* const page = file_find_or_create_page(file, offset >> PAGE_SHIFT);
        if (page == nullptr) return false;
        __builtin_memcpy(page_address(page), bytes + offset, min(PAGE_SIZE, file.size - offset));
    }
    return true;
}

}  // namespace

File* file_create(const u8* bytes, u64 size) {
    File* const file = files.create();
    if (file == nullptr) return nullptr;
    file->size = size;
    if (bytes != nullptr && !fill_cache(*file, bytes)) {
        file_put(file);
        return nullptr;
    }
    return file;
}

void file_put(File* file) {
    if (--file->references != 0) return;
    file->pages.clear([](void* page) { folio_put(page_folio(static_cast<Page*>(page))); });
    files.destroy(file);
}

Page* file_find_page(File& file, u64 index) { return static_cast<Page*>(file.pages.find(index)); }

Page* file_find_or_create_page(File& file, u64 index) {
    if (Page* const page = file_find_page(file, index)) return page;
    Folio* const folio = folio_alloc(0, true);
    if (folio == nullptr) return nullptr;
    folio->page.own = {reinterpret_cast<u64>(&file), index, 0};
    if (!file.pages.insert(index, &folio->page)) {
        folio_put(folio);
        return nullptr;
    }
    ++file.nr_pages;
    return &folio->page;
}

}  // namespace km
