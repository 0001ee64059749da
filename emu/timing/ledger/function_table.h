// Guest functions by address, for everything that is reported per function.
#pragma once

#include <string>
#include <vector>

#include "mmu/arch/bits.h"

namespace emu {

// Non-overlapping functions in ascending order.
class FunctionTable {
public:
    struct Function {
        std::string name;
        arch::u64 start{0};
        arch::u64 end{0};  // exclusive; start where the symbol has no size
    };
    // Where an address lies: a function (index below size()), or the gap between two (index == kNone).
    struct Place {
        arch::u64 start{0};
        arch::u64 end{0};
        std::size_t index{kNone};
    };
    static constexpr std::size_t kNone = ~std::size_t{0};

    FunctionTable() = default;
    // In any order. Aliases of one address become one function (the first sized one); a symbol without a size reaches
    // to the next.
    explicit FunctionTable(std::vector<Function> symbols);

    [[nodiscard]] Place place_of(arch::u64 pc) const;
    [[nodiscard]] const Function& operator[](std::size_t index) const { return functions_[index]; }
    [[nodiscard]] std::size_t size() const { return functions_.size(); }

    // Rows of what is counted by function: one for each, then "[el0]" and "[el1]" for code outside all of them.
    [[nodiscard]] std::size_t row_count() const { return size() + 2; }
    [[nodiscard]] std::size_t row_of(const Place& place, unsigned el) const {
        return place.index != kNone ? place.index : size() + (el == 0 ? 0 : 1);
    }
    [[nodiscard]] std::string row_name(std::size_t row) const;

private:
    std::vector<Function> functions_;
};

// "contpte_convert+0x1c", or "?" outside every function.
[[nodiscard]] std::string place_name(const FunctionTable& functions, arch::u64 pc);

}  // namespace emu
