#include "emu/memory/physical_memory.h"

#include <sys/mman.h>

#include <atomic>
#include <cstring>
#include <utility>

#include "mmu/base/user_error.h"

namespace emu {

namespace {

arch::u8* reserve(arch::u64 bytes) {
    void* map = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED) {
        throw UserError("cannot reserve " + std::to_string(bytes >> 20) +
                        " MiB of host memory for guest RAM: choose a smaller --memory");
    }
    madvise(map, bytes, MADV_HUGEPAGE);  // fewer host TLB misses; harmless where refused
    return static_cast<arch::u8*>(map);
}

}  // namespace

PhysicalMemory::PhysicalMemory(arch::u64 base, arch::u64 bytes, arch::u64 hidden_bytes)
    : PhysicalMemory{{reserve(bytes + hidden_bytes), base, bytes + hidden_bytes}, bytes,
                     std::vector<arch::u8>((bytes + hidden_bytes) / kPageSize, 0)} {}

PhysicalMemory::PhysicalMemory(const Window& all, arch::u64 bytes, std::vector<arch::u8> is_code)
    : PhysicalMemoryPort{{all.host, all.base, all.bytes, is_code.data()}},
      base_{all.base},
      size_{bytes},
      total_{all.bytes},
      ram_{all.host},
      is_code_{std::move(is_code)} {}

PhysicalMemory::~PhysicalMemory() { munmap(ram_, total_); }

std::optional<arch::u64> PhysicalMemory::read64(arch::PhysicalAddress pa) {
    const arch::u8* at = host(pa.value, 8);
    if (at == nullptr) return std::nullopt;
    arch::u64 value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

mmu::CompareExchangeResult PhysicalMemory::compare_exchange64(arch::PhysicalAddress pa, arch::u64 expected,
                                                              arch::u64 desired) {
    arch::u8* at = host(pa.value, 8);
    if (at == nullptr) return mmu::CompareExchangeResult::Fault;
    std::atomic_ref<arch::u64> cell{*reinterpret_cast<arch::u64*>(at)};
    return cell.compare_exchange_strong(expected, desired) ? mmu::CompareExchangeResult::Done
                                                           : mmu::CompareExchangeResult::Changed;
}

arch::u8* PhysicalMemory::host_page(arch::PhysicalAddress pa) {
    return host(arch::align_down(pa.value, kPageSize), kPageSize);
}

bool PhysicalMemory::code_page(arch::PhysicalAddress pa) {
    return contains(pa.value, 1) && is_code_[(pa.value - base_) / kPageSize] != 0;
}

void PhysicalMemory::set_code_page(arch::u64 pa, bool is_code) {
    if (contains(pa, 1)) is_code_[(pa - base_) / kPageSize] = is_code ? 1 : 0;
}

void PhysicalMemory::write_hidden(arch::u64 pa, arch::u64 value) { std::memcpy(host(pa, sizeof value), &value, sizeof value); }

void PhysicalMemory::load(arch::u64 pa, std::span<const arch::u8> bytes, const std::string& what) {
    arch::u8* at = host(pa, bytes.size());
    if (at == nullptr) {
        throw UserError(what + " (" + std::to_string(bytes.size()) + " bytes) does not fit into " +
                        std::to_string(size_ >> 20) + " MiB of guest memory: choose a larger --memory");
    }
    std::memcpy(at, bytes.data(), bytes.size());
}

}  // namespace emu
