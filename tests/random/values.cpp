#include "tests/random/values.h"

#include <array>

namespace random_test {
namespace {

// Widths of a floating-point format.
struct Format {
    unsigned bits;
    unsigned fraction;

    [[nodiscard]] constexpr u64 exponent_mask() const { return low_bits(bits - 1 - fraction); }
    [[nodiscard]] constexpr u64 fraction_mask() const { return low_bits(fraction); }
    [[nodiscard]] constexpr u64 bias() const { return exponent_mask() >> 1; }
    [[nodiscard]] static constexpr u64 low_bits(unsigned n) { return (u64{1} << n) - 1; }
    [[nodiscard]] constexpr u64 make(u64 exponent, u64 fraction_bits) const {
        return ((exponent & exponent_mask()) << fraction) | (fraction_bits & fraction_mask());
    }
};
constexpr Format kHalf{16, 10};
constexpr Format kSingle{32, 23};
constexpr Format kDouble{64, 52};

// Without sign.
u64 special_magnitude(const Format& f, Random& random) {
    const u64 raw = random.next();
    const u64 quiet = u64{1} << (f.fraction - 1);
    switch (random.below(14)) {
        case 0: return 0;
        case 1: return f.make(f.exponent_mask(), 0);                            // infinity
        case 2: return f.make(f.exponent_mask(), quiet);                        // default NaN
        case 3: return f.make(f.exponent_mask(), quiet | raw);                  // quiet NaN
        case 4: return f.make(f.exponent_mask(), ((raw & (quiet - 1)) | 1));    // signalling NaN
        case 5: return f.make(f.exponent_mask(), 1);
        case 6: return f.make(0, 1);                                            // smallest denormal
        case 7: return f.make(0, raw);                                          // a denormal
        case 8: return f.make(0, ~u64{0});                                      // largest denormal
        case 9: return f.make(1, random.below(2));                              // smallest normals
        case 10: return f.make(f.exponent_mask() - 1, ~u64{0} - random.below(2));  // largest normals
        case 11: return f.make(f.bias(), random.below(2));                      // one, and one unit more
        case 12: return f.make(f.bias() - 1, random.below(2));                  // a half
        default: return f.make(f.bias() - 2, ~u64{0});
    }
}

// A number that an integer, a narrower format or a rounding has its border at.
u64 border_magnitude(const Format& f, Random& random) {
    static constexpr std::array<u64, 12> kPowers{7, 8, 15, 16, 31, 32, 63, 64, 1, 2, 10, 24};
    const u64 power = kPowers[random.below(kPowers.size())];
    const bool below = random.one_in(2);
    const u64 exponent = f.bias() + power - (below ? 1 : 0);
    const u64 units = random.below(4);
    return f.make(exponent, below ? ~u64{0} - units : units << random.below(f.fraction));
}

// Near one, so that sums, products and fused products cancel and round.
u64 near_magnitude(const Format& f, Random& random) {
    const u64 exponent = f.bias() + random.below(16) - 8;
    return f.make(exponent, random.next());
}

u64 float_lane(const Format& f, Random& random) {
    const u64 sign = u64{random.below(2)} << (f.bits - 1);
    switch (random.below(8)) {
        case 0: return border_magnitude(f, random) | sign;
        case 1:
        case 2: return near_magnitude(f, random) | sign;
        case 3: return random.next() & (sign | (sign - 1) | Format::low_bits(f.bits - 1));
        default: return special_magnitude(f, random) | sign;
    }
}

u64 integer_lane(unsigned bits, Random& random) {
    const u64 mask = bits == 64 ? ~u64{0} : (u64{1} << bits) - 1;
    const u64 sign = u64{1} << (bits - 1);
    switch (random.below(12)) {
        case 0: return 0;
        case 1: return mask;
        case 2: return sign;
        case 3: return sign - 1;
        case 4: return 1;
        case 5: return u64{1} << random.below(bits);
        default: return random.next() & mask;
    }
}

template <class Lane>
u64 packed(unsigned bits, Lane lane) {
    u64 out = 0;
    for (unsigned at = 0; at < 64; at += bits) out |= lane() << at;
    return out;
}

u64 float_lanes(const Format& f, Random& random) {
    return packed(f.bits, [&] { return float_lane(f, random); });
}
u64 integer_lanes(unsigned bits, Random& random) {
    return packed(bits, [&] { return integer_lane(bits, random); });
}

Lanes random_lanes(Random& random) { return static_cast<Lanes>(random.below(static_cast<u32>(Lanes::Count))); }

// Picks four values of a pool for each random number.
class Picker {
public:
    Picker(u32 pool, Random& random) : mask_{pool - 1}, random_{random} {}
    u64 from(const std::vector<u64>& pool) {
        if (left_ == 0) {
            bits_ = random_.next();
            left_ = 4;
        }
        --left_;
        const u64 value = pool[bits_ & mask_];
        bits_ >>= 16;
        return value;
    }

private:
    u64 mask_;
    Random& random_;
    u64 bits_{0};
    unsigned left_{0};
};

}  // namespace

u64 integer_value(Random& random) {
    const u64 raw = random.next();
    switch (random.below(16)) {
        case 0: return 0;
        case 1: return ~u64{0};
        case 2: return 1;
        case 3: return u64{1} << (raw % 64);
        case 4: return (u64{1} << (raw % 64)) - 1;
        case 5: return ~u64{0} << (raw % 64);
        case 6: return u64{1} << 31 << (raw & 32);        // 2^31, 2^63
        case 7: return (u64{1} << 31 << (raw & 32)) - 1;
        case 8: return raw & 0xffff'ffff;
        case 9: return raw & 0xff;
        case 10: return static_cast<u64>(arch::sign_extend(raw & 0xffff, 16));
        default: return raw;
    }
}

u64 vector_value(Lanes lanes, Random& random) {
    switch (lanes) {
        case Lanes::Fp16: return float_lanes(kHalf, random);
        case Lanes::Fp32: return float_lanes(kSingle, random);
        case Lanes::Fp64: return float_lanes(kDouble, random);
        case Lanes::Integer8: return integer_lanes(8, random);
        case Lanes::Integer16: return integer_lanes(16, random);
        case Lanes::Integer32: return integer_lanes(32, random);
        default: return integer_lane(64, random);
    }
}

u64 fpcr_value(u32 mode, Random& random) {
    constexpr u64 kAhp = u64{1} << 26;
    constexpr u64 kFz16 = u64{1} << 19;
    u64 value = u64{mode & 15} << 22;  // RMode, FZ, DN
    if (random.one_in(4)) value |= kAhp;
    if (random.one_in(4)) value |= kFz16;
    return value;
}

u64 fpsr_value(Random& random) {
    constexpr u64 kQcAndCumulative = 0x0800'009f;
    return random.one_in(2) ? 0 : random.next() & kQcAndCumulative;
}

States::States(u64 seed) : integers_(kPool) {
    Random random{seed};
    for (u64& value : integers_) value = integer_value(random);
    for (u32 kind = 0; kind < kKinds; ++kind) {
        lanes_[kind].resize(kPool);
        for (u64& value : lanes_[kind]) value = vector_value(static_cast<Lanes>(kind), random);
    }
}

void States::fill_vectors(sample_state& state, Random& random) const {
    Picker picker{kPool, random};
    const auto& common = lanes_[static_cast<std::size_t>(random_lanes(random))];
    for (u32 first = 0; first < 32; first += 8) {
        const u32 odd = random.below(16);  // every other time one of these eight has lanes of another kind
        for (u32 i = 0; i < 8; ++i) {
            const auto& pool = i == odd ? lanes_[static_cast<std::size_t>(random_lanes(random))] : common;
            for (uint64_t& half : state.v[first + i]) half = picker.from(pool);
        }
    }
}

sample_state States::draw(u32 mode, Random& random) const {
    sample_state state{};
    Picker picker{kPool, random};
    for (uint64_t& x : state.x) x = picker.from(integers_);
    state.sp = picker.from(integers_);
    state.nzcv = u64{random.below(16)} << 28;
    state.fpcr = fpcr_value(mode, random);
    state.fpsr = fpsr_value(random);
    fill_vectors(state, random);
    return state;
}

}  // namespace random_test
