#include "mmu/check/oracle_stage2.h"

#include <algorithm>

namespace mmu::check {

using u64 = std::uint64_t;

namespace {

u64 bits(u64 word, unsigned high, unsigned low) { return (word >> low) & ((u64{2} << (high - low)) - 1); }
bool bit(u64 word, unsigned n) { return ((word >> n) & 1) != 0; }

constexpr unsigned kAddressSize = 0x00, kTranslation = 0x04, kAccessFlag = 0x08, kPermission = 0x0c, kExternal = 0x14;
constexpr unsigned kUnsupportedUpdate = 0x31;

enum class Need { Read, Write, FetchEl0, FetchEl1, TableRead, TableWrite };

struct Result {
    unsigned status{0};
    bool faulted{false};
    u64 pa{0};
    u64 leaf{0};
    unsigned shareability{0};
};

class SecondStage {
public:
    SecondStage(const OracleRegisters& features, const OracleStage2Registers& r, const ReadDescriptor& read, unsigned& reads)
        : f_{features}, r_{r}, read_{read}, reads_{reads} {
        const u64 tg = bits(r.vtcr, 15, 14);
        page_bits_ = tg == 1 ? 16 : tg == 2 ? 14 : 12;
        ds_ = bit(r.vtcr, 32) && ((page_bits_ == 12 && f_.lpa2_4k) || (page_bits_ == 14 && f_.lpa2_16k));
        lpa_ = page_bits_ == 16 && f_.pa_bits == 52;
        const unsigned ps_bits[8] = {32, 36, 40, 42, 44, 48, 52, 52};
        output_bits_ = std::min({f_.pa_bits, ps_bits[bits(r.vtcr, 18, 16)], ds_ || lpa_ ? 52u : 48u});
    }

