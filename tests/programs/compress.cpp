// compress c|d < IN > OUT: LZ77 with hashed chains over a 32 KiB window, then canonical Huffman codes of the result, and back.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <queue>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Bytes = std::vector<unsigned char>;
constexpr std::size_t kWindow = 32768, kLongest = 130, kShortest = 4;

// A token is 0..127 and that many plus one literals, or 128..255: a match of (token - 124), two bytes of distance.
class Matcher {
public:
    explicit Matcher(const Bytes& in) : in_{in}, last_(1 << 15, kNone), before_(in.size(), kNone) {}

    std::pair<std::size_t, std::size_t> longest(std::size_t at) const {
        std::size_t best = 0, distance = 0;
        int tries = 32;
        if (at + kShortest > in_.size()) return {0, 0};
        for (std::size_t from = last_[hash(at)]; from != kNone && at - from <= kWindow && tries-- > 0; from = before_[from]) {
            std::size_t length = 0;
            while (length < kLongest && at + length < in_.size() && in_[from + length] == in_[at + length]) ++length;
            if (length > best) best = length, distance = at - from;
        }
        return {best, distance};
    }
    void note(std::size_t at) {
        if (at + kShortest > in_.size()) return;
        before_[at] = last_[hash(at)];
        last_[hash(at)] = at;
    }

private:
    static constexpr std::size_t kNone = ~std::size_t{0};
    std::size_t hash(std::size_t at) const {
        std::uint32_t word;
        std::memcpy(&word, &in_[at], sizeof word);
        return word * 2654435761u >> 17;
    }
    const Bytes& in_;
    std::vector<std::size_t> last_, before_;
};

void put_literals(Bytes& out, const Bytes& in, std::size_t from, std::size_t to) {
    for (; from < to; from += std::min<std::size_t>(128, to - from)) {
        const std::size_t now = std::min<std::size_t>(128, to - from);
        out.push_back(static_cast<unsigned char>(now - 1));
        out.insert(out.end(), in.begin() + static_cast<long>(from), in.begin() + static_cast<long>(from + now));
    }
}

Bytes find_repeats(const Bytes& in) {
    Bytes out;
    Matcher matcher{in};
    std::size_t literals = 0;
    for (std::size_t at = 0; at < in.size();) {
        const auto [length, distance] = matcher.longest(at);
        if (length < kShortest) {
            matcher.note(at++);
            continue;
        }
        put_literals(out, in, literals, at);
        out.push_back(static_cast<unsigned char>(length + 125));
        out.push_back(static_cast<unsigned char>((distance - 1) >> 8));
        out.push_back(static_cast<unsigned char>(distance - 1));
        for (std::size_t i = 0; i < length; ++i) matcher.note(at++);
        literals = at;
    }
    put_literals(out, in, literals, in.size());
    return out;
}

Bytes expand_repeats(const Bytes& in) {
    Bytes out;
    for (std::size_t at = 0; at < in.size();) {
        const unsigned token = in.at(at++);
        if (token < 128) {
            for (unsigned i = 0; i <= token; ++i) out.push_back(in.at(at++));
            continue;
        }
        const std::size_t distance = (in.at(at) << 8 | in.at(at + 1)) + 1u;
        at += 2;
        if (distance > out.size()) throw std::runtime_error{"a match reaches before the start"};
        for (unsigned i = 0; i < token - 125; ++i) out.push_back(out[out.size() - distance]);
    }
    return out;
}

using Lengths = std::array<unsigned char, 256>;

Lengths code_lengths(const Bytes& in) {
    struct Node {
        std::uint64_t weight;
        int left, right;
    };
    std::vector<Node> nodes(256);
    for (const unsigned char b : in) ++nodes[b].weight;
    using Item = std::pair<std::uint64_t, int>;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> heap;
    for (int i = 0; i < 256; ++i) heap.push({nodes[static_cast<unsigned>(i)].weight + 1, i});  // every byte has a code
    while (heap.size() > 1) {
        const Item a = heap.top();
        heap.pop();
        const Item b = heap.top();
        heap.pop();
        nodes.push_back({a.first + b.first, a.second, b.second});
        heap.push({a.first + b.first, static_cast<int>(nodes.size()) - 1});
    }
    Lengths lengths{};
    std::vector<std::pair<int, unsigned char>> open{{heap.top().second, 0}};
    while (!open.empty()) {
        const auto [index, depth] = open.back();
        open.pop_back();
        if (index < 256) {
            lengths[static_cast<unsigned>(index)] = depth;
            continue;
        }
        const Node& node = nodes[static_cast<unsigned>(index)];
        open.push_back({node.left, depth + 1});
        open.push_back({node.right, depth + 1});
    }
    return lengths;
}

// Canonical codes: by length, then by value.
std::vector<unsigned> by_length(const Lengths& lengths) {
    std::vector<unsigned> order(256);
    for (unsigned i = 0; i < 256; ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](unsigned a, unsigned b) { return lengths[a] < lengths[b]; });
    return order;
}

std::array<std::uint64_t, 256> canonical_codes(const Lengths& lengths) {
    std::array<std::uint64_t, 256> codes{};
    std::uint64_t code = 0;
    unsigned length = 0;
    for (const unsigned value : by_length(lengths)) {
        code <<= lengths[value] - length;
        length = lengths[value];
        codes[value] = code++;
    }
    return codes;
}

Bytes encode(const Bytes& in) {
    const Lengths lengths = code_lengths(in);
    const auto codes = canonical_codes(lengths);
    Bytes out(lengths.begin(), lengths.end());
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<unsigned char>(in.size() >> shift));
    unsigned bits = 0;
    for (const unsigned char b : in)
        for (unsigned i = lengths[b]; i-- > 0; ++bits) {
            if (bits % 8 == 0) out.push_back(0);
            out.back() = static_cast<unsigned char>(out.back() | (codes[b] >> i & 1) << (7 - bits % 8));
        }
    return out;
}

Bytes decode(const Bytes& in) {
    Lengths lengths{};
    for (unsigned i = 0; i < 256; ++i) lengths[i] = in.at(i);
    std::size_t size = 0;
    for (unsigned i = 256; i < 260; ++i) size = size << 8 | in.at(i);
    const auto order = by_length(lengths);
    const auto codes = canonical_codes(lengths);
    Bytes out;
    for (std::size_t bit = 0; out.size() < size;) {
        std::uint64_t code = 0;
        unsigned length = 0;
        for (const unsigned value : order) {
            for (; length < lengths[value]; ++length, ++bit) code = code << 1 | (in.at(260 + bit / 8) >> (7 - bit % 8) & 1u);
            if (code != codes[value]) continue;
            out.push_back(static_cast<unsigned char>(value));
            break;
        }
    }
    return out;
}

}  // namespace

int main(int count, char** arguments) try {
    const std::string mode = count > 1 ? arguments[1] : "";
    Bytes in;
    for (int c = std::getchar(); c != EOF; c = std::getchar()) in.push_back(static_cast<unsigned char>(c));
    const Bytes out = mode == "c" ? encode(find_repeats(in)) : mode == "d" ? expand_repeats(decode(in)) : throw std::invalid_argument{"c or d"};
    std::fwrite(out.data(), 1, out.size(), stdout);
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "compress: %s\n", error.what());
    return 1;
}
