#include "emu/app/progress_line.h"

#include <unistd.h>

#include <cstdio>

namespace emu::app {
namespace {

constexpr std::chrono::milliseconds kBetweenPrints{100};
constexpr std::size_t kWidth = 100;
constexpr const char* kWipe = "\r\033[K";

}  // namespace

ProgressLine::ProgressLine(std::vector<std::string> names) : on_terminal_{isatty(STDERR_FILENO) == 1} {
    for (auto& name : names) states_.push_back({std::move(name), 0, "", false, false});
}

ProgressLine::~ProgressLine() {
    if (on_terminal_) std::fputs(kWipe, stderr);
}

void ProgressLine::update(std::size_t run, std::uint64_t instructions, const std::string& phase) {
    if (!on_terminal_) return;
    const std::lock_guard lock{mutex_};
    states_[run].started = true;
    states_[run].instructions = instructions;
    states_[run].phase = phase;
    const auto now = std::chrono::steady_clock::now();
    if (now - printed_ < kBetweenPrints) return;
    printed_ = now;
    print_now();
}

void ProgressLine::finish(std::size_t run) {
    if (!on_terminal_) return;
    const std::lock_guard lock{mutex_};
    states_[run].finished = true;
    print_now();
}

void ProgressLine::print_now() {
    std::fprintf(stderr, "%s%s", kWipe, line().c_str());
}

std::string ProgressLine::line() const {
    std::size_t finished = 0;
    std::string running;
    for (const auto& state : states_) {
        finished += state.finished ? 1 : 0;
        if (!state.started || state.finished) continue;
        running += "  " + state.name + " " + state.phase + " " + std::to_string(state.instructions / 1'000'000) + "M";
    }
    const auto text = std::to_string(finished) + "/" + std::to_string(states_.size()) + " runs done" + running;
    return text.substr(0, kWidth);
}

}  // namespace emu::app
