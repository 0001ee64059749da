#include "emu/machine/instruction_trace.h"

#include <cinttypes>
#include <cstdio>

namespace emu {
namespace {

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

std::string accesses(const InstructionRecord& record) {
    std::string text;
    for (unsigned i = 0; i < record.access_count; ++i) {
        const auto& access = record.access[i];
        text += formatted("  %c %016" PRIx64, letter(access.kind), access.va);
    }
    return text;
}

}  // namespace

std::string place_name(const FunctionTable& functions, arch::u64 pc) {
    const auto at = functions.place_of(pc);
    if (at.index == FunctionTable::kNone) return "?";
    const auto& function = functions[at.index];
    return function.name + formatted("+0x%" PRIx64, pc - function.start);
}

void InstructionTrace::record(const InstructionRecord& record, arch::u64 cycle) {
    const auto text = disassembler_.text(record.op->word, record.pc);
    std::string line = formatted("%12" PRIu64 "  %u  %016" PRIx64 "  %-36s  %s", cycle, unsigned{record.el}, record.pc,
                                 place_name(functions_, record.pc).c_str(), text.c_str());
    line += accesses(record);
    if (record.exception) line += formatted("  exception, class 0x%02x", unsigned{record.exception_class});
    sink_(line);
}

}  // namespace emu
