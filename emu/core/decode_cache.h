// Decoded instructions, kept per physical page. Instruction and data views never differ: a store to a page
// with decoded operations comes through the slow path and undoes those it hits, which the architecture permits
// without any IC, so decoding is never observable.
#pragma once

#include <array>
#include <memory>
#include <unordered_map>

#include "emu/core/bus.h"
#include "emu/isa/decoded_op.h"
#include "emu/isa/features.h"

namespace mmu {
class Mmu;
}

namespace emu {

struct DecodedPage {
    static constexpr unsigned kOps = 1024;

    u64 pa{0};
    const u8* bytes{nullptr};  // host memory of the page
    unsigned stores{0};        // stores into it since it was last entered
    bool stale{false};         // operations are to be undone at the next entry
    bool has_translations{false};      // some operations have generated code
    bool translations_dropped{false};  // since it was last made: what runs now may be out of date
    std::array<DecodedOp, kOps + 1> ops{};  // one behind the last leaves the page
};

class DecodeCache {
public:
    // Handlers of operations that are not decoded yet, and of the one behind the last.
    struct SpecialHandlers {
        Handler decode_plain;
        Handler decode_recording;
        Handler leave_page;
    };

    // `current` is where the processing element keeps the page it executes, which is never dropped.
    DecodeCache(const CoreFeatures& features, Bus& bus, mmu::Mmu& mmu, SpecialHandlers handlers,
                DecodedPage* const& current);

    // The page whose host memory begins at `host_page`. It exists wherever the MMU has a fetch memo: memos are made
    // by lookups that enter() follows, and die when a page is dropped.
    [[nodiscard]] DecodedPage& find(const u8* host_page) {
        const Recent& r = recent_[recent_index(host_page)];
        return r.host_page == host_page ? *r.page : find_slow(host_page);
    }
    // The page at `pa`, whose host memory is `host_page`; made if it does not exist. May drop any other page, so
    // only for use between runs.
    [[nodiscard]] DecodedPage& enter(u64 pa, const u8* host_page);

    // Decodes one operation of `page` in place.
    const DecodedOp* decode(DecodedPage& page, const DecodedOp* op);

    // Guest memory [pa, pa + bytes), within one page, is about to change.
    void on_store(u64 pa, unsigned bytes) {
        if ((filter_[filter_index(pa)] >> (pa >> 12 & 63) & 1) != 0) [[unlikely]] undo(pa, bytes);
    }
    // What DecodedOp::translated is where there is no generated code. Before any page is entered.
    void set_untranslated(const void* code) { untranslated_ = code; }
    // The generated code of a page, or of all pages, is not to be used any more.
    void forget_translations(DecodedPage& page);
    void forget_all_translations();

    // The host wrote to guest memory, or IC IALLU: undo everything.
    void invalidate_all();

private:
    static constexpr std::size_t kMaxPages = 4096;  // 64 KiB of operations each
    static constexpr unsigned kStoresBeforeDrop = 32;

    struct Recent {
        const u8* host_page{nullptr};
        DecodedPage* page{nullptr};
    };

    [[nodiscard]] static std::size_t recent_index(const u8* host_page) {
        return reinterpret_cast<std::uintptr_t>(host_page) >> 12 & (kRecent - 1);
    }
    // A bit per page number modulo 64 Ki: clear means that no such page is decoded.
    [[nodiscard]] static std::size_t filter_index(u64 pa) { return pa >> 18 & (kFilterWords - 1); }

    DecodedPage& find_slow(const u8* host_page);
    void undo(u64 pa, unsigned bytes);
    void undo_all(DecodedPage& page);
    void reset(DecodedPage& page, unsigned first, unsigned last);
    void drop(u64 pa);
    void drop_all();
    void rebuild_filter();
    DecodedPage& create(u64 pa, const u8* host_page);

    static constexpr std::size_t kRecent = 1024;
    static constexpr std::size_t kFilterWords = 1024;

    CoreFeatures features_;
    Bus& bus_;
    mmu::Mmu& mmu_;
    SpecialHandlers handlers_;
    DecodedPage* const& current_;
    const void* untranslated_{nullptr};
    std::array<Recent, kRecent> recent_{};
    std::array<u64, kFilterWords> filter_{};
    std::unordered_map<u64, std::unique_ptr<DecodedPage>> pages_;  // by physical address
    std::unordered_map<const u8*, DecodedPage*> by_host_;
};

}  // namespace emu
