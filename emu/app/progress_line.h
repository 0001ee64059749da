// One line on a terminal that says how far each run is. Silent where standard error is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace emu::app {

class ProgressLine {
public:
    explicit ProgressLine(std::vector<std::string> names);
    ~ProgressLine();  // wipes the line
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    // Called from the threads of the runs.
    void update(std::size_t run, std::uint64_t instructions, const std::string& phase);
    void finish(std::size_t run);

private:
    struct State {
        std::string name;
        std::uint64_t instructions{0};
        std::string phase;
        bool started{false};
        bool finished{false};
    };

    void print_now();
    [[nodiscard]] std::string line() const;

    const bool on_terminal_;
    std::mutex mutex_;
    std::vector<State> states_;
    std::chrono::steady_clock::time_point printed_{};  // only paces the display
};

}  // namespace emu::app
