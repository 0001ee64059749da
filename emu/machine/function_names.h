// Names of functions as people write them, from the symbols of an ELF file.
#pragma once

#include <string>
#include <vector>

namespace emu {

// One name for each of `symbols`: of a mangled C++ symbol its qualified name without arguments, "km::MmuGather::flush_tlb"
// without the "km::" of the guest kernel; where two symbols would get one name, with template arguments, or if that does not
// do, the whole signature. Others stay.
[[nodiscard]] std::vector<std::string> readable_names(const std::vector<std::string>& symbols);

// The whole signature of a mangled C++ symbol; others as they are.
[[nodiscard]] std::string demangled_name(const std::string& symbol);

}  // namespace emu
