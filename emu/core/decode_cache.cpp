#include "emu/core/decode_cache.h"

#include <cstring>

#include "emu/core/exec/handlers.h"
#include "mmu/mmu.h"

namespace emu {

using arch::PhysicalAddress;

DecodeCache::DecodeCache(const CoreFeatures& features, Bus& bus, mmu::Mmu& mmu, SpecialHandlers handlers,
                         DecodedPage* const& current)
    : features_{features}, bus_{bus}, mmu_{mmu}, handlers_{handlers}, current_{current} {}

DecodedPage& DecodeCache::find_slow(const u8* host_page) {
    DecodedPage& page = *by_host_.at(host_page);
    return enter(page.pa, host_page);
}

DecodedPage& DecodeCache::enter(u64 pa, const u8* host_page) {
    const auto found = pages_.find(pa);
    DecodedPage& page = found != pages_.end() ? *found->second : create(pa, host_page);
    if (page.stale) undo_all(page);
    page.stores = 0;
    recent_[recent_index(host_page)] = {host_page, &page};
    return page;
}

DecodedPage& DecodeCache::create(u64 pa, const u8* host_page) {
    if (pages_.size() >= kMaxPages) drop_all();
    auto& page = *(pages_[pa] = std::make_unique<DecodedPage>());
    page.pa = pa;
    page.bytes = host_page;
    by_host_[host_page] = &page;
    for (unsigned i = 0; i <= DecodedPage::kOps; ++i) page.ops[i].page_offset = static_cast<u16>(4 * i);
    undo_all(page);
    page.ops[DecodedPage::kOps].plain = handlers_.leave_page;
    page.ops[DecodedPage::kOps].translated = untranslated_;
    filter_[filter_index(pa)] |= u64{1} << (pa >> 12 & 63);
    bus_.set_code_page(PhysicalAddress{pa}, true);
    mmu_.drop_memos_of_page(PhysicalAddress{pa});
    return page;
}

const DecodedOp* DecodeCache::decode(DecodedPage& page, const DecodedOp* op) {
    DecodedOp& slot = page.ops[static_cast<std::size_t>(op - page.ops.data())];
    u32 word = 0;
    std::memcpy(&word, page.bytes + slot.page_offset, sizeof word);
    emu::decode(word, slot.page_offset, features_, slot);
    slot.translated = untranslated_;
    return &slot;
}

void DecodeCache::reset(DecodedPage& page, unsigned first, unsigned last) {
    for (unsigned i = first; i <= last; ++i) {
        page.ops[i].plain = handlers_.decode_plain;
        page.ops[i].recording = handlers_.decode_recording;
        page.ops[i].translated = untranslated_;
    }
}

// Where an operation's code begins, its handler is that code's.
void DecodeCache::forget_translations(DecodedPage& page) {
    if (!page.has_translations) return;
    for (unsigned i = 0; i < DecodedPage::kOps; ++i) {
        DecodedOp& op = page.ops[i];
        if (op.translated == untranslated_) continue;
        op.translated = untranslated_;
        op.plain = kHandlers[op.encoding].plain;
        op.heat = 0;
    }
    page.has_translations = false;
    page.translations_dropped = true;
}

void DecodeCache::forget_all_translations() {
    for (auto& [pa, page] : pages_) forget_translations(*page);
}

void DecodeCache::undo_all(DecodedPage& page) {
    forget_translations(page);
    reset(page, 0, DecodedPage::kOps - 1);
    page.stale = false;
}

void DecodeCache::undo(u64 pa, unsigned bytes) {
    const u64 page_pa = arch::align_down(pa, 4096);
    const auto found = pages_.find(page_pa);
    if (found == pages_.end()) return;
    DecodedPage& page = *found->second;
    forget_translations(page);
    const auto first = static_cast<unsigned>(pa - page_pa) / 4;
    reset(page, first, static_cast<unsigned>(pa - page_pa + bytes - 1) / 4);
    // A page that is written again and again holds data now.
    if (++page.stores >= kStoresBeforeDrop && &page != current_) drop(page_pa);
}

void DecodeCache::invalidate_all() {
    for (auto& [pa, page] : pages_) page->stale = true;
    recent_.fill({});
}

void DecodeCache::drop(u64 pa) {
    const auto found = pages_.find(pa);
    Recent& r = recent_[recent_index(found->second->bytes)];
    if (r.page == found->second.get()) r = {};
    bus_.set_code_page(PhysicalAddress{pa}, false);
    by_host_.erase(found->second->bytes);
    pages_.erase(found);
    mmu_.drop_all_memos();
    rebuild_filter();
}

void DecodeCache::drop_all() {
    for (const auto& [pa, page] : pages_) bus_.set_code_page(PhysicalAddress{pa}, false);
    pages_.clear();
    by_host_.clear();
    mmu_.drop_all_memos();
    recent_.fill({});
    filter_.fill(0);
}

void DecodeCache::rebuild_filter() {
    filter_.fill(0);
    for (const auto& [pa, page] : pages_) filter_[filter_index(pa)] |= u64{1} << (pa >> 12 & 63);
}

}  // namespace emu
