// Writes the host code of one region. What the functions of the rows (rows.h) use is public: guest registers,
// NZCV in the host's flags, memory, and the ways out.
//
// While generated code runs, rbp is the Pe; r12 the clock of the L1 data TLB; r14 instructions left until pe.run_limit;
// r15 pe.pending_fetches. rax, rcx and rdx are scratch. The hottest guest registers of the region are in the other
// registers, the rest in pe.x. NZCV is in pe.host_flags (see flags below), not in pe.nzcv.
#pragma once

#include <xbyak/xbyak.h>

#include <deque>

#include "emu/core/jit/glue.h"
#include "emu/core/jit/rows.h"

namespace emu::jit {

// Of host flags that hold NZCV: N in SF, Z in ZF, V in OF, and in CF
enum class FlagForm : u8 {
    None,
    Straight,  // C: after an addition or a logical operation
    Inverted,  // not C: after a subtraction; as pe.host_flags has it
};

// A host condition: the low four bits of its jump, move and set instructions.
enum class HostCondition : u8 { o, no, b, ae, e, ne, be, a, s, ns, p, np, l, ge, le, g };
[[nodiscard]] constexpr HostCondition inverse(HostCondition c) { return static_cast<HostCondition>(static_cast<u8>(c) ^ 1); }

// A displacement as Xbyak takes it.
[[nodiscard]] constexpr std::size_t disp(i64 bytes) { return static_cast<std::size_t>(bytes); }

struct Access {
    unsigned bytes;
    bool is_write;
    unsigned element;          // what the address is a multiple of, where that is checked
    bool must_align{false};    // checked whatever SCTLR_EL1.A says
};

inline constexpr int kMemoShift = 6;  // log2 bytes of a memo

class Translator : public Xbyak::CodeGenerator {
public:
    // Writes at most `size` bytes to `at`. Throws Xbyak::Error when that is too little.
    Translator(const DecodedPage& page, const Region& region, const Surroundings& surroundings, TranslationMode mode,
               std::uint8_t* at, std::size_t size);

    void translate();
    // Where generated code goes on for the first operation of each block.
    [[nodiscard]] const void* entry_of(const Block& block) const { return entries_[number_of(block)]; }

    // Guest registers. `slot` as in DecodedOp; x(): the host register that holds it, which is `scratch` after a load
    // if it is none of the region's. Values of W registers have unknown upper halves.
    [[nodiscard]] Xbyak::Reg64 x(u8 slot, const Xbyak::Reg64& scratch);
    // As an operand to read: memory, where it is there.
    [[nodiscard]] const Xbyak::Operand& source(u8 slot, bool wide);
    // Where a result is made: the guest register's own, or `scratch`; then put() it. Discarded results are too.
    [[nodiscard]] Xbyak::Reg64 result(u8 slot, const Xbyak::Reg64& scratch) const;
    void put(u8 slot, const Xbyak::Reg64& value);
    [[nodiscard]] bool is_mapped(u8 slot) const { return map_[slot] >= 0; }
    [[nodiscard]] bool same_host(u8 a, u8 b) const { return a == b && is_mapped(a); }
    // Registers as wide as the operation.
    [[nodiscard]] static Xbyak::Reg sized(const Xbyak::Reg64& r, bool wide) {
        return wide ? static_cast<const Xbyak::Reg&>(r) : static_cast<const Xbyak::Reg&>(r.cvt32());
    }
    void load_constant(const Xbyak::Reg64& to, u64 value);  // keeps the flags
    void load_pc(const Xbyak::Reg64& to, u64 displacement);  // page_va + displacement; keeps the flags, may use rcx
    // Keep the flags. The low `bits` of a register; and rm as op.imm and op.option extend it, not shifted.
    void extend_low(const Xbyak::Reg& to, u8 slot, unsigned bits, bool is_signed);
    void load_extended(const Xbyak::Reg64& to, const DecodedOp& op);

    // Flags. Before code that changes the host's flags: stores NZCV where it is only there and still needed. Uses rax.
    void clobber_flags();
    // The host's flags are NZCV of `op` now.
    void flags_set(FlagForm form) {
        form_ = form;
        stored_ = false;
    }
    [[nodiscard]] bool flags_needed(const DecodedOp& op) const { return region_.flags_live_after.test(op.page_offset / 4u); }
    // NZCV into the host's flags so that `condition` (never AL) can be tested. Uses rax.
    [[nodiscard]] HostCondition condition(u8 arm_condition);
    void carry_to_cf(bool inverted);  // CF = C, or not C. Uses rax
    void jump_if(HostCondition c, const Xbyak::Label& to);
    void move_if(HostCondition c, const Xbyak::Reg& to, const Xbyak::Operand& from);
    void set_if(HostCondition c, const Xbyak::Reg8& to);

