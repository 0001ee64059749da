// Every workload, with TLBs of several cores looking on: each is an mmu::Mmu and the reference simulator, fed with the accesses,
// register writes and TLBIs of one recorded run. They must agree on each access, on what each TLBI removes, and on every entry
// at the end. The TLBs that look on change nothing: what they would write to a descriptor the run itself has written.
#include "emu/app/configuration.h"
#include "emu/machine/machine.h"
#include "tests/mmu/reference/adapter.h"
#include "tests/support/catch.h"
#include "tests/system/guest_runs.h"

using namespace system_tests;

namespace {

class ReadOnlyMemory final : public mmu::PhysicalMemoryPort {
public:
    explicit ReadOnlyMemory(emu::PhysicalMemory& memory) : memory_{memory} {}
    std::optional<u64> read64(arch::PhysicalAddress pa) override { return memory_.read64(pa); }
    mmu::CompareExchangeResult compare_exchange64(arch::PhysicalAddress, u64, u64) override { return mmu::CompareExchangeResult::Done; }
    arch::u8* host_page(arch::PhysicalAddress pa) override { return memory_.host_page(pa); }
    bool code_page(arch::PhysicalAddress) override { return true; }

private:
    emu::PhysicalMemory& memory_;
};

mmu::MmuConfig config_of(const std::string& core, const Settings& settings) {
    emu::app::ConfigSources sources{};
    sources.assignments.push_back({"core.profile", core, "test"});
    for (const auto& [key, value] : settings) sources.assignments.push_back({key, value, "test"});
    return emu::app::make_config(emu::app::DataFiles{guest_folder()}, sources).mmu;
}

// The TLBs of one configuration and their judge.
class Onlooker {
public:
    Onlooker(std::string name, mmu::MmuConfig config, const mmu::MmuFeatures& features, emu::PhysicalMemory& memory)
        : name_{std::move(name)},
          memory_{memory},
          unit_{with(config, features), memory_, counters_},
          judge_{reference::config_of(with(config, features)), [&memory](u64 pa) { return memory.read64(arch::PhysicalAddress{pa}); }} {}

    void set_registers(const mmu::RegimeRegisters& registers) {
        unit_.set_regime(registers);
        judge_.set_registers(reference::registers_of(registers));
    }
    void access(mmu::AccessKind kind, u64 va, unsigned el) {
        const mmu::AccessDescriptor access{.kind = kind, .el = static_cast<arch::u8>(el)};
        static_cast<void>(unit_.translate(access, arch::VirtualAddress{va}, record_));
        using Kind = reference::Kind;
        const Kind as = kind == mmu::AccessKind::Fetch ? Kind::Fetch : kind == mmu::AccessKind::Load ? Kind::Load : Kind::Store;
        const reference::Course theirs = judge_.access(as, va, el);
        const reference::Course ours = reference::course_of(record_);
        walks += ours.source == reference::Source::Walk;
        if (!(ours == theirs)) note("access: " + text_of(ours) + "; reference: " + text_of(theirs));
    }
    void invalidate(const arch::TlbInvalidation& tlbi) {
        const unsigned ours = unit_.invalidate(tlbi);
        const unsigned theirs = judge_.invalidate(reference::tlbi_of(tlbi));
        if (ours != theirs) note("a TLBI removed " + std::to_string(ours) + " entries; reference: " + std::to_string(theirs));
    }
    std::string verdict() {
        if (difference_.empty() && reference::contents_of(unit_.tlbs()) != reference::contents_of(judge_)) note("other contents at the end");
        return difference_;
    }
    void make_judge_forget() { judge_.forgets_tlbi = true; }

    u64 walks{0};

private:
    static mmu::MmuConfig with(mmu::MmuConfig config, const mmu::MmuFeatures& features) {
        config.features = features;
        config.host_tlb = false;
        return config;
    }
    void note(const std::string& text) {
        if (difference_.empty()) difference_ = name_ + ": " + text;
    }

    std::string name_;
    ReadOnlyMemory memory_;
    mmu::Counters counters_;
    mmu::Mmu unit_;
    reference::Mmu judge_;
    mmu::LookupRecord record_;
    std::string difference_;
};

// Hands on what the run does. An access to the page of the one before, on the same side and of the same kind, is left out:
// it hits what was used last, which changes nothing.
class Stream final : public emu::RunWatcher {
public:
    explicit Stream(std::vector<std::unique_ptr<Onlooker>>& onlookers) : onlookers_{onlookers} {}

