// What of a run is checked.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace emu {

struct CheckRequest {
    bool wanted{false};
    std::size_t limit{10};                               // errors reported in full
    std::function<void(const std::string& line)> trace;  // takes the events in casemate's format; empty: nobody
};

}  // namespace emu
