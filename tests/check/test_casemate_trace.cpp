// Our trace in casemate's format, read by an independent reader; and the examples of the format's own document.
#include "emu/check/casemate_trace.h"
#include "tests/check/casemate_reader.h"
#include "tests/support/catch.h"

using test::Expression;
using test::read_expression;

namespace {

struct Written {
    std::vector<std::string> lines;
    emu::CasemateTrace trace{[this](const std::string& line) { lines.push_back(line); }};
};

Expression read(const std::string& line) {
    std::string_view text = line;
    Expression e = read_expression(text);
    REQUIRE(text.empty());
    CHECK(e.text() == line);
    return e;
}

}  // namespace

TEST_CASE("the reader takes the examples of casemate's document") {
    const char* const examples[] = {
        "(mem-init (id 0) (tid 0) (address 0xaaaaaf200000) (size 0x1000) (src \"test04_bad_bbm_missing_tlbi.c:29\"))",
        "(mem-write (id 5) (tid 0) (mem-order plain) (address 0xaaaaaf200000) (value 0xaaaaaf201003) (src \"test04_bad_bbm_missing_tlbi.c:36\"))",
        "(barrier (id 9) (tid 0) dsb (kind ish) (src \"test04_bad_bbm_missing_tlbi.c:43\"))",
        "(msr (id 6) (tid 0) (sysreg vttbr_el2) (value 0xaaaaaf200000) (src \"test04_bad_bbm_missing_tlbi.c:39\"))"};
    for (const char* example : examples) CHECK(read(example).list.at(1).text().substr(0, 4) == "(id ");
    CHECK(read(examples[1]).field("value") == "0xaaaaaf201003");
    std::string_view broken = "(mem-write (id 5";
    CHECK_THROWS(read_expression(broken));
}

TEST_CASE("a descriptor write has the form of the document's example") {
    Written w;
    w.trace.set_source("test04_bad_bbm_missing_tlbi.c:36");
    w.trace.write(0xaaaaaf200000, 0xaaaaaf201003);
    CHECK(w.lines.at(0) == "(mem-write (id 0) (tid 0) (mem-order plain) (address 0xaaaaaf200000) (value 0xaaaaaf201003) "
                           "(src \"test04_bad_bbm_missing_tlbi.c:36\"))");
}

TEST_CASE("a table that becomes known is an initialised page and its descriptors that are not zero") {
    Written w;
    std::vector<arch::Descriptor> table(512);
    table[2].raw = 0x41000003;
    w.trace.table_found(0x40001000, table);
    REQUIRE(w.lines.size() == 2);
    CHECK(w.lines[0] == "(mem-init (id 0) (tid 0) (address 0x40001000) (size 0x1000))");
    CHECK(read(w.lines[1]).field("address") == "0x40001010");
}

TEST_CASE("barriers and TLBIs carry the assembler's names and what they name") {
    Written w;
    emu::InstructionRecord record;
    record.barrier = emu::BarrierKind::Dsb;
    record.domain = emu::BarrierDomain::InnerShareable;
    record.types = emu::BarrierTypes::Writes;
    w.trace.barrier(record);
    record.domain = emu::BarrierDomain::FullSystem;
    w.trace.barrier(record);
    record.types = emu::BarrierTypes::All;
    w.trace.barrier(record);
    record.barrier = emu::BarrierKind::Isb;
    w.trace.barrier(record);
    record.barrier = emu::BarrierKind::Dmb;
    w.trace.barrier(record);
    REQUIRE(w.lines.size() == 4);
    CHECK(read(w.lines[0]).field("kind") == "ishst");
    CHECK(read(w.lines[1]).field("kind") == "st");
    CHECK(read(w.lines[2]).field("kind") == "sy");
    CHECK(read(w.lines[3]).list.at(3).atom == "isb");

    // VALE1IS of page 0x7f0000000000, ASID 7, level 3: literal operand.
    const auto page = arch::decode_tlbi({0, 8, 3, 5}, 0x0007'7007'f000'0000, arch::Granule::k4K, true);
    REQUIRE(page);
    w.trace.tlbi(*page);
    CHECK(w.lines[4] == "(tlbi (id 4) (tid 0) vale1is (addr 0x7f0000000000) (level 3) (asid 7))");
    const auto asid = arch::decode_tlbi({0, 8, 3, 2}, 0x0009'0000'0000'0000, arch::Granule::k4K, true);
    w.trace.tlbi(*asid);
    CHECK(w.lines[5] == "(tlbi (id 5) (tid 0) aside1is (asid 9))");
    const auto all = arch::decode_tlbi({0, 8, 7, 0}, 0, arch::Granule::k4K, true);
    w.trace.tlbi(*all);
    CHECK(w.lines[6] == "(tlbi (id 6) (tid 0) vmalle1)");
    for (const std::string& line : w.lines) static_cast<void>(read(line));
}

TEST_CASE("a register write names the register") {
    Written w;
    w.trace.register_write("ttbr0_el1", 0x40000000);
    CHECK(w.lines.at(0) == "(msr (id 0) (tid 0) (sysreg ttbr0_el1) (value 0x40000000))");
}
