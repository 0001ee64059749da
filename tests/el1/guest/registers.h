// System registers, by name or number.
#pragma once

#include "mmu/arch/bits.h"

#define READ_SYSREG(name)                                 \
    ([] {                                                 \
        arch::u64 value_of_;                              \
        asm volatile("mrs %0, " #name : "=r"(value_of_)); \
        return value_of_;                                 \
    }())
#define WRITE_SYSREG(name, value) asm volatile("msr " #name ", %0\nisb" : : "r"(arch::u64{value}) : "memory")

namespace el1 {

// SCTLR_EL1 with bits set and cleared for a while.
class ControlBits {
public:
    explicit ControlBits(arch::u64 set, arch::u64 clear = 0) : before_{READ_SYSREG(sctlr_el1)} {
        WRITE_SYSREG(sctlr_el1, (before_ | set) & ~clear);
    }
    ControlBits(const ControlBits&) = delete;
    ControlBits& operator=(const ControlBits&) = delete;
    ~ControlBits() { WRITE_SYSREG(sctlr_el1, before_); }

private:
    arch::u64 before_;
};

// TCR_EL1 likewise; all translations are forgotten at both ends.
class TranslationControl {
public:
    explicit TranslationControl(arch::u64 set, arch::u64 clear = 0);
    TranslationControl(const TranslationControl&) = delete;
    TranslationControl& operator=(const TranslationControl&) = delete;
    ~TranslationControl();

private:
    arch::u64 before_;
};

// Field `low`, four bits, of an ID register.
[[nodiscard]] constexpr unsigned id_field(arch::u64 value, unsigned low) {
    return static_cast<unsigned>(value >> low & 15);
}

}  // namespace el1
