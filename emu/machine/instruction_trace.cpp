#include "emu/machine/instruction_trace.h"

#include <algorithm>
#include <bitset>
#include <cinttypes>
#include <cstdio>

namespace emu {
namespace {

using arch::u64;
using arch::u8;

std::string formatted(const char* format, auto... values) {
    char text[256];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

char letter(mmu::AccessKind kind) {
    switch (kind) {
        case mmu::AccessKind::Store: return 'W';
        case mmu::AccessKind::Atomic: return 'A';
        case mmu::AccessKind::ZeroBlock: return 'Z';
        case mmu::AccessKind::CacheMaintenance: return 'C';
        case mmu::AccessKind::Prefetch: return 'P';
        case mmu::AccessKind::Fetch:
        case mmu::AccessKind::Load:
        case mmu::AccessKind::AddressTranslate: break;
    }
    return 'R';
}

bool moves_data(mmu::AccessKind kind) { return letter(kind) != 'C' && letter(kind) != 'P'; }

std::string flags_text(arch::u32 nzcv) {
    std::string out = "  nzcv=";
    for (unsigned i = 0; i < 4; ++i) out += (nzcv >> (31 - i) & 1) != 0 ? "NZCV"[i] : '-';
    return out;
}

// Little-endian bytes as one number.
std::string number_text(const u8* bytes, unsigned count) {
    std::string out;
    for (unsigned i = count; i-- > 0;) out += formatted("%02x", unsigned{bytes[i]});
    return out;
}

std::string exception_text(const Pe& pe, const InstructionRecord& record) {
    return formatted("  exception, class 0x%02x, ESR_EL1=%" PRIx64 " ELR_EL1=%" PRIx64 " FAR_EL1=%" PRIx64,
                     unsigned{record.exception_class}, pe.sysreg(SysReg::ESR_EL1), pe.sysreg(SysReg::ELR_EL1),
                     pe.sysreg(SysReg::FAR_EL1));
}

}  // namespace

InstructionTrace::InstructionTrace(TraceRequest request, const FunctionTable& functions, const Pe& pe, PhysicalMemory& memory)
    : request_{std::move(request)}, functions_{functions}, pe_{pe}, memory_{memory} {
    request_.sink("# foldwalk instruction trace 2: number, cycle, EL, pc, function+offset, instruction, registers written,"
                  " memory (R W A Z C P; virtual>physical bytes=value)");
}

void InstructionTrace::note_registers() {
    std::copy_n(pe_.x, kRegSp + 1, before_.x);
    std::copy_n(pe_.v, 32, before_.v);
    before_.nzcv = pe_.nzcv;
    before_.fpcr = pe_.fpcr;
    before_.fpsr = pe_.fpsr;
}

// Those the operation names as its results, changed or not, and all others that changed: of a load of four V registers, or
// of an exception.
std::string InstructionTrace::results(const DecodedOp& op) const {
    std::bitset<kTimingRegisterCount> named;
    for (unsigned i = 0; i < op.timing.result_count; ++i) named.set(op.timing.result[i]);
    std::string out;
    for (unsigned i = 0; i <= kRegSp; ++i) {
        if (!named.test(i) && pe_.x[i] == before_.x[i]) continue;
        out += i == kRegSp ? std::string{"  sp"} : formatted("  x%u", i);
        out += formatted("=%016" PRIx64, pe_.x[i]);
    }
    if (named.test(kTimingNzcv) || pe_.nzcv != before_.nzcv) out += flags_text(pe_.nzcv);
    for (unsigned i = 0; i < 32; ++i) {
        const u64* now = pe_.v[i].d;
        const bool changed = now[0] != before_.v[i].d[0] || now[1] != before_.v[i].d[1];
        if (changed || named.test(kTimingV0 + i)) out += formatted("  v%u=%016" PRIx64 "%016" PRIx64, i, now[1], now[0]);
    }
    if (pe_.fpcr != before_.fpcr) out += formatted("  fpcr=%08" PRIx32, pe_.fpcr);
    if (pe_.fpsr != before_.fpsr) out += formatted("  fpsr=%08" PRIx32, pe_.fpsr);
    return out;
}

std::string InstructionTrace::accesses(const InstructionRecord& record) const {
    std::string out;
    for (unsigned i = 0; i < record.access_count; ++i) {
        const DataAccess& access = record.access[i];
        out += formatted("  %c %" PRIx64, letter(access.kind), access.va);
        if (access.lookup->faulted) {
            out += " fault";
            continue;
        }
        out += formatted(">%" PRIx64, access.pa);
        if (!moves_data(access.kind)) continue;
        out += formatted(" %u", unsigned{access.bytes});
        const u8* bytes = memory_.host(access.pa, access.bytes);
        out += bytes == nullptr ? " device" : "=" + number_text(bytes, access.bytes);
    }
    return out;
}

void InstructionTrace::record(const InstructionRecord& record, const TraceRange::Place& place, u64 cycle) {
    if (request_.range.covers(place, functions_)) {
        const bool fetched = record.fetch_pa != 0;
        std::string line = formatted("%10" PRIu64 "  %10" PRIu64 "  %u  %016" PRIx64 "  ", place.number, cycle, unsigned{record.el}, record.pc);
        line += place_name(functions_, record.pc) + "  ";
        line += fetched ? disassembler_.text(record.op->word, record.pc) + results(*record.op) + accesses(record) : "not fetched";
        if (record.exception) line += exception_text(pe_, record);
        request_.sink(line);
    }
    note_registers();
}

}  // namespace emu
