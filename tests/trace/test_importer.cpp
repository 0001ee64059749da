#include "emu/trace/importer.h"

#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "mmu/base/user_error.h"
#include "tests/support/catch.h"

using namespace emu::trace;

namespace {

const std::string kTraces = FOLDWALK_TRACES;

struct TemporaryFile {
    std::string path{"foldwalk-trace-test.tmp"};
    explicit TemporaryFile(const std::string& content) { std::ofstream{path, std::ios::binary} << content; }
    ~TemporaryFile() { std::remove(path.c_str()); }
};

std::vector<replay_op> read_all(Importer& importer, std::size_t step) {
    std::vector<replay_op> all;
    std::vector<replay_op> window(step);
    for (;;) {
        const std::size_t got = importer.read(window);
        all.insert(all.end(), window.begin(), window.begin() + static_cast<std::ptrdiff_t>(got));
        if (got < step) return all;
    }
}

const std::string kFault =
    "  p-1  [000] d....   1.5: page_fault_user: (h+0x0/0x2c8) address=0x10000 fault_flags=0x255 vm_start=0x10000 "
    "vm_end=0x20000 vm_flags=0x73 vm_pgoff=0x10 vm_file=0x0\n"
    "  p-1  [000] d....   1.6: page_fault_ret: (do_page_fault+0x134/0x588 <- handle_mm_fault) ret=0x0\n";

}  // namespace

// The recording's own notes count 5098 and 1044 completed user faults. They take the faults of execve's seven argument
// copies by their pstate, which is junk: all seven are among the 5098, six among the 1044.
TEST_CASE("The shipped traces hold the completed faults that their recording reports") {
    for (const auto& [name, user, folios] : {std::tuple{"sort.never", 5098u - 7u, 0u}, std::tuple{"sort.mthp64", 1044u - 6u, 345u}}) {
        Importer importer{kTraces + "/" + name + ".trace.gz"};
        read_all(importer, 4096);
        const Statistics& s = importer.statistics();
        CHECK(s.anon_user + s.file_user == user);
        CHECK(s.from_get_user_pages == 7);
        CHECK(s.born_folded == folios);
        CHECK(s.bad_lines == 0);
        CHECK(s.unpaired == 0);
    }
}

TEST_CASE("Two recordings of the same program made the same address-space calls") {
    Importer never{kTraces + "/sort.never.trace.gz"};
    Importer mthp{kTraces + "/sort.mthp64.trace.gz"};
    read_all(never, 512);
    read_all(mthp, 512);
    CHECK(never.statistics().call_sequence_hash == mthp.statistics().call_sequence_hash);
}

TEST_CASE("The window size does not change the operations") {
    Importer small{kTraces + "/sort.mthp64.trace.gz"};
    Importer large{kTraces + "/sort.mthp64.trace.gz"};
    const auto a = read_all(small, 7);
    const auto b = read_all(large, 100000);
    REQUIRE(a.size() == b.size());
    bool equal = true;
    for (std::size_t i = 0; i < a.size(); ++i) equal = equal && a[i].kind == b[i].kind && a[i].a[0] == b[i].a[0];
    CHECK(equal);
    CHECK(a.back().kind == REPLAY_END);
}

TEST_CASE("Bad lines are counted and named, and the rest is replayed") {
    const TemporaryFile file{kFault + "rubbish here\n" + kFault};
    Importer importer{file.path};
    read_all(importer, 100);
    CHECK(importer.statistics().anon_user == 2);
    REQUIRE(importer.statistics().bad_lines == 1);
    CHECK(importer.statistics().first_bad_lines[0].number == 3);
    CHECK(importer.statistics().first_bad_lines[0].text == "rubbish here");
}

TEST_CASE("A compressed trace that is cut short gives what it holds and says so") {
    std::ifstream in{kTraces + "/sort.never.trace.gz", std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    const TemporaryFile file{bytes.substr(0, bytes.size() / 2)};
    Importer importer{file.path};
    read_all(importer, 4096);
    CHECK(importer.statistics().truncated);
    CHECK(importer.statistics().faults() > 100);
}

TEST_CASE("A binary file, an empty file and a missing file are refused with one line") {
    const TemporaryFile binary{std::string("\x7f" "ELF\0\0\0\1\2\3", 10) + std::string(5000, '\0')};
    CHECK_THROWS_AS(Importer{binary.path}, emu::UserError);
    {
        const TemporaryFile empty{"# nothing\n"};
        CHECK_THROWS_AS(Importer{empty.path}, emu::UserError);
    }
    CHECK_THROWS_AS(Importer{"no-such-file.trace"}, emu::UserError);
}
