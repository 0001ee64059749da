// Fields of MAIR_EL1, TCR_EL1, SCTLR_EL1 and TTBRn_EL1 that TLBs may hold: ISB, TLBI, DSB after their change, each before use.
#include "tests/check/script.h"
#include "tests/support/catch.h"

using namespace test;

namespace {

constexpr u64 kDevice = 1 << 2;  // AttrIndx 1
constexpr u64 kWritableCode = 0x0000'0000'0000'0f43;
constexpr u64 kHierarchy = u64{1} << 61;  // APTable: EL0 has no access below

// A page of AttrIndx 1 at kVa and one of AttrIndx 0 beside it.
struct Pages : Script {
    explicit Pages(u64 attributes = kReadWrite) {
        page(0, kFrame | attributes | kDevice);
        page(1, frame(1) | attributes);
        begin();
    }
    void change_mair() {
        regime.mair[1] = 0xff;
        write_registers();
    }
    [[nodiscard]] mmu::check::MissingStep missing() const { return checker.findings().reports().at(0).missing; }
    [[nodiscard]] static arch::TlbInvalidation all() {
        arch::TlbInvalidation t;
        t.scope = arch::TlbInvalidation::Scope::All;
        t.shareability = arch::Shareability::InnerShareable;
        return t;
    }
    void flush_all() {
        tlbi(all());
        dsb_ish();
        checker.isb();
    }
};

}  // namespace

TEST_CASE("a change of MAIR_EL1 takes ISB, TLBI and DSB before user code uses a page that it concerns") {
    using mmu::check::MissingStep;
    constexpr MissingStep kMissing[] = {MissingStep::TlbiOfField, MissingStep::IsbBeforeTlbi, MissingStep::TlbiOfField,
                                        MissingStep::DsbAfterTlbi};
    for (const unsigned missing : {0u, 1u, 2u, 3u}) {
        INFO(missing);
        Pages s;
        s.change_mair();
        if (missing != 1) s.checker.isb();
        if (missing != 2) s.tlbi(Script::by_asid(7));
        if (missing != 3) s.dsb_ish();
        s.checker.isb();
        s.to_user();
        s.user(kVa + 4096);  // another attribute
        CHECK(s.errors() == 0);
        s.user(kVa);
        CHECK(s.stale() == (missing == 0 ? 0 : 1));
        CHECK(s.errors() == s.stale());
        if (missing != 0) CHECK(s.missing() == kMissing[missing]);
        s.user(kVa);
        CHECK(s.errors() == s.stale());  // told once
    }
}

TEST_CASE("a TLBI of a changed register field concerns what it names") {
    const auto errors_after = [](const arch::TlbInvalidation& t) {
        Pages s;
        s.change_mair();
        s.checker.isb();
        s.tlbi(t);
        s.dsb_ish();
        s.to_user();
        s.user(kVa);
        return s.stale();
    };
    CHECK(errors_after(Script::by_page(kVa)) == 0);
    CHECK(errors_after(Script::by_page(kVa + 4096)) == 1);
    CHECK(errors_after(Script::by_asid(8)) == 1);
    CHECK(errors_after(Pages::all()) == 0);
}

TEST_CASE("the kernel may use its memory between the ISB after the write and the TLBI, and no longer than to the next ISB") {
    for (const bool second_isb : {false, true}) {
        Pages s;
        s.change_mair();
        s.checker.isb();
        s.kernel(kVa);
        CHECK(s.errors() == 0);
        if (second_isb) s.checker.isb();
        else s.checker.synchronized();  // an interrupt
        s.kernel_fetch(kVa);            // its code has to be somewhere
        s.kernel(kVa);
        CHECK(s.stale() == (second_isb ? 1 : 0));
        CHECK(s.errors() == s.stale());
    }
}

TEST_CASE("a field that has its old value again, or concerns nothing mapped, needs no TLBI") {
    Pages back;
    back.change_mair();
    back.checker.isb();
    back.regime.mair[1] = 0;
    back.write_registers();
    back.checker.isb();
    back.flush_all();
    back.to_user();
    back.user(kVa);
    CHECK(back.errors() == 0);
    Pages unused;
    unused.regime.mair[5] = 0xff;
    unused.regime.half[1].el0_kept_out = true;
    unused.write_registers();
    unused.checker.isb();
    unused.to_user();
    unused.user(kVa);
    CHECK(unused.errors() == 0);
}

