// Operands of loads and stores of V registers. rd is Vt and ra is Vt2, numbers of V registers; rn is the base, which
// may be SP. imm is a byte displacement, scaled and signed.
#pragma once

#include "emu/isa/operands_memory.h"

namespace emu::operands {

using size_structure = At<FieldId::size, 10>;
using size_high_structure = At<FieldId::size_high, 11>;

// The forms of operands_memory.h on V registers, as the rows name them: the parameter is log2 of the size.
template <unsigned SizeLog2>
using VLoadScaled = Scaled<Direction::Load, SizeLog2, Bank::Vector>;
template <unsigned SizeLog2>
using VStoreScaled = Scaled<Direction::Store, SizeLog2, Bank::Vector>;
template <unsigned SizeLog2>
using VLoadRegister = Register<Direction::Load, SizeLog2, Bank::Vector>;
template <unsigned SizeLog2>
using VStoreRegister = Register<Direction::Store, SizeLog2, Bank::Vector>;
using VLoadUnscaled = Unscaled<Direction::Load, Bank::Vector>;
using VStoreUnscaled = Unscaled<Direction::Store, Bank::Vector>;
using VLoadWriteback = Writeback<Direction::Load, Bank::Vector>;
using VStoreWriteback = Writeback<Direction::Store, Bank::Vector>;
using VLoadLiteral = Literal<Bank::Vector>;

template <unsigned SizeLog2>
using VLoadPair = Pair<Direction::Load, SizeLog2, Bank::Vector>;
template <unsigned SizeLog2>
using VStorePair = Pair<Direction::Store, SizeLog2, Bank::Vector>;
template <unsigned SizeLog2>
using VLoadPairWriteback = PairWriteback<Direction::Load, SizeLog2, Bank::Vector>;
template <unsigned SizeLog2>
using VStorePairWriteback = PairWriteback<Direction::Store, SizeLog2, Bank::Vector>;

// Structures: `Registers` registers from Vt on, modulo 32. The base changes by x[rm] + imm: rm is kRegZero and imm 0
// where nothing is written back.
template <Direction D>
void fill_structure_registers(u32 word, unsigned registers, DecodedOp& op) {
    op.rn = source_or_sp(op, Rn::get(word));
    op.rd = static_cast<u8>(Rt::get(word));
    op.rm = kRegZero;
    for (unsigned i = 0; i < registers; ++i) (void)data_register<D, Bank::Vector>(op, Rt::get(word) + i);
}
// Rm 31 stands for the number of bytes accessed.
inline void fill_structure_writeback(u32 word, u64 bytes, DecodedOp& op) {
    if (Rm::get(word) == 31) op.imm = bytes;
    else op.rm = source(op, Rm::get(word));
    add_writeback(op);
}

enum class Interleaved : bool { No, Yes };

// Multiple structures. option: log2 of the element size; shift: Q.
template <Direction D, unsigned Registers, Interleaved I>
struct Structures {
    using Fields = Reads<Q, size_structure, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        op.option = static_cast<u8>(size_structure::get(word));
        op.shift = static_cast<u8>(Q::get(word));
        if (I == Interleaved::Yes && op.option == 3 && op.shift == 0) return false;
        fill_structure_registers<D>(word, Registers, op);
        return true;
    }
};
template <Direction D, unsigned Registers, Interleaved I>
struct StructuresWriteback {
    using Fields = Reads<Q, Rm, size_structure, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        if (!Structures<D, Registers, I>::fill(word, op)) return false;
        fill_structure_writeback(word, u64{Registers} * 8 << op.shift, op);
        return true;
    }
};
template <unsigned Registers>
using LoadRegisters = Structures<Direction::Load, Registers, Interleaved::No>;
template <unsigned Registers>
using StoreRegisters = Structures<Direction::Store, Registers, Interleaved::No>;
template <unsigned Registers>
using LoadStructures = Structures<Direction::Load, Registers, Interleaved::Yes>;
template <unsigned Registers>
using StoreStructures = Structures<Direction::Store, Registers, Interleaved::Yes>;
template <unsigned Registers>
using LoadRegistersWriteback = StructuresWriteback<Direction::Load, Registers, Interleaved::No>;
template <unsigned Registers>
using StoreRegistersWriteback = StructuresWriteback<Direction::Store, Registers, Interleaved::No>;
template <unsigned Registers>
using LoadStructuresWriteback = StructuresWriteback<Direction::Load, Registers, Interleaved::Yes>;
template <unsigned Registers>
using StoreStructuresWriteback = StructuresWriteback<Direction::Store, Registers, Interleaved::Yes>;

