// Operands of loads and stores. rd is Rt and ra is Rt2: destinations of a load (XZR: kRegDiscard), sources of
// a store (XZR: kRegZero). rn is the base, which may be SP. imm is a byte displacement, scaled and signed.
// Loads list results and stores list sources after the address registers.
#pragma once

#include "emu/isa/operands_data.h"
#include "emu/isa/operands_vector.h"

namespace emu::operands {

using imm9 = At<FieldId::imm9, 12>;
using imm7 = At<FieldId::imm7, 15>;
using imm19_literal = At<FieldId::imm19, 5>;
using S = At<FieldId::S, 12>;
using A = At<FieldId::A, 23>;
using R = At<FieldId::R, 22>;
using L = At<FieldId::L, 22>;
using o0_release = At<FieldId::o0, 15>;

enum class Direction : u8 { Load, Store };
// Where the data is: X registers, or V registers, whose numbers rd and ra then are. A structure goes on from V31 at V0.
enum class Bank : u8 { General, Vector };

template <Direction D, Bank B = Bank::General>
[[nodiscard]] u8 data_register(DecodedOp& op, u32 number) {
    if constexpr (B == Bank::Vector) return D == Direction::Load ? v_result(op, number % 32) : v_source(op, number % 32);
    return D == Direction::Load ? result(op, number) : source(op, number);
}

// Pre- and post-indexed forms write the base back.
inline void add_writeback(DecodedOp& op) {
    op.timing.writeback_index = op.timing.result_count;
    add_result(op, op.rn);
}

// [Rn, #imm12 * size].
template <Direction D, unsigned SizeLog2, Bank B = Bank::General>
struct Scaled {
    using Fields = Reads<imm12, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = u64{imm12::get(word)} << SizeLog2;
        op.rn = source_or_sp(op, Rn::get(word));
        op.rd = data_register<D, B>(op, Rt::get(word));
        return true;
    }
};
// [Rn, #imm9].
template <Direction D, Bank B = Bank::General>
struct Unscaled {
    using Fields = Reads<imm9, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm9::displacement(word, 0);
        op.rn = source_or_sp(op, Rn::get(word));
        op.rd = data_register<D, B>(op, Rt::get(word));
        return true;
    }
};
// [Rn], #imm9 and [Rn, #imm9]!.
template <Direction D, Bank B = Bank::General>
struct Writeback {
    using Fields = Reads<imm9, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        Unscaled<D, B>::fill(word, op);
        add_writeback(op);
        return true;
    }
};

// The address of [Rn, Rm, extend #shift]: rm the index, imm the mask of its extend, option 1 = sign-extend,
// shift its left shift. False where the extend is reserved (a byte or halfword index).
inline bool fill_index(u32 word, unsigned size_log2, DecodedOp& op) {
    const u32 extend = option::get(word);
    if ((extend & 2) == 0) return false;
    fill_extend(extend, op);
    op.shift = static_cast<u8>(S::get(word) * size_log2);
    op.rn = source_or_sp(op, Rn::get(word));
    op.rm = source(op, Rm::get(word));
    return true;
}
template <Direction D, unsigned SizeLog2, Bank B = Bank::General>
struct Register {
    using Fields = Reads<Rm, option, S, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        if (!fill_index(word, SizeLog2, op)) return false;
        op.rd = data_register<D, B>(op, Rt::get(word));
        return true;
    }
};
using LoadScaled1 = Scaled<Direction::Load, 0>;
using LoadScaled2 = Scaled<Direction::Load, 1>;
using LoadScaled4 = Scaled<Direction::Load, 2>;
using LoadScaled8 = Scaled<Direction::Load, 3>;
using StoreScaled1 = Scaled<Direction::Store, 0>;
using StoreScaled2 = Scaled<Direction::Store, 1>;
using StoreScaled4 = Scaled<Direction::Store, 2>;
using StoreScaled8 = Scaled<Direction::Store, 3>;
using LoadUnscaled = Unscaled<Direction::Load>;
using StoreUnscaled = Unscaled<Direction::Store>;
using LoadWriteback = Writeback<Direction::Load>;
using StoreWriteback = Writeback<Direction::Store>;
using LoadRegister1 = Register<Direction::Load, 0>;
using LoadRegister2 = Register<Direction::Load, 1>;
using LoadRegister4 = Register<Direction::Load, 2>;
using LoadRegister8 = Register<Direction::Load, 3>;
using StoreRegister1 = Register<Direction::Store, 0>;
using StoreRegister2 = Register<Direction::Store, 1>;
using StoreRegister4 = Register<Direction::Store, 2>;
using StoreRegister8 = Register<Direction::Store, 3>;

// imm: displacement from the instruction.
template <Bank B>
struct Literal {
    using Fields = Reads<imm19_literal, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm19_literal::displacement(word, 2);
        op.rd = data_register<Direction::Load, B>(op, Rt::get(word));
        return true;
    }
};
using LoadLiteral = Literal<Bank::General>;

