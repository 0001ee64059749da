// A debugging session: drives a machine in Machine::run's place, with a debugger on the line or without.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "emu/debug/connection.h"
#include "emu/debug/gdb_server.h"
#include "emu/debug/packet.h"
#include "emu/machine/machine.h"

namespace emu::debug {

// Says to the user what becomes of the connection.
using Notice = std::function<void(const std::string&)>;

class Session {
public:
    Session(Listener& listener, Machine& machine, Notice notice);

    // Waits for a debugger, which finds the guest before its first instruction; then until the guest ends, the debugger
    // kills it, or `stop` is set. After a detach the guest goes on, and a debugger may come again and stops it; where
    // the line is lost the guest stands and waits for the next one.
    [[nodiscard]] RunEnd drive(const std::atomic<bool>& stop);

private:
    void wait_for_debugger();
    void welcome(Descriptor peer);
    void serve();
    void take(const PacketReader::Item& item);
    void answer(const std::string& text);
    void resume(const Resume& resume);
    void run_detached();
    [[nodiscard]] StopReport run_attached(const Resume& resume);
    [[nodiscard]] StopReport step(const Resume& resume);
    [[nodiscard]] bool interrupted();
    [[nodiscard]] StopReport ended();
    [[nodiscard]] bool over(const std::atomic<bool>& stop);
    [[nodiscard]] Pe& pe() { return machine_.core().pe; }

    Listener& listener_;
    Machine& machine_;
    Notice notice_;
    GdbServer server_;
    PacketReader reader_;
    std::optional<Connection> line_;
    std::string unacknowledged_;
    bool detached_{false};
    const std::atomic<bool>* stop_{nullptr};
};

}  // namespace emu::debug
