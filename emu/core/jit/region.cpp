#include "emu/core/jit/region.h"

#include <algorithm>

#include "emu/core/jit/rows.h"

namespace emu::jit {

namespace {

constexpr unsigned kMaxOps = 320;
// What has been translated before is translated again, for the sake of loops, up to this size of the region; then it is left to.
constexpr unsigned kMaxOpsAgain = 96;
constexpr u32 kLoopWeight = 8;
constexpr u32 kMaxWeight = 4096;

[[nodiscard]] bool goes_on(Flow flow) { return flow == Flow::Straight || flow == Flow::Branch; }
[[nodiscard]] bool is_direct(Flow flow) { return flow == Flow::Jump || flow == Flow::Branch || flow == Flow::Call; }

// Finds what is reached from the head, through branches whose targets have been executed before.
class Explorer {
public:
    Explorer(const DecodedPage& page, Handler not_decoded)
        : page_{page}, not_decoded_{not_decoded}, untranslated_{page.ops[kOps].translated} {}

    void explore(unsigned head) {
        waiting_.push_back(head);
        while (!waiting_.empty()) {
            const unsigned start = waiting_.back();
            waiting_.pop_back();
            if (!translatable(start) || (count_ > kMaxOpsAgain && is_translated(start))) continue;
            leaders_.set(start);
            follow(start);
        }
    }
    [[nodiscard]] std::vector<Block> blocks() const {
        std::vector<Block> out;
        for (unsigned i = 0; i < kOps; ++i) {
            if (!reached_.test(i)) continue;
            if (out.empty() || out.back().last + 1 != i || leaders_.test(i) || !goes_straight(i - 1))
                out.push_back({.first = i, .last = i});
            out.back().last = i;
        }
        for (Block& b : out) finish(b);
        return out;
    }

private:
    [[nodiscard]] const DecodedOp& op(unsigned i) const { return page_.ops[i]; }
    [[nodiscard]] bool goes_straight(unsigned i) const { return row_of(op(i)).flow == Flow::Straight; }
    [[nodiscard]] bool translatable(unsigned i) const {
        return i < kOps && op(i).plain != not_decoded_ && row_of(op(i)).flow != Flow::Stop && op(i).flags == 0;
    }
    [[nodiscard]] bool is_translated(unsigned i) const { return op(i).translated != untranslated_; }
    void follow(unsigned i) {
        for (; translatable(i) && count_ < kMaxOps; ++i) {
            if (reached_.test(i)) {
                leaders_.set(i);
                return;
            }
            if (count_ > kMaxOpsAgain && is_translated(i)) return;
            reached_.set(i);
            ++count_;
            const Flow flow = row_of(op(i)).flow;
            if (flow == Flow::Straight) continue;
            if (is_direct(flow)) waiting_.push_back(target_in_page(op(i)));
            if (flow == Flow::Branch || flow == Flow::Call || flow == Flow::IndirectCall) waiting_.push_back(i + 1);
            return;
        }
    }
    void finish(Block& b) const {
        b.flow = row_of(op(b.last)).flow;
        if (is_direct(b.flow)) b.taken = target_in_page(op(b.last));
    }

    const DecodedPage& page_;
    Handler not_decoded_;
    const void* untranslated_;
    std::bitset<kOps> reached_;
    std::bitset<kOps> leaders_;
    std::vector<unsigned> waiting_;
    unsigned count_{0};
};

// Every branch backwards makes what it spans a loop.
void weigh(Region& region) {
    for (const Block& source : region.blocks) {
        if (source.taken > source.first || region.block(source.taken) == nullptr) continue;
        for (Block& b : region.blocks) {
            if (b.first >= source.taken && b.last <= source.last) b.weight = std::min(b.weight * kLoopWeight, kMaxWeight);
        }
    }
}

// NZCV before an operation, from NZCV behind it. What may raise an exception shows NZCV in SPSR_EL1.
[[nodiscard]] bool live_before(const DecodedOp& op, bool live_behind) {
    const Row& row = row_of(op);
    if (row.reads_flags || row.may_fault) return true;
    return live_behind && !row.sets_flags;
}

[[nodiscard]] bool live_into(const Region& region, unsigned op) {
    const Block* b = region.block(op);
    return b == nullptr || b->flags_live;
}

[[nodiscard]] bool live_at_end(const Region& region, const Block& b) {
    if (!goes_on(b.flow) && !is_direct(b.flow)) return true;
    if (is_direct(b.flow) && b.taken <= b.last) return true;  // a way backwards may end the run
    const bool next = goes_on(b.flow) && live_into(region, b.last + 1);
    return next || (is_direct(b.flow) && live_into(region, b.taken));
}

// One pass over a block from its end. true: its begin has changed.
bool update_flags(const DecodedPage& page, Region& region, Block& b) {
    bool live = live_at_end(region, b);
    for (unsigned i = b.last + 1; i-- > b.first;) {
        region.flags_live_after.set(i, live);
        live = live_before(page.ops[i], live);
    }
    const bool changed = live != b.flags_live;
    b.flags_live = live;
    return changed;
}

void find_live_flags(const DecodedPage& page, Region& region) {
    // From "nothing is live inside" upwards, to the least solution.
    for (Block& b : region.blocks) b.flags_live = false;
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = region.blocks.size(); i-- > 0;) changed |= update_flags(page, region, region.blocks[i]);
    }
}

void count_registers(const DecodedPage& page, Region& region) {
    std::array<u64, kRegSp + 1> uses{};
    for (const Block& b : region.blocks) {
        for (unsigned i = b.first; i <= b.last; ++i) {
            const OpTiming& t = page.ops[i].timing;
            if (!row_of(page.ops[i]).uses_registers) continue;
            for (unsigned s = 0; s < t.source_count; ++s)
                if (t.source[s] <= kRegSp) uses[t.source[s]] += b.weight;
            for (unsigned r = 0; r < t.result_count; ++r) {
                if (t.result[r] > kRegSp) continue;
                uses[t.result[r]] += b.weight;
                region.written |= u64{1} << t.result[r];
            }
        }
    }
    for (u8 slot = 0; slot <= kRegSp; ++slot)
        if (uses[slot] > 1) region.hot_registers.push_back(slot);
    std::stable_sort(region.hot_registers.begin(), region.hot_registers.end(), [&](u8 a, u8 b) { return uses[a] > uses[b]; });
}

}  // namespace

unsigned target_in_page(const DecodedOp& op) {
    const u64 offset = op.page_offset + op.imm;
    return offset < 4 * kOps ? static_cast<unsigned>(offset / 4) : kNoOp;
}

Region find_region(const DecodedPage& page, unsigned head, Handler not_decoded) {
    Explorer explorer{page, not_decoded};
    explorer.explore(head);
    Region region;
    region.blocks = explorer.blocks();
    for (std::size_t i = 0; i < region.blocks.size(); ++i)
        region.block_at[region.blocks[i].first] = static_cast<u16>(i + 1);
    weigh(region);
    find_live_flags(page, region);
    count_registers(page, region);
    return region;
}

}  // namespace emu::jit
