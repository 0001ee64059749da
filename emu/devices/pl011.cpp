#include "emu/devices/pl011.h"

namespace emu {

namespace {

constexpr arch::u64 kUartDr = 0x00;
constexpr arch::u64 kUartFr = 0x18;
constexpr arch::u64 kUartRis = 0x3c;
constexpr arch::u64 kUartMis = 0x40;
constexpr arch::u64 kUartIcr = 0x44;
constexpr arch::u64 kPeriphId0 = 0xfe0;
constexpr arch::u64 kFrTxEmptyRxEmpty = 0x90;

// UARTPeriphID0-3 and UARTPCellID0-3.
constexpr arch::u8 kIdentification[8] = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

}  // namespace

arch::u64 Pl011::read(arch::u64 offset, unsigned /*size*/) {
    if (offset >= kPeriphId0 && offset < 0x1000) return kIdentification[(offset - kPeriphId0) / 4];
    if (offset == kUartFr) return kFrTxEmptyRxEmpty;
    if (offset == kUartDr || offset == kUartRis || offset == kUartMis || offset == kUartIcr) return 0;
    return offset < sizeof registers_ ? registers_[offset / 4] : 0;
}

void Pl011::write(arch::u64 offset, unsigned /*size*/, arch::u64 value) {
    if (offset != kUartDr) {
        if (offset < sizeof registers_) registers_[offset / 4] = static_cast<arch::u32>(value);
        return;
    }
    if (text_.size() >= kLimit) {
        truncated_ = true;
        return;
    }
    text_.push_back(static_cast<char>(value));
}

}  // namespace emu