// One lane of each register: the index is Q:S:size without the bits that are fixed for the element size.
// option: log2 of the element size; shift: the lane.
template <unsigned SizeLog2>
struct LaneIndex;
template <>
struct LaneIndex<0> {
    using Fields = Reads<Q, S, size_structure, Rn, Rt>;
    using FieldsWriteback = Reads<Q, Rm, S, size_structure, Rn, Rt>;
    static u32 get(u32 word) { return Q::get(word) << 3 | S::get(word) << 2 | size_structure::get(word); }
};
template <>
struct LaneIndex<1> {
    using Fields = Reads<Q, S, size_high_structure, Rn, Rt>;
    using FieldsWriteback = Reads<Q, Rm, S, size_high_structure, Rn, Rt>;
    static u32 get(u32 word) { return Q::get(word) << 2 | S::get(word) << 1 | size_high_structure::get(word); }
};
template <>
struct LaneIndex<2> {
    using Fields = Reads<Q, S, Rn, Rt>;
    using FieldsWriteback = Reads<Q, Rm, S, Rn, Rt>;
    static u32 get(u32 word) { return Q::get(word) << 1 | S::get(word); }
};
template <>
struct LaneIndex<3> {
    using Fields = Reads<Q, Rn, Rt>;
    using FieldsWriteback = Reads<Q, Rm, Rn, Rt>;
    static u32 get(u32 word) { return Q::get(word); }
};

// A lane that is loaded into leaves the others as they were, so its register is a source as well.
template <Direction D, unsigned Registers, unsigned SizeLog2>
struct Lane {
    using Fields = typename LaneIndex<SizeLog2>::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        op.option = SizeLog2;
        op.shift = static_cast<u8>(LaneIndex<SizeLog2>::get(word));
        fill_structure_registers<D>(word, Registers, op);
        if (D == Direction::Load) {
            for (unsigned i = 0; i < Registers; ++i) (void)v_source(op, (Rt::get(word) + i) % 32);
        }
        return true;
    }
};
template <Direction D, unsigned Registers, unsigned SizeLog2>
struct LaneWriteback {
    using Fields = typename LaneIndex<SizeLog2>::FieldsWriteback;
    static bool fill(u32 word, DecodedOp& op) {
        Lane<D, Registers, SizeLog2>::fill(word, op);
        fill_structure_writeback(word, u64{Registers} << SizeLog2, op);
        return true;
    }
};
template <unsigned SizeLog2>
using LoadLane1 = Lane<Direction::Load, 1, SizeLog2>;
template <unsigned SizeLog2>
using StoreLane1 = Lane<Direction::Store, 1, SizeLog2>;
template <unsigned SizeLog2>
using LoadLane1Writeback = LaneWriteback<Direction::Load, 1, SizeLog2>;
template <unsigned SizeLog2>
using StoreLane1Writeback = LaneWriteback<Direction::Store, 1, SizeLog2>;
template <unsigned SizeLog2>
using LoadLane2 = Lane<Direction::Load, 2, SizeLog2>;
template <unsigned SizeLog2>
using StoreLane2 = Lane<Direction::Store, 2, SizeLog2>;
template <unsigned SizeLog2>
using LoadLane2Writeback = LaneWriteback<Direction::Load, 2, SizeLog2>;
template <unsigned SizeLog2>
using StoreLane2Writeback = LaneWriteback<Direction::Store, 2, SizeLog2>;
template <unsigned SizeLog2>
using LoadLane3 = Lane<Direction::Load, 3, SizeLog2>;
template <unsigned SizeLog2>
using StoreLane3 = Lane<Direction::Store, 3, SizeLog2>;
template <unsigned SizeLog2>
using LoadLane3Writeback = LaneWriteback<Direction::Load, 3, SizeLog2>;
template <unsigned SizeLog2>
using StoreLane3Writeback = LaneWriteback<Direction::Store, 3, SizeLog2>;
template <unsigned SizeLog2>
using LoadLane4 = Lane<Direction::Load, 4, SizeLog2>;
template <unsigned SizeLog2>
using StoreLane4 = Lane<Direction::Store, 4, SizeLog2>;
template <unsigned SizeLog2>
using LoadLane4Writeback = LaneWriteback<Direction::Load, 4, SizeLog2>;
template <unsigned SizeLog2>
using StoreLane4Writeback = LaneWriteback<Direction::Store, 4, SizeLog2>;

// One structure into all lanes. option: log2 of the element size; shift: Q.
template <unsigned Registers>
struct LoadReplicate {
    using Fields = Reads<Q, size_structure, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        return Structures<Direction::Load, Registers, Interleaved::No>::fill(word, op);
    }
};
template <unsigned Registers>
struct LoadReplicateWriteback {
    using Fields = Reads<Q, Rm, size_structure, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        LoadReplicate<Registers>::fill(word, op);
        fill_structure_writeback(word, u64{Registers} << op.option, op);
        return true;
    }
};

}  // namespace emu::operands
