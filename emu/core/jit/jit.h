// The just-in-time translator of the plain loop. Branch targets that are reached often enough are translated to code
// of the host, with everything around them in their page (region.h). The interpreter enters that code as it enters a
// handler, and generated code goes back to it, or calls handlers, for whatever is not translated: results, counts
// and stops are those of the interpreter, instruction by instruction.
#pragma once

#include <memory>

#include "emu/core/decode_cache.h"
#include "emu/core/jit/code_buffer.h"
#include "emu/core/jit/glue.h"

namespace emu::jit {

struct Region;

class Jit {
public:
    // nullptr where the host has no such processor, gives no memory for code, or `pe` and its MMU are too far apart.
    // `pe` must outlive it, and be set up.
    [[nodiscard]] static std::unique_ptr<Jit> make(Pe& pe, DecodeCache& cache);
    Jit(const Jit&) = delete;
    Jit& operator=(const Jit&) = delete;
    ~Jit();

    // Translates what begins at `op` of `page`, if that is possible and has not been done. Not while generated code runs.
    void translate(DecodedPage& page, const DecodedOp* op);

    [[nodiscard]] std::size_t regions() const { return regions_; }

private:
    static constexpr std::size_t kBufferBytes = std::size_t{64} << 20;
    static constexpr std::size_t kRegionBytes = std::size_t{1} << 19;  // more than any region takes

    Jit(Pe& pe, DecodeCache& cache);
    void write(DecodedPage& page, const Region& region);

    Pe& pe_;
    DecodeCache& cache_;
    CodeBuffer buffer_;
    Surroundings around_;
    std::size_t glue_bytes_{0};
    std::size_t regions_{0};  // translated so far
};

// For generated code: goes on with `op` in the interpreter, which may translate it.
void interpret_from(Pe& pe, const DecodedOp* op);
// The same where its page has been translated in another mode: forgets that.
void translate_anew(Pe& pe, const DecodedOp* op);
// Where a branch to `target`, outside the page, goes on; nullptr: the loop must look.
const DecodedOp* enter_page_of(Pe& pe, u64 target);

}  // namespace emu::jit
