// Sequences of events for the checker, on tables in fake memory: 4K granule, one user tree and ASID.
#pragma once

#include <utility>

#include "mmu/check/coherence_checker.h"
#include "tests/mmu/support/fake_memory.h"

namespace test {

using mmu::check::CheckedRegime;
using mmu::check::CoherenceChecker;
using mmu::check::Rule;
using mmu::check::Site;
using mmu::check::StaleKind;
using mmu::check::Use;

// Literal descriptors. Page, Normal (AttrIndx 0), Inner Shareable, AF, nG, EL0.
inline constexpr u64 kReadWrite = 0x0060'0000'0000'0f43;  // PXN, UXN
inline constexpr u64 kReadOnly = 0x0060'0000'0000'0fc3;
inline constexpr u64 kOld = 0x400;                        // AF
inline constexpr u64 kContiguous = u64{1} << 52;
inline constexpr u64 kDBM = u64{1} << 51;
inline constexpr u64 kPageBytes = 4096;
inline constexpr u64 kFrame = 0x4400'0000;
constexpr u64 frame(unsigned n) { return kFrame + kPageBytes * n; }

inline constexpr u64 kRoot = 0x4000'0000, kLevel1 = 0x4000'1000, kLevel2 = 0x4000'2000, kLevel3 = 0x4000'3000;
inline constexpr u64 kVa = 0x7f00'0000'0000;  // root index 254, others 0
inline constexpr u64 kStack = 0x9000;

// The same memory at every multiple of 2^48: tables may lie where only 52-bit layouts reach.
class FoldedMemory final : public mmu::PhysicalMemoryPort {
public:
    explicit FoldedMemory(FakeMemory& memory) : memory_{memory} {}
    static arch::PhysicalAddress folded(arch::PhysicalAddress pa) { return arch::PhysicalAddress{pa.value & arch::low_mask(48)}; }
    std::optional<u64> read64(arch::PhysicalAddress pa) override { return memory_.read64(folded(pa)); }
    mmu::CompareExchangeResult compare_exchange64(arch::PhysicalAddress pa, u64 expected, u64 desired) override {
        return memory_.compare_exchange64(folded(pa), expected, desired);
    }
    u8* host_page(arch::PhysicalAddress pa) override { return memory_.host_page(folded(pa)); }
    bool code_page(arch::PhysicalAddress pa) override { return memory_.code_page(folded(pa)); }

private:
    FakeMemory& memory_;
};

struct Script {
    explicit Script(CoherenceChecker::Options options = {}) : checker{options, port} {
        put(kRoot + 8 * 254, kLevel1 | 3);
        put(kLevel1, kLevel2 | 3);
        put(kLevel2, kLevel3 | 3);
        regime.mmu_on = true;
        regime.asid = 7;
        regime.mair = {0xff, 0x00, 0x04, 0x44};
        regime.root[0] = {kRoot, {arch::Granule::k4K}, 48, 0, false, true};
        regime.root[1].enabled = false;
        regime.root[1].upper = true;
    }
    void put(u64 pa, u64 value) { memory.put(pa & arch::low_mask(48), value); }
    // As the registers are now; with the ISB after the first time, when translation begins.
    void begin() {
        write_registers();
        if (!std::exchange(begun, true)) checker.isb();
    }
    void write_registers() { checker.set_regime(regime, site()); }
    [[nodiscard]] Site site() { return {++number, 0x1000 + 4 * number, kStack - 64}; }

    void store(u64 pa, u64 value, bool exchange = false) {
        put(pa, value);
        if (checker.watches(pa)) checker.store(pa, 8, exchange, site());
    }
    void page(unsigned index, u64 value) { store(kLevel3 + 8 * index, value); }
    void dsb_ishst() { checker.dsb(false, true, true); }
    void dsb_ish() { checker.dsb(true, true, true); }
    void dsb_nsh() { checker.dsb(true, true, false); }
    void tlbi(arch::TlbInvalidation t) { checker.tlbi(t, site()); }
    [[nodiscard]] static arch::TlbInvalidation by_page(u64 va, int level = -1) {
        arch::TlbInvalidation t;
        t.scope = arch::TlbInvalidation::Scope::VaAsid;
        t.shareability = arch::Shareability::InnerShareable;
        t.last_level_only = true;
        t.asid = 7;
        t.va = va;
        t.bytes = 4096;
        t.ttl_level = level;
        return t;
    }
    [[nodiscard]] static arch::TlbInvalidation by_asid(arch::u16 asid) {
        arch::TlbInvalidation t;
        t.scope = arch::TlbInvalidation::Scope::Asid;
        t.shareability = arch::Shareability::InnerShareable;
        t.asid = asid;
        return t;
    }
    void flush(u64 va) {
        dsb_ishst();
        tlbi(by_page(va));
        dsb_ish();
    }
    void to_user() { checker.return_to_user({++number, 0x2000, kStack}); }
    void user(u64 va, bool write = false) {
        const Use use{va, write, false, 0, {++number, 0x3000, 0}};
        if (checker.wants_use(va, 0)) checker.use(use);
    }
    void kernel(u64 va) {
        if (checker.wants_use(va, 1)) checker.use({va, false, false, 1, {++number, 0x4000, 0}});
    }

    void kernel_fetch(u64 va) {
        if (checker.wants_use(va, 1)) checker.use({va, false, true, 1, {++number, 0x5000, 0}});
    }

    [[nodiscard]] u64 errors(Rule rule) const { return checker.findings().errors()[static_cast<std::size_t>(rule)]; }
    [[nodiscard]] u64 stale() const { return errors(Rule::StaleRegister); }
    [[nodiscard]] u64 errors() const { return checker.findings().total(); }
    [[nodiscard]] u64 values(StaleKind kind) const { return checker.legal().values[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] u64 accesses(StaleKind kind) const { return checker.legal().accesses[static_cast<std::size_t>(kind)]; }

    FakeMemory memory;
    FoldedMemory port{memory};
    CoherenceChecker checker;
    CheckedRegime regime{};
    u64 number{0};
    bool begun{false};
};

}  // namespace test
