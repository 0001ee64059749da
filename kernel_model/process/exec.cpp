#include "kernel_model/process/exec.h"

#include "kernel_model/fs/content.h"
#include "kernel_model/fs/open_file.h"
#include "kernel_model/fs/path.h"
#include "kernel_model/mm/address_space.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "kernel_model/mm/unmapped_area.h"
#include "kernel_model/process/elf.h"
#include "kernel_model/process/exec_stack.h"
#include "kernel_model/process/fpsimd.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/user_access.h"
#include "kernel_model/process/vfork.h"

namespace km {
namespace {

constexpr u64 kPage = 4096;
constexpr u64 kElfEtDynBase = kTaskSize / 3 * 2 & ~(kPage - 1);  // Linux: ELF_ET_DYN_BASE
constexpr u64 kMaxSegments = 24;
constexpr u64 page_start(u64 address) { return arch::align_down(address, kPage); }
constexpr u64 page_align(u64 address) { return arch::align_up(address, kPage); }

// The program's headers, copied out of the file.
struct Image {
    Node& file;
    elf::Header header{};
    elf::ProgramHeader segment[kMaxSegments]{};
    u64 bias{0};  // of a position-independent one: added to every address in the file

    [[nodiscard]] unsigned count() const { return header.e_phnum; }
    [[nodiscard]] bool position_independent() const { return header.e_type == elf::ET_DYN; }
};

// A segment without bytes in the file may have any offset.
bool segment_is_sound(const Node& file, const elf::ProgramHeader& segment) {
    if (segment.p_filesz > segment.p_memsz || !access_ok(segment.p_vaddr, segment.p_memsz)) return false;
    if (segment.p_filesz == 0) return true;
    return segment.p_offset <= file.size && segment.p_filesz <= file.size - segment.p_offset &&
           (segment.p_vaddr - segment.p_offset) % kPage == 0;
}

bool header_is_sound(const elf::Header& header) {
    return header.magic == elf::kMagic && header.file_class == elf::kClass64 &&
           (header.e_type == elf::ET_EXEC || header.e_type == elf::ET_DYN) && header.e_machine == elf::EM_AARCH64 &&
           header.e_phentsize == sizeof(elf::ProgramHeader) && header.e_phnum <= kMaxSegments;
}

// Whether this is a static AArch64 program whose tables and segments lie inside the file.
bool read_image(Image& image) {
    const Node& file = image.file;
    if (file.size < sizeof image.header) return false;
    copy_content(file, 0, &image.header, sizeof image.header);
    const elf::Header& header = image.header;
    if (!header_is_sound(header) || header.e_phoff > file.size ||
        header.e_phnum > (file.size - header.e_phoff) / sizeof(elf::ProgramHeader))
        return false;
    copy_content(file, header.e_phoff, image.segment, header.e_phnum * sizeof(elf::ProgramHeader));
    for (unsigned i = 0; i < image.count(); ++i) {
        if (image.segment[i].p_type == elf::PT_INTERP) return false;
        if (image.segment[i].p_type == elf::PT_LOAD && !segment_is_sound(file, image.segment[i])) return false;
    }
    return true;
}

u64 protection_of(const elf::ProgramHeader& segment) {
    return ((segment.p_flags & elf::PF_R) != 0 ? PROT_READ : 0) | ((segment.p_flags & elf::PF_W) != 0 ? PROT_WRITE : 0) |
           ((segment.p_flags & elf::PF_X) != 0 ? PROT_EXEC : 0);
}

// Linux: elf_load(): the file's bytes, zeros to the end of their last page, anonymous pages for the rest.
bool map_segment(AddressSpace& mm, const Image& image, const elf::ProgramHeader& segment) {
    const u64 address = segment.p_vaddr + image.bias;
    const u64 start = page_start(address);
    const u64 file_end = address + segment.p_filesz;
    const u64 end = page_align(address + segment.p_memsz);
    const u64 protection = protection_of(segment);
    const u64 file_pages_end = segment.p_filesz != 0 ? page_align(file_end) : start;
    if (file_pages_end != start) {
        File* pages = pages_of(image.file);
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

// Without an interpreter Linux leaves the place to mmap, at the alignment of the segments.
bool choose_bias(const AddressSpace& mm, Image& image) {
    if (!image.position_independent()) return true;
    u64 first = ~u64{0}, last = 0, alignment = kPage;
    for (unsigned i = 0; i < image.count(); ++i) {
        const elf::ProgramHeader& segment = image.segment[i];
        if (segment.p_type != elf::PT_LOAD) continue;
        first = min(first, page_start(segment.p_vaddr));
        last = max(last, segment.p_vaddr + segment.p_memsz);
        if ((segment.p_align & (segment.p_align - 1)) == 0) alignment = max(alignment, segment.p_align);
    }
    if (last <= first) return false;
    const i64 place = get_unmapped_area(mm, nullptr, 0, page_align(last - first) + alignment, 0);
    if (place < 0) return false;
    image.bias = arch::align_up(static_cast<u64>(place), alignment) - arch::align_down(first, alignment);
    return true;
}

bool map_program(AddressSpace& mm, Image& image) {
    u64 last = 0;
    for (unsigned i = 0; i < image.count(); ++i) {
        const elf::ProgramHeader& segment = image.segment[i];
        if (segment.p_type != elf::PT_LOAD) continue;
        if (!map_segment(mm, image, segment)) return false;
        last = max(last, segment.p_vaddr + segment.p_memsz);
    }
    mm.start_brk = mm.brk = image.position_independent() ? kElfEtDynBase : page_align(last);
    return true;
}

u64 program_header_address(const Image& image) {
    const u64 at = image.header.e_phoff;
    for (unsigned i = 0; i < image.count(); ++i) {
        const elf::ProgramHeader& segment = image.segment[i];
        if (segment.p_type == elf::PT_LOAD && segment.p_offset <= at && at < segment.p_offset + segment.p_filesz)
            return at - segment.p_offset + segment.p_vaddr + image.bias;
    }
    return 0;
}

// Linux: begin_new_exec(): what the old program had and the new one does not.
void replace_program(Task& task, Node& file, AddressSpace& mm) {
    AddressSpace* old = task.mm;
    const bool borrowed = task.borrows_mm;
    task.mm = &mm;
    switch_mm(mm);
    if (borrowed)
        end_vfork(task);
    else if (old != nullptr)
        mm_destroy(*old);
    node_get(file);
    if (task.program != nullptr) node_put(*task.program);
    task.program = &file;
    task.clear_child_tid = 0;
    task.tpidr_el0 = 0;
    asm volatile("msr tpidr_el0, xzr");
    close_files_on_exec(task);
    reset_handlers(task);
    fpsimd_forget(task);
}

// The old program is gone: there is nobody to return an error to.
i64 die(Task& task) {
    send_signal(task, SIGKILL);
    return -ENOMEM;
}

i64 run_image(const char* path, Image& image, const ExecStrings& strings, PtRegs& regs) {
    AddressSpace* mm = mm_alloc();
    if (mm == nullptr) return -ENOMEM;
    Task& task = *current();
    replace_program(task, image.file, *mm);
    if (!choose_bias(*mm, image)) return die(task);
    const ProgramFacts facts{image.header.e_entry + image.bias, program_header_address(image), image.count(), path};
    u64 sp = 0;
    if (!make_stack(*mm, strings, facts, sp) || !map_program(*mm, image)) return die(task);
    regs = {};
    regs.pc = facts.entry;
    regs.sp = sp;
    return 0;
}

// The first line of a script: "#! interpreter [argument]". Linux: fs/binfmt_script.c.
struct Script {
    static constexpr u64 kLine = 256;  // BINPRM_BUF_SIZE
    char line[kLine + 1]{};
    char* interpreter{nullptr};
    char* argument{nullptr};
};

char* skip_blanks(char* at) {
    while (*at == ' ' || *at == '\t') ++at;
    return at;
}

bool read_script(const Node& file, Script& out) {
    copy_content(file, 0, out.line, min(file.size, Script::kLine));
    if (out.line[0] != '#' || out.line[1] != '!') return false;
    char* end = out.line;
    while (*end != '\n' && *end != '\0') ++end;
    while (end[-1] == ' ' || end[-1] == '\t') --end;
    *end = '\0';
    char* at = out.interpreter = skip_blanks(out.line + 2);
    while (*at != '\0' && *at != ' ' && *at != '\t') ++at;
    if (*at == '\0') return *out.interpreter != '\0';
    *at = '\0';
    out.argument = skip_blanks(at + 1);
    return true;
}

i64 run_file(const char* path, Node& file, const ExecStrings& strings, PtRegs& regs) {
    Image image{.file = file};
    return read_image(image) ? run_image(path, image, strings, regs) : -ENOEXEC;
}

Node* program_at(const char* path, i64& error) {
    Lookup found;
    look_up({current()->working_directory}, path, found);
    error = found.error != 0 ? found.error : -EACCES;
    if (found.error != 0 || found.node->kind != NodeKind::Regular || (found.node->permissions & 0111) == 0) return nullptr;
    return found.node;
}

i64 run_script(const char* path, const Script& script, ExecStrings& strings, PtRegs& regs) {
    i64 error = 0;
    Node* interpreter = program_at(script.interpreter, error);
    if (interpreter == nullptr) return error;
    error = strings.replace_first(script.interpreter, script.argument, path);
    return error != 0 ? error : run_file(path, *interpreter, strings, regs);
}

}  // namespace

i64 do_execve(const char* path, ExecStrings& strings, PtRegs& regs) {
    i64 error = 0;
    Node* file = program_at(path, error);
    if (file == nullptr) return error;
    Script script;
    return read_script(*file, script) ? run_script(path, script, strings, regs) : run_file(path, *file, strings, regs);
}

}  // namespace km
