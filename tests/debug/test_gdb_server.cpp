// Packets against a core with page tables: what they answer, and what they leave alone.
#include <random>

#include "emu/debug/gdb_server.h"
#include "emu/debug/hex.h"
#include "emu/debug/registers.h"
#include "emu/debug/target_description.h"
#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;
using namespace emu::debug;

namespace {

constexpr u64 kUnmapped = 0x7000'0000'0000;

struct Debugged {
    Debugged() {
        PageTables tables{m};
        tables.map_kernel();
        tables.enable();
        m.load("mixed_work");
        m.x(0) = 600;
        m.x(1) = kData;
        m.core.pe.pc = kCode;
    }
    std::string ask(std::string_view payload) { return server.handle(payload).text; }

    TestMachine m;
    GdbServer server{{.pes = {&m.core.pe},
                      .memory = m.ram,
                      .monitor = [](emu::Pe&, const std::string& text) {
                          return text == "quiet" ? "" : text == "long" ? std::string(50000, 'x') : "heard " + text;
                      },
                      .describe = [](const emu::Pe&) { return std::string{"here"}; }}};
};

std::string hex_value(u64 value, unsigned bytes) {
    return hex_bytes({reinterpret_cast<const u8*>(&value), bytes});
}

}  // namespace

TEST_CASE("Registers are read by number, little endian") {
    Debugged d;
    d.m.x(3) = 0x0123456789abcdef;
    CHECK(d.ask("p3") == "efcdab8967452301");
    CHECK(d.ask("p20") == hex_value(kCode, 8));
    CHECK(d.ask("g").substr(3 * 16, 16) == "efcdab8967452301");
    CHECK(d.ask("p21").size() == 8);
    CHECK(d.ask("p22").size() == 32);
}

TEST_CASE("What is written to a register is read back, for every register that may be written freely") {
    Debugged d;
    for (unsigned n = 0; n < kFirstSystemNumber; ++n) {
        if (n == kCpsrNumber) continue;
        const std::string value(2 * registers()[n].bytes, '4');
        CHECK(d.ask("P" + hex_number(n) + "=" + value) == "OK");
        CHECK(d.ask("p" + hex_number(n)) == value);
    }
}

TEST_CASE("Flags can be written, the Exception level and read-only system registers cannot") {
    Debugged d;
    const u64 pstate = 0x600003c5;
    CHECK(d.ask("P21=" + hex_value(pstate, 4)) == "OK");
    CHECK(d.m.core.pe.nzcv == 0x60000000);
    CHECK(d.ask("P21=" + hex_value(pstate & ~u64{4}, 4)) == "E01");
    for (unsigned n = kFirstSystemNumber; n < registers().size(); ++n) {
        if (registers()[n].name == "MIDR_EL1") CHECK(d.ask("P" + hex_number(n) + "=" + hex_value(1, 8)) == "E01");
        if (registers()[n].name == "TPIDR_EL1") CHECK(d.ask("P" + hex_number(n) + "=" + hex_value(77, 8)) == "OK");
    }
    CHECK(d.m.sysreg(emu::SysReg::TPIDR_EL1) == 77);
}

TEST_CASE("The target description names every register with its number and its size") {
    const std::string& text = target_description();
    for (unsigned n = 0; n < registers().size(); ++n) {
        const RegisterInfo& info = registers()[n];
        const std::string element = "<reg name=\"" + info.name + "\" bitsize=\"" + std::to_string(8 * info.bytes) + "\"";
        const auto at = text.find(element);
        REQUIRE(at != std::string::npos);
        CHECK(text.find("regnum=\"" + std::to_string(n) + "\"", at) < text.find("/>", at));
    }
}

TEST_CASE("The target description arrives in parts, the last one marked") {
    Debugged d;
    std::string whole;
    std::string part;
    do {
        part = d.ask("qXfer:features:read:target.xml:" + hex_number(whole.size()) + ",1ff");
        whole += part.substr(1);
    } while (part[0] == 'm');
    CHECK(part[0] == 'l');
    CHECK(whole == target_description());
}

TEST_CASE("Memory is read as far as it is mapped, and written only where all of it is") {
    Debugged d;
    d.m.poke<u64>(kData, 0x1122334455667788);
    CHECK(d.ask("m" + hex_number(kData) + ",8") == "8877665544332211");
    CHECK(d.ask("M" + hex_number(kData) + ",2:abcd") == "OK");
    CHECK(d.m.peek<arch::u16>(kData) == 0xcdab);
    CHECK(d.ask("X" + hex_number(kData) + ",2:}\x03") == "OK");
    CHECK(d.m.peek<arch::u16>(kData) == 0x037d);
    CHECK(d.ask("m" + hex_number(kUnmapped) + ",8") == "E0e");
    CHECK(d.ask("M" + hex_number(kUnmapped) + ",1:00") == "E0e");
    const u64 last = kRam + kRamBytes - 2;
    d.ask("Qqemu.PhyMemMode:1");
    CHECK(d.ask("m" + hex_number(last) + ",8").size() == 4);
    CHECK(d.ask("M" + hex_number(last) + ",4:00000000") == "E0e");
}

TEST_CASE("Looking leaves no trace: registers, memory and monitor commands change neither state nor counts") {
    Debugged d;
    (void)d.m.resume(Loop::Plain, 5000);
    const u64 before = d.m.state_hash();
    d.ask("g");
    for (unsigned n = 0; n < registers().size(); ++n) {
        INFO(registers()[n].name);
        d.ask("p" + hex_number(n));
        CHECK(d.m.state_hash() == before);
    }
    for (u64 page = 0; page < 64; ++page) d.ask("m" + hex_number(kCode + page * 4096 + 4090) + ",20");
    d.ask("m" + hex_number(kUnmapped) + ",8");
    d.ask("Z0," + hex_number(kCode) + ",4");
    d.ask("Z4," + hex_number(kData) + ",8");
    CHECK(d.m.state_hash() == before);
}

