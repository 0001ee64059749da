// One line of a page-fault trace, whatever its format, and the pairing of lines into completed events.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace emu::trace {

enum class EventKind : std::uint8_t { Fault, FaultReturn, SyscallEnter, SyscallExit, Fork, Exec, Exit, Contpte };

// Address-space calls that a replay repeats, and those that only delimit other events.
enum class Syscall : std::uint8_t { mmap, munmap, mprotect, mremap, madvise, brk, clone, clone3, execve, exit, exit_group, Other };

enum class ContpteCall : std::uint8_t {
    set_ptes, try_fold, try_unfold, wrprotect_ptes, clear_full_ptes, get_and_clear_full_ptes, ptep_set_access_flags,
    clear_young_dirty_ptes, Count
};

// fault_flags of handle_mm_fault. Linux: include/linux/mm_types.h, enum fault_flag, 6.12.
inline constexpr std::uint32_t kFaultWrite = 0x1;
inline constexpr std::uint32_t kFaultInstruction = 0x100;
// Its result. Linux: enum vm_fault_reason.
inline constexpr std::uint64_t kVmFaultRetry = 0x400;

struct RegionInfo {
    bool known{false};
    std::uint64_t vm_start{0}, vm_end{0}, vm_flags{0}, vm_pgoff{0}, vm_file{0};
};

struct Event {
    EventKind kind{EventKind::Fault};
    std::uint32_t task{0};
    std::uint64_t line{0};

    std::uint64_t address{0};      // of a fault, or the first of a contpte call
    std::uint32_t fault_flags{0};
    bool kernel{false};            // the access came from the kernel
    bool access_known{true};       // read or write is known; else a write is assumed
    RegionInfo region{};

    std::uint64_t result{0};       // of a fault or a call
    bool from_get_user_pages{false};

    Syscall call{Syscall::Other};
    std::array<std::uint64_t, 6> argument{};

    std::uint32_t child{0};        // of a fork
    ContpteCall contpte{ContpteCall::Count};
    std::uint64_t contpte_nr{0};   // number of PTEs, where the call has one
};

}  // namespace emu::trace
