#include "emu/debug/packet.h"

#include "emu/debug/hex.h"

namespace emu::debug {
namespace {

constexpr char kInterrupt = 3;
constexpr char kEscape = '}';
constexpr char kEscapeXor = 0x20;

unsigned checksum_of(std::string_view body) {
    unsigned sum = 0;
    for (const char c : body) sum += static_cast<unsigned char>(c);
    return sum & 0xff;
}

std::string without_escapes(std::string_view body) {
    std::string out;
    for (std::size_t i = 0; i < body.size(); ++i) {
        const bool escaped = body[i] == kEscape && i + 1 < body.size();
        out += escaped ? static_cast<char>(body[++i] ^ kEscapeXor) : body[i];
    }
    return out;
}

}  // namespace

std::optional<PacketReader::Item> PacketReader::next() {
    while (!pending_.empty()) {
        const char first = pending_.front();
        if (first == '$') return take_packet();
        pending_.erase(0, 1);
        if (first == '+') return Item{Kind::Ack, {}};
        if (first == '-') return Item{Kind::Nack, {}};
        if (first == kInterrupt) return Item{Kind::Interrupt, {}};
        // Anything else between packets is line noise.
    }
    return std::nullopt;
}

std::optional<PacketReader::Item> PacketReader::take_packet() {
    const auto end = pending_.find('#');
    if (end == std::string::npos || end + 2 >= pending_.size()) {
        if (pending_.size() <= kMaxPayload + 4) return std::nullopt;
        pending_.clear();
        return Item{Kind::Damaged, {}};
    }
    const std::string_view body = std::string_view{pending_}.substr(1, end - 1);
    const auto sent = parse_hex(std::string_view{pending_}.substr(end + 1, 2));
    const bool good = sent && *sent == checksum_of(body) && body.size() <= kMaxPayload;
    Item item{good ? Kind::Packet : Kind::Damaged, good ? without_escapes(body) : std::string{}};
    pending_.erase(0, end + 3);
    return item;
}

std::string frame(std::string_view payload) {
    std::string body;
    for (const char c : payload) {
        const bool special = c == '$' || c == '#' || c == '*' || c == kEscape;
        if (special) body += kEscape;
        body += special ? static_cast<char>(c ^ kEscapeXor) : c;
    }
    const unsigned sum = checksum_of(body);
    return "$" + body + "#" + "0123456789abcdef"[sum >> 4] + "0123456789abcdef"[sum & 15];
}

}  // namespace emu::debug
