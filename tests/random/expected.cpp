#include "tests/random/expected.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace random_test {
namespace {

constexpr int kPatienceMs = 60'000;
// Everything this version has, without SVE and SME, whose presence changes what unallocated words do.
constexpr const char* kCpu = "max,sve=off,sme=off";

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("random differential: " + what); }

[[noreturn]] void execute_runner(int in, int out, const char* file) {
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    for (int fd = 3; fd < 256; ++fd) close(fd);
    execl(FOLDWALK_QEMU_USER, FOLDWALK_QEMU_USER, "-cpu", kCpu, FOLDWALK_RANDOM_RUNNER, file, nullptr);
    _exit(127);
}

}  // namespace

Expected::Expected() {
    std::signal(SIGPIPE, SIG_IGN);
    make_file();
    spawn();
}

Expected::~Expected() {
    if (to_child_ >= 0) close(to_child_);
    if (from_child_ >= 0) close(from_child_);
    if (child_ > 0) {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
    }
    if (batch_ != nullptr) munmap(batch_, sizeof(batch));
    unlink(path_.c_str());
}

void Expected::make_file() {
    const char* folder = std::getenv("TMPDIR");
    path_ = std::string{folder != nullptr ? folder : "/tmp"} + "/foldwalk-random-XXXXXX";
    const int file = mkstemp(path_.data());
    if (file < 0 || ftruncate(file, sizeof(batch)) != 0) fail("cannot make " + path_);
    void* memory = mmap(nullptr, sizeof(batch), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory == MAP_FAILED) fail("cannot map " + path_);
    batch_ = static_cast<batch*>(memory);
}

void Expected::spawn() {
    std::array<int, 2> down{};
    std::array<int, 2> up{};
    if (pipe(down.data()) != 0 || pipe(up.data()) != 0) fail("cannot make a pipe");
    child_ = fork();
    if (child_ == 0) execute_runner(down[0], up[1], path_.c_str());
    close(down[0]);
    close(up[1]);
    to_child_ = down[1];
    from_child_ = up[0];
    if (child_ < 0) fail("cannot start " FOLDWALK_QEMU_USER);
}

void Expected::start() {
    const char turn = 1;
    if (write(to_child_, &turn, 1) != 1) fail("the runner is gone");
}

void Expected::finish() {
    pollfd waiting{from_child_, POLLIN, 0};
    char turn = 0;
    if (poll(&waiting, 1, kPatienceMs) != 1) fail("the runner does not answer");
    if (read(from_child_, &turn, 1) != 1) fail("the runner died");
}

}  // namespace random_test
