// The events that the checker judges, in the s-expressions of casemate (REMS), one a line:
//
//     (mem-write (id 12) (tid 0) (mem-order plain) (address 0x47ffe008) (value 0x47fff003) (src "set_table_entry+0x4"))
//     (barrier (id 13) (tid 0) dsb (kind ishst) (src "set_table_entry+0x10"))
//     (tlbi (id 14) (tid 0) vale1is (addr 0xfffff7e00000) (level 3) (asid 1) (src "contpte_convert+0x98"))
//     (msr (id 15) (tid 0) (sysreg ttbr0_el1) (value 0x47ffe000) (src "install_address_space+0x18"))
//
// A table that becomes reachable is a mem-init of its page and a mem-write of each descriptor that is not 0. Format:
// doc/trace-format.md of rems-project/casemate. Ours beyond it: EL1 registers and operations, (asid N), (bytes N) of range
// operations, and barrier kinds that it does not list (oshst, nshld, ...). (level 0): no level hint.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "emu/core/record.h"
#include "mmu/arch/descriptor.h"

namespace emu {

class CasemateTrace {
public:
    using Sink = std::function<void(const std::string& line)>;
    explicit CasemateTrace(Sink sink) : sink_{std::move(sink)} {}

    // Where the events that follow come from; "" leaves it out.
    void set_source(std::string source) { source_ = std::move(source); }

    void table_found(arch::u64 pa, std::span<const arch::Descriptor> descriptors);
    void write(arch::u64 pa, arch::u64 value);
    void barrier(const InstructionRecord& record);
    void tlbi(const arch::TlbInvalidation& tlbi);
    void register_write(const char* name, arch::u64 value);

private:
    void event(const char* kind, const std::string& fields);

    Sink sink_;
    std::string source_;
    arch::u64 id_{0};
};

}  // namespace emu