    bool stops(const emu::Pe& pe) override {
        const emu::InstructionRecord& r = pe.record;
        // Who looks on must have the registers that the instruction ran under, so new ones are taken over after it.
        if (on_ && r.fetch_looked_up) access(mmu::AccessKind::Fetch, r.pc, r.el);
        for (unsigned i = 0; on_ && i < r.access_count; ++i) access(simple(r.access[i].kind), r.access[i].va, r.el);
        if (r.tlbi_valid) {
            for (auto& o : onlookers_) o->invalidate(r.tlbi);
            last_[0] = last_[1] = {};
        }
        take_registers(pe);
        return false;
    }
    u64 accesses{0};

private:
    struct Last {
        u64 page{1};
        mmu::AccessKind kind{};
        unsigned el{0};
        friend bool operator==(const Last&, const Last&) = default;
    };

    static mmu::AccessKind simple(mmu::AccessKind kind) {
        using Kind = mmu::AccessKind;
        const bool writes = kind == Kind::Store || kind == Kind::Atomic || kind == Kind::ZeroBlock;
        return kind == Kind::Fetch ? kind : writes ? Kind::Store : Kind::Load;
    }
    void access(mmu::AccessKind kind, u64 va, unsigned el) {
        // Copies from and to user memory have EL0's rights in either Exception level.
        if (va >> 55 == 0) el = 0;
        Last& last = last_[kind == mmu::AccessKind::Fetch];
        const Last now{va >> 12, kind, el};
        if (now == last) return;
        last = now;
        ++accesses;
        for (auto& o : onlookers_) o->access(kind, va, el);
    }
    void take_registers(const emu::Pe& pe) {
        using emu::SysReg;
        const mmu::RegimeRegisters now{.SCTLR_EL1 = pe.sysreg(SysReg::SCTLR_EL1), .TCR_EL1 = pe.sysreg(SysReg::TCR_EL1),
                                       .TTBR0_EL1 = pe.sysreg(SysReg::TTBR0_EL1), .TTBR1_EL1 = pe.sysreg(SysReg::TTBR1_EL1),
                                       .MAIR_EL1 = pe.sysreg(SysReg::MAIR_EL1)};
        if (now == registers_) return;
        registers_ = now;
        on_ = (now.SCTLR_EL1 & 1) != 0;
        last_[0] = last_[1] = {};
        for (auto& o : onlookers_) o->set_registers(now);
    }

    std::vector<std::unique_ptr<Onlooker>>& onlookers_;
    mmu::RegimeRegisters registers_{};
    bool on_{false};
    Last last_[2];
};

struct Look {
    const char* core;
    Settings settings;
};
const std::vector<Look>& looks() {
    static const std::vector<Look> kLooks{
        {"neoverse-n1", {}},
        {"neoverse-n1", {{"mmu.prefetch", "off"}, {"mmu.replacement", "plru"}, {"mmu.contiguous", "coalesce8"}}},
        {"neoverse-n1", {{"mmu.inclusion", "inclusive"}, {"mmu.replacement", "random"}, {"mmu.contiguous", "ignore"}}},
        {"neoverse-n1", {{"mmu.inclusion", "exclusive"}, {"mmu.l2_tlb.entries", "80"}, {"mmu.l2_large_tlb.entries", "16"}}},
        {"neoverse-v2", {}},
        {"cortex-a55", {{"mmu.replacement", "plru"}}},
        {"cortex-a53", {}},
        {"cortex-a72", {{"mmu.contiguous", "hint"}}},
        {"apple-m1-firestorm", {{"mmu.replacement", "plru"}}},
        {"ampereone", {}},
    };
    return kLooks;
}

struct Outcome {
    std::vector<std::string> differences;
    u64 accesses{0};
    u64 walks{0};
};

Outcome watch(const Program& program, bool with_mistake = false) {
    emu::RunRequest request = request_of(program, {});
    Outcome out;
    request.driver = [&](emu::Machine& machine, const std::atomic<bool>&, const emu::ProgressSink&) {
        std::vector<std::unique_ptr<Onlooker>> onlookers;
        for (const Look& look : looks())
            onlookers.push_back(std::make_unique<Onlooker>(look.core, config_of(look.core, look.settings),
                                                           machine.core().pe.mmu->features(), machine.memory()));
        if (with_mistake) onlookers.front()->make_judge_forget();
        Stream stream{onlookers};
        while (!machine.end()) machine.run_some(10'000'000, &stream);
        for (auto& o : onlookers) {
            if (const std::string text = o->verdict(); !text.empty()) out.differences.push_back(text);
            out.walks += o->walks;
        }
        out.accesses = stream.accesses;
        return *machine.end();
    };
    static_cast<void>(run(request));
    return out;
}

}  // namespace

TEST_CASE("On every workload the TLBs of several cores and the reference simulator agree count by count") {
    for (const Program& program : small_programs()) {
        INFO(program.workload);
        const Outcome out = watch(program);
        for (const std::string& text : out.differences) FAIL_CHECK(text);
        CHECK(out.accesses > 20000);
        CHECK(out.walks > 1000);
    }
}

TEST_CASE("On a workload too, a reference that forgets one TLBI disagrees") {
    CHECK(watch(small_programs().front(), true).differences.size() == 1);
}
