#include "emu/core/not_built.h"

#include <cstdio>

namespace emu {
namespace {

std::string describe(const std::string& name, u32 word, u64 pc) {
    char place[64];
    std::snprintf(place, sizeof place, "%08x at pc 0x%016llx", word, static_cast<unsigned long long>(pc));
    return "the guest executed " + name + " (encoding " + place +
           "), which this emulator does not build: compile the guest without it";
}

}  // namespace

NotBuilt::NotBuilt(const std::string& name, u32 word, u64 pc)
    : UserError{describe(name, word, pc)}, name_{name}, word_{word}, pc_{pc} {}

}  // namespace emu