    // Out of line: calls the handler of an operation, then goes on behind it.
    struct Detour {
        const DecodedOp* op{nullptr};
        const Block* block{nullptr};
        unsigned reads{0}, writes{0};  // accesses of the block before it
        Xbyak::Label begin{};
        Xbyak::Label resume{};
    };
    // Memory: rcx is the address on entry, the host's behind it. Where no memo serves, the detour does: bind its `resume`
    // behind the operation. Changes no guest register before that; clobbers flags (clobber_flags first), rax and rdx.
    [[nodiscard]] Detour& access(const DecodedOp& op, const Access& access);
    // Only its handler can execute the operation. NZCV has been stored.
    void call_out(const DecodedOp& op) { call_handler(op, reads_, writes_); }
    [[nodiscard]] const TranslationMode& mode() const { return mode_; }
    // SP is known to be aligned, or need not be. put() of SP forgets that.
    [[nodiscard]] bool sp_is_checked() const { return sp_checked_; }
    void set_sp_checked(bool checked) { sp_checked_ = checked; }

    // Ends of blocks.
    void go_taken(const DecodedOp& op);                  // to the target of a direct branch
    void branch_if(const DecodedOp& op, HostCondition c);  // the same if c holds, else to the next operation
    void go_indirect();                                  // to rax; NZCV has been stored
    [[nodiscard]] bool types_branches() const { return around_.types_branches; }
    void interpret(const DecodedOp& op);                 // by its handler, in the interpreter; NZCV has been stored

private:
    // An operation for its handler, and behind it the one that returns.
    struct CalledCopy {
        const DecodedOp* op{nullptr};
        Xbyak::Label place{};
    };
    struct LimitExit {
        unsigned target{0};
        FlagForm form{FlagForm::None};  // NZCV is in ax still
        Xbyak::Label begin{};
    };

    [[nodiscard]] std::size_t number_of(const Block& b) const { return static_cast<std::size_t>(&b - region_.blocks.data()); }
    void map_registers();
    void emit_entry(const Block& b);
    void check_mode();
    void emit_block(const Block& b);
    void emit_operation(const DecodedOp& op, const Row& row);
    void count_block(const Block& b);
    void emit_detour(Detour& d);
    void call_handler(const DecodedOp& op, unsigned reads, unsigned writes);
    void emit_handler_caller();
    [[nodiscard]] bool is_quiet(const DecodedOp& op, const Row& row) const;
    void call_quietly(const DecodedOp& op, const Row& row);
    void emit_copies();
    void emit_limit_exits();
    void spill();
    void fill();
    void check_sp(Detour& d);
    void flags_for(unsigned target);
    void store_flags();
    void load_flags();
    void count_through(const DecodedOp& op);  // instructions and fetch groups up to and with `op`
    void go_to(unsigned from, unsigned target, bool taken);
    void leave_to(unsigned target);
    void leave_page(const DecodedOp& op);
    void check_limit(unsigned target);
    [[nodiscard]] i64 groups(unsigned from, unsigned to) const;
    [[nodiscard]] const DecodedOp& op_at(unsigned i) const { return page_.ops[i]; }
    void add_to(const Xbyak::Reg64& counter, i64 n);
    void adjust(std::size_t pe_offset, i64 n);

    const DecodedPage& page_;
    const Region& region_;
    const Surroundings& around_;
    TranslationMode mode_;
    std::array<int, 34> map_{};  // host register of a slot, or -1
    std::vector<Xbyak::Address> home_[2];  // slots of pe.x; [1]: 64 bits wide
    std::array<Xbyak::Reg, 34> mapped_[2];  // where map_ says that there is one
    std::vector<Xbyak::Label> labels_;      // of blocks
    std::vector<const void*> entries_;
    std::deque<Detour> detours_;
    std::deque<LimitExit> limit_exits_;
    std::deque<CalledCopy> copies_;
    Xbyak::Label handler_caller_;
    const Block* block_{nullptr};
    FlagForm form_{FlagForm::None};
    bool stored_{true};       // pe.host_flags has them too
    bool sp_checked_{false};  // SP is known to be aligned
    unsigned reads_{0};       // accesses of the block so far
    unsigned writes_{0};
    unsigned block_reads_{0};
    unsigned block_writes_{0};
    bool live_before_{true};  // NZCV before the operation being translated may be read
    bool live_behind_{true};  // and behind it
};

}  // namespace emu::jit
