#include "kernel_model/process/exec.h"

#include "kernel_model/boot/text.h"
#include "kernel_model/mm/address_space.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "kernel_model/process/elf.h"
#include "kernel_model/process/exec_stack.h"
#include "kernel_model/process/initrd.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/user_access.h"

namespace km {

bool ExecStrings::add(const char* text) {
    const auto length = static_cast<unsigned>(length_of(text)) + 1;
    if (count_ == kMaxStrings || length > kMaxBytes - size_) return false;
    for (unsigned i = 0; i < length; ++i) bytes_[size_ + i] = text[i];
    offsets_[count_++] = size_;
    size_ += length;
    return true;
}
bool ExecStrings::add_argument(const char* text) {
    if (!add(text)) return false;
    ++arguments_;
    return true;
}
bool ExecStrings::add_environment(const char* text) { return add(text); }

namespace {

constexpr u64 kPage = 4096;
constexpr u64 page_start(u64 address) { return arch::align_down(address, kPage); }
constexpr u64 page_align(u64 address) { return arch::align_up(address, kPage); }

const elf::ProgramHeader* program_headers(const InitrdFile& file, const elf::Header& header) {
    return reinterpret_cast<const elf::ProgramHeader*>(file.bytes + header.e_phoff);
}

// A segment without bytes in the file may have any offset.
bool segment_is_sound(const InitrdFile& file, const elf::ProgramHeader& segment) {
    if (segment.p_filesz > segment.p_memsz || !access_ok(segment.p_vaddr, segment.p_memsz)) return false;
    if (segment.p_filesz == 0) return true;
    return segment.p_offset <= file.size && segment.p_filesz <= file.size - segment.p_offset &&
           (segment.p_vaddr - segment.p_offset) % kPage == 0;
}

// The header, if this is a static AArch64 program whose tables and segments lie inside the file; else null.
const elf::Header* elf_header(const InitrdFile& file) {
    const auto* header = reinterpret_cast<const elf::Header*>(file.bytes);
    if (file.size < sizeof *header || header->magic != elf::kMagic || header->file_class != elf::kClass64 ||
        header->e_type != elf::ET_EXEC || header->e_machine != elf::EM_AARCH64 ||
        header->e_phentsize != sizeof(elf::ProgramHeader))
        return nullptr;
    if (header->e_phoff > file.size || header->e_phnum > (file.size - header->e_phoff) / sizeof(elf::ProgramHeader))
        return nullptr;
    const elf::ProgramHeader* segment = program_headers(file, *header);
    for (unsigned i = 0; i < header->e_phnum; ++i) {
        if (segment[i].p_type == elf::PT_INTERP) return nullptr;
        if (segment[i].p_type != elf::PT_LOAD) continue;
        if (!segment_is_sound(file, segment[i])) return nullptr;
    }
    return header;
}

u64 protection_of(const elf::ProgramHeader& segment) {
    return ((segment.p_flags & elf::PF_R) != 0 ? PROT_READ : 0) | ((segment.p_flags & elf::PF_W) != 0 ? PROT_WRITE : 0) |
           ((segment.p_flags & elf::PF_X) != 0 ? PROT_EXEC : 0);
}

// Linux: elf_load(): the file's bytes, zeros to the end of their last page, anonymous pages for the rest.
bool map_segment(AddressSpace& mm, InitrdFile& file, const elf::ProgramHeader& segment) {
    const u64 start = page_start(segment.p_vaddr);
    const u64 file_end = segment.p_vaddr + segment.p_filesz;
    const u64 end = page_align(segment.p_vaddr + segment.p_memsz);
    const u64 protection = protection_of(segment);
    const u64 file_pages_end = segment.p_filesz != 0 ? page_align(file_end) : start;
    if (file_pages_end != start) {
        File* pages = page_cache_of(file);
        if (pages == nullptr || do_mmap(mm, start, file_pages_end - start, protection, MAP_PRIVATE | MAP_FIXED, pages,
                                        page_start(segment.p_offset) / kPage) < 0)
            return false;
        if (segment.p_memsz > segment.p_filesz && (segment.p_flags & elf::PF_W) != 0 && file_pages_end != file_end &&
            !clear_user(file_end, file_pages_end - file_end))
            return false;
    }
    return end <= file_pages_end || do_mmap(mm, file_pages_end, end - file_pages_end, protection,
                                            MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, nullptr, 0) >= 0;
}

bool map_program(AddressSpace& mm, InitrdFile& file, const elf::Header& header) {
    const elf::ProgramHeader* segment = program_headers(file, header);
    u64 last = 0;
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        if (segment[i].p_type != elf::PT_LOAD) continue;
        if (!map_segment(mm, file, segment[i])) return false;
        const u64 end = segment[i].p_vaddr + segment[i].p_memsz;
        if (end > last) last = end;
    }
    mm.start_brk = mm.brk = page_align(last);
    return true;
}

u64 program_header_address(const InitrdFile& file, const elf::Header& header) {
    const elf::ProgramHeader* segment = program_headers(file, header);
    for (unsigned i = 0; i < header.e_phnum; ++i)
        if (segment[i].p_type == elf::PT_LOAD && segment[i].p_offset <= header.e_phoff &&
            header.e_phoff < segment[i].p_offset + segment[i].p_filesz)
            return header.e_phoff - segment[i].p_offset + segment[i].p_vaddr;
    return 0;
}

// Linux: flush_old_exec(), exec_mmap().
void replace_address_space(Task& task, AddressSpace& mm) {
    AddressSpace* old = task.mm;
    task.mm = &mm;
    switch_mm(mm);
    if (old != nullptr) mm_destroy(*old);
}

}  // namespace

i64 do_execve(const char* path, const ExecStrings& strings, PtRegs& regs) {
    InitrdFile* file = find_initrd_file(path);
    if (file == nullptr) return -ENOENT;
    const elf::Header* header = elf_header(*file);
    if (header == nullptr) return -ENOEXEC;
    AddressSpace* mm = mm_alloc();
    if (mm == nullptr) return -ENOMEM;

    replace_address_space(*current(), *mm);
    const ProgramFacts facts{header->e_entry, program_header_address(*file, *header), header->e_phnum};
    u64 sp = 0;
    if (!make_stack(*mm, strings, facts, sp) || !map_program(*mm, *file, *header)) {
        send_signal(*current(), SIGKILL);
        return -ENOMEM;
    }
    regs = {};
    regs.pc = header->e_entry;
    regs.sp = sp;
    return 0;
}

}  // namespace km
