#include "emu/timing/ledger/operation_probes.h"

#include <algorithm>
#include <bit>

#include "mmu/base/user_error.h"

namespace emu {

using mmu::Event;

WorkCounts operator-(const WorkCounts& a, const WorkCounts& b) {
    return {a.cycles - b.cycles, a.instructions - b.instructions, a.loads - b.loads, a.stores - b.stores,
            a.tlbis - b.tlbis,   a.dsb_cycles - b.dsb_cycles};
}

WorkCounts& WorkCounts::operator+=(const WorkCounts& other) {
    cycles += other.cycles;
    instructions += other.instructions;
    loads += other.loads;
    stores += other.stores;
    tlbis += other.tlbis;
    dsb_cycles += other.dsb_cycles;
    return *this;
}

WorkCounts work_of(const mmu::Counters& counters) {
    const auto both = [&counters](Event e) { return counters.by_el[0][e] + counters.by_el[1][e]; };
    return {both(Event::CPU_CYCLES),    both(Event::INST_RETIRED), both(Event::MEM_ACCESS_RD),
            both(Event::MEM_ACCESS_WR), both(Event::SIM_TLBI),     both(Event::SIM_DSB_CYCLES)};
}

void ValueCounts::add(u64 value) {
    ++values_[value];
    ++count_;
    total_ += value;
}

u64 ValueCounts::percentile(unsigned percent) const {
    const u64 rank = std::max<u64>(1, (count_ * percent + 99) / 100);
    u64 seen = 0;
    for (const auto& [value, count] : values_) {
        seen += count;
        if (seen >= rank) return value;
    }
    return 0;
}

void ValueCounts::merge(const ValueCounts& other) {
    for (const auto& [value, count] : other.values_) values_[value] += count;
    count_ += other.count_;
    total_ += other.total_;
}

std::vector<std::pair<u64, u64>> ValueCounts::histogram() const {
    std::vector<std::pair<u64, u64>> out;
    for (const auto& [value, count] : values_) {
        const u64 first = value == 0 ? 0 : std::bit_floor(value);
        if (out.empty() || out.back().first != first) out.emplace_back(first, 0);
        out.back().second += count;
    }
    return out;
}

void OperationProbes::add(std::string name, u64 entry_pc, std::vector<std::string> outcomes) {
    if (!by_entry_.emplace(entry_pc, operations_.size()).second) {
        throw UserError{"two operation probes on the function of " + name + "; remove one"};
    }
    operations_.push_back({std::move(name), std::move(outcomes), 0});
    entry_pcs_.push_back(entry_pc);
}

// One instruction can be both: a function that begins where another returns to, after a call that does not come back.
void OperationProbes::at(const ProbePoint& point, const WorkCounts& now) {
    if (point.task != task_) switch_task(point.task, now);
    if ((returns_filter_ >> filter_bit(point.pc) & 1) != 0) leave(point, now);
    const auto entry = by_entry_.find(point.pc);
    if (entry != by_entry_.end()) enter(entry->second, point, now);
}

void OperationProbes::switch_task(u64 task, const WorkCounts& now) {
    const auto runs = [&](const OpenCall& call) { return call.task == task_; };
    if (std::any_of(open_.begin(), open_.end(), runs)) away_.push_back({task_, now});
    task_ = task;
    const auto back = std::find_if(away_.begin(), away_.end(), [&](const Away& a) { return a.task == task; });
    if (back == away_.end()) return;
    const WorkCounts missed = now - back->since;
    for (OpenCall& call : open_) {
        if (call.task == task) call.begin += missed;
    }
    away_.erase(back);
}

std::vector<std::size_t> OperationProbes::open_operations() const {
    std::vector<std::size_t> out;
    for (std::size_t i = open_.size(); i-- > 0;) {
        if (open_[i].task == task_) out.push_back(open_[i].operation);
    }
    return out;
}

// Kernel stacks (bit 55 set) are at one address each whatever the task; user stacks need the task as well.
bool OperationProbes::same_stack(const OpenCall& call, const ProbePoint& point) {
    return call.sp == point.sp && ((point.sp >> 55 & 1) != 0 || call.task == point.task);
}

void OperationProbes::enter(std::size_t operation, const ProbePoint& point, const WorkCounts& now) {
    if (drop_overtaken(operation, point)) return;
    drop_below(point);
    const std::size_t around = innermost_open(point.task, open_.size());
    const std::size_t caller = around == kNoOperation ? kNoOperation : open_[around].operation;
    const bool recursive = is_open(operation, point.task);
    open_.push_back({operation, caller, point.lr, point.sp, point.task, pricing_, recursive, now, {}});
    returns_filter_ |= u64{1} << filter_bit(point.lr);
}

// A call never returned if its stack pointer is an entry's again without being that entry's caller by a tail call: its
// task ended, or left it by a long jump. True if this entry is no new call: a loop back to a function's first
// instruction, or its repetition after an exception.
bool OperationProbes::drop_overtaken(std::size_t operation, const ProbePoint& point) {
    const auto overtaken = [&](const OpenCall& call) {
        return same_stack(call, point) && (call.return_pc != point.lr || call.operation == operation);
    };
    if (!point.by_call) {
        for (const OpenCall& call : open_) {
            if (overtaken(call) && call.return_pc == point.lr) return true;
        }
    }
    for (std::size_t i = open_.size(); i-- > 0;) {
        if (overtaken(open_[i])) drop(i);
    }
    return false;
}

// Calls of this task deeper on its stack than where it is now were left by a long jump or an exception. A user program may
// have several stacks: what is further away than one is big belongs to another.
void OperationProbes::drop_below(const ProbePoint& point) {
    constexpr u64 kOneStack = u64{1} << 20;
    for (std::size_t i = open_.size(); i-- > 0;) {
        const OpenCall& call = open_[i];
        if (call.task == point.task && call.sp < point.sp && point.sp - call.sp < kOneStack) drop(i);
    }
}

// Tail calls: several open calls may return here at once, the innermost first.
void OperationProbes::leave(const ProbePoint& point, const WorkCounts& now) {
    bool any = false;
    for (std::size_t i = open_.size(); i-- > 0;) {
        if (open_[i].return_pc != point.pc || !same_stack(open_[i], point)) continue;
        if (!any) drop_below(point);  // erases only what is above i
        finish(i, point.x0, now);
        any = true;
    }
    if (any) rebuild_filter();
}

void OperationProbes::finish(std::size_t open, u64 x0, const WorkCounts& now) {
    const OpenCall& call = open_[open];
    const WorkCounts spent = now - call.begin;
    const std::size_t names = operations_[call.operation].outcomes.size();
    const std::size_t outcome = std::min<std::size_t>(x0 & 0xffffffff, names);
    const PriceKey key{call.operation, names == 0 ? 0 : outcome};
    ++calls_[{key, call.caller}];
    if (call.priced) {
        Price& price = prices_[key];
        price.cycles.add(spent.cycles);
        price.work += spent;
        price.self += spent - call.nested;
        price.recursive += call.recursive ? 1 : 0;
    }
    remove(open, spent);
}

// Takes a call off the list; `spent` is not its caller's own.
void OperationProbes::remove(std::size_t open, const WorkCounts& spent) {
    const std::size_t around = innermost_open(open_[open].task, open);
    if (around != kNoOperation) open_[around].nested += spent;
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(open));
}

