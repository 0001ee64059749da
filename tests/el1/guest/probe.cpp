#include "tests/el1/guest/probe.h"

#include "tests/el1/guest/print.h"
#include "tests/el1/guest/tables.h"

extern "C" {
extern const el1::u8 __probes_start[];
extern const el1::u8 __probes_end[];
void enter_probe(el1::Frame*);
[[noreturn]] void power_off();
[[noreturn]] void unexpected_exception(el1::u64 vector, el1::u64 esr, el1::u64 elr, el1::u64 far);
}

namespace el1 {
namespace {

constexpr u64 kMasked = 0x3c0;
alignas(16) u8 probe_stack[4096];

u64 mode_of(Level level) {
    return level == Level::El0 ? 0 : level == Level::El1t ? 4 : 5;
}

bool has_far(u64 esr) {
    switch (esr >> 26) {
        case 0x20:
        case 0x21:
        case 0x22:
        case 0x24:
        case 0x25:
        case 0x34:
        case 0x35: return true;
        default: return false;
    }
}

// ELR as an offset in the probe where it lies near, so that lines do not depend on the layout of the image.
void put_address(Line& line, const char* label, u64 value, u64 start) {
    if (value - start < 0x100)
        line.hex(label, value - start);
    else
        line.hex("absolute", value);
}

void print(Line& line, const Frame& f, u64 start) {
    if (f.esr == kEndOfProbe) {
        line.word("end").hex("x0", f.x[0]).hex("x1", f.x[1]).hex("x2", f.x[2]).hex("x3", f.x[3]);
        line.hex("spsr", f.spsr);
        return;
    }
    line.hex("vector", f.vector).hex("esr", f.esr);
    if (has_far(f.esr)) line.hex("far", f.far);
    put_address(line, "elr", f.elr, start);
    line.hex("spsr", f.spsr);
}

}  // namespace

const char* name_of(Level level) {
    return level == Level::El0 ? "el0" : level == Level::El1t ? "el1t" : "el1h";
}

u64 code_at(const u8* code, Level level) {
    const u64 at = reinterpret_cast<u64>(code);
    return level == Level::El0 ? at - reinterpret_cast<u64>(__probes_start) + kUserCode : at;
}

Probe::Probe(const u8* code, Level level) : Probe{code_at(code, level), level} {}

Probe::Probe(u64 address, Level level) : start_{address}, level_{level} {
    frame.elr = address;
    frame.spsr = kMasked | mode_of(level);
    frame.sp_el1 = reinterpret_cast<u64>(probe_stack + sizeof probe_stack);
    frame.sp_el0 = level == Level::El0 ? kUserData + 0x800 : frame.sp_el1;
}

Probe& Probe::stack(u64 sp) {
    (level_ == Level::El1h ? frame.sp_el1 : frame.sp_el0) = sp;
    return *this;
}

Probe& Probe::run() {
    enter_probe(&frame);
    return *this;
}

void Probe::show(const char* name) {
    run();
    Line line{name};
    print(line, frame, start_);
}

void Probe::show(const char* name, const char* part) {
    run();
    Line line{name, part};
    print(line, frame, start_);
}

void Probe::show(const char* name, const char* part, const char* detail) {
    run();
    put(name);
    put("-");
    Line line{part, detail};
    print(line, frame, start_);
}

void map_user_probes() {
    const auto bytes = static_cast<u64>(__probes_end - __probes_start);
    for (u64 at = 0; at < bytes; at += 4096)
        map(kUserCode + at, reinterpret_cast<u64>(__probes_start) + at, kNormal | kUser | kReadOnly | kPrivilegedNever);
}

}  // namespace el1

void unexpected_exception(el1::u64 vector, el1::u64 esr, el1::u64 elr, el1::u64 far) {
    el1::Line{"harness/unexpected"}.hex("vector", vector).hex("esr", esr).hex("elr", elr).hex("far", far);
    power_off();
}
