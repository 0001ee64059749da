#include "emu/app/interrupt.h"

#include <csignal>

namespace emu::app {
namespace {

// A signal handler has no argument of its own: this is the one global of the program.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void set_interrupted(int) {
    interrupted.store(true);
}

}  // namespace

const std::atomic<bool>& stop_on_interrupt() {
    struct sigaction action {};
    action.sa_handler = set_interrupted;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    return interrupted;
}

}  // namespace emu::app
