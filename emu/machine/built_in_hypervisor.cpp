#include "emu/machine/built_in_hypervisor.h"

#include <algorithm>
#include <cstring>

#include "emu/machine/memory_map.h"
#include "mmu/arch/descriptor.h"
#include "mmu/arch/stage2.h"
#include "mmu/base/user_error.h"

namespace emu {

using arch::Descriptor;
using arch::Granule;
using arch::HCR_EL2;
using arch::Stage2Leaf;
using arch::u64;
using arch::VTCR_EL2;
using arch::VTTBR_EL2;

namespace {

constexpr Granule kGranule = Granule::k4K;
constexpr u64 kPage = arch::page_size(kGranule);
constexpr unsigned kMaxConcatenated = 4;  // log2 of the start tables side by side
constexpr u64 kVmid = 1;
constexpr u64 kTable = 3;

// MemAttr and the rest as KVM has them: Normal Write-Back or Device-nGnRE, readable and writable; devices never execute.
constexpr u64 kNormal = Stage2Leaf::MemAttr::make(15) | Stage2Leaf::Readable::make(1) | Stage2Leaf::Writable::make(1) |
                        Descriptor::SH::make(3) | Descriptor::AF::make(1);
constexpr u64 kDevice = Stage2Leaf::MemAttr::make(1) | Stage2Leaf::Readable::make(1) | Stage2Leaf::Writable::make(1) |
                        Descriptor::AF::make(1) | Stage2Leaf::XN::make(2);

int start_level_for(unsigned ipa_bits) { return arch::start_level(kGranule, ipa_bits - kMaxConcatenated); }

u64 root_bytes(unsigned ipa_bits) {
    return std::max(u64{8} << (ipa_bits - arch::level_shift(kGranule, start_level_for(ipa_bits))), kPage);
}

u64 vtcr_of(const Stage2Config& config, int start_level, unsigned pa_bits) {
    constexpr unsigned kPaBits[] = {32, 36, 40, 42, 44, 48, 52};
    const auto* const ps = std::find(std::begin(kPaBits), std::end(kPaBits), pa_bits);
    return VTCR_EL2::T0SZ::make(64 - config.ipa_bits) | VTCR_EL2::SL0::make(static_cast<u64>(2 - start_level)) |
           VTCR_EL2::IRGN0::make(1) | VTCR_EL2::ORGN0::make(1) | VTCR_EL2::SH0::make(3) |
           VTCR_EL2::PS::make(static_cast<u64>(ps - std::begin(kPaBits)));
}

}  // namespace

u64 BuiltInHypervisor::hidden_bytes(const Stage2Config& config, u64 guest_bytes) {
    if (config.mapping == Stage2Mapping::Off) return 0;
    // Tables of level 3 for all of the RAM, those above them, those of devices, and the start tables aligned to their size.
    constexpr u64 kFew = 64;
    const u64 bytes = guest_bytes / 512 + guest_bytes / 512 / 512 + kFew * kPage + 2 * root_bytes(config.ipa_bits);
    return arch::align_up(bytes, kPage);
}

BuiltInHypervisor::BuiltInHypervisor(const Stage2Config& config, PhysicalMemory& memory, mmu::Mmu& mmu)
    : config_{config},
      memory_{memory},
      start_level_{start_level_for(config.ipa_bits)},
      next_table_{arch::align_up(guest_end(), root_bytes(config.ipa_bits))},
      root_{take_table(root_bytes(config.ipa_bits))} {
    const unsigned pa_bits = mmu.features().pa_bits;
    if (config.ipa_bits > pa_bits)
        throw UserError{"machine.stage2_ipa_bits = " + std::to_string(config.ipa_bits) + ": the core has " +
                        std::to_string(pa_bits) + " bits of physical address"};
    if (config.population == Stage2Population::Eager) {
        for (u64 ipa = memory_.base(); ipa < guest_end();) {
            const Leaf leaf = leaf_for(ipa);
            map(ipa, leaf, kNormal);
            ipa += leaf.bytes;
        }
        map(memory_map::kUartBase, {arch::kLeafLevel, false, kPage}, kDevice);
    }
    mmu.set_stage2({.HCR_EL2 = HCR_EL2::VM::make(1),
                    .VTCR_EL2 = vtcr_of(config, start_level_, pa_bits),
                    .VTTBR_EL2 = root_ | VTTBR_EL2::VMID::make(kVmid)},
                   this);
}

// The largest leaf that the configuration allows and that lies within the guest's memory.
BuiltInHypervisor::Leaf BuiltInHypervisor::leaf_for(u64 ipa) const {
    struct Choice {
        Stage2Mapping mapping;
        Leaf leaf;
    };
    static constexpr Choice kChoices[] = {
        {Stage2Mapping::Blocks1G, {1, false, u64{1} << 30}},      {Stage2Mapping::Contiguous32M, {2, true, u64{32} << 20}},
        {Stage2Mapping::Blocks1G, {2, false, u64{2} << 20}},      {Stage2Mapping::Contiguous32M, {2, false, u64{2} << 20}},
        {Stage2Mapping::Blocks2M, {2, false, u64{2} << 20}},      {Stage2Mapping::Contiguous64K, {3, true, u64{64} << 10}}};
    for (const auto& [mapping, leaf] : kChoices) {
        if (mapping != config_.mapping) continue;
        const u64 first = arch::align_down(ipa, leaf.bytes);
        if (first >= memory_.base() && first + leaf.bytes <= guest_end()) return leaf;
    }
    return {arch::kLeafLevel, false, kPage};
}

u64 BuiltInHypervisor::take_table(u64 bytes) {
    const u64 table = next_table_;
    next_table_ += bytes;
    return table;
}

// Address of the descriptor of `ipa` at `level`; makes the tables above it.
u64 BuiltInHypervisor::entry_of(u64 ipa, int level) {
    u64 entry = root_ + 8 * (ipa >> arch::level_shift(kGranule, start_level_));
    for (int at = start_level_; at < level; ++at) {
        u64 descriptor = memory_.read64(arch::PhysicalAddress{entry}).value_or(0);
        if (descriptor == 0) {
            descriptor = take_table(kPage) | kTable;
            memory_.write_hidden(entry, descriptor);
        }
        entry = Descriptor{descriptor}.next_table(kGranule) + 8 * arch::table_index(kGranule, at + 1, ipa);
    }
    return entry;
}

void BuiltInHypervisor::map(u64 ipa, const Leaf& leaf, u64 attributes) {
    const u64 size = arch::level_size(kGranule, leaf.level);
    const u64 first = arch::align_down(ipa, leaf.bytes);
    const u64 type = leaf.level == arch::kLeafLevel ? 3 : 1;
    for (u64 at = first; at < first + leaf.bytes; at += size)
        memory_.write_hidden(entry_of(at, leaf.level), at | attributes | Descriptor::Contiguous::make(leaf.contiguous) | type);
}

bool BuiltInHypervisor::resolve(const mmu::FaultRecord& fault) {
    if (config_.population == Stage2Population::Eager || fault.kind != arch::FaultKind::Translation) return false;
    if (fault.ipa >= memory_.base() && fault.ipa < guest_end()) {
        map(fault.ipa, leaf_for(fault.ipa), kNormal);
        return true;
    }
    if (fault.ipa - memory_map::kUartBase >= memory_map::kUartSize) return false;
    map(fault.ipa, {arch::kLeafLevel, false, kPage}, kDevice);
    return true;
}

}  // namespace emu
