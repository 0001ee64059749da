// Where mmu::Mmu and its reference meet: the same configuration, the course of an access, and what their TLBs hold.
#pragma once

#include "mmu/mmu.h"
#include "tests/mmu/reference/reference_mmu.h"

namespace reference {

[[nodiscard]] Config config_of(const mmu::MmuConfig& config);
[[nodiscard]] Course course_of(const mmu::LookupRecord& record);
[[nodiscard]] Tlbi tlbi_of(const arch::TlbInvalidation& tlbi);
[[nodiscard]] Registers registers_of(const mmu::RegimeRegisters& registers);

// One line for each entry, sorted.
[[nodiscard]] std::vector<std::string> contents_of(const mmu::TlbHierarchy& tlbs);
[[nodiscard]] std::vector<std::string> contents_of(const Mmu& mmu);

}  // namespace reference