    Result translate(u64 ipa, Need need) {
        const unsigned t0sz = static_cast<unsigned>(bits(r_.vtcr, 5, 0));
        if (!size_is_legal(t0sz) || !start_is_legal(64 - t0sz)) return fault(kTranslation, 0);
        const unsigned input_bits = 64 - t0sz;
        if (ipa >> input_bits != 0) return fault(kTranslation, 0);
        int level = start_level();
        unsigned low = page_bits_ + static_cast<unsigned>(3 - level) * (page_bits_ - 3);
        u64 table = base(input_bits - low + 3);
        if (table >> output_bits_ != 0) return fault(kAddressSize, 0);
        for (u64 index = ipa >> low;; index = (ipa >> low) & ((u64{1} << (page_bits_ - 3)) - 1)) {
            ++reads_;
            const auto d = read_(table + 8 * index);
            if (!d) return fault(kExternal, level);
            const bool is_table = level < 3 && bit(*d, 1);
            const bool is_leaf = level == 3 ? bit(*d, 1) : !bit(*d, 1) && block_exists(level);
            if (!bit(*d, 0) || (!is_table && !is_leaf)) return fault(kTranslation, level);
            const u64 address = address_in(*d, is_table ? page_bits_ : low);
            if (address >> output_bits_ != 0) return fault(kAddressSize, level);
            if (is_leaf) return finish(*d, level, address | (ipa & ((u64{1} << low) - 1)), need);
            table = address;
            low -= page_bits_ - 3;
            ++level;
        }
    }

private:
    static Result fault(unsigned kind, int level) {
        Result out;
        out.faulted = true;
        if (kind == kUnsupportedUpdate || level >= 0) out.status = kind | static_cast<unsigned>(kind == kUnsupportedUpdate ? 0 : level);
        else out.status = kind == kAddressSize ? 0x29 : kind == kTranslation ? 0x2b : 0x13;
        return out;
    }
    bool size_is_legal(unsigned t0sz) const {
        const unsigned least = page_bits_ == 16 ? (f_.lva && lpa_ ? 12 : 16) : ds_ ? 12 : 16;
        const unsigned most = !f_.ttst ? 39 : page_bits_ == 16 ? 47 : 48;
        return t0sz >= std::max(least, 64 - f_.pa_bits) && t0sz <= most;
    }
    int start_level() const {
        const int sl0 = static_cast<int>(bits(r_.vtcr, 7, 6));
        if (page_bits_ != 12) return 3 - sl0;
        if (ds_ && bit(r_.vtcr, 33)) return -1;
        return sl0 == 3 ? 3 : 2 - sl0;
    }
    bool start_is_legal(unsigned input_bits) const {
        const u64 sl0 = bits(r_.vtcr, 7, 6);
        if (page_bits_ == 12) {
            if (ds_ && bit(r_.vtcr, 33) && sl0 != 0) return false;
            if (!(ds_ && bit(r_.vtcr, 33)) && ((sl0 == 3 && !f_.ttst) || (sl0 == 2 && f_.pa_bits < 44))) return false;
        } else if (page_bits_ == 14) {
            if ((sl0 == 3 && !ds_) || (sl0 == 2 && f_.pa_bits < 42)) return false;
        } else if (sl0 == 3 || (sl0 == 2 && f_.pa_bits < 44)) {
            return false;
        }
        const unsigned levels_below = static_cast<unsigned>(3 - start_level());
        const unsigned least = page_bits_ + levels_below * (page_bits_ - 3) + 1;
        return input_bits >= least && input_bits <= least + (page_bits_ - 4) + 4;
    }
    u64 base(unsigned size) const {
        const u64 lower = r_.vttbr & 0x0000fffffffffffe;
        if (!ds_ && !(lpa_ && output_bits_ == 52)) return lower >> size << size;
        const unsigned aligned = std::max(size, 6u);
        return bits(r_.vttbr, 5, 2) << 48 | lower >> aligned << aligned;
    }
    u64 address_in(u64 d, unsigned low) const {
        if (ds_) return (bits(d, 9, 8) << 50 | bits(d, 49, 12) << 12) >> low << low;
        const u64 lower = (d & 0x0000fffffffff000) >> low << low;
        return lpa_ ? bits(d, 15, 12) << 48 | lower : lower;
    }
    bool block_exists(int level) const {
        if (level == 2) return true;
        if (level == 1) return page_bits_ == 12 || ds_ || lpa_;
        return level == 0 && page_bits_ == 12 && ds_;
    }
    bool is_device(u64 leaf) const {
        const u64 attr = bits(leaf, 5, 2);
        return bit(r_.hcr, 46) ? attr < 4 : attr >> 2 == 0;
    }
    Result finish(u64 leaf, int level, u64 pa, Need need) const {
        const bool ha = f_.hafdbs > 0 && bit(r_.vtcr, 21);
        const bool hd = f_.hafdbs > 1 && ha && bit(r_.vtcr, 22);
        if (!bit(leaf, 10) && !ha) return fault(kAccessFlag, level);
        const bool of_table = need == Need::TableRead || need == Need::TableWrite;
        if (of_table && bit(r_.hcr, 2) && is_device(leaf)) return fault(kPermission, level);
        const bool readable = bit(leaf, 6);
        const bool writable = bit(leaf, 7) || (hd && bit(leaf, 51));
        const u64 xn = bits(leaf, 54, 53);
        bool allowed = false;
        switch (need) {
            case Need::Read:
            case Need::TableRead: allowed = readable; break;
            case Need::Write: allowed = writable; break;
            case Need::TableWrite: allowed = readable && writable; break;
            case Need::FetchEl0: allowed = xn == 0 || xn == 1; break;
            case Need::FetchEl1: allowed = xn == 0 || xn == 3; break;
        }
        if (!allowed) return fault(kPermission, level);
        const bool writes = need == Need::Write || need == Need::TableWrite;
        const bool updates = !bit(leaf, 10) || (writes && hd && bit(leaf, 51) && !bit(leaf, 7));
        if (updates && !(bit(r_.vtcr, 8) && bit(r_.vtcr, 10))) return fault(kUnsupportedUpdate, 0);
        Result out;
        out.pa = pa;
        out.leaf = leaf;
        out.shareability = static_cast<unsigned>(ds_ ? bits(r_.vtcr, 13, 12) : bits(leaf, 9, 8));
        return out;
    }

