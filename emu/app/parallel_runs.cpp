#include "emu/app/parallel_runs.h"

#include <algorithm>
#include <exception>
#include <thread>

#include "emu/app/progress_line.h"
#include "emu/app/run_identity.h"

namespace emu::app {
namespace {

class Batch {
public:
    Batch(const std::vector<RunRequest>& requests, const std::atomic<bool>& stop)
        : requests_{requests}, stop_{stop}, results_(requests.size()), errors_(requests.size()), progress_{names()} {}

    void work() {
        for (std::size_t i = next_++; i < requests_.size(); i = next_++) run_one(i);
    }
    [[nodiscard]] std::vector<RunResult> take() {
        for (const auto& error : errors_)
            if (error) std::rethrow_exception(error);
        return std::move(results_);
    }

private:
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> list;
        for (const auto& request : requests_) list.push_back(request.name);
        return list;
    }
    void run_one(std::size_t i) {
        if (stop_ || failed_) {
            results_[i] = not_started(requests_[i]);
            return;
        }
        try {
            const auto sink = [&](std::uint64_t n, const std::string& phase) { progress_.update(i, n, phase); };
            results_[i] = run_guest(requests_[i], stop_, sink);
            identify(results_[i], requests_[i]);
        } catch (...) {
            errors_[i] = std::current_exception();
            failed_ = true;
        }
        progress_.finish(i);
    }

    const std::vector<RunRequest>& requests_;
    const std::atomic<bool>& stop_;
    std::vector<RunResult> results_;
    std::vector<std::exception_ptr> errors_;
    ProgressLine progress_;
    std::atomic<std::size_t> next_{0};
    std::atomic<bool> failed_{false};
};

}  // namespace

std::vector<RunResult> run_all(const std::vector<RunRequest>& requests, const std::atomic<bool>& stop) {
    Batch batch{requests, stop};
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < std::min(cores, requests.size()); ++i) threads.emplace_back([&] { batch.work(); });
    }
    return batch.take();
}

}  // namespace emu::app
