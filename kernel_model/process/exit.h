#pragma once

namespace km {

// Ends the current task; `code` as wait4 reports it: status << 8, or the number of the signal that killed it. When
// init ends, the boot task goes on and ends the run.
[[noreturn]] void do_exit(int code);
// After init has exited: results go to the mailbox, everything is torn down, the machine is powered off.
[[noreturn]] void finish_run();

}  // namespace km
