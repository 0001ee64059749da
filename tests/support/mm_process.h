// A process for tests of the page-table level: regions made by hand, as the system calls would, and accesses that
// translate, set flags and fault as a core's do.
#pragma once

#include "tests/support/mm_machine.h"

namespace km_test {

enum class Access { Read, Write };

inline constexpr u64 kReadWrite = km::VM_READ | km::VM_WRITE | km::VM_MAYREAD | km::VM_MAYWRITE | km::VM_MAYEXEC;

class Process {
public:
    Process();
    ~Process();  // exits
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] km::AddressSpace& mm() { return *mm_; }

    // A region of `flags`; anonymous, or of `file` from page `pgoff` on.
    km::Vma& map(u64 start, u64 bytes, u64 flags = kReadWrite);
    km::Vma& map_file(u64 start, u64 bytes, u64 flags, km::File* file, u64 pgoff = 0);
    [[nodiscard]] km::Vma& region(u64 address);
    // Cuts the region around `address` in two. Linux: __split_vma().
    void split(u64 address);

    void unmap(u64 start, u64 bytes);
    void dontneed(u64 start, u64 bytes);
    // New VM_READ, VM_WRITE, VM_EXEC.
    void mprotect(u64 start, u64 bytes, u64 rights);
    // Moves one whole region. Linux: move_vma().
    void mremap(u64 old_start, u64 new_start);
    void fork_into(Process& child);
    void exit();

    // One access of one byte; returns the faults it took. Throws if the access is refused.
    unsigned access(u64 address, Access kind);
    // Every page of a range; returns the faults.
    unsigned touch(u64 start, u64 bytes, Access kind = Access::Write);
    void write(u64 address, km::u8 value);
    km::u8 read(u64 address);

private:
    km::Vma& add(km::Vma* vma);
    [[nodiscard]] km::u8* byte_at(u64 address);

    km::AddressSpace* mm_;
};

}  // namespace km_test
