// Memory for generated code. It is writable or executable, never both; addresses never change.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emu::jit {

class CodeBuffer {
public:
    // Reserves `bytes`, a multiple of the host's page size; physical memory is used as code is written.
    explicit CodeBuffer(std::size_t bytes);
    CodeBuffer(const CodeBuffer&) = delete;
    CodeBuffer& operator=(const CodeBuffer&) = delete;
    ~CodeBuffer();

    [[nodiscard]] std::size_t free_bytes() const { return bytes_ - used_; }
    // Makes what is free writable, and not executable, and returns its begin. Nothing may run in it meanwhile.
    [[nodiscard]] std::uint8_t* begin_writing();
    // `bytes` have been written behind begin_writing(): executable from now on.
    void end_writing(std::size_t bytes);
    // Forgets all code but the first `bytes`.
    void truncate(std::size_t bytes) { used_ = bytes; }
    [[nodiscard]] std::size_t used() const { return used_; }

private:
    // At most this much is written at once.
    static constexpr std::size_t kWindow = std::size_t{1} << 20;

    void protect(int protection);

    std::uint8_t* base_;
    std::size_t bytes_;
    std::size_t used_{0};
    std::size_t window_begin_{0};
    std::size_t window_end_{0};
};

}  // namespace emu::jit
