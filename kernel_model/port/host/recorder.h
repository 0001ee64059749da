// What the memory manager did to descriptors and the TLB, in program order. Off until a test switches it on.
#pragma once

#include <vector>

#include "kernel_model/port/port.h"

namespace km::port {

struct Event {
    enum class Kind : u8 { Load, Store, Exchange, CompareExchange, Tlbi, Barrier, InstallAddressSpace };
    Kind kind{Kind::Load};
    // Level of the table that held `slot` at that moment, by Recorder::level_of.
    int level{-1};
    const u64* slot{nullptr};
    u64 old_value{0};
    u64 new_value{0};
    TlbiOp tlbi{TlbiOp::VMALLE1IS};
    u64 operand{0};
    port::Barrier barrier{port::Barrier::DsbIsh};
};

class Recorder {
public:
    bool enabled{false};
    int (*level_of)(const u64* slot){nullptr};  // set by the tests: the port knows no tables
    std::vector<Event> events;

    void start() {
        events.clear();
        enabled = true;
    }
    void stop() { enabled = false; }

    void load(const u64* slot, u64 value) { access(Event::Kind::Load, slot, value, value); }
    void store(const u64* slot, u64 old, u64 value) { access(Event::Kind::Store, slot, old, value); }
    void exchange(const u64* slot, u64 old, u64 value) { access(Event::Kind::Exchange, slot, old, value); }
    void compare_exchange(const u64* slot, u64 old, u64 value) {
        access(Event::Kind::CompareExchange, slot, old, value);
    }
    void tlbi(TlbiOp op, u64 operand);
    void barrier(port::Barrier kind);
    void install(u64 table_pa, u16 asid);

private:
    void access(Event::Kind kind, const u64* slot, u64 old, u64 value);
};
extern Recorder recorder;

}  // namespace km::port
