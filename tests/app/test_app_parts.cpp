#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "emu/app/command_line.h"
#include "emu/app/configurations.h"
#include "emu/app/ini_file.h"
#include "emu/app/manifest.h"
#include "emu/app/output_file.h"
#include "mmu/base/user_error.h"
#include "tests/support/catch.h"

using Catch::Contains;
using namespace emu;
using namespace emu::app;
namespace fs = std::filesystem;

namespace {

// A folder that goes away with the test.
struct Folder {
    fs::path path{(fs::temp_directory_path() / "foldwalk-test-XXXXXX").string()};

    Folder() {
        std::string name = path.string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator{path}, fs::directory_iterator{}));
    }
};

std::string text_of(const fs::path& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string refusal(const std::string& ini) {
    try {
        static_cast<void>(parse_ini(ini, "x.ini"));
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

CommandLine parse(const std::vector<std::string>& words) {
    Options options;
    add_common_options(options);
    return parse_command_line("run", words, options);
}

}  // namespace

TEST_CASE("Sections and dotted keys of an INI file mean the same", "[ini]") {
    const auto entries = parse_ini(
        "a.b = 1\n[mmu.l1d_tlb]\nentries = 48   # documented\n; aside\n[kernel]\nthp_anon=64K:always\n", "x.ini");
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].key == "a.b");
    CHECK(entries[1].key == "mmu.l1d_tlb.entries");
    CHECK(entries[1].value == "48");
    CHECK(entries[1].origin == "x.ini:3");
    CHECK(entries[2].key == "kernel.thp_anon");
    CHECK(entries[2].value == "64K:always");
}

TEST_CASE("A line of an INI file that says nothing is named with its number", "[ini]") {
    CHECK_THAT(refusal("\n\nnonsense\n"), Contains("x.ini:3") && Contains("nonsense"));
    CHECK_THAT(refusal("= 5\n"), Contains("x.ini:1"));
    CHECK_THAT(refusal("[mmu]\n= 5\n"), Contains("x.ini:2"));
    CHECK_THAT(refusal("[mmu\n"), Contains("x.ini:1"));
    CHECK(refusal("\r\n# only a comment\r\n").empty());
}

TEST_CASE("Options keep the order in which they were typed, and what follows -- is the workload's", "[cli]") {
    const auto line =
        parse({"random_touch", "--thp", "never", "--set", "a=b=c", "--contpte=off", "--", "bytes=4M", "--x"});
    CHECK(line.only_positional("workload") == "random_touch");
    CHECK(line.arguments == std::vector<std::string>{"bytes=4M", "--x"});
    REQUIRE(line.config.assignments.size() == 3);
    CHECK(line.config.assignments[0].key == "kernel.thp_anon");
    CHECK(line.config.assignments[1].value == "b=c");
    CHECK(line.config.assignments[2].key == "kernel.contpte");
    CHECK(line.config.assignments[2].origin == "--contpte");
    CHECK(line.typed.front() == "run");
    CHECK_FALSE(line.has("help"));
}

TEST_CASE("The TLB without the hint keeps its aggregation", "[compare]") {
    CHECK(without_hint("hint") == "ignore");
    CHECK(without_hint("hint+coalesce4") == "coalesce4");
    CHECK(without_hint("coalesce8") == "coalesce8");
    CHECK(without_hint("ignore") == "ignore");
}

TEST_CASE("Each value of a varied key is a configuration, compared with the first", "[compare]") {
    const auto plan = varied_configurations({}, "mmu.contiguous=ignore,hint,coalesce4");
    REQUIRE(plan.configurations.size() == 3);
    CHECK(plan.configurations[1].name == "mmu.contiguous=hint");
    CHECK(plan.configurations[2].sources.assignments.back().value == "coalesce4");
    REQUIRE(plan.differences.size() == 2);
    CHECK(plan.differences[1].name == "ignore -> coalesce4");
    CHECK(plan.same_work_from == 3);
    CHECK_THROWS_AS(varied_configurations({}, "mmu.contiguous"), UserError);
    CHECK_THROWS_AS(varied_configurations({}, "mmu.contiguous=hint"), UserError);
}

TEST_CASE("A committed file is there whole; one that is not committed leaves nothing", "[output]") {
    const Folder folder;
    const auto path = folder.path / "result.json";
    {
        OutputFile abandoned{path.string()};
        CHECK_FALSE(fs::exists(path));
    }
    CHECK(folder.files() == 0);
    OutputFile file{path.string()};
    file.commit("whole\n");
    CHECK(text_of(path) == "whole\n");
    CHECK(folder.files() == 1);
    CHECK((fs::status(path).permissions() & fs::perms::owner_read) != fs::perms::none);
}

TEST_CASE("An abandoned file leaves the old one as it was", "[output]") {
    const Folder folder;
    const auto path = folder.path / "result.json";
    std::ofstream{path} << "old";
    { OutputFile abandoned{path.string()}; }
    CHECK(text_of(path) == "old");
    CHECK(folder.files() == 1);
}

TEST_CASE("A path that cannot be written is refused when it is named", "[output]") {
    const Folder folder;
    CHECK_THROWS_WITH(OutputFile{(folder.path / "no" / "x").string()},
                      Contains("cannot write") && Contains("No such file"));
    CHECK_THROWS_WITH(OutputFile{folder.path.string()}, Contains("folder"));
}

TEST_CASE("A device is written to, and not replaced by a file", "[output]") {
    OutputFile file{"/dev/null"};
    file.commit("gone");
    CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("Workload arguments are checked against those of the manifest", "[manifest]") {
    Workload workload;
    workload.name = "random_touch";
    workload.defaults = {{"bytes", "4M"}, {"accesses", "1000"}};
    CHECK(checked_arguments(workload, {"bytes=1G", "accesses=5"}) == std::vector<std::string>{"bytes=1G", "accesses=5"});
    CHECK(checked_arguments(workload, {"bytes=64k", "accesses=0x10"}) == std::vector<std::string>{"bytes=64K", "accesses=16"});
    CHECK_THROWS_WITH(checked_arguments(workload, {"rounds=5"}), Contains("it takes bytes= accesses="));
    CHECK_THROWS_WITH(checked_arguments(workload, {"bytes="}), Contains("no number"));
    CHECK_THROWS_WITH(checked_arguments(workload, {"bytes=-1"}), Contains("no number"));
}
