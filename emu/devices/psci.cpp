#include "emu/devices/psci.h"

namespace emu {

namespace {

constexpr arch::u32 kVersion = 0x84000000;
constexpr arch::u32 kMigrateInfoType = 0x84000006;
constexpr arch::u32 kSystemOff = 0x84000008;
constexpr arch::u32 kSystemReset = 0x84000009;
constexpr arch::u32 kFeatures = 0x8400000a;
constexpr arch::u64 kNotSupported = ~arch::u64{0};  // -1
constexpr arch::u64 kVersion1_1 = 0x10001;
constexpr arch::u64 kTrustedOsNotPresent = 2;

bool implemented(arch::u32 function) {
    return function == kVersion || function == kMigrateInfoType || function == kSystemOff ||
           function == kSystemReset || function == kFeatures;
}

}  // namespace

PsciReply psci_call(arch::u64 function, arch::u64 argument) {
    switch (static_cast<arch::u32>(function)) {
        case kVersion: return {PsciAction::Continue, kVersion1_1};
        case kMigrateInfoType: return {PsciAction::Continue, kTrustedOsNotPresent};
        case kSystemOff: return {PsciAction::PowerOff, 0};
        case kSystemReset: return {PsciAction::Reset, 0};
        case kFeatures: return {PsciAction::Continue, implemented(static_cast<arch::u32>(argument)) ? 0 : kNotSupported};
        default: return {PsciAction::Continue, kNotSupported};
    }
}

}  // namespace emu