    const OracleRegisters& f_;
    const OracleStage2Registers& r_;
    const ReadDescriptor& read_;
    unsigned& reads_;
    unsigned page_bits_;
    unsigned output_bits_;
    bool ds_, lpa_;
};

// 1 Non-cacheable, 2 Write-Through, 3 Write-Back.
unsigned policy(unsigned nibble) { return nibble == 4 ? 1 : nibble >= 12 || (nibble > 4 && nibble < 8) ? 3 : 2; }

unsigned weaker(unsigned stage1, unsigned stage2) {
    const unsigned allowed = stage2 == 0 ? 1 : stage2;
    if (allowed >= policy(stage1)) return stage1;
    return allowed == 1 ? 4 : stage1 - 4;  // Write-Back to Write-Through with the same hints
}

unsigned combine(unsigned stage1, unsigned stage2, bool fwb) {
    const bool device1 = stage1 < 16;
    if (fwb) {
        if (stage2 % 8 < 4) return device1 ? std::min(stage1, stage2 % 4 * 4) : stage2 % 4 * 4;
        if (stage2 == 6) return 0xff;
        if (stage2 == 7 || device1) return stage1;
        return 0x44;
    }
    if (stage2 < 4) return device1 ? std::min(stage1, stage2 * 4) : stage2 * 4;
    if (device1) return stage1;
    return weaker(stage1 / 16, stage2 / 4) * 16 + weaker(stage1 % 16, stage2 % 4);
}

unsigned combine_shareability(unsigned stage1, unsigned stage2, unsigned attribute) {
    if (attribute < 16 || attribute == 0x44 || stage1 == 2 || stage2 == 2) return 2;
    return stage1 == 3 || stage2 == 3 ? 3 : 0;
}

Need need_of(const OracleAccess& access) {
    if (access.kind == OracleAccess::Kind::Fetch) return access.el == 0 ? Need::FetchEl0 : Need::FetchEl1;
    return access.kind == OracleAccess::Kind::Write ? Need::Write : Need::Read;
}

}  // namespace

OracleTwoStageOutcome oracle_translate_two_stages(const OracleRegisters& registers, const OracleStage2Registers& stage2,
                                                  u64 mair, const ReadDescriptor& read, u64 va, const OracleAccess& access) {
    OracleTwoStageOutcome out;
    unsigned stage2_reads = 0;
    SecondStage second{registers, stage2, read, stage2_reads};
    const auto fail = [&](const Result& r, bool s1ptw, u64 ipa) {
        out.second_stage = true;
        out.status = r.status;
        out.s1ptw = s1ptw;
        out.ipa = ipa;
    };
    u64 leaf_before = 0, leaf_ipa = 0;
    const auto read_nested = [&](u64 ipa) -> std::optional<u64> {
        const Result r = second.translate(ipa, Need::TableRead);
        if (r.faulted) {
            fail(r, true, ipa);
            return std::nullopt;
        }
        const auto word = read(r.pa);
        leaf_before = word.value_or(0);
        leaf_ipa = ipa;
        out.stage1.descriptor_pa = r.pa;
        return word;
    };
    const OracleOutcome first = oracle_translate(registers, read_nested, va, access);
    const u64 descriptor_pa = out.stage1.descriptor_pa;
    out.stage1 = first;
    out.stage1.descriptor_pa = descriptor_pa;
    if (out.second_stage) --out.stage1.reads;  // stage 1 never got to read that one
    if (!out.second_stage && !first.faulted && first.descriptor_after != leaf_before) {
        const Result r = second.translate(leaf_ipa, Need::TableWrite);
        if (r.faulted) fail(r, true, leaf_ipa);
    }
    if (!out.second_stage && !first.faulted) {
        const Result r = second.translate(first.pa, need_of(access));
        if (r.faulted) fail(r, false, first.pa);
        out.pa = r.pa;
        const auto attribute1 = static_cast<unsigned>(mair >> (8 * first.attr_index) & 0xff);
        out.attribute = combine(attribute1, static_cast<unsigned>(bits(r.leaf, 5, 2)), bit(stage2.hcr, 46));
        out.shareability = combine_shareability(first.shareability, r.shareability, out.attribute);
    }
    out.stage1.reads += stage2_reads;
    return out;
}

}  // namespace mmu::check
