#pragma once

#include <atomic>

namespace emu::app {

// From now on the first Ctrl-C (or SIGTERM) sets the flag, and a second one ends the program at once.
[[nodiscard]] const std::atomic<bool>& stop_on_interrupt();

}  // namespace emu::app
