#include "emu/core/jit/code_buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "mmu/base/assert.h"

namespace emu::jit {

namespace {

constexpr std::size_t kHostPage = 4096;
constexpr std::size_t kAlignment = 64;

std::size_t round_up(std::size_t n, std::size_t unit) { return (n + unit - 1) / unit * unit; }

}  // namespace

CodeBuffer::CodeBuffer(std::size_t bytes) : bytes_{bytes} {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc{};
    base_ = static_cast<std::uint8_t*>(memory);
}

CodeBuffer::~CodeBuffer() { munmap(base_, bytes_); }

std::uint8_t* CodeBuffer::begin_writing() {
    window_begin_ = used_ / kHostPage * kHostPage;
    window_end_ = std::min(bytes_, round_up(used_ + kWindow, kHostPage));
    protect(PROT_READ | PROT_WRITE);
    return base_ + used_;
}

void CodeBuffer::end_writing(std::size_t bytes) {
    EMU_ASSERT(used_ + bytes <= window_end_, "code is written where it is writable");
    used_ = std::min(bytes_, round_up(used_ + bytes, kAlignment));
    protect(PROT_READ | PROT_EXEC);
}

void CodeBuffer::protect(int protection) {
    const int failed = mprotect(base_ + window_begin_, window_end_ - window_begin_, protection);
    EMU_ASSERT(failed == 0, "the host changes the protection of our own memory");
}

}  // namespace emu::jit
