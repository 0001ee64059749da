#include <sstream>

#include "emu/machine/kernel_config.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"
#include "tests/support/catch.h"

using Catch::Contains;

namespace {

enum class Hint { Ignore, Use };

struct TlbLikeConfig {
    std::uint32_t entries{48};
    std::uint64_t memory{512 << 20};
    int offset{-2};
    double penalty{1.5};
    bool host_tlb{true};
    Hint hint{Hint::Use};
    std::string note{"none"};

    template <class V>
    void describe(V& v) {
        v.param("mmu.l1d_tlb.entries", entries, "entries", 1, 4096, "entries of the L1 data TLB");
        v.param("machine.memory", memory, "bytes", 64 << 20, 1ull << 40, "size of RAM");
        v.param("mmu.offset", offset, "pages", -4, 4, "a signed number");
        v.param("mmu.penalty", penalty, "cycles", 0, 10, "a real number");
        v.param("mmu.host_tlb", host_tlb, "remember host pointers");
        v.choice("mmu.contiguous", hint, {{"ignore", Hint::Ignore}, {"hint", Hint::Use}}, "the Contiguous bit");
        v.param("mmu.note", note, "free text");
    }
};

std::string message_of(emu::ParameterList& list, const char* key, const char* value) {
    try {
        list.set(key, value, "core.ini:7");
    } catch (const emu::UserError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

using emu::ParameterList;

TEST_CASE("A key sets the member that describes it, whatever its type", "[schema]") {
    TlbLikeConfig config;
    ParameterList list{config};
    list.set("mmu.l1d_tlb.entries", "0x40", "");
    list.set("mmu.offset", "-4", "");
    list.set("mmu.penalty", "2.25", "");
    list.set("mmu.host_tlb", "off", "");
    list.set("mmu.contiguous", "ignore", "");
    list.set("mmu.note", "two words", "");
    CHECK(config.entries == 64);
    CHECK(config.offset == -4);
    CHECK(config.penalty == 2.25);
    CHECK_FALSE(config.host_tlb);
    CHECK(config.hint == Hint::Ignore);
    CHECK(config.note == "two words");
}

TEST_CASE("A size accepts K, M and G in either case, and prints the largest that divides it", "[schema]") {
    TlbLikeConfig config;
    ParameterList list{config};
    for (const auto* text : {"2G", "2g", "2048M", "2097152K", "2147483648"}) {
        list.set("machine.memory", text, "");
        CHECK(config.memory == 1ull << 31);
        CHECK(list.get("machine.memory") == "2G");
    }
    list.set("machine.memory", "67108865", "");
    CHECK(list.get("machine.memory") == "67108865");
}

TEST_CASE("A count does not accept a size suffix", "[schema]") {
    TlbLikeConfig config;
    ParameterList list{config};
    CHECK_THROWS_AS(list.set("mmu.l1d_tlb.entries", "1K", ""), emu::UserError);
    CHECK(config.entries == 48);
}

TEST_CASE("A value outside its range names place, key, value and range, and changes nothing", "[schema]") {
    TlbLikeConfig config;
    ParameterList list{config};
    CHECK(message_of(list, "mmu.l1d_tlb.entries", "0") ==
          "core.ini:7: mmu.l1d_tlb.entries = \"0\" is not allowed; allowed: 1 to 4096 entries");
    CHECK_THAT(message_of(list, "machine.memory", "3T"), Contains("allowed: 64M to 1024G bytes"));
    CHECK_THAT(message_of(list, "mmu.contiguous", "maybe"), Contains("allowed: ignore, hint"));
    CHECK_THAT(message_of(list, "mmu.host_tlb", "2"), Contains("allowed: on, off"));
    CHECK(config.entries == 48);
    CHECK(config.memory == 512 << 20);
}

TEST_CASE("Numbers with rubbish around them, or too large to hold, are refused", "[schema]") {
    TlbLikeConfig config;
    ParameterList list{config};
    for (const auto* text : {"", " 5", "5 ", "5x", "-1", "+5", "5.0", "99999999999999999999", "K", "0x"})
        CHECK_THAT(message_of(list, "mmu.l1d_tlb.entries", text), Contains("is not allowed"));
    CHECK_THAT(message_of(list, "machine.memory", "18446744073709551615G"), Contains("is not allowed"));
    CHECK_THAT(message_of(list, "mmu.penalty", "nan"), Contains("is not allowed"));
}

TEST_CASE("An unknown key names the nearest ones", "[schema]") {
    TlbLikeConfig config;
    ParameterList list{config};
    CHECK_THAT(message_of(list, "mmu.l1d_tlb.entires", "4"),
               Contains("core.ini:7: unknown key \"mmu.l1d_tlb.entires\"") && Contains("nearest: mmu.l1d_tlb.entries"));
    CHECK_THAT(message_of(list, "entries", "4"), Contains("nearest: mmu.l1d_tlb.entries"));
    CHECK_THAT(message_of(list, "zzzzzzzz", "4"), !Contains("nearest"));
    CHECK_THROWS_AS(list.get("mmu.nothing"), emu::UserError);
}

TEST_CASE("A dump names every key once, with its sentence, in the order of describe", "[schema]") {
    TlbLikeConfig config;
    const auto dump = ParameterList{config}.dump_ini();
    CHECK_THAT(dump, Catch::StartsWith("# entries of the L1 data TLB (1 to 4096 entries)\nmmu.l1d_tlb.entries = 48\n"));
    CHECK(dump.find("machine.memory = 512M") < dump.find("mmu.offset = -2"));
    CHECK_THAT(dump,
               Contains("mmu.penalty = 1.5") && Contains("mmu.contiguous = hint") && Contains("mmu.host_tlb = on"));
}

TEST_CASE("Setting every key to what it prints changes nothing", "[schema]") {
    TlbLikeConfig config;
    ParameterList list{config};
    const auto before = list.dump_ini();
    for (const auto& parameter : list.parameters()) list.set(parameter.key, parameter.get(), "");
    CHECK(list.dump_ini() == before);
}

TEST_CASE("Edit distance counts insertions, deletions and substitutions", "[schema]") {
    CHECK(emu::edit_distance("", "abc") == 3);
    CHECK(emu::edit_distance("kitten", "sitting") == 3);
    CHECK(emu::edit_distance("same", "same") == 0);
}

TEST_CASE("The thp_anon grammar is Linux's", "[schema][kernel]") {
    for (const auto* text : {"never", "64K:always", "16K-64K,128K,512K:inherit;256K:madvise;1M-2M:never", "64k:always"})
        CHECK(emu::is_thp_anon(text));
    for (const auto* text : {"", "64K", "always", "65K:always", "8K:always", "4M:always", "64K:sometimes",
                             "64K:always;", "2M-64K:always", ":always", "64K,:always", "64K:"})
        CHECK_FALSE(emu::is_thp_anon(text));
}

TEST_CASE("Boot arguments spell out a policy without folios", "[schema][kernel]") {
    emu::KernelConfig config;
    ParameterList list{config};
    list.set("kernel.thp_anon", "never", "--thp");
    list.set("kernel.linear_map", "cont", "");
    CHECK_THAT(emu::bootargs(config), Contains("thp_anon=16K-2M:never") && Contains("linear_map=cont") &&
                                          Contains("fault_around_bytes=65536") && Contains("init_on_alloc=0"));
    CHECK_THAT(message_of(list, "kernel.thp_anon", "65K:always"), Contains("16K to 2M"));
}