TEST_CASE("a field that had another value only while translation was off needs no TLBI") {
    Pages s;
    s.regime.mmu_on = false;
    s.write_registers();
    s.checker.isb();
    s.change_mair();
    s.regime.mair[1] = 0;
    s.write_registers();
    s.regime.mmu_on = true;
    s.write_registers();
    s.checker.isb();
    s.to_user();
    s.user(kVa);
    CHECK(s.errors() == 0);
}

TEST_CASE("a TLBI of all while translation is off is one of the kernel's half too") {
    constexpr u64 kKernelPage = 0x0060'0000'0000'0703;
    constexpr u64 kKernelVa = kVa | ~arch::low_mask(48);
    for (const bool flushed : {false, true}) {
        Script s;
        s.put(kLevel3, kFrame | kKernelPage);
        s.regime.root[1] = {kRoot, {arch::Granule::k4K}, 48, 0, true, true};
        s.regime.root[0].enabled = false;
        s.begin();
        s.regime.mmu_on = false;
        s.write_registers();
        s.checker.isb();
        if (flushed) {
            s.tlbi(Pages::all());
            s.dsb_ish();
        }
        s.regime.mair[0] = 0x44;
        s.write_registers();
        s.regime.mmu_on = true;
        s.write_registers();
        s.checker.isb();
        s.checker.isb();
        s.kernel(kKernelVa);
        CHECK(s.stale() == (flushed ? 0 : 1));
        CHECK(s.errors() == s.stale());
    }
}

TEST_CASE("the other address spaces are concerned too, each by its ASID") {
    for (const bool flushed : {false, true}) {
        Pages s;
        const CheckedRegime first = s.regime;
        s.regime.asid = 8;
        s.regime.root[0].table = 0x4000'8000;
        s.begin();
        s.checker.isb();
        s.regime.mair[1] = 0xff;
        s.write_registers();
        s.checker.isb();
        s.tlbi(Script::by_asid(flushed ? 7 : 8));
        s.dsb_ish();
        s.regime.asid = first.asid;
        s.regime.root = first.root;
        s.begin();
        s.checker.isb();
        s.to_user();
        s.user(kVa);
        CHECK(s.stale() == (flushed ? 0 : 1));
    }
}

TEST_CASE("with translation off nothing new is cached: the TLBI may come right after the write, and before it is as good") {
    for (const unsigned order : {0u, 1u, 2u}) {
        Pages s;
        s.regime.mmu_on = false;
        s.write_registers();
        s.checker.isb();
        if (order == 0) s.flush_all();
        s.change_mair();
        if (order == 1) s.flush_all();
        s.regime.mmu_on = true;
        s.write_registers();
        s.checker.isb();
        s.to_user();
        s.user(kVa);
        CHECK(s.stale() == (order == 2 ? 1 : 0));
        CHECK(s.errors() == s.stale());
    }
}

TEST_CASE("before there is any translation the registers may be written in any order") {
    Script s;
    s.page(0, kFrame | kReadWrite);
    s.regime.mmu_on = false;
    s.write_registers();
    s.regime.mair[0] = 0x44;
    s.write_registers();
    s.regime.mmu_on = true;
    s.begin();
    s.to_user();
    s.user(kVa);
    CHECK(s.errors() == 0);
}

TEST_CASE("rights that a field takes are an error where they are used; rights that it gives only fault once more") {
    struct Field {
        u64 attributes;
        void (*set)(CheckedRegime&, bool);
        Use use;
        Use other;  // that the field does not matter for
    };
    const Field kFields[] = {
        {kWritableCode, [](CheckedRegime& r, bool on) { r.write_implies_xn = on; }, {kVa, false, true}, {kVa, true, false}},
        {kReadOnly | kDBM, [](CheckedRegime& r, bool on) { r.hardware_dirty = !on; }, {kVa, true, false}, {kVa, false, false}},
        {kReadWrite, [](CheckedRegime& r, bool on) { r.half[0].el0_kept_out = on; }, {kVa, false, false}, {kVa, false, false, 1}},
        {kReadWrite, [](CheckedRegime& r, bool on) { r.half[0].hierarchical_attributes = on; }, {kVa, false, false}, {kVa, false, true, 1}},
        {kReadWrite | u64{1} << 45, [](CheckedRegime& r, bool on) { r.half[0].output_bits = on ? 44 : 48; }, {kVa, false, false}, {kVa, false, true, 1}},
    };
    for (const Field& field : kFields) {
        INFO(&field - kFields);
        for (const bool takes : {true, false}) {
            Script s;
            s.put(kLevel2, kLevel3 | 3 | kHierarchy);
            s.page(0, kFrame | field.attributes);
            field.set(s.regime, !takes);
            s.begin();
            field.set(s.regime, takes);
            s.write_registers();
            s.checker.isb();
            s.to_user();
            const auto uses = [&](Use use) {
                use.site = s.site();
                if (s.checker.wants_use(use.va, use.el)) s.checker.use(use);
            };
            uses(field.other);
            CHECK(s.errors() == 0);
            uses(field.use);
            CHECK(s.errors(Rule::StaleRegister) == (takes ? 1 : 0));
            CHECK(s.errors() == (takes ? 1 : 0));
        }
    }
}

