// Who looks at a run between its instructions, and may stop it there: a debugger.
#pragma once

#include "emu/core/pe.h"

namespace emu {

class RunWatcher {
public:
    RunWatcher() = default;
    RunWatcher(const RunWatcher&) = delete;
    RunWatcher& operator=(const RunWatcher&) = delete;
    virtual ~RunWatcher() = default;

    // After each instruction, or fetch that failed. true: stand before the next one, at pe.pc.
    [[nodiscard]] virtual bool stops(const Pe& pe) = 0;
};

}  // namespace emu
