#include "emu/app/user_program.h"

#include <boost/program_options.hpp>
#include <filesystem>

#include "emu/app/profile.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

namespace fs = std::filesystem;

std::string base_name(const std::string& path) { return fs::path{path}.filename().string(); }

// HOST[:GUEST]. A folder may be named with a slash behind it.
GuestFile parse_file(const std::string& text) {
    const auto colon = text.rfind(':');
    std::string host = text.substr(0, colon);
    while (host.size() > 1 && host.back() == '/') host.pop_back();
    if (host.empty()) throw UserError{"--file " + text + ": write --file HOST or --file HOST:GUEST"};
    return {host, colon == std::string::npos ? base_name(host) : text.substr(colon + 1)};
}

void check_variable(const std::string& text) {
    if (const auto at = text.find('='); at == std::string::npos || at == 0)
        throw UserError{"--env " + text + ": write --env KEY=VALUE"};
}

}  // namespace

void add_program_options(Options& options) {
    namespace po = boost::program_options;
    const auto value = [](const char* name) { return po::value<std::string>()->value_name(name); };
    auto add = options.add_options();
    add("program", value("FILE"), "run this static AArch64 program instead of a workload; its arguments stand after --");
    add("file", value("HOST[:GUEST]"), "give the program a file or folder, in / or as GUEST; may be given several times");
    add("env", value("KEY=VALUE"), "set a variable of the program's environment, which is empty; may be given several times");
    add("stdin", value("FILE"), "what the program reads from its standard input, which is empty");
}

std::optional<UserProgram> user_program(const CommandLine& line) {
    const auto path = line.option("program");
    if (!path) {
        if (!line.files.empty() || !line.environment.empty() || line.has("stdin"))
            throw UserError{"--file, --env and --stdin belong to a program: name one with --program"};
        if (line.has("quiet")) throw UserError{"--quiet silences the report about a program: name one with --program"};
        return std::nullopt;
    }
    if (!line.positional.empty())
        throw UserError{"\"" + line.positional.front() +
                        "\" is one word too many beside --program; arguments of the program stand after --"};
    UserProgram program;
    program.path = *path;
    program.arguments.push_back(*path);
    program.arguments.insert(program.arguments.end(), line.arguments.begin(), line.arguments.end());
    for (const auto& file : line.files) program.files.push_back(parse_file(file));
    for (const auto& variable : line.environment) check_variable(variable);
    program.environment = line.environment;
    program.input = line.option("stdin").value_or("");
    return program;
}

RunRequest make_program_request(const DataFiles& files, const MachineConfig& config, const UserProgram& program) {
    files.require_guest(config.kernel.contpte);
    RunRequest request;
    request.config = config;
    request.files = guest_files(files, config);
    request.name = request.workload = base_name(program.path);
    request.arguments.assign(program.arguments.begin() + 1, program.arguments.end());
    request.program = program;
    return request;
}

int exit_status_of(const ProgramResult& program) {
    constexpr int kSignalled = 128;
    return program.signal != 0 ? kSignalled + static_cast<int>(program.signal) : static_cast<int>(program.exit_code);
}

}  // namespace emu::app