// Its time is its caller's, but for the operations within that did return.
void OperationProbes::drop(std::size_t open) {
    ++operations_[open_[open].operation].left_otherwise;
    remove(open, open_[open].nested);
    rebuild_filter();
}

// The last open call of `task` before index `before`, or kNoOperation.
std::size_t OperationProbes::innermost_open(u64 task, std::size_t before) const {
    for (std::size_t i = before; i-- > 0;) {
        if (open_[i].task == task) return i;
    }
    return kNoOperation;
}

bool OperationProbes::is_open(std::size_t operation, u64 task) const {
    return std::any_of(open_.begin(), open_.end(), [&](const OpenCall& c) { return c.operation == operation && c.task == task; });
}

void OperationProbes::rebuild_filter() {
    returns_filter_ = 0;
    for (const OpenCall& call : open_) returns_filter_ |= u64{1} << filter_bit(call.return_pc);
}

std::string OperationProbes::outcome_name(const PriceKey& key) const {
    const auto& names = operations_[key.first].outcomes;
    if (names.empty()) return "";
    return key.second < names.size() ? names[key.second] : "other";
}

std::vector<OperationPrice> OperationProbes::prices() const {
    std::vector<OperationPrice> out;
    for (const auto& [key, price] : prices_) {
        out.push_back({operations_[key.first].name, outcome_name(key), price.cycles, price.work, price.self.cycles,
                       price.self.instructions, price.recursive});
    }
    return out;
}

std::vector<OperationCalls> OperationProbes::calls() const {
    std::vector<OperationCalls> out;
    for (const auto& [key, count] : calls_) {
        const auto& [price_key, caller] = key;
        const std::string around = caller == kNoOperation ? "" : operations_[caller].name;
        out.push_back({operations_[price_key.first].name, outcome_name(price_key), around, count});
    }
    return out;
}

u64 OperationProbes::left_otherwise(const std::string& operation) const {
    u64 sum = 0;
    for (const Operation& o : operations_) sum += o.name == operation ? o.left_otherwise : 0;
    return sum;
}

}  // namespace emu
