#include "emu/timing/ledger/call_stacks.h"

#include <algorithm>

namespace emu {

namespace {

// Deeper calls are not told apart: what is called there takes its caller's place.
constexpr std::size_t kMostUserFrames = 512;
constexpr std::size_t kMostFrames = 1024;
constexpr std::size_t kMostForks = 64;  // children that have not run yet
// A program may have several stacks: what is further away than one is big belongs to another.
constexpr u64 kOneStack = u64{1} << 20;

}  // namespace

CallStacks::CallStacks(const CostLedger& ledger)
    : ledger_{ledger}, tree_{ledger.functions()}, settled_(ledger.cells().size()), frames_{&tasks_[0]} {
    frames_->resize(1);
}

void CallStacks::at(const Transfer& t) {
    if (is_inner_jump(t)) return;
    settle();
    if (t.task != task_) {
        task_ = t.task;
        frames_ = &tasks_[task_];
        // One that stopped goes on where it called for another. If not it is new, perhaps on the stack of one that has ended.
        const bool goes_on = !frames_->empty() && (t.kind != Transfer::Kind::Jump || frame_returning(t) != kNoFrame);
        if (!goes_on) *frames_ = Frames(1);
    }
    switch (t.kind) {
        case Transfer::Kind::Jump: jump(t); break;
        case Transfer::Kind::Call: call(t); break;
        case Transfer::Kind::Exception: take_exception(t); break;
        case Transfer::Kind::ExceptionReturn: return_from_exception(t); break;
    }
    run_function(t);
}

// A loop, most often.
bool CallStacks::is_inner_jump(const Transfer& t) const {
    if (t.kind != Transfer::Kind::Jump || leaves_function(t.pc) || t.task != task_) return false;
    const Frame& frame = frames_->back();
    return frame.return_pc != t.pc || frame.sp != t.sp;
}

// Only the function that ran has been charged anything since the last time.
void CallStacks::settle() {
    const LedgerCells::Row& charged = ledger_.cells()[here_.row];
    LedgerCells::Row& settled = settled_[here_.row];
    LedgerCells::Row& cells = tree_.cells(top().node);
    for (std::size_t cause = 0; cause < kCauseCount; ++cause) cells[cause] += charged[cause] - settled[cause];
    settled = charged;
}

// Whatever is known of callers, the function is the one at the address.
void CallStacks::run_function(const Transfer& t) {
    here_ = place_of(t);
    Frame& frame = top();
    if (tree_.function_of(frame.node) != here_.row) frame.node = tree_.child(frame.caller, here_.row);
}

void CallStacks::call(const Transfer& t) {
    if (frames_->size() >= (t.el == 0 ? kMostUserFrames : kMostFrames)) return;
    frames_->push_back({top().node, CallTree::kRoot, t.link, t.sp, false, t.el});
}

void CallStacks::jump(const Transfer& t) {
    end_calls_below(t.sp);
    const std::size_t returning = frame_returning(t);
    if (returning != kNoFrame) return frames_->resize(returning);
    if (!is_entry(t.pc)) land(t);
}

void CallStacks::take_exception(const Transfer& t) {
    if (frames_->size() > kMostFrames) frames_->resize(1);  // exceptions that nobody returns from
    if (t.forks) {
        if (forks_.size() == kMostForks) forks_.erase(forks_.begin());
        forks_.push_back({t.resume, t.from_sp, *frames_});
    }
    frames_->push_back({top().node, CallTree::kRoot, t.resume, t.from_sp, true, t.from_el});
}

void CallStacks::return_from_exception(const Transfer& t) {
    const std::size_t at = frame_interrupted(t);
    if (at == kNoFrame && t.el != 0) return jump(t);
    const Frame interrupted = at == kNoFrame ? Frame{} : (*frames_)[at];
    frames_->resize(at == kNoFrame ? 1 : at);
    if (at == kNoFrame || interrupted.return_pc != t.pc || interrupted.sp != t.sp) go_elsewhere(t, interrupted.sp);
}

// The kernel has chosen where to go on.
void CallStacks::go_elsewhere(const Transfer& t, u64 interrupted_sp) {
    if (t.el == 0 && t.link == 0 && is_entry(t.pc)) return frames_->resize(1);  // a new program: all registers are 0
    if (const Fork* fork = fork_of(t)) {
        *frames_ = fork->frames;
    } else if (is_entry(t.pc) && t.sp < interrupted_sp) {  // a signal's handler, which returns to what returns from signals
        call(t);
    } else {
        jump(t);
    }
}

void CallStacks::end_calls_below(u64 sp) {
    while (frames_->size() > 1 && top().sp < sp && sp - top().sp < kOneStack) frames_->pop_back();
}

// In the midst of a function that is not returned to: the goal of a long jump, whose own calls have ended. Or code moved out
// of a function (".cold") jumps back into it.
void CallStacks::land(const Transfer& t) {
    const std::size_t row = place_of(t).row;
    for (std::size_t i = frames_->size() - 1; i > 0; --i) {
        if ((*frames_)[i].sp != t.sp) return;
        if (tree_.function_of((*frames_)[i - 1].node) == row) return frames_->resize(i);
    }
}

// Calls that ended by tail calls return here all at once.
std::size_t CallStacks::frame_returning(const Transfer& t) const {
    for (std::size_t i = frames_->size() - 1; i > 0; --i) {
        const Frame& frame = (*frames_)[i];
        if (frame.sp != t.sp) break;
        if (frame.return_pc == t.pc) return i;
    }
    return kNoFrame;
}

std::size_t CallStacks::frame_interrupted(const Transfer& t) const {
    for (std::size_t i = frames_->size() - 1; i > 0; --i) {
        const Frame& frame = (*frames_)[i];
        if (frame.exception && frame.from_el == t.el) return i;
    }
    return kNoFrame;
}

const CallStacks::Fork* CallStacks::fork_of(const Transfer& t) const {
    const auto at = std::find_if(forks_.rbegin(), forks_.rend(), [&](const Fork& f) { return f.resume == t.pc && f.sp == t.sp; });
    return at == forks_.rend() ? nullptr : &*at;
}

CallStacks::Here CallStacks::place_of(const Transfer& t) const {
    const FunctionTable::Place place = ledger_.functions().place_of(t.pc);
    return {place.start, place.end - place.start, ledger_.functions().row_of(place, t.el)};
}

bool CallStacks::is_entry(u64 pc) const {
    const FunctionTable::Place place = ledger_.functions().place_of(pc);
    return place.index != FunctionTable::kNone && place.start == pc;
}

void CallStacks::restart() {
    settle();
    tree_.clear_cells();
}

std::map<std::string, u64> CallStacks::lines() {
    settle();
    return tree_.lines();
}

}  // namespace emu
