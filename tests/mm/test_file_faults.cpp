// Faults in file mappings: fault-around, private copies, shared writes, the end of the file.
#include "tests/support/catch.h"
#include "tests/support/mm_invariants.h"
#include "tests/support/mm_process.h"

using namespace km;
using namespace km_test;

namespace {

constexpr u64 kBase = 0x70000000;
constexpr u64 kShared = kReadWrite | VM_SHARED | VM_MAYSHARE;

std::vector<u8> numbered_pages(u64 pages) {
    std::vector<u8> bytes(pages * kPage);
    for (u64 i = 0; i != bytes.size(); ++i) bytes[i] = static_cast<u8>(i / kPage + 1);
    return bytes;
}

struct Fixture {
    Machine machine;
    std::vector<u8> bytes = numbered_pages(40);
    File* file;
    explicit Fixture(const char* bootargs = "", Core core = kCortexA72) : machine{bootargs, core} {
        file = file_create(bytes.data(), bytes.size());
        REQUIRE(file != nullptr);
    }
    ~Fixture() { file_put(file); }
};

u64 valid_entries(Process& process, u64 start, u64 pages) {
    u64 valid = 0;
    for (u64 i = 0; i != pages; ++i) valid += pte_valid(Pte{raw_entry(process.mm(), start + i * kPage)});
    return valid;
}

}  // namespace

TEST_CASE("A read fault maps the aligned 64K around it") {
    Fixture f;
    Process process;
    process.map_file(kBase, 40 * kPage, kReadWrite, f.file);
    CHECK(process.read(kBase + 20 * kPage) == 21);
    CHECK(valid_entries(process, kBase, 40) == 16);
    CHECK(valid_entries(process, kBase + 16 * kPage, 16) == 16);
    CHECK(process.mm().rss_file == 16);
    CHECK(process.read(kBase + 31 * kPage) == 32);
    CHECK(counters[GUEST_PGFAULT] == 1);
    CHECK(counters[GUEST_FAULT_FILE_READ] == 1);
    CHECK(broken_invariant() == "");
}

TEST_CASE("Fault-around is cut to the region and to the file") {
    Fixture f;
    Process process;
    process.map_file(kBase + 3 * kPage, 3 * kPage, VM_READ, f.file);
    CHECK(process.read(kBase + 4 * kPage) == 2);
    CHECK(process.mm().rss_file == 3);
    process.map_file(kBase + kBlock, 2 * kBlock, VM_READ, f.file, 32);
    CHECK(process.read(kBase + kBlock) == 33);
    CHECK(process.mm().rss_file == 3 + 8);
    CHECK(handle_mm_fault(process.region(kBase + kBlock), kBase + kBlock + 8 * kPage, {}) == FaultOutcome::BusError);
}

TEST_CASE("fault_around_bytes=4K maps one page a fault") {
    Fixture f{"fault_around_bytes=4K"};
    Process process;
    process.map_file(kBase, kBlock, VM_READ, f.file);
    CHECK(process.touch(kBase, kBlock, Access::Read) == 16);
    CHECK(counters[GUEST_FAULT_FILE_READ] == 16);
}

TEST_CASE("Pages mapped ahead are old where hardware sets the access flag, and young elsewhere") {
    const bool hardware = GENERATE(false, true);
    Fixture f{"", hardware ? kNeoverseV2 : kCortexA72};
    Process process;
    process.map_file(kBase, kBlock, VM_READ, f.file);
    CHECK(process.touch(kBase + 2 * kPage, kPage, Access::Read) == 1);
    CHECK(pte_young(Pte{raw_entry(process.mm(), kBase + 2 * kPage)}));
    CHECK(pte_young(Pte{raw_entry(process.mm(), kBase + 3 * kPage)}) == !hardware);
    CHECK(process.touch(kBase, kBlock, Access::Read) == 0);
}

TEST_CASE("A private write copies the page, and the file keeps its bytes") {
    Fixture f;
    Process process;
    process.map_file(kBase, kBlock, kReadWrite, f.file);
    process.write(kBase, 200);                    // nothing mapped: copied at once
    CHECK(counters[GUEST_FAULT_FILE_COW] == 1);
    CHECK(process.read(kBase + kPage) == 2);      // mapped around, read-only
    process.write(kBase + kPage, 201);            // then copied from the mapping
    CHECK(counters[GUEST_FAULT_COW_COPY] == 1);
    CHECK(process.read(kBase) == 200);
    CHECK(process.read(kBase + kPage) == 201);
    CHECK(process.read(kBase + 1) == 1);
    CHECK(process.mm().rss_anon == 2);
    CHECK(process.mm().rss_file == 14);
    const Page* const cached = file_find_page(*f.file, 0);
    CHECK(*static_cast<const u8*>(page_address(cached)) == 1);
    CHECK(broken_invariant() == "");
}

TEST_CASE("A shared write reaches the file and every other mapping") {
    Fixture f;
    {
        Process one, other;
        one.map_file(kBase, kBlock, kShared, f.file);
        other.map_file(kBase + kBlock, kBlock, kShared, f.file);
        one.write(kBase + 5 * kPage, 77);
        CHECK(other.read(kBase + kBlock + 5 * kPage) == 77);
        CHECK(counters[GUEST_FAULT_FILE_SHARED] == 1);
        CHECK(file_find_page(*f.file, 5)->test(PG_dirty));
        // Mapped for reading by fault-around: writable but clean, so without hardware dirty state a write faults.
        CHECK(one.read(kBase + 6 * kPage) == 7);
        CHECK(one.access(kBase + 6 * kPage, Access::Write) == 1);
        CHECK(counters[GUEST_FAULT_DIRTY] == 1);
        CHECK(broken_invariant() == "");
    }
    CHECK(file_find_page(*f.file, 6)->test(PG_dirty));
    CHECK(broken_invariant() == "");
}

TEST_CASE("Unmapping dirty shared pages flushes before the table is left") {
    Fixture f;
    Process process;
    process.map_file(kBase, kBlock, kShared, f.file);
    process.touch(kBase, kBlock);
    const Prices unmap = price([&] { process.dontneed(kBase, kBlock); });
    CHECK(unmap.tlbi_page == 16);
    CHECK(unmap.dsb_ish == 1);
}

TEST_CASE("A file of holes gets zeroed pages when they are touched, and fault-around skips holes") {
    Machine machine{""};
    File* const file = file_create(nullptr, 8 * kPage);
    {
        Process process;
        process.map_file(kBase, 8 * kPage, kShared, file);
        CHECK(process.read(kBase + 3 * kPage) == 0);
        CHECK(file->nr_pages == 1);
        CHECK(process.mm().rss_file == 1);
        CHECK(process.touch(kBase, 8 * kPage, Access::Read) == 7);
    }
    file_put(file);
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE("Fork copies private pages of a file mapping and lets the rest fault again") {
    Fixture f;
    Process parent, child, stranger;
    parent.map_file(kBase, kBlock, kReadWrite, f.file);
    parent.read(kBase);
    parent.fork_into(stranger);
    CHECK(valid_entries(stranger, kBase, 16) == 0);
    parent.write(kBase, 9);
    parent.fork_into(child);
    CHECK(valid_entries(child, kBase, 16) == 16);
    child.write(kBase, 10);
    CHECK(parent.read(kBase) == 9);
    CHECK(broken_invariant() == "");
}
