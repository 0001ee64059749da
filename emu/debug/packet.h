// Packets of the GDB remote serial protocol: "$payload#checksum", '+' and '-' for received and damaged, and a byte 3
// that interrupts. GDB manual, "Remote Serial Protocol", Overview.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace emu::debug {

// Takes a stream of bytes apart. Whatever arrives, nothing but items comes out and memory stays bounded.
class PacketReader {
public:
    static constexpr std::size_t kMaxPayload = 0x4000;  // as announced to GDB: PacketSize

    enum class Kind : unsigned char {
        Packet,
        Ack,
        Nack,
        Interrupt,
        Damaged,  // a packet with a wrong checksum, or longer than kMaxPayload
    };
    struct Item {
        Kind kind{Kind::Packet};
        std::string payload;  // of a Packet, without escapes
    };

    void feed(std::string_view bytes) { pending_ += bytes; }
    // The next item that has arrived whole.
    [[nodiscard]] std::optional<Item> next();

private:
    [[nodiscard]] std::optional<Item> take_packet();

    std::string pending_;
};

// `payload` as a packet, escaped.
[[nodiscard]] std::string frame(std::string_view payload);

}  // namespace emu::debug
