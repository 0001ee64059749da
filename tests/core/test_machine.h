// A core, its MMU and RAM, with a bus of one device page. Programs run at kCode; HVC stops them.
#pragma once

#include <string_view>
#include <vector>

#include "emu/core/core.h"
#include "emu/memory/physical_memory.h"

namespace core_test {

using arch::u16;
using arch::u32;
using arch::u64;
using arch::u8;

enum class Loop { Plain, SingleStep, Recording };

inline constexpr u64 kRam = 0x40000000;
inline constexpr u64 kRamBytes = 16 << 20;
inline constexpr u64 kCode = kRam;               // 256 KiB: where programs go
inline constexpr u64 kVectors = kRam + 0x40000;  // VBAR_EL1
inline constexpr u64 kData = kRam + 0x100000;
inline constexpr u64 kTables = kRam + 0x800000;
inline constexpr u64 kDevice = 0x09000000;

// Keeps what it is told. The device remembers its last write; offset 0x800 upwards does not answer.
class TestBus final : public emu::Bus {
public:
    explicit TestBus(emu::PhysicalMemory& ram) : ram_{ram} {}
    bool device_read(arch::PhysicalAddress pa, unsigned size, u64& value) override;
    bool device_write(arch::PhysicalAddress pa, unsigned size, u64 value) override;
    void set_code_page(arch::PhysicalAddress page, bool is_code) override;
    bool firmware_call(emu::Pe& pe) override;
    void on_marker(emu::Pe& pe, unsigned number) override;
    u64 system_count(const emu::Pe& pe) override { return pe.retired; }
    void synchronize_time(emu::Pe&) override { ++time_reads; }

    std::vector<unsigned> markers;
    u64 retired_at_marker{0};
    unsigned time_reads{0};
    u64 device_value{0};
    unsigned device_size{0};
    bool has_firmware{true};
    emu::Pe* interrupted{nullptr};  // a write to the device raises its IRQ line

private:
    [[nodiscard]] static bool answers(arch::PhysicalAddress pa) { return pa.value >= kDevice && pa.value < kDevice + 0x800; }

    emu::PhysicalMemory& ram_;
};

struct MachineConfig {
    emu::CoreConfig core{};
    mmu::MmuConfig mmu{};
};

class TestMachine {
public:
    explicit TestMachine(const MachineConfig& config = {});

    // Copies a program to `pa`; by default it is what start() runs.
    void load(std::string_view name, u64 pa = kCode);
    // Loads a program at kCode and runs it from there, at EL1 with the state as it is, until HVC or `limit`
    // more instructions. Returns why it stopped.
    emu::StopReason run(std::string_view name, Loop loop, u64 limit = 1000000);
    // Goes on from pe.pc.
    emu::StopReason resume(Loop loop, u64 limit = 1000000);

    [[nodiscard]] u64 sysreg(emu::SysReg r) const { return core.pe.sysreg(r); }
    void set_sysreg(emu::SysReg r, u64 value);
    [[nodiscard]] u64 x(unsigned n) const { return core.pe.x[n]; }
    [[nodiscard]] u64& x(unsigned n) { return core.pe.x[n]; }

    // RAM, at its physical address.
    template <class T>
    [[nodiscard]] T peek(u64 pa) {
        T value;
        std::memcpy(&value, ram.host(pa, sizeof value), sizeof value);
        return value;
    }
    template <class T>
    void poke(u64 pa, T value) {
        std::memcpy(ram.host(pa, sizeof value), &value, sizeof value);
    }
    // Sum over both Exception levels.
    [[nodiscard]] u64 count(mmu::Event e) const { return counters.by_el[0][e] + counters.by_el[1][e]; }
    // Everything a program can observe: PE, TLBs, counters, memory.
    [[nodiscard]] u64 state_hash();

    emu::PhysicalMemory ram{kRam, kRamBytes};
    mmu::Counters counters;
    mmu::Mmu mmu;
    TestBus bus{ram};
    emu::Core core;
};

// Where an exception landed, and how.
struct Taken {
    u64 vector;  // offset from VBAR_EL1
    u64 esr, far, elr, spsr;
};
// After a program ended in the vectors of "vectors".
[[nodiscard]] Taken taken(const TestMachine& m);

}  // namespace core_test
