#include "emu/core/exec/simd_structures.h"

#include <array>
#include <cstring>

#include "emu/core/exec/simd_shuffle.h"

namespace emu::exec {
namespace {

[[nodiscard]] unsigned register_at(const DecodedOp* op, unsigned i) { return (op->rd + i) % 32u; }

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

// Whole registers of interleaved elements, as memory has them, to registers of one element each; and back.
template <class T>
using Two = std::array<Lanes<T>, 2>;
template <class T>
using Four = std::array<Lanes<T>, 4>;
template <class T>
[[nodiscard]] Two<T> separated(const Two<T>& r) {
    return {reorder<Unzip<0>>(r[0], r[1]), reorder<Unzip<1>>(r[0], r[1])};
}
template <class T>
[[nodiscard]] Two<T> interleaved(const Two<T>& r) {
    return {reorder<Zip<0>>(r[0], r[1]), reorder<Zip<1>>(r[0], r[1])};
}
// Elements 0 and 2 of each structure are the even ones, among which the same is done again.
template <class T>
[[nodiscard]] Four<T> separated(const Four<T>& r) {
    const Two<T> first = separated<T>(Two<T>{r[0], r[1]});
    const Two<T> second = separated<T>(Two<T>{r[2], r[3]});
    const Two<T> even = separated<T>(Two<T>{first[0], second[0]});
    const Two<T> odd = separated<T>(Two<T>{first[1], second[1]});
    return {even[0], odd[0], even[1], odd[1]};
}
template <class T>
[[nodiscard]] Four<T> interleaved(const Four<T>& r) {
    const Two<T> even = interleaved<T>(Two<T>{r[0], r[2]});
    const Two<T> odd = interleaved<T>(Two<T>{r[1], r[3]});
    const Two<T> first = interleaved<T>(Two<T>{even[0], odd[0]});
    const Two<T> second = interleaved<T>(Two<T>{even[1], odd[1]});
    return {first[0], first[1], second[0], second[1]};
}

// Three registers, or halves of them: one element at a time.
template <unsigned Registers, class T>
void separate_elements(Pe& pe, const DecodedOp* op) {
    for (unsigned r = 0; r < Registers; ++r) {
        Lanes<T> value{};
        for_active_lanes<T>(op, [&](unsigned i) { value.lane[i] = get<T>(pe, i * Registers + r); });
        pe.v[register_at(op, r)] = register_of(value);
    }
}
template <unsigned Registers, class T>
void interleave_elements(Pe& pe, const DecodedOp* op) {
    for (unsigned r = 0; r < Registers; ++r) {
        const Lanes<T> value = lanes_of<T>(pe.v[register_at(op, r)]);
        for_active_lanes<T>(op, [&](unsigned i) { put(pe, i * Registers + r, value.lane[i]); });
    }
}

}  // namespace

template <unsigned Registers>
void interleaved_to_registers(Pe& pe, const DecodedOp* op) {
    for_element_size(op, [&]<class T>(T) {
        if constexpr (Registers != 3) {
            if (op->shift != 0) {
                std::array<Lanes<T>, Registers> values;
                std::memcpy(&values, pe.loaded, sizeof values);
                values = separated<T>(values);
                for (unsigned r = 0; r < Registers; ++r) pe.v[register_at(op, r)] = register_of(values[r]);
                return;
            }
        }
        separate_elements<Registers, T>(pe, op);
    });
}
template <unsigned Registers>
void interleaved_from_registers(Pe& pe, const DecodedOp* op) {
    for_element_size(op, [&]<class T>(T) {
        if constexpr (Registers != 3) {
            if (op->shift != 0) {
                std::array<Lanes<T>, Registers> values;
                for (unsigned r = 0; r < Registers; ++r) values[r] = lanes_of<T>(pe.v[register_at(op, r)]);
                values = interleaved<T>(values);
                std::memcpy(pe.loaded, &values, sizeof values);
                return;
            }
        }
        interleave_elements<Registers, T>(pe, op);
    });
}

template <unsigned Registers>
void lanes_to_registers(Pe& pe, const DecodedOp* op) {
    for_element_size(op, [&]<class T>(T) {
        for (unsigned r = 0; r < Registers; ++r) set_element(pe.v[register_at(op, r)], op->shift, get<T>(pe, r));
    });
}
template <unsigned Registers>
void lanes_from_registers(Pe& pe, const DecodedOp* op) {
    for_element_size(op, [&]<class T>(T) {
        for (unsigned r = 0; r < Registers; ++r) put(pe, r, element<T>(pe.v[register_at(op, r)], op->shift));
    });
}

template <unsigned Registers>
void replicated_to_registers(Pe& pe, const DecodedOp* op) {
    for_element_size(op, [&]<class T>(T) {
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
