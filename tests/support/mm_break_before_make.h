// Judges a recorded sequence of descriptor stores, TLBIs and barriers against the architecture's rule for changes that
// old and new entries may not share a TLB (Arm: "Using break-before-make when updating translation table entries").
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernel_model/port/port.h"
#include "kernel_model/port/host/recorder.h"

namespace km_test {

// The page that a slot maps. Slots it does not know give 0 and are judged by ASID flushes alone.
using AddressOfSlot = std::function<km::u64(const km::u64*)>;

// A valid entry may become another valid one directly only if frame, memory type, shareability, nG and the Contiguous
// bit stay. Otherwise: invalid entry; DSB; TLBI that covers the page; DSB of loads and stores; new entry.
// Returns "" or the first breach.
[[nodiscard]] std::string break_before_make_breach(const std::vector<km::port::Event>& events,
                                                   const AddressOfSlot& address_of);

// Every TLBI is preceded, since the last change of a descriptor, by a DSB, and some DSB ISH follows the last one. "" or
// what is missing.
[[nodiscard]] std::string unordered_tlbi(const std::vector<km::port::Event>& events);

// Of level-3 slots of all live address spaces.
[[nodiscard]] AddressOfSlot addresses_of_live_slots();

}  // namespace km_test
