#include "kernel_model/process/initrd.h"

#include "kernel_model/boot/panic.h"
#include "kernel_model/boot/text.h"
#include "kernel_model/mm/file.h"

namespace km {
namespace {

constexpr unsigned kMaxFiles = 64;
constexpr u64 kHeaderBytes = 110;
constexpr u64 kSizeField = 54;       // "c_filesize", eight hexadecimal digits
constexpr u64 kNameSizeField = 94;   // "c_namesize", the terminator included
constexpr u64 kAlignment = 4;

InitrdFile files[kMaxFiles];
unsigned file_count;

u64 hex_field(const u8* at) {
    u64 value = 0;
    for (unsigned i = 0; i < 8; ++i) {
        const u8 c = at[i];
        const bool digit = c >= '0' && c <= '9';
        const bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'f';
        if (!digit && !letter) panic("the initrd has a malformed header");
        value = value << 4 | static_cast<u64>(digit ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

const char* without_root(const char* path) {
    while (starts_with(path, "/") || starts_with(path, "./")) path += *path == '.' ? 2 : 1;
    return path;
}

}  // namespace

void read_initrd(const u8* start, const u8* end) {
    for (const u8* at = start; at + kHeaderBytes <= end;) {
        const char* magic = reinterpret_cast<const char*>(at);
        if (!starts_with(magic, "070701")) panic("the initrd is no newc cpio archive");
        const char* name = magic + kHeaderBytes;
        if (equal(name, "TRAILER!!!")) return;
        const u64 size = hex_field(at + kSizeField);
        const u8* bytes = at + arch::align_up(kHeaderBytes + hex_field(at + kNameSizeField), kAlignment);
        if (bytes + size > end) break;
        if (file_count == kMaxFiles) panic("too many files in the initrd");
        if (size != 0) files[file_count++] = {without_root(name), bytes, size, nullptr};
        at = bytes + arch::align_up(size, kAlignment);
    }
    panic("the initrd is truncated");
}

InitrdFile* find_initrd_file(const char* path) {
    for (unsigned i = 0; i < file_count; ++i)
        if (equal(files[i].name, without_root(path))) return &files[i];
    return nullptr;
}

File* page_cache_of(InitrdFile& file) {
    if (file.page_cache == nullptr) file.page_cache = file_create(file.bytes, file.size);
    return file.page_cache;
}

void drop_page_caches() {
    for (unsigned i = 0; i < file_count; ++i) {
        if (files[i].page_cache != nullptr) file_put(files[i].page_cache);
        files[i].page_cache = nullptr;
    }
}

}  // namespace km