TEST_CASE("A written instruction is what executes next, and the same one already decoded does not") {
    Debugged d;
    constexpr arch::u32 kMovX5 = 0xd2800545;  // movz x5, #42
    emu::Pe& pe = d.m.core.pe;
    (void)d.m.resume(Loop::SingleStep, 1);
    const u64 pc = pe.pc;
    CHECK(d.ask("M" + hex_number(pc) + ",4:" + hex_value(kMovX5, 4)) == "OK");
    (void)d.m.resume(Loop::SingleStep, 1);
    CHECK(d.m.x(5) == 42);
}

TEST_CASE("Continue, step and range step are understood in their old and their new form") {
    Debugged d;
    using Wanted = Resume::Kind;
    CHECK(d.server.handle("c").resume->kind == Wanted::Continue);
    CHECK(d.server.handle("s").resume->kind == Wanted::Step);
    CHECK(d.server.handle("vCont;c").resume->kind == Wanted::Continue);
    CHECK(d.server.handle("vCont;s:1;c").resume->kind == Wanted::Step);
    const auto range = d.server.handle("vCont;r4000,4010:1").resume;
    CHECK(range->range_start == 0x4000);
    CHECK(range->range_end == 0x4010);
    CHECK_FALSE(d.server.handle("vCont;s:9").resume);
    CHECK_FALSE(d.server.handle("vCont;r4000:1").resume);
    CHECK_FALSE(d.server.handle("vCont;").resume);
    d.ask("s");
    CHECK(d.server.handle("s40000100").resume);
    CHECK(d.m.core.pe.pc == 0x40000100);
}

TEST_CASE("A stop reply names the watched address, the thread and where it stands") {
    Debugged d;
    const StopReport watch{.cause = StopReport::Cause::Hit, .hit = {StopKind::ReadWatch, 0x1234}};
    CHECK(d.server.stop_reply(watch).starts_with("T05rwatch:1234;thread:1;"));
    CHECK(d.ask("?").starts_with("T05rwatch:1234;"));
    CHECK(d.server.stop_reply({.cause = StopReport::Cause::Interrupted}).starts_with("T02thread:1;"));
    CHECK(d.server.stop_reply({.cause = StopReport::Cause::Ended, .exit_status = 1}) == "W01");
}

TEST_CASE("A monitor command's text comes back in hexadecimal, and no text as OK") {
    Debugged d;
    CHECK(d.ask("qRcmd," + hex_text("tlb")) == hex_text("heard tlb"));
    CHECK(d.ask("qRcmd," + hex_text("quiet")) == "OK");
    CHECK(d.ask("qRcmd,7") == "E16");
}

TEST_CASE("A long text comes in several packets of console output, each within the packet size") {
    Debugged d;
    const auto answer = d.server.handle("qRcmd," + hex_text("long"));
    CHECK(answer.text == "OK");
    std::string text;
    for (const std::string& packet : answer.before) {
        CHECK(packet[0] == 'O');
        CHECK(packet.size() <= 0x4000);
        const auto bytes = parse_hex_bytes(packet.substr(1));
        text.append(bytes->begin(), bytes->end());
    }
    CHECK(text == std::string(50000, 'x'));
}

TEST_CASE("What is malformed is refused, what is unknown gets the empty answer") {
    Debugged d;
    for (const char* packet : {"p", "pzz", "pffff", "Pffff=00", "P3=0", "m", "m40000000", "m,", "mxx,8", "M40000000,2:0",
                               "M40000000,2:000000", "X40000000,9:ab", "Z0", "Z0,40000000", "Z0,zz,4", "Hg", "Hg9", "Hg0x1",
                               "T9", "Gzz", "Qqemu.PhyMemMode:2", "qXfer:features:read:target.xml:zz,10"}) {
        INFO(packet);
        CHECK(d.ask(packet) == "E16");
    }
    CHECK(d.ask("P3=00") == "E01");  // another size
    for (const char* packet : {"", "!", "vMustReplyEmpty", "qTStatus", "Z9,40000000,4", "_", "jGetLoadedDynamicLibrariesInfos:"}) {
        INFO(packet);
        CHECK(d.ask(packet).empty());
    }
    CHECK(d.ask("qXfer:auxv:read::0,10") == "E00");
}

TEST_CASE("Packets made of random parts are answered, each of them") {
    Debugged d;
    const char* const kParts[] = {"g",  "G",  "p",     "P",      "m",  "M",      "X", "Z0,", "z2,", "H",   "qRcmd,", "vCont;", "r",
                                  ",",  ":",  "=",     "fffff",  "0",  "ffffffffffffffff",   "1",   "12",  "zz",     "-1",     ";",
                                  "qXfer:features:read:target.xml:", "qThreadExtraInfo,",    "?",   "T",   "\xff",   "c",      "k"};
    std::mt19937_64 random{11};
    for (int round = 0; round < 20000; ++round) {
        std::string packet;
        const auto count = 1 + random() % 6;
        for (std::size_t i = 0; i < count; ++i) packet += kParts[random() % std::size(kParts)];
        const auto answer = d.server.handle(packet);
        REQUIRE(answer.text.size() <= 0x4000);
    }
}
