#include "kernel_model/mm/kernel_options.h"

#include <initializer_list>

#include "kernel_model/mm/folio_order_policy.h"

namespace km {
namespace {

// Text that is consumed from the front.
class Words {
public:
    Words(const char* at, const char* end) : at_{at}, end_{end} {}

    [[nodiscard]] bool done() const { return at_ == end_; }
    [[nodiscard]] const char* rest() const { return at_; }
    // Consumes `text` if it comes next.
    bool take(const char* text) {
        const char* at = at_;
        for (; *text != '\0'; ++text, ++at)
            if (at == end_ || *at != *text) return false;
        at_ = at;
        return true;
    }
    bool take_number(u64& out) {
        const char* const start = at_;
        for (out = 0; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_) out = out * 10 + static_cast<u64>(*at_ - '0');
        return at_ != start;
    }
    // A number of bytes with an optional K, M or G, either case. Linux: memparse().
    bool take_size(u64& out) {
        if (!take_number(out)) return false;
        if (take("K") || take("k")) out <<= 10;
        else if (take("M") || take("m")) out <<= 20;
        else if (take("G") || take("g")) out <<= 30;
        return true;
    }

private:
    const char* at_;
    const char* end_;
};

bool take_order(Words& words, unsigned& order) {
    u64 size = 0;
    if (!words.take_size(size) || !std::has_single_bit(size) || size < PAGE_SIZE) return false;
    order = highest_order(size) - PAGE_SHIFT;
    return order <= PMD_ORDER && (THP_ORDERS_ALL_ANON >> order & 1) != 0;
}

// <size>[-<size>][,...], at least one.
bool take_orders(Words& words, u64& orders) {
    do {
        unsigned first = 0;
        if (!take_order(words, first)) return false;
        unsigned last = first;
        if (words.take("-") && (!take_order(words, last) || last < first)) return false;
        orders |= arch::low_mask(last + 1) & ~arch::low_mask(first);
    } while (words.take(","));
    return true;
}

// The last setting of an order wins.
bool take_state(Words& words, u64 orders, FolioOrderMasks& out) {
    u64* chosen = nullptr;
    if (words.take("always")) chosen = &out.always;
    else if (words.take("madvise")) chosen = &out.madvise;
    else if (words.take("inherit")) chosen = &out.inherit;
    else if (!words.take("never")) return false;
    for (u64* mask : {&out.always, &out.madvise, &out.inherit}) *mask &= ~orders;
    if (chosen != nullptr) *chosen |= orders;
    return true;
}

bool take_flag(Words& words, bool& out) {
    if (words.take("1")) out = true;
    else if (words.take("0")) out = false;
    else return false;
    return true;
}

bool take_thp_enabled(Words& words, ThpEnabled& out) {
    if (words.take("always")) out = ThpEnabled::Always;
    else if (words.take("madvise")) out = ThpEnabled::Madvise;
    else if (words.take("never")) out = ThpEnabled::Never;
    else return false;
    return true;
}

bool take_fault_around(Words& words, u64& out) {
    return words.take_size(out) && std::has_single_bit(out) && out >= PAGE_SIZE;
}

bool take_percent(Words& words, unsigned& out) {
    u64 value = 0;
    if (!words.take_number(value) || value > 100) return false;
    out = static_cast<unsigned>(value);
    return true;
}

// One key=value; keys of others are no error.
bool take_word(const char* word, const char* end, KernelOptions& out) {
    Words words{word, end};
    bool good = true;
    if (words.take("thp_anon=")) return parse_thp_anon(words.rest(), end, out.thp_anon);
    if (words.take("transparent_hugepage=")) good = take_thp_enabled(words, out.thp_enabled);
    else if (words.take("fault_around_bytes=")) good = take_fault_around(words, out.fault_around_bytes);
    else if (words.take("init_on_alloc=")) good = take_flag(words, out.init_on_alloc);
    else if (words.take("fragmentation=")) good = take_percent(words, out.fragmentation);
    else if (words.take("seed=")) good = words.take_number(out.seed);
    else if (words.take("preset=")) good = words.take("linux-6.12");
    else return true;
    return good && words.done();
}

bool is_end_of_options(const char* word, const char* end) { return end - word == 2 && word[0] == '-' && word[1] == '-'; }

}  // namespace

// A given thp_anon= replaces the defaults: the PMD order then inherits only if it is named.
bool parse_thp_anon(const char* text, const char* end, FolioOrderMasks& out) {
    FolioOrderMasks masks{0, 0, 0};
    Words words{text, end};
    do {
        u64 orders = 0;
        if (!take_orders(words, orders) || !words.take(":") || !take_state(words, orders, masks)) return false;
    } while (words.take(";"));
    out = masks;
    return words.done();
}

bool parse_kernel_options(const char* bootargs, KernelOptions& out, const char*& bad) {
    for (const char* word = bootargs; *word != '\0';) {
        if (*word == ' ') {
            ++word;
            continue;
        }
        const char* end = word;
        while (*end != '\0' && *end != ' ') ++end;
        if (is_end_of_options(word, end)) return true;
        if (!take_word(word, end, out)) {
            bad = word;
            return false;
        }
        word = end;
    }
    return true;
}

}  // namespace km
