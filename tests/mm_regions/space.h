// One address space for tests of the system calls, shown as a picture: a character for each page from kBase on.
#pragma once

#include <string>

#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "tests/support/mm_invariants.h"
#include "tests/support/mm_machine.h"

namespace km_test {

using km::i64;

inline constexpr u64 kBase = 0x40000000;
inline constexpr u64 kReadOnly = km::PROT_READ;
inline constexpr u64 kWritable = km::PROT_READ | km::PROT_WRITE;
inline constexpr u64 kAnonymous = km::MAP_PRIVATE | km::MAP_ANONYMOUS;

// The address of page `index`.
[[nodiscard]] constexpr u64 at(u64 index) { return kBase + index * kPage; }
[[nodiscard]] constexpr i64 result_at(u64 index) { return static_cast<i64>(at(index)); }

class Space {
public:
    Space();
    ~Space();  // exits, and checks that nothing is left
    Space(const Space&) = delete;
    Space& operator=(const Space&) = delete;

    km::AddressSpace& mm;

    // Fixed mapping of pages [first, first + pages).
    i64 map(u64 first, u64 pages, u64 prot = kWritable, u64 flags = kAnonymous, km::File* file = nullptr,
            u64 pgoff = 0);
    i64 unmap(u64 first, u64 pages) { return do_munmap(mm, at(first), pages * kPage); }
    i64 protect(u64 first, u64 pages, u64 prot) { return do_mprotect(mm, at(first), pages * kPage, prot); }
    i64 advise(u64 first, u64 pages, int advice) { return do_madvise(mm, at(first), pages * kPage, advice); }
    i64 remap(u64 first, u64 old_pages, u64 new_pages, u64 flags = 0, u64 to = 0) {
        return do_mremap(mm, at(first), old_pages * kPage, new_pages * kPage, flags, to == 0 ? 0 : at(to));
    }
    // A write fault on each page, as a program's stores give.
    void touch(u64 first, u64 pages = 1);
    [[nodiscard]] km::Vma& region(u64 page);

    // '.' nothing; n none, r read, w read and write, x read and execute, a all; a region begins with a capital. Seen
    // from kBase to the last region.
    [[nodiscard]] std::string picture() const;
};

// A machine for the whole test file's case: fresh memory, 64K folios.
class Fixture {
public:
    Machine machine{"thp_anon=64K:always"};
};

}  // namespace km_test
