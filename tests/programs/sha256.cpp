// sha256 FILE...: the digests, as sha256sum(1) prints them. FIPS 180-4.
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace {

using Word = std::uint32_t;

// The first 32 bits of the fractional parts of the square or cube roots of the first primes: computed, so that there is no
// table to trust, and floating point has something to do.
template <std::size_t N, class Root>
std::array<Word, N> root_bits(Root root) {
    std::array<Word, N> out{};
    std::size_t found = 0;
    for (unsigned n = 2; found < N; ++n) {
        bool prime = true;
        for (unsigned d = 2; d * d <= n; ++d) prime = prime && n % d != 0;
        if (!prime) continue;
        const long double value = root(static_cast<long double>(n));
        out[found++] = static_cast<Word>((value - std::floor(value)) * 4294967296.0L);
    }
    return out;
}

class Sha256 {
public:
    void add(const std::vector<unsigned char>& bytes) {
        for (const unsigned char b : bytes) push(b);
        length_ += bytes.size() * 8;
    }
    std::array<Word, 8> finish() {
        push(0x80);
        while (used_ != 56) push(0);
        for (int shift = 56; shift >= 0; shift -= 8) push(static_cast<unsigned char>(length_ >> shift));
        return state_;
    }

private:
    void push(unsigned char b) {
        block_[used_ / 4] = block_[used_ / 4] << 8 | b;
        if (++used_ == 64) compress();
    }
    void compress() {
        static const auto kRound = root_bits<64>([](long double x) { return std::cbrt(x); });
        std::array<Word, 64> w{};
        for (std::size_t i = 0; i < 16; ++i) w[i] = block_[i];
        for (std::size_t i = 16; i < 64; ++i) {
            const Word s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
            const Word s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        auto [a, b, c, d, e, f, g, h] = state_;
        for (std::size_t i = 0; i < 64; ++i) {
            const Word t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) + kRound[i] + w[i];
            const Word t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
        }
        const std::array<Word, 8> add{a, b, c, d, e, f, g, h};
        for (std::size_t i = 0; i < 8; ++i) state_[i] += add[i];
        used_ = 0;
    }

    std::array<Word, 8> state_ = root_bits<8>([](long double x) { return std::sqrt(x); });
    std::array<Word, 16> block_{};
    unsigned used_{0};
    std::uint64_t length_{0};
};

bool print_digest(const char* path) {
    std::FILE* file = std::fopen(path, "rb");
    if (file == nullptr) return std::perror(path), false;
    Sha256 digest;
    std::vector<unsigned char> bytes(10000);
    while (!bytes.empty()) {
        bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file));
        digest.add(bytes);
    }
    std::fclose(file);
    for (const Word word : digest.finish()) std::printf("%08x", word);
    std::printf("  %s\n", path);
    return true;
}

}  // namespace

int main(int count, char** arguments) {
    bool all = true;
    for (int i = 1; i < count; ++i) all = print_digest(arguments[i]) && all;
    return all ? 0 : 1;
}