// Prefetches: the address as the load's; Rt is the prefetch operation, left in the word, and rd is unused.
struct PrefetchScaled {
    using Fields = Reads<imm12, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = u64{imm12::get(word)} << 3;
        op.rn = source_or_sp(op, Rn::get(word));
        return true;
    }
};
struct PrefetchUnscaled {
    using Fields = Reads<imm9, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm9::displacement(word, 0);
        op.rn = source_or_sp(op, Rn::get(word));
        return true;
    }
};
struct PrefetchRegister {
    using Fields = Reads<Rm, option, S, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) { return fill_index(word, 3, op); }
};
struct PrefetchLiteral {
    using Fields = Reads<imm19_literal, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm19_literal::displacement(word, 2);
        return true;
    }
};

// [Rn, #imm7 * size], two registers.
template <Direction D, unsigned SizeLog2, Bank B = Bank::General>
struct Pair {
    using Fields = Reads<imm7, Rt2, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm7::displacement(word, SizeLog2);
        op.rn = source_or_sp(op, Rn::get(word));
        op.rd = data_register<D, B>(op, Rt::get(word));
        op.ra = data_register<D, B>(op, Rt2::get(word));
        return true;
    }
};
template <Direction D, unsigned SizeLog2, Bank B = Bank::General>
struct PairWriteback {
    using Fields = typename Pair<D, SizeLog2, B>::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        Pair<D, SizeLog2, B>::fill(word, op);
        add_writeback(op);
        return true;
    }
};
using LoadPair4 = Pair<Direction::Load, 2>;
using LoadPair8 = Pair<Direction::Load, 3>;
using StorePair4 = Pair<Direction::Store, 2>;
using StorePair8 = Pair<Direction::Store, 3>;
using LoadPairWriteback4 = PairWriteback<Direction::Load, 2>;
using LoadPairWriteback8 = PairWriteback<Direction::Load, 3>;
using StorePairWriteback4 = PairWriteback<Direction::Store, 2>;
using StorePairWriteback8 = PairWriteback<Direction::Store, 3>;

// [Rn] alone: load exclusive, load-acquire, store-release.
template <Direction D>
struct Base {
    using Fields = Reads<Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source_or_sp(op, Rn::get(word));
        op.rd = data_register<D>(op, Rt::get(word));
        return true;
    }
};
using LoadBase = Base<Direction::Load>;
using StoreBase = Base<Direction::Store>;

struct LoadPairBase {
    using Fields = Reads<Rt2, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        LoadBase::fill(word, op);
        op.ra = result(op, Rt2::get(word));
        return true;
    }
};

// rm: Rs, where the status goes (0 stored, 1 not).
struct StoreExclusive {
    using Fields = Reads<Rs, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        StoreBase::fill(word, op);
        op.rm = result(op, Rs::get(word));
        return true;
    }
};
struct StoreExclusivePair {
    using Fields = Reads<Rs, Rt2, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        StoreExclusive::fill(word, op);
        op.ra = source(op, Rt2::get(word));
        return true;
    }
};

// rm: Rs, the operand; rd: Rt, which gets the old value; option: bit 1 acquire, bit 0 release.
struct AtomicRmw {
    using Fields = Reads<A, R, Rs, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.option = static_cast<u8>((A::get(word) << 1) | R::get(word));
        op.rn = source_or_sp(op, Rn::get(word));
        op.rm = source(op, Rs::get(word));
        op.rd = result(op, Rt::get(word));
        return true;
    }
};
// rm: Rs as the value compared; ra: Rs as destination of the old value; rd: Rt, the new value; option as above.
struct CompareSwap {
    using Fields = Reads<L, Rs, o0_release, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.option = static_cast<u8>((L::get(word) << 1) | o0_release::get(word));
        op.rn = source_or_sp(op, Rn::get(word));
        op.rm = source(op, Rs::get(word));
        op.rd = source(op, Rt::get(word));
        op.ra = result(op, Rs::get(word));
        return true;
    }
};
// Even registers only. rm: Rs, read and written; ra: Rs+1 as source; imm: slot of Rs+1 as destination;
// rd: Rt; shift: slot of Rt+1 as source; option as above.
struct CompareSwapPair {
    using Fields = CompareSwap::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        const u32 s = Rs::get(word);
        const u32 t = Rt::get(word);
        if ((s & 1) != 0 || (t & 1) != 0) return false;
        op.option = static_cast<u8>((L::get(word) << 1) | o0_release::get(word));
        op.rn = source_or_sp(op, Rn::get(word));
        op.rm = source(op, s);
        op.ra = source(op, s + 1);
        op.rd = source(op, t);
        op.shift = source(op, t + 1);
        add_result(op, op.rm);
        op.imm = result(op, s + 1);
        return true;
    }
};

}  // namespace emu::operands
