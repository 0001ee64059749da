#include "mmu/check/oracle_walker.h"

#include <algorithm>

namespace mmu::check {

using u64 = std::uint64_t;

namespace {

u64 bits(u64 word, unsigned high, unsigned low) { return (word >> low) & ((u64{2} << (high - low)) - 1); }
bool bit(u64 word, unsigned n) { return ((word >> n) & 1) != 0; }

// Status codes without their level.
constexpr unsigned kAddressSize = 0x00;
constexpr unsigned kTranslation = 0x04;
constexpr unsigned kAccessFlag = 0x08;
constexpr unsigned kPermission = 0x0c;
constexpr unsigned kExternalOnWalk = 0x14;
constexpr unsigned kUnsupportedUpdate = 0x31;

struct Controls {
    bool upper;
    unsigned page_bits;
    unsigned input_bits;
    unsigned output_bits;
    bool wide_ds;   // descriptors have output bits 51:50 in 9:8, 49:48 in 49:48
    bool wide_64k;  // descriptors have output bits 51:48 in 15:12
    bool size_faults, el0_kept_out;
    unsigned shareability;
    bool walks_disabled, tag_ignored, tables_limit, write_back;
    bool hardware_af, hardware_dirty, wxn;
    u64 ttbr;
};

unsigned page_bits_of(u64 tcr, bool upper) {
    const u64 tg = upper ? bits(tcr, 31, 30) : bits(tcr, 15, 14);
    if (upper) return tg == 1 ? 14 : tg == 3 ? 16 : 12;
    return tg == 2 ? 14 : tg == 1 ? 16 : 12;
}

// What TxSZ may be, with the page size and the features: from 12 where addresses of 52 bits exist, to 47 or 48 where tables
// may be small.
void set_input_size(Controls& c, const OracleRegisters& r) {
    const unsigned size = static_cast<unsigned>(c.upper ? bits(r.tcr, 21, 16) : bits(r.tcr, 5, 0));
    const bool reaches_52 = c.page_bits == 16 ? r.lva : c.wide_ds;
    const unsigned least = reaches_52 ? 12 : 16;
    const unsigned most = r.ttst ? (c.page_bits == 16 ? 47 : 48) : 39;
    c.size_faults = size < least ? r.lva : size > most && r.ttst;
    c.input_bits = 64 - (size < least ? least : size > most ? most : size);
}

Controls controls_of(const OracleRegisters& r, u64 va, bool is_fetch) {
    const unsigned ips_bits[8] = {32, 36, 40, 42, 44, 48, 52, 52};
    Controls c{};
    c.upper = bit(va, 55);
    c.page_bits = page_bits_of(r.tcr, c.upper);
    c.wide_ds = bit(r.tcr, 59) && ((c.page_bits == 12 && r.lpa2_4k) || (c.page_bits == 14 && r.lpa2_16k));
    c.wide_64k = c.page_bits == 16 && r.pa_bits == 52;
    set_input_size(c, r);
    c.output_bits = std::min({r.pa_bits, ips_bits[bits(r.tcr, 34, 32)], c.wide_ds || c.wide_64k ? 52u : 48u});
    c.shareability = static_cast<unsigned>(c.upper ? bits(r.tcr, 29, 28) : bits(r.tcr, 13, 12));
    c.el0_kept_out = r.e0pd && bit(r.tcr, c.upper ? 56 : 55);
    c.walks_disabled = bit(r.tcr, c.upper ? 23 : 7);
    c.tag_ignored = bit(r.tcr, c.upper ? 38 : 37) && !(is_fetch && bit(r.tcr, c.upper ? 52 : 51));
    c.tables_limit = !bit(r.tcr, c.upper ? 42 : 41);
    c.write_back = bit(r.tcr, c.upper ? 24 : 8) && bit(r.tcr, c.upper ? 26 : 10);
    c.hardware_af = r.hafdbs > 0 && bit(r.tcr, 39);
    c.hardware_dirty = r.hafdbs > 1 && c.hardware_af && bit(r.tcr, 40);
    c.wxn = bit(r.sctlr, 19);
    c.ttbr = c.upper ? r.ttbr1 : r.ttbr0;
    return c;
}

// The address in a descriptor, without its `low` lowest bits.
u64 address_in(const Controls& c, u64 descriptor, unsigned low) {
    if (c.wide_ds) return (bits(descriptor, 9, 8) << 50 | bits(descriptor, 49, 12) << 12) >> low << low;
    const u64 lower = (descriptor & 0x0000fffffffff000) >> low << low;
    return c.wide_64k ? bits(descriptor, 15, 12) << 48 | lower : lower;
}

// The start table, which is as large as 2^size bytes.
u64 base_address(const Controls& c, unsigned size) {
    const bool wide = c.wide_ds || (c.wide_64k && c.output_bits == 52);
    const u64 lower = c.ttbr & 0x0000fffffffffffe;
    if (!wide) return lower >> size << size;
    const unsigned aligned = size < 6 ? 6 : size;
    return bits(c.ttbr, 5, 2) << 48 | lower >> aligned << aligned;
}

// All bits above the input range, up to 63 or below the tag, equal bit 55.
bool in_range(const Controls& c, u64 va) {
    for (unsigned n = c.input_bits; n < (c.tag_ignored ? 56u : 64u); ++n)
        if (bit(va, n) != c.upper) return false;
    return true;
}

struct Limits {
    bool no_el0{false}, read_only{false}, no_el0_fetch{false}, no_el1_fetch{false};
};

// The access rules of a leaf, as the manual's table of AP[2:1] gives them, then everything that takes rights away.
bool allowed(const Controls& c, u64 leaf, const Limits& limits, const OracleAccess& access) {
    bool el1_writes = false, el0_reads = false, el0_writes = false;
    switch (bits(leaf, 7, 6)) {
        case 0: el1_writes = true; break;
        case 1: el1_writes = el0_reads = el0_writes = true; break;
        case 2: break;
        case 3: el0_reads = true; break;
    }
    if (c.hardware_dirty && bit(leaf, 51)) {
        el1_writes = true;
        el0_writes = el0_reads;
    }
    if (limits.read_only) el1_writes = el0_writes = false;
    if (limits.no_el0) el0_reads = el0_writes = false;
    const bool from_el0 = access.el == 0;
    if (access.kind == OracleAccess::Kind::Fetch) {
        if (from_el0) return !bit(leaf, 54) && !limits.no_el0_fetch && !(c.wxn && el0_writes);
        return !bit(leaf, 53) && !limits.no_el1_fetch && !el0_writes && !(c.wxn && el1_writes);
    }
    if (!from_el0 && access.pan && el0_reads) return false;
    if (access.kind == OracleAccess::Kind::Write) return from_el0 ? el0_writes : el1_writes;
    return from_el0 ? el0_reads : true;
}

// Level -1 has codes of its own.
OracleOutcome& fail(OracleOutcome& out, unsigned kind, int level) {
    out.faulted = true;
    if (kind == kUnsupportedUpdate) out.status = kind;
    else if (level >= 0) out.status = kind | static_cast<unsigned>(level);
    else out.status = kind == kAddressSize ? 0x29 : kind == kTranslation ? 0x2b : 0x13;
    return out;
}

bool block_exists(const Controls& c, int level) {
    if (level == 2) return true;
    if (level == 1) return c.page_bits == 12 || c.wide_ds || c.wide_64k;
    return level == 0 && c.page_bits == 12 && c.wide_ds;
}

// Access flag, permissions, then the update, for a leaf that maps 2^low bytes.
OracleOutcome finish(const Controls& c, u64 leaf, int level, unsigned low, u64 va, const Limits& limits,
                     const OracleAccess& access, OracleOutcome out) {
    const u64 output = address_in(c, leaf, low);
    if (output >> c.output_bits != 0) return fail(out, kAddressSize, level);
    if (!bit(leaf, 10) && !c.hardware_af) return fail(out, kAccessFlag, level);
    if (!allowed(c, leaf, limits, access)) return fail(out, kPermission, level);
    u64 after = leaf | (u64{1} << 10);
    const bool writes = access.kind == OracleAccess::Kind::Write;
    if (writes && c.hardware_dirty && bit(leaf, 51) && bit(leaf, 7)) after &= ~(u64{1} << 7);
    if (after != leaf && !c.write_back) return fail(out, kUnsupportedUpdate, level);
    out.descriptor_after = after;
    out.pa = output + (va & ((u64{1} << low) - 1));
    out.attr_index = static_cast<unsigned>(bits(leaf, 4, 2));
    out.shareability = c.wide_ds ? c.shareability : static_cast<unsigned>(bits(leaf, 9, 8));
    return out;
}

}  // namespace

OracleOutcome oracle_translate(const OracleRegisters& registers, const ReadDescriptor& read, u64 va,
                               const OracleAccess& access) {
    const Controls c = controls_of(registers, va, access.kind == OracleAccess::Kind::Fetch);
    OracleOutcome out;
    if (c.el0_kept_out && access.el == 0) return fail(out, kTranslation, 0);
    if (!in_range(c, va) || c.walks_disabled || c.size_faults) return fail(out, kTranslation, 0);
    const u64 input = va & ((u64{1} << c.input_bits) - 1);
    const unsigned stride = c.page_bits - 3;
    int level = 3;
    unsigned low = c.page_bits;  // lowest address bit that the table decides
    while (low + stride < c.input_bits) {
        low += stride;
        --level;
    }
    u64 table = base_address(c, c.input_bits - low + 3);
    if (table >> c.output_bits != 0) return fail(out, kAddressSize, 0);
    Limits limits;
    for (u64 index = input >> low;; index = (input >> low) & ((u64{1} << stride) - 1)) {
        out.descriptor_pa = table + index * 8;
        const auto descriptor = read(out.descriptor_pa);
        ++out.reads;
        if (!descriptor) return fail(out, kExternalOnWalk, level);
        out.descriptor_after = *descriptor;
        if (!bit(*descriptor, 0)) return fail(out, kTranslation, level);
        const bool is_table = level < 3 && bit(*descriptor, 1);
        if (!is_table && level == 3 && !bit(*descriptor, 1)) return fail(out, kTranslation, level);
        if (!is_table && level < 3 && !block_exists(c, level)) return fail(out, kTranslation, level);
        if (!is_table) return finish(c, *descriptor, level, low, va, limits, access, out);
        table = address_in(c, *descriptor, c.page_bits);
        if (table >> c.output_bits != 0) return fail(out, kAddressSize, level);
        if (c.tables_limit) {
            limits.no_el0 |= bit(*descriptor, 61);
            limits.read_only |= bit(*descriptor, 62);
            limits.no_el0_fetch |= bit(*descriptor, 60);
            limits.no_el1_fetch |= bit(*descriptor, 59);
        }
        low -= stride;
        ++level;
    }
}

}  // namespace mmu::check
