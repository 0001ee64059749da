#include "emu/core/exec/simd_structures.h"

#include <cstring>
#include <utility>

#include "emu/core/exec/vector.h"

namespace emu::exec {
namespace {

[[nodiscard]] unsigned register_at(const DecodedOp* op, unsigned i) { return (op->rd + i) % 32u; }
[[nodiscard]] unsigned register_bytes(const DecodedOp* op) { return 8u << op->shift; }

// Calls function(T{}) for the element type T that op->option tells.
template <class Function>
void with_element(const DecodedOp* op, Function&& function) {
    switch (op->option) {
        case 0: return function(u8{});
        case 1: return function(u16{});
        case 2: return function(u32{});
        default: return function(u64{});
    }
}

template <class T>
[[nodiscard]] T element_in(const StructureBytes& bytes, unsigned index) {
    T value;
    std::memcpy(&value, bytes.data + index * sizeof(T), sizeof(T));
    return value;
}

}  // namespace

template <unsigned Registers>
void consecutive_to_registers(Pe& pe, const DecodedOp* op, const StructureBytes& bytes) {
    const unsigned count = register_bytes(op);
    for (unsigned r = 0; r < Registers; ++r) {
        VectorRegister value{};
        std::memcpy(&value.d[0], bytes.data + r * count, 8);
        if (count == 16) std::memcpy(&value.d[1], bytes.data + r * 16 + 8, 8);
        pe.v[register_at(op, r)] = value;
    }
}
template <unsigned Registers>
void consecutive_from_registers(const Pe& pe, const DecodedOp* op, StructureBytes& bytes) {
    const unsigned count = register_bytes(op);
    // In this order, so that the next register overwrites the half that Q = 0 leaves out.
    for (unsigned r = 0; r < Registers; ++r) std::memcpy(bytes.data + r * count, &pe.v[register_at(op, r)], 16);
}

template <unsigned Registers>
void interleaved_to_registers(Pe& pe, const DecodedOp* op, const StructureBytes& bytes) {
    with_element(op, [&]<class T>(T) {
        const unsigned elements = register_bytes(op) / sizeof(T);
        for (unsigned r = 0; r < Registers; ++r) {
            VectorRegister value{};
            for (unsigned i = 0; i < elements; ++i) set_element(value, i, element_in<T>(bytes, i * Registers + r));
            pe.v[register_at(op, r)] = value;
        }
    });
}
template <unsigned Registers>
void interleaved_from_registers(const Pe& pe, const DecodedOp* op, StructureBytes& bytes) {
    with_element(op, [&]<class T>(T) {
        const unsigned elements = register_bytes(op) / sizeof(T);
        for (unsigned r = 0; r < Registers; ++r) {
            const VectorRegister& value = pe.v[register_at(op, r)];
            for (unsigned i = 0; i < elements; ++i) {
                const T part = element<T>(value, i);
                std::memcpy(bytes.data + (i * Registers + r) * sizeof(T), &part, sizeof(T));
            }
        }
    });
}

template <unsigned Registers>
void lanes_to_registers(Pe& pe, const DecodedOp* op, const StructureBytes& bytes) {
    with_element(op, [&]<class T>(T) {
        for (unsigned r = 0; r < Registers; ++r) set_element(pe.v[register_at(op, r)], op->shift, element_in<T>(bytes, r));
    });
}
template <unsigned Registers>
void lanes_from_registers(const Pe& pe, const DecodedOp* op, StructureBytes& bytes) {
    with_element(op, [&]<class T>(T) {
        for (unsigned r = 0; r < Registers; ++r) {
            const T part = element<T>(pe.v[register_at(op, r)], op->shift);
            std::memcpy(bytes.data + r * sizeof(T), &part, sizeof(T));
        }
    });
}

template <unsigned Registers>
void replicated_to_registers(Pe& pe, const DecodedOp* op, const StructureBytes& bytes) {
    with_element(op, [&]<class T>(T) {
        for (unsigned r = 0; r < Registers; ++r) {
            const T part = element_in<T>(bytes, r);
            VectorRegister value{};
            for (unsigned i = 0; i < register_bytes(op) / sizeof(T); ++i) set_element(value, i, part);
            pe.v[register_at(op, r)] = value;
        }
    });
}

#define EACH_SHAPE(n)                                                                             \
    template void lanes_to_registers<n>(Pe&, const DecodedOp*, const StructureBytes&);            \
    template void lanes_from_registers<n>(const Pe&, const DecodedOp*, StructureBytes&);          \
    template void replicated_to_registers<n>(Pe&, const DecodedOp*, const StructureBytes&);       \
    template void consecutive_to_registers<n>(Pe&, const DecodedOp*, const StructureBytes&);      \
    template void consecutive_from_registers<n>(const Pe&, const DecodedOp*, StructureBytes&);
#define EACH_INTERLEAVED(n)                                                                       \
    template void interleaved_to_registers<n>(Pe&, const DecodedOp*, const StructureBytes&);      \
    template void interleaved_from_registers<n>(const Pe&, const DecodedOp*, StructureBytes&);
EACH_SHAPE(1)
EACH_SHAPE(2)
EACH_SHAPE(3)
EACH_SHAPE(4)
EACH_INTERLEAVED(2)
EACH_INTERLEAVED(3)
EACH_INTERLEAVED(4)
#undef EACH_SHAPE
#undef EACH_INTERLEAVED

}  // namespace emu::exec
