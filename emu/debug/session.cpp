#include "emu/debug/session.h"

#include "emu/debug/hex.h"
#include "emu/debug/monitor.h"

namespace emu::debug {
namespace {

constexpr int kPollMilliseconds = 100;
// Between looks at the line: a few milliseconds.
constexpr u64 kSlice = 50'000;

struct StopAtPoints final : RunWatcher {
    explicit StopAtPoints(const StopPoints& p) : points{p} {}
    // What the loop is asked for comes before the next instruction, and may change what that does.
    bool stops(const Pe& pe) override { return pe.request != LoopRequest::None || points.before_next(pe).has_value(); }

    const StopPoints& points;
};

struct StopAtOnce final : RunWatcher {
    bool stops(const Pe&) override { return true; }
};

}  // namespace

Session::Session(Listener& listener, Machine& machine, Notice notice)
    : listener_{listener},
      machine_{machine},
      notice_{std::move(notice)},
      server_{{.pes = {&machine.core().pe},
               .memory = machine.memory(),
               .monitor = [this](Pe& pe, const std::string& command) { return monitor_command(machine_, pe, command); },
               .describe = [this](const Pe& pe) { return "EL" + std::to_string(pe.el) + ", phase " + machine_.phase(); }}} {}

RunEnd Session::drive(const std::atomic<bool>& stop) {
    stop_ = &stop;
    while (!over(stop)) {
        if (detached_) run_detached();
        else if (!line_) wait_for_debugger();
        else serve();
    }
    return *machine_.end();
}

bool Session::over(const std::atomic<bool>& stop) {
    if (stop.load(std::memory_order_relaxed)) machine_.interrupt();
    return machine_.end().has_value();
}

void Session::wait_for_debugger() {
    Descriptor peer = listener_.accept(kPollMilliseconds);
    if (peer.is_open()) welcome(std::move(peer));
}

void Session::welcome(Descriptor peer) {
    line_.emplace(std::move(peer));
    reader_ = {};
    server_.attach();
    detached_ = false;
    notice_("a debugger has attached");
}

void Session::serve() {
    reader_.feed(line_->receive(kPollMilliseconds));
    while (line_) {
        const auto item = reader_.next();
        if (!item) break;
        take(*item);
    }
    if (!line_ || !line_->lost()) return;
    line_.reset();
    notice_("the connection to the debugger is lost; the guest stands at 0x" + hex_number(pe().pc) +
            " and waits for another (Ctrl-C ends it)");
}

void Session::take(const PacketReader::Item& item) {
    using Kind = PacketReader::Kind;
    switch (item.kind) {
        case Kind::Ack:
        case Kind::Interrupt: return;  // it stands already
        case Kind::Nack: return line_->send(unacknowledged_);
        case Kind::Damaged: return line_->send("-");
        case Kind::Packet: break;
    }
    const bool acknowledges = server_.acknowledges();
    if (acknowledges) line_->send("+");
    const GdbServer::Answer reply = server_.handle(item.payload);
    for (const std::string& packet : reply.before) answer(packet);
    if (!reply.resume) return answer(reply.text);
    if (!reply.text.empty()) answer(reply.text);
    resume(*reply.resume);
}

void Session::answer(const std::string& text) {
    unacknowledged_ = frame(text);
    line_->send(unacknowledged_);
}

void Session::resume(const Resume& resume) {
    switch (resume.kind) {
        case Resume::Kind::Continue: return answer(server_.stop_reply(run_attached(resume)));
        case Resume::Kind::Step: return answer(server_.stop_reply(step(resume)));
        case Resume::Kind::Kill: machine_.interrupt(); break;
        case Resume::Kind::Detach:
            detached_ = true;
            notice_("the debugger has detached; the guest goes on");
            break;
    }
    line_.reset();
}

void Session::run_detached() {
    machine_.run_some(kSlice, nullptr);
    Descriptor peer = listener_.accept(0);
    if (peer.is_open()) welcome(std::move(peer));
}

// A watchpoint counts for the first instruction too: GDB steps over one that it was told of with its watchpoints taken
// away. A breakpoint does not: it is where the guest stands already.
StopReport Session::run_attached(const Resume& resume) {
    const StopPoints& points = server_.points();
    StopAtPoints at_points{points};
    auto hit = points.watched(pe());
    while (!hit && !over(*stop_)) {
        machine_.run_some(kSlice, points.empty() ? nullptr : &at_points);
        if (machine_.end()) break;
        hit = points.before_next(pe());
        if (!hit && interrupted()) return {.cause = StopReport::Cause::Interrupted, .pe = resume.pe};
    }
    if (hit) return {.cause = StopReport::Cause::Hit, .pe = resume.pe, .hit = *hit};
    return ended();
}

StopReport Session::step(const Resume& resume) {
    StopAtOnce at_once;
    do {
        auto hit = server_.points().watched(pe());
        if (!hit) {
            machine_.run_some(kSlice, &at_once);
            if (machine_.end()) return ended();
            hit = server_.points().breakpoint_at(pe().pc);
        }
        if (hit) return {.cause = StopReport::Cause::Hit, .pe = resume.pe, .hit = *hit};
        if (interrupted()) return {.cause = StopReport::Cause::Interrupted, .pe = resume.pe};
    } while (pe().pc >= resume.range_start && pe().pc < resume.range_end);
    return {.cause = StopReport::Cause::Stepped, .pe = resume.pe};
}

// Ctrl-C in the debugger, or its end. Packets do not come while the guest runs.
bool Session::interrupted() {
    reader_.feed(line_->receive(0));
    while (const auto item = reader_.next()) {
        if (item->kind == PacketReader::Kind::Interrupt) return true;
    }
    return line_->lost();
}

// With the exit status of init, as wait4 reports it; 1 where the guest did not end by itself or a signal killed it.
StopReport Session::ended() {
    const auto box = machine_.mailbox();
    const bool exited = machine_.end() == RunEnd::PoweredOff && box && (box->exit_status & 0x7f) == 0;
    return {.cause = StopReport::Cause::Ended, .exit_status = exited ? static_cast<u8>(box->exit_status >> 8) : u8{1}};
}

}  // namespace emu::debug
