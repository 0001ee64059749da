// Broken invariants stop the program. EMU_ASSERT is always compiled in; EMU_DEBUG_ASSERT only without NDEBUG,
// for checks inside per-access code.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace emu {

[[noreturn]] inline void assertion_failed(const char* condition, const char* sentence, const char* file, int line) {
    std::fprintf(stderr, "foldwalk: broken invariant at %s:%d: %s (%s)\n", file, line, sentence, condition);
    std::abort();
}

}  // namespace emu

// `sentence` says what holds when `condition` is true.
#define EMU_ASSERT(condition, sentence) \
    ((condition) ? static_cast<void>(0) : ::emu::assertion_failed(#condition, sentence, __FILE__, __LINE__))

#ifdef NDEBUG
#define EMU_DEBUG_ASSERT(condition, sentence) static_cast<void>(0)
#else
#define EMU_DEBUG_ASSERT(condition, sentence) EMU_ASSERT(condition, sentence)
#endif
