#include "emu/core/jit/jit.h"

#include <xbyak/xbyak_util.h>

#include <new>

#include "emu/core/interpreter.h"
#include "emu/core/jit/translator.h"
#include "mmu/mmu.h"

namespace emu::jit {

namespace {

[[nodiscard]] i64 distance(const Pe& pe, const void* to) {
    return static_cast<i64>(reinterpret_cast<std::uintptr_t>(to) - reinterpret_cast<std::uintptr_t>(&pe));
}
// Memos are reached by one displacement from the Pe.
[[nodiscard]] bool is_near(i64 distance) { return distance > -(i64{1} << 30) && distance < i64{1} << 30; }

[[nodiscard]] bool host_is_known() {
    using Xbyak::util::Cpu;
    const Cpu cpu;
    return cpu.has(Cpu::tLZCNT) && cpu.has(Cpu::tSSE42);
}

}  // namespace

std::unique_ptr<Jit> Jit::make(Pe& pe, DecodeCache& cache) {
    if (!host_is_known() || !is_near(distance(pe, pe.mmu))) return nullptr;
    try {
        return std::unique_ptr<Jit>{new Jit{pe, cache}};
    } catch (const std::bad_alloc&) {
        return nullptr;  // a hardened host may refuse executable memory
    }
}

Jit::Jit(Pe& pe, DecodeCache& cache) : pe_{pe}, cache_{cache}, buffer_{kBufferBytes} {
    around_.data_clock = distance(pe, mmu::HostTlbLayout::data_clock(pe.mmu->host_tlb[0]));
    around_.memo_index_mask = static_cast<u32>(mmu::HostTlbLayout::data_index_mask(pe.mmu->host_tlb[0]));
    for (unsigned el : {0u, 1u}) around_.host_tlb[el] = distance(pe, &pe.mmu->host_tlb[el]);
    around_.fetch_shift = pe.fetch_shift;
    around_.types_branches = pe.has_bti;
    std::uint8_t* at = buffer_.begin_writing();
    glue_bytes_ = write_glue(around_, at, kRegionBytes);
    buffer_.end_writing(glue_bytes_);
    glue_bytes_ = buffer_.used();
    cache.set_untranslated(around_.leave);
}

Jit::~Jit() = default;

void Jit::translate(DecodedPage& page, const DecodedOp* op) {
    if (op->translated != around_.leave) return;  // it was reached from the interpreter again and again
    const Region region = find_region(page, static_cast<unsigned>(op - page.ops.data()), &decode_plain);
    if (region.blocks.empty()) return;
    if (buffer_.free_bytes() < 2 * kRegionBytes) {
        cache_.forget_all_translations();
        buffer_.truncate(glue_bytes_);
        return;
    }
    write(page, region);
}

void Jit::write(DecodedPage& page, const Region& region) {
    const TranslationMode mode{pe_.el, pe_.strict_alignment, pe_.fp_enabled, static_cast<u8>(pe_.sp_alignment_mask)};
    Translator translator{page, region, around_, mode, buffer_.begin_writing(), kRegionBytes};
    translator.translate();
    buffer_.end_writing(translator.getSize());
    ++regions_;
    page.translations_dropped = false;
    for (const Block& b : region.blocks) {
        DecodedOp& first = page.ops[b.first];
        first.translated = translator.entry_of(b);
        first.plain = around_.enter;
    }
    page.has_translations = true;
}

void interpret_from(Pe& pe, const DecodedOp* op) { return Plain::arrive(pe, op); }

void translate_anew(Pe& pe, const DecodedOp* op) {
    pe.decode_cache->forget_translations(*pe.page);
    return Plain::arrive(pe, op);
}

const DecodedOp* enter_page_of(Pe& pe, u64 target) { return Plain::enter_page_of(pe, target); }

}  // namespace emu::jit
