// What handlers of floating point are made of. The work is in functions that are not inlined: they are compiled once
// for both loops, and leave no local variable in the handler that would stand in the way of its sibling call.
#pragma once

#include "emu/core/exec/vector.h"
#include "emu/fp/environment.h"

// A handler that calls a function of (Pe&, const DecodedOp*), and goes on.
#define EXEC_FP_BODY(name, ...)          \
    EXEC_FP(name) {                      \
        __VA_ARGS__(pe, op);             \
        return Mode::next(pe, op);       \
    }
// One for each format: `body` is a template of format and operation, `operation` one of the format.
#define EXEC_FP_FORMATS(name, body, operation)                                \
    EXEC_FP_BODY(name##_H, body<fp::Half, operation<fp::Half>>)               \
    EXEC_FP_BODY(name##_S, body<fp::Single, operation<fp::Single>>)           \
    EXEC_FP_BODY(name##_D, body<fp::Double, operation<fp::Double>>)

#define FP_BODY [[gnu::noinline]] inline

namespace emu::exec {

// FPCR and FPSR during one instruction; the flags go to FPSR at its end.
class FpEnvironment : public fp::Environment {
public:
    explicit FpEnvironment(Pe& pe) : fp::Environment{pe.fpcr, pe.fpsr}, pe_{pe} {}
    // Flags seldom change, and the next instruction reads FPCR and FPSR together: a store that is not made does not
    // hold that read up.
    ~FpEnvironment() {
        if (fpsr != pe_.fpsr) [[unlikely]] pe_.fpsr = fpsr;
    }
    FpEnvironment(const FpEnvironment&) = delete;
    FpEnvironment& operator=(const FpEnvironment&) = delete;

private:
    Pe& pe_;
};

template <class F>
[[nodiscard]] EXEC_INLINE fp::Bits<F> scalar(const Pe& pe, u8 number) {
    return element<fp::Bits<F>>(pe.v[number], 0);
}

}  // namespace emu::exec
