// GDB's remote protocol without its line: one packet in, one answer out, and what the run is to do.
// GDB manual, "Remote Serial Protocol", Packets.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emu/debug/guest_memory.h"
#include "emu/debug/stop_points.h"

namespace emu::debug {

// How a run went on to where it stands now.
struct StopReport {
    enum class Cause : u8 {
        Attached,   // it has not run yet, or was running when the debugger came
        Stepped,
        Interrupted,
        Hit,        // `hit`
        Ended,      // the guest is no more; `exit_status`
    };
    Cause cause{Cause::Attached};
    unsigned pe{0};
    StopHit hit{};
    u8 exit_status{0};
};

// What a packet asks the run to do.
struct Resume {
    enum class Kind : u8 { Continue, Step, Detach, Kill };
    Kind kind{Kind::Continue};
    unsigned pe{0};
    // Step: goes on while pc is in here; empty: one instruction.
    u64 range_start{0};
    u64 range_end{0};
};

class GdbServer {
public:
    struct Guest {
        std::vector<Pe*> pes;  // thread n is pes[n - 1]
        PhysicalMemory& memory;
        std::function<std::string(Pe&, const std::string&)> monitor;  // text of a `monitor` command
        std::function<std::string(const Pe&)> describe;               // of `info threads`
    };

    explicit GdbServer(Guest guest) : guest_{std::move(guest)}, memory_{guest_.memory} {}

    struct Answer {
        std::string text{};  // without a frame; of a Resume there is none yet: stop_reply() follows
        std::optional<Resume> resume{};
        std::vector<std::string> before{};  // packets that go out before it: console output
    };
    // Whatever the payload is. Unknown packets are answered by the empty text, as the protocol wants.
    [[nodiscard]] Answer handle(std::string_view payload);
    // What GDB is told when the run stands. The report is kept for later '?' packets.
    [[nodiscard]] std::string stop_reply(const StopReport& report);

    [[nodiscard]] const StopPoints& points() const { return points_; }
    [[nodiscard]] bool acknowledges() const { return acknowledges_; }
    // A debugger has come: nothing of the one before stays.
    void attach();

private:
    [[nodiscard]] Answer query(std::string_view payload);
    [[nodiscard]] Answer set(std::string_view payload);
    [[nodiscard]] Answer verbose(std::string_view payload);
    [[nodiscard]] Answer resume_each(std::string_view actions);
    [[nodiscard]] std::optional<Resume> resume_of(std::string_view action, unsigned pe) const;
    [[nodiscard]] Answer resume_old(Resume::Kind kind, std::string_view address);
    [[nodiscard]] std::string transfer(std::string_view request);
    [[nodiscard]] Answer monitor(std::string_view hex);
    [[nodiscard]] std::string threads() const;
    [[nodiscard]] std::string thread_text(std::string_view thread) const;
    [[nodiscard]] std::string select_thread(std::string_view request);
    [[nodiscard]] std::string read_all() const;
    [[nodiscard]] std::string write_all(std::string_view bytes);
    [[nodiscard]] std::string read_one(std::string_view number) const;
    [[nodiscard]] std::string write_one(std::string_view assignment);
    [[nodiscard]] std::string read_memory(std::string_view request) const;
    [[nodiscard]] std::string write_memory(std::string_view request, bool binary);
    [[nodiscard]] std::string change_point(std::string_view request, bool insert);
    [[nodiscard]] Pe& pe() const { return *guest_.pes[selected_]; }

    Guest guest_;
    GuestMemory memory_;
    StopPoints points_;
    AddressSpace space_{AddressSpace::Virtual};
    unsigned selected_{0};  // PE of register and memory packets
    bool acknowledges_{true};
    StopReport last_stop_{};
};

}  // namespace emu::debug
