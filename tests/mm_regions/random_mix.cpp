#include "tests/mm_regions/random_mix.h"

#include <cstdio>
#include <stdexcept>

#include "tests/mm_regions/consistency.h"
#include "tests/support/mm_invariants.h"
#include "tests/support/mm_machine.h"

namespace km_test {

using namespace km;

namespace {

// The part of the address space where fixed addresses fall: over the boundary of a top-level entry.
constexpr u64 kWindowPages = 1280;
constexpr u64 kWindow = (u64{1} << 39) - 640 * PAGE_SIZE;
constexpr u64 kYard = u64{1} << 38;  // where whole page tables move about
constexpr u64 kYardSlots = 4;
constexpr u64 kYardSlot = 8 * PMD_SIZE;
constexpr u64 kHeap = kWindow - 48 * PAGE_SIZE;  // grows into the window
constexpr unsigned kMaxProcesses = 4;
constexpr u64 kScarce = 900;  // free pages below which a process gives up its memory: running out is another test

ModelFile* make_file(std::vector<std::unique_ptr<ModelFile>>& files, u64 seed, u64 size) {
    files.push_back(std::make_unique<ModelFile>(seed, size));
    ModelFile& model = *files.back();
    std::vector<u8> bytes(size);
    for (u64 i = 0; i != size; ++i) bytes[i] = model.background(i);
    model.real = file_create(bytes.data(), size);
    return &model;
}

template <class... Args>
std::string text(const char* format, Args... args) {
    char buffer[200];
    std::snprintf(buffer, sizeof buffer, format, args...);
    return buffer;
}

unsigned long long wide(u64 value) { return value; }

}  // namespace

RandomMix::RandomMix(u64 seed, Memory memory) : dice_{seed}, memory_{memory} {
    port::recorder.start();
    make_file(files_, 17, 37 * PAGE_SIZE + 123);
    make_file(files_, 99, 70 * PAGE_SIZE);
    named_files_ = 2;
    Process init{mm_alloc(), {}};
    init.mm->mmap_base = init.model.mmap_base = kWindow + kWindowPages * PAGE_SIZE;
    init.mm->start_brk = init.mm->brk = init.model.start_brk = init.model.brk = kHeap;
    processes_.push_back(std::move(init));
}

RandomMix::~RandomMix() {
    leave_mm();
    for (const Process& process : processes_) mm_destroy(*process.mm);
    for (unsigned i = 0; i != named_files_; ++i) file_put(files_[i]->real);
    port::recorder.stop();
}

// Mostly in a region or at its edge; now and then anywhere in the window.
u64 RandomMix::any_page(const Process& process) {
    const u64 anywhere = (kWindow >> PAGE_SHIFT) + below(kWindowPages);
    const u64 regions = process.mm->vmas.size();
    if (regions == 0 || one_in(3)) return anywhere;
    const Vma* vma = process.mm->vmas.first();
    for (u64 skip = below(regions); skip != 0; --skip) vma = vma->next;
    const u64 start = vma->vm_start >> PAGE_SHIFT, end = vma->vm_end >> PAGE_SHIFT;
    switch (below(6)) {
        case 0: return start;
        case 1: return end - 1;
        case 2: return end;
        case 3: return start + below(vma->pages()) / 16 * 16;
        default: return start + below(vma->pages());
    }
}

// In pages.
u64 RandomMix::any_length() {
    switch (below(12)) {
        case 0: return 512;
        case 1: return 513 + below(100);
        case 2:
        case 3: return 16;
        case 4: return 32 + below(64);
        case 5: return 64;
        case 6:
        case 7: return 1;
        default: return 1 + below(40);
    }
}

u64 RandomMix::any_protection() {
    constexpr u64 kProtections[] = {PROT_NONE,  PROT_READ, PROT_WRITE,           PROT_EXEC, PROT_READ | PROT_EXEC,
                                    PROT_READ, PROT_READ | PROT_WRITE | PROT_EXEC};
    return one_in(2) ? PROT_READ | PROT_WRITE : kProtections[below(std::size(kProtections))];
}

std::optional<Bounds> RandomMix::region_from(const Process& process, u64 address) const {
    const Vma* const vma = find_vma(*process.mm, address);
    return vma != nullptr ? std::optional{Bounds{vma->vm_start, vma->vm_end}} : std::nullopt;
}
std::optional<Bounds> RandomMix::region_at(const Process& process, u64 address) const {
    const auto region = region_from(process, address);
    return region && region->start <= address ? region : std::nullopt;
}

std::string RandomMix::compare(const char* call, i64 real, i64 model) {
    return real == model ? std::string{}
                         : text("%s returned %#llx instead of %#llx", call, wide(static_cast<u64>(real)),
                                wide(static_cast<u64>(model)));
}

std::string RandomMix::do_access(Process& process, u64 address, AccessKind kind) {
    const std::optional<Bounds> region = region_from(process, address);
    u8* byte = nullptr;
    const Outcome real = core_.access(*process.mm, address, kind, byte);
    const Outcome expected = process.model.access(address, kind, region);
    if (real != expected)
        return text("access at %#llx: outcome %d instead of %d", wide(address), static_cast<int>(real),
                    static_cast<int>(expected));
    if (real != Outcome::Done) return {};
    const unsigned watched = static_cast<unsigned>(below(kWatched.size()));
    u8* const target = byte - address % PAGE_SIZE + kWatched[watched];
    const u8 should_be = process.model.pages.at(address >> PAGE_SHIFT).visible()[watched];
    if (*target != should_be) return text("load at %#llx: %d instead of %d", wide(address), *target, should_be);
    if (kind != AccessKind::Write) return {};
    *target = static_cast<u8>(1 + below(255));
    process.model.store(address, watched, *target);
    return {};
}

std::string RandomMix::access_now(u64 address, AccessKind kind) { return do_access(processes_.front(), address, kind); }

std::string RandomMix::touch_run(Process& process) {
    const u64 first = any_page(process), count = one_in(3) ? any_length() : 1 + below(20);
    const u64 stride = one_in(3) ? 16 : 1;
    const AccessKind kind = one_in(3) ? AccessKind::Read : one_in(12) ? AccessKind::Execute : AccessKind::Write;
    last_call_ = text("touch %#llx, %llu pages by %llu, kind %d", wide(first << PAGE_SHIFT), wide(count), wide(stride),
                      static_cast<int>(kind));
    for (u64 page = first; page < first + count; page += stride)
        if (std::string found = do_access(process, (page << PAGE_SHIFT) + below(PAGE_SIZE), kind); !found.empty())
            return found;
    return {};
}

std::string RandomMix::map(Process& process) {
    u64 flags = 0;
    if (one_in(2))
        flags |= MAP_FIXED;
    else if (one_in(4))
        flags |= MAP_FIXED_NOREPLACE;
    if (one_in(8)) flags |= MAP_POPULATE;
    if (one_in(24)) flags |= MAP_LOCKED;
    if (one_in(16)) flags |= MAP_NORESERVE;
    if (one_in(3)) return map_file(process, flags);
    if (one_in(10)) flags |= MAP_GROWSDOWN;
    if (one_in(12)) flags |= MAP_STACK;
    const u64 addr = flags == 0 && one_in(2) ? 0 : any_page(process) << PAGE_SHIFT;
    const u64 len = any_length() * PAGE_SIZE - (one_in(4) ? 5 : 0), prot = any_protection();
    flags |= MAP_PRIVATE | MAP_ANONYMOUS;
    last_call_ = text("mmap %#llx, %#llx, prot %llu, flags %#llx", wide(addr), wide(len), wide(prot), wide(flags));
    return compare("mmap", do_mmap(*process.mm, addr, len, prot, flags, nullptr, 0),
                   process.model.mmap(addr, len, prot, flags, nullptr, 0));
}

std::string RandomMix::map_file(Process& process, u64 flags) {
    const u64 addr = any_page(process) << PAGE_SHIFT, len = (1 + below(40)) * PAGE_SIZE, prot = any_protection();
    const bool shared_anonymous = one_in(4);
    if (shared_anonymous) files_.push_back(std::make_unique<ModelFile>(0, len));
    ModelFile* const file = shared_anonymous ? files_.back().get() : files_[below(named_files_)].get();
    const u64 pgoff = shared_anonymous ? 0 : below(8);
    flags |= shared_anonymous ? MAP_SHARED | MAP_ANONYMOUS : one_in(2) ? MAP_SHARED : MAP_PRIVATE;
    last_call_ = text("mmap %#llx, %#llx, prot %llu, flags %#llx, page %llu of a file", wide(addr), wide(len),
                      wide(prot), wide(flags), wide(pgoff));
    return compare("mmap", do_mmap(*process.mm, addr, len, prot, flags, file->real, pgoff),
                   process.model.mmap(addr, len, prot, flags, file, pgoff));
}

std::string RandomMix::unmap(Process& process) {
    const u64 addr = any_page(process) << PAGE_SHIFT, len = any_length() * PAGE_SIZE;
    last_call_ = text("munmap %#llx, %#llx", wide(addr), wide(len));
    return compare("munmap", do_munmap(*process.mm, addr, len), process.model.munmap(addr, len));
}

std::string RandomMix::protect(Process& process) {
    const u64 addr = any_page(process) << PAGE_SHIFT, len = any_length() * PAGE_SIZE, prot = any_protection();
    last_call_ = text("mprotect %#llx, %#llx, prot %llu", wide(addr), wide(len), wide(prot));
    return compare("mprotect", do_mprotect(*process.mm, addr, len, prot), process.model.mprotect(addr, len, prot));
}

std::string RandomMix::remap(Process& process) {
    const u64 addr = any_page(process) << PAGE_SHIFT;
    const auto region = region_at(process, addr);
    u64 old_len = any_length() * PAGE_SIZE, new_len = any_length() * PAGE_SIZE, flags = one_in(5) ? 0 : MREMAP_MAYMOVE;
    // Mostly to the end of the region, or less.
    if (region && !one_in(6)) old_len = one_in(2) ? region->end - addr : std::min(old_len, region->end - addr);
    if (one_in(3)) new_len = old_len;
    if (one_in(12)) old_len = 0;
    if (flags != 0 && one_in(2)) flags |= MREMAP_FIXED;
    // The model does not follow that MREMAP_DONTUNMAP unlocks the whole region.
    const bool locked = region && (vma_lookup(*process.mm, addr)->vm_flags & VM_LOCKED) != 0;
    if (flags != 0 && old_len == new_len && one_in(3) && !locked) flags |= MREMAP_DONTUNMAP;
    u64 new_addr = any_page(process) << PAGE_SHIFT;
    if (one_in(2))
        new_addr = (new_addr & PMD_MASK) | (addr & ~PMD_MASK);
    else if (one_in(2))
        new_addr = (new_addr & CONT_PTE_MASK) | (addr & ~CONT_PTE_MASK);
    last_call_ = text("mremap %#llx, %#llx, %#llx, flags %llu, %#llx", wide(addr), wide(old_len), wide(new_len),
                      wide(flags), wide(new_addr));
    return compare("mremap", do_mremap(*process.mm, addr, old_len, new_len, flags, new_addr),
                   process.model.mremap(addr, old_len, new_len, flags, new_addr, region));
}

// A region of more than a page table's size comes to be, is touched, or moves to an address with the same offset in its
// table.
std::string RandomMix::move_tables(Process& process) {
    const u64 slot = kYard + below(kYardSlots) * kYardSlot, to = kYard + below(kYardSlots) * kYardSlot;
    const Vma* const vma = find_vma_intersection(*process.mm, slot, slot + kYardSlot);
    if (vma == nullptr) {
        const u64 addr = slot + PMD_SIZE + (one_in(2) ? 0 : below(512) * PAGE_SIZE),
                  len = (500 + below(700)) * PAGE_SIZE;
        const u64 flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
        last_call_ = text("mmap %#llx, %#llx in the yard", wide(addr), wide(len));
        return compare("mmap", do_mmap(*process.mm, addr, len, PROT_READ | PROT_WRITE, flags, nullptr, 0),
                       process.model.mmap(addr, len, PROT_READ | PROT_WRITE, flags, nullptr, 0));
    }
    const Bounds region{vma->vm_start, vma->vm_end};
    for (unsigned i = 0; i != 12; ++i)
        if (std::string found = do_access(process, region.start + below(region.end - region.start), AccessKind::Write);
            !found.empty())
            return found;
    const u64 len = region.end - region.start, new_addr = to + (region.start - slot),
              flags = MREMAP_MAYMOVE | MREMAP_FIXED;
    last_call_ = text("mremap %#llx, %#llx to %#llx", wide(region.start), wide(len), wide(new_addr));
    return compare("mremap", do_mremap(*process.mm, region.start, len, len, flags, new_addr),
                   process.model.mremap(region.start, len, len, flags, new_addr, region));
}

std::string RandomMix::advise(Process& process) {
    constexpr int kAdvice[] = {MADV_DONTNEED,   MADV_DONTNEED,   MADV_DONTNEED,     MADV_FREE,           MADV_COLD,
                               MADV_PAGEOUT,    MADV_HUGEPAGE,   MADV_NOHUGEPAGE,   MADV_DONTFORK,       MADV_DOFORK,
                               MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_WILLNEED,
                               MADV_RANDOM,     MADV_SEQUENTIAL, MADV_NORMAL};
    const int advice = kAdvice[below(std::size(kAdvice))];
    const u64 addr = any_page(process) << PAGE_SHIFT, len = any_length() * PAGE_SIZE;
    last_call_ = text("madvise %#llx, %#llx, %d", wide(addr), wide(len), advice);
    return compare("madvise", do_madvise(*process.mm, addr, len, advice), process.model.madvise(addr, len, advice));
}

std::string RandomMix::move_brk(Process& process) {
    const u64 to = kHeap - PAGE_SIZE + below(120 * PAGE_SIZE);
    last_call_ = text("brk %#llx", wide(to));
    return compare("brk", do_brk(*process.mm, to), process.model.set_brk(to));
}

std::string RandomMix::fork(Process& process) {
    if (processes_.size() == kMaxProcesses) return {};
    last_call_ = "fork";
    AddressSpace* const child = dup_mmap(*process.mm);
    if (child == nullptr) return "fork: no memory";
    processes_.push_back({child, process.model.fork()});
    return {};
}

std::string RandomMix::exit(Process& process) {
    if (processes_.size() == 1) return {};
    last_call_ = "exit";
    leave_mm();
    mm_destroy(*process.mm);
    processes_.erase(processes_.begin() + (&process - processes_.data()));
    return {};
}

std::string RandomMix::step() {
    Process& process = processes_[below(processes_.size())];
    if (memory_ == Memory::Plenty && buddy.free_pages() < kScarce) {
        last_call_ = "munmap of everything";
        const u64 all = process.mm->task_size;
        return compare("munmap", do_munmap(*process.mm, 0, all), process.model.munmap(0, all));
    }
    const u64 what = below(100);
    if (what < 33) return touch_run(process);
    if (what < 38) return move_tables(process);
    if (what < 55) return map(process);
    if (what < 61) return unmap(process);
    if (what < 72) return protect(process);
    if (what < 81) return remap(process);
    if (what < 91) return advise(process);
    if (what < 94) return move_brk(process);
    return what < 98 ? fork(process) : exit(process);
}

std::string RandomMix::check() const {
    for (const Process& process : processes_) {
        if (std::string found = regions_differ(*process.mm, process.model); !found.empty()) return found;
        if (std::string found = pages_differ(*process.mm, process.model); !found.empty()) return found;
    }
    // A file of shared anonymous memory lives as long as it is mapped.
    for (unsigned i = 0; i != named_files_; ++i)
        if (std::string found = file_differs(*files_[i]); !found.empty()) return found;
    return broken_invariant();
}

std::string RandomMix::checked_step() {
    std::string found = step();
    core_.carry_out_invalidations();
    return found.empty() ? check() : found;
}

// The model may lack pages by now.
std::string RandomMix::scarce_step() {
    try {
        static_cast<void>(step());
    } catch (const std::out_of_range&) {
    }
    core_.carry_out_invalidations();
    return broken_invariant();
}

std::string RandomMix::run(unsigned steps) {
    for (unsigned i = 0; i != steps; ++i) {
        const std::string found = memory_ == Memory::Plenty ? checked_step() : scarce_step();
        if (!found.empty()) return text("step %u, %s: ", i, last_call_.c_str()) + found;
    }
    return {};
}

std::string RandomMix::finish() {
    for (const Process& process : processes_)
        if (std::string found = background_differs(*process.mm, process.model);
            !found.empty() && memory_ == Memory::Plenty)
            return found;
    leave_mm();
    for (const Process& process : processes_) mm_destroy(*process.mm);
    processes_.clear();
    for (unsigned i = 0; i != named_files_; ++i) file_put(files_[i]->real);
    named_files_ = 0;
    return broken_invariant();
}

}  // namespace km_test
