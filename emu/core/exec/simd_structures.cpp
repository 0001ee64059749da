#include "emu/core/exec/simd_structures.h"

#include <cstring>
#include <utility>

#include "emu/core/exec/simd_lanes.h"

namespace emu::exec {
namespace {

[[nodiscard]] unsigned register_at(const DecodedOp* op, unsigned i) { return (op->rd + i) % 32u; }

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

[[nodiscard]] u8* bytes_of(Pe& pe) { return reinterpret_cast<u8*>(pe.loaded); }

// Element `index` of the structures.
template <class T>
[[nodiscard]] T get(Pe& pe, unsigned index) {
    T value;
    std::memcpy(&value, bytes_of(pe) + index * sizeof(T), sizeof(T));
    return value;
}
template <class T>
void put(Pe& pe, unsigned index, T value) {
    std::memcpy(bytes_of(pe) + index * sizeof(T), &value, sizeof(T));
}

}  // namespace

template <unsigned Registers>
void interleaved_to_registers(Pe& pe, const DecodedOp* op) {
    with_element(op, [&]<class T>(T) {
        for (unsigned r = 0; r < Registers; ++r) {
            Lanes<T> value{};
            for_active_lanes<T>(op, [&](unsigned i) { value.lane[i] = get<T>(pe, i * Registers + r); });
            pe.v[register_at(op, r)] = register_of(value);
        }
    });
}
template <unsigned Registers>
void interleaved_from_registers(Pe& pe, const DecodedOp* op) {
    with_element(op, [&]<class T>(T) {
        for (unsigned r = 0; r < Registers; ++r) {
            const Lanes<T> value = lanes_of<T>(pe.v[register_at(op, r)]);
            for_active_lanes<T>(op, [&](unsigned i) { put(pe, i * Registers + r, value.lane[i]); });
        }
    });
}

template <unsigned Registers>
void lanes_to_registers(Pe& pe, const DecodedOp* op) {
    with_element(op, [&]<class T>(T) {
        for (unsigned r = 0; r < Registers; ++r) set_element(pe.v[register_at(op, r)], op->shift, get<T>(pe, r));
    });
}
template <unsigned Registers>
void lanes_from_registers(Pe& pe, const DecodedOp* op) {
    with_element(op, [&]<class T>(T) {
        for (unsigned r = 0; r < Registers; ++r) put(pe, r, element<T>(pe.v[register_at(op, r)], op->shift));
    });
}

template <unsigned Registers>
void replicated_to_registers(Pe& pe, const DecodedOp* op) {
    with_element(op, [&]<class T>(T) {
        for (unsigned r = 0; r < Registers; ++r) {
            const T part = get<T>(pe, r);
            Lanes<T> value{};
            for_active_lanes<T>(op, [&](unsigned i) { value.lane[i] = part; });
            pe.v[register_at(op, r)] = register_of(value);
        }
    });
}

#define EACH_SHAPE(n)                                                                             \
    template void lanes_to_registers<n>(Pe&, const DecodedOp*); \
    template void lanes_from_registers<n>(Pe&, const DecodedOp*); \
    template void replicated_to_registers<n>(Pe&, const DecodedOp*);
#define EACH_INTERLEAVED(n)                                                                       \
    template void interleaved_to_registers<n>(Pe&, const DecodedOp*); \
    template void interleaved_from_registers<n>(Pe&, const DecodedOp*);
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
