// The initrd: a cpio archive in "newc" format, read in place. Format: cpio(5), "New ASCII Format".
#pragma once

#include "mmu/arch/bits.h"

namespace km {

using arch::u64;
using arch::u8;

struct File;

struct InitrdFile {
    const char* name{nullptr};  // without a leading slash
    const u8* bytes{nullptr};   // in the linear map
    u64 size{0};
    File* page_cache{nullptr};  // made at the first mapping
};

// [start, end) in the linear map. Panics on a malformed archive.
void read_initrd(const u8* start, const u8* end);
// `path` with or without a leading slash; null: there is none.
[[nodiscard]] InitrdFile* find_initrd_file(const char* path);
// The file's page cache. Null: no memory.
[[nodiscard]] File* page_cache_of(InitrdFile& file);
// Before power-off, when no region maps them any more.
void drop_page_caches();

}  // namespace km