TEST_CASE("the shareability of TCR_EL1 is that of pages where descriptors have no room for one") {
    for (const bool large : {false, true}) {
        Script s;
        if (large) s.regime.root[0].format.layout = arch::AddressLayout::Bits52Ds;
        s.page(0, kFrame | (kReadWrite & ~u64{0x300}));
        s.begin();
        s.regime.half[0].shareability = 3;
        s.write_registers();
        s.checker.isb();
        s.to_user();
        s.user(kVa);
        CHECK(s.stale() == (large ? 1 : 0));
    }
}

TEST_CASE("what a register write translates anew waits for its ISB") {
    SECTION("memory types, but for the stack of the code that writes the register") {
        Pages s;
        s.change_mair();
        s.kernel(kVa + 4096);
        CHECK(s.errors() == 0);
        s.kernel(kVa);
        CHECK(s.errors(Rule::MissingIsb) == 1);
        Pages stack;
        stack.regime.mair[1] = 0xff;
        stack.checker.set_regime(stack.regime, {++stack.number, 0x1000, kVa + 2048});
        stack.kernel(kVa);
        CHECK(stack.errors() == 0);
    }
    SECTION("execution of writable pages that WXN forbade") {
        for (const bool isb : {false, true}) {
            Script s;
            s.page(0, kFrame | (kWritableCode & ~u64{0x40}));  // of EL1
            s.regime.write_implies_xn = true;
            s.begin();
            s.regime.write_implies_xn = false;
            s.write_registers();
            if (isb) s.checker.isb();
            s.kernel_fetch(kVa);
            CHECK(s.errors(Rule::MissingIsb) == (isb ? 0 : 1));
        }
    }
    SECTION("addresses that are not their own translations, while the MMU goes on or off") {
        for (const bool on : {false, true}) {
            for (const bool identity : {false, true}) {
                Script s;
                s.put(kLevel1 + 8, 0x4000'0f41);  // 1 GiB at 1 GiB
                s.put(kRoot, kLevel1 | 3);
                s.page(0, kFrame | kReadWrite);
                if (!on) s.begin();
                s.regime.mmu_on = on;
                s.write_registers();
                s.kernel_fetch(identity ? 0x4000'1000 : kVa);
                CHECK(s.errors(Rule::MissingIsb) == (identity ? 0 : 1));
                s.checker.isb();
                s.kernel_fetch(kVa);
                CHECK(s.errors() == (identity ? 0 : 1));
            }
        }
    }
}

TEST_CASE("global translations of TTBR1_EL1 stay when it is given another tree, until a TLBI") {
    constexpr u64 kKernelPage = 0x0060'0000'0000'0703;
    constexpr u64 kOther = 0x4001'0000;
    for (const unsigned step : {0u, 1u, 2u}) {
        INFO(step);
        Script s;
        s.put(kLevel3, kFrame | kKernelPage);
        s.regime.root[1] = {kRoot, {arch::Granule::k4K}, 48, 0, true, true};
        s.regime.root[0].enabled = false;
        s.begin();
        if (step == 1) {  // by way of a tree that maps nothing
            s.regime.root[1].table = 0x4002'0000;
            s.begin();
            s.checker.isb();
            s.tlbi(Pages::all());
            s.dsb_ish();
            s.checker.isb();
        }
        s.put(kOther + 8 * 254, (kOther + 0x1000) | 3);
        s.put(kOther + 0x1000, (kOther + 0x2000) | 3);
        s.put(kOther + 0x2000, (kOther + 0x3000) | 3);
        s.put(kOther + 0x3000, (kFrame + (step == 2 ? 0 : 4096)) | kKernelPage);  // 2: the same translation
        s.regime.root[1].table = kOther;
        s.begin();
        s.checker.isb();
        CHECK(s.errors(Rule::MissingTlbi) == (step == 0 ? 1 : 0));
        CHECK(s.errors() == (step == 0 ? 1 : 0));
    }
}
