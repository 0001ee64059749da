// Whether the memory manager's state agrees with the model, without touching it: no fault is taken.
#pragma once

#include <string>

#include "kernel_model/mm/memory.h"
#include "tests/mm_regions/model.h"

namespace km_test {

// Each of them names the first difference; empty: none.

// The regions of `mm` are the model's pages, with equal flags, files and offsets.
[[nodiscard]] std::string regions_differ(const km::AddressSpace& mm, const ModelSpace& model);
// Every page that is mapped holds what it should, and allows no more than it should; what was written is mapped.
[[nodiscard]] std::string pages_differ(const km::AddressSpace& mm, const ModelSpace& model);
// The same for the page cache of a file.
[[nodiscard]] std::string file_differs(const ModelFile& file);
// The bytes that are not watched still are the background's.
[[nodiscard]] std::string background_differs(const km::AddressSpace& mm, const ModelSpace& model);

}  // namespace km_test
