// Who called whom while the cycles passed: a shadow stack for each task of the guest, kept from its calls, jumps, exceptions and
// exception returns. What the cost ledger charges to a function goes to the chain of callers in which the function ran.
//
// The function that runs is exact, for it is the ledger's; callers are found by stack pointers and return addresses, as
// OperationProbes finds the ends of calls (which follows a few functions within the hot loop, this all of them beside it):
//   call              a frame, with its return address and the stack pointer
//   return            to a frame with this address and stack pointer; those above it have ended
//   tail call         the function takes the place of the one that jumped
//   long jump         frames below the stack pointer have ended
//   exception         a frame on top of the interrupted function: kernel functions stand above the user's
//   exception return  to what was interrupted; or to a signal's handler, which what was interrupted "calls"; or to a new
//                     program, without callers; or to a forked child, with the callers of its parent's fork()
//   another stack     of the kernel: another task, with frames of its own
#pragma once

#include <map>
#include <string>
#include <vector>

#include "emu/timing/ledger/call_tree.h"

namespace emu {

// Where execution went on otherwise than behind an instruction, or in another function. State is that after it.
struct Transfer {
    enum class Kind : arch::u8 { Jump, Call, Exception, ExceptionReturn };

    Kind kind{Kind::Jump};  // Jump: returns as well
    arch::u8 el{0};
    u64 pc{0};
    u64 sp{0};
    u64 link{0};  // X30
    u64 task{0};  // whose code this is: its kernel stack
    // Of an exception: what was interrupted.
    arch::u8 from_el{0};
    u64 resume{0};   // ELR_EL1
    u64 from_sp{0};
    bool forks{false};  // the system call that makes a child, which will go on there too
};

class CallStacks {
public:
    // `ledger` must outlive it.
    explicit CallStacks(const CostLedger& ledger);

    // An instruction that does not jump needs to be told of only where it is the last of its function.
    [[nodiscard]] bool leaves_function(u64 next_pc) const { return next_pc - here_.start >= here_.size; }
    // What the ledger was charged until now is of the function that is left.
    void at(const Transfer& transfer);

    // Cycles count from here on.
    void restart();
    // Since restart(): cycles by "outermost caller;...;function;cause".
    [[nodiscard]] std::map<std::string, u64> lines();

private:
    struct Frame {
        CallTree::Node caller{CallTree::kRoot};
        CallTree::Node node{CallTree::kRoot};  // what runs in it
        u64 return_pc{0};
        u64 sp{0};  // the caller's
        bool exception{false};
        arch::u8 from_el{0};
    };
    using Frames = std::vector<Frame>;  // innermost last; the first one is nobody's call
    struct Fork {
        u64 resume;
        u64 sp;
        Frames frames;
    };
    struct Here {  // the function that runs, or the gap between two
        u64 start{0};
        u64 size{0};
        std::size_t row{0};
    };
    static constexpr std::size_t kNoFrame = ~std::size_t{0};

    [[nodiscard]] bool is_inner_jump(const Transfer& t) const;
    void settle();
    void call(const Transfer& t);
    void jump(const Transfer& t);
    void take_exception(const Transfer& t);
    void return_from_exception(const Transfer& t);
    void go_elsewhere(const Transfer& t, u64 interrupted_sp);
    void run_function(const Transfer& t);
    void end_calls_below(u64 sp);
    void land(const Transfer& t);
    [[nodiscard]] std::size_t frame_returning(const Transfer& t) const;
    [[nodiscard]] std::size_t frame_interrupted(const Transfer& t) const;
    [[nodiscard]] const Fork* fork_of(const Transfer& t) const;
    [[nodiscard]] Here place_of(const Transfer& t) const;
    [[nodiscard]] bool is_entry(u64 pc) const;
    [[nodiscard]] Frame& top() { return frames_->back(); }

    const CostLedger& ledger_;
    CallTree tree_;
    std::vector<LedgerCells::Row> settled_;  // what of the ledger is in the tree, or was before restart()
    std::map<u64, Frames> tasks_;
    u64 task_{0};
    Frames* frames_;  // of that task
    Here here_;
    std::vector<Fork> forks_;  // latest last
};

}  // namespace emu
