// The framing of the remote protocol: what arrives comes out as items, whatever it is.
#include <random>

#include "emu/debug/hex.h"
#include "emu/debug/packet.h"
#include "tests/support/catch.h"

using namespace emu::debug;
using Kind = PacketReader::Kind;

namespace {

std::vector<PacketReader::Item> items_of(const std::string& bytes) {
    PacketReader reader;
    reader.feed(bytes);
    std::vector<PacketReader::Item> out;
    while (auto item = reader.next()) out.push_back(*item);
    return out;
}

}  // namespace

TEST_CASE("A packet with the right checksum comes out as its payload") {
    const auto items = items_of("$m40000000,8#55");
    REQUIRE(items.size() == 1);
    CHECK(items[0].kind == Kind::Packet);
    CHECK(items[0].payload == "m40000000,8");
}

TEST_CASE("A packet with a wrong checksum, or one that is no number, is damaged, and the next one is not") {
    const auto items = items_of("$g#68$g#zz$g#67");
    REQUIRE(items.size() == 3);
    CHECK(items[0].kind == Kind::Damaged);
    CHECK(items[1].kind == Kind::Damaged);
    CHECK(items[2].kind == Kind::Packet);
}

TEST_CASE("Acknowledgements and Ctrl-C come out between packets, noise does not") {
    const auto items = items_of("+noise-\x03$?#3f");
    REQUIRE(items.size() == 4);
    CHECK(items[0].kind == Kind::Ack);
    CHECK(items[1].kind == Kind::Nack);
    CHECK(items[2].kind == Kind::Interrupt);
    CHECK(items[3].payload == "?");
}

TEST_CASE("A packet that arrives byte by byte comes out once it is whole") {
    const std::string packet = frame("m40000000,8");
    PacketReader reader;
    for (std::size_t i = 0; i + 1 < packet.size(); ++i) {
        reader.feed(packet.substr(i, 1));
        REQUIRE_FALSE(reader.next());
    }
    reader.feed(packet.substr(packet.size() - 1));
    CHECK(reader.next()->payload == "m40000000,8");
}

TEST_CASE("Every byte survives framing") {
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    const auto items = items_of(frame(all));
    REQUIRE(items.size() == 1);
    CHECK(items[0].payload == all);
}

TEST_CASE("A packet without an end is given up when it is too long, and what follows is read") {
    PacketReader reader;
    reader.feed("$" + std::string(PacketReader::kMaxPayload + 10, 'x'));
    REQUIRE(reader.next()->kind == Kind::Damaged);
    reader.feed(frame("g"));
    CHECK(reader.next()->payload == "g");
}

TEST_CASE("Random bytes never come out as more bytes than went in") {
    std::mt19937_64 random{7};
    for (int round = 0; round < 2000; ++round) {
        std::string bytes;
        const auto length = random() % 200;
        for (std::size_t i = 0; i < length; ++i) bytes += "$#+-}*\x03g0a"[random() % 10];
        std::size_t out = 0;
        for (const auto& item : items_of(bytes)) out += 1 + item.payload.size();
        REQUIRE(out <= bytes.size());
    }
}

TEST_CASE("Hexadecimal numbers of no digit, of a wrong one, or of more than 16 are refused") {
    CHECK_FALSE(parse_hex(""));
    CHECK_FALSE(parse_hex("12g"));
    CHECK_FALSE(parse_hex("-1"));
    CHECK_FALSE(parse_hex("11112222333344445"));
    CHECK(parse_hex("ffffFFFF00000001") == 0xffffffff00000001);
    CHECK_FALSE(parse_hex_bytes("abc"));
    CHECK(parse_hex_bytes("00fF") == std::vector<arch::u8>{0, 255});
}
