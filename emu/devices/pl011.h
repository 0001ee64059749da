// The PL011 UART as a console: what the guest writes to UARTDR is kept as text. Output only, never busy,
// so UARTFR always says "transmit FIFO empty, receive FIFO empty". Arm: PrimeCell UART (PL011) TRM, DDI 0183.
#pragma once

#include <string>

#include "emu/devices/device.h"

namespace emu {

class Pl011 final : public Device {
public:
    [[nodiscard]] arch::u64 read(arch::u64 offset, unsigned size) override;
    void write(arch::u64 offset, unsigned size, arch::u64 value) override;

    // Everything written so far. At most kLimit bytes are kept; more is dropped and `truncated` says so.
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] bool truncated() const { return truncated_; }

private:
    static constexpr std::size_t kLimit = std::size_t{16} << 20;
    std::string text_;
    bool truncated_{false};
    arch::u32 registers_[0x50 / 4]{};  // UARTILPR .. UARTDMACR: read back what was written
};

}  // namespace emu
