// One serialize(Archive&) per stateful class serves three purposes: it hashes state, saves it, and loads it.
//
//     template <class A> void serialize(A& archive) { archive(stamp_, entries_); }   // or void serialize(emu::Archive&)
//
// The order of the calls is the format. Values travel as 64-bit little-endian words, so the bytes do not depend
// on padding or on the host.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "mmu/base/user_error.h"

namespace emu {

class Archive {
public:
    enum class Purpose : std::uint8_t { Hash, Save, Load };

    [[nodiscard]] static Archive hasher() { return Archive{Purpose::Hash, {}}; }
    [[nodiscard]] static Archive saver() { return Archive{Purpose::Save, {}}; }
    // `bytes` must outlive the archive. Reading past its end throws UserError.
    [[nodiscard]] static Archive loader(std::span<const std::uint8_t> bytes) { return Archive{Purpose::Load, bytes}; }

    [[nodiscard]] Purpose purpose() const { return purpose_; }
    [[nodiscard]] bool loading() const { return purpose_ == Purpose::Load; }
    [[nodiscard]] std::uint64_t hash() const { return hash_; }
    [[nodiscard]] const std::vector<std::uint8_t>& saved() const { return saved_; }

    template <class... Ts>
    void operator()(Ts&... values) {
        (value(values), ...);
    }

private:
    Archive(Purpose purpose, std::span<const std::uint8_t> bytes) : purpose_{purpose}, to_load_{bytes} {}

    template <class T>
    void value(T& v) {
        if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
            std::uint64_t word = static_cast<std::uint64_t>(v);
            exchange(word);
            v = static_cast<T>(word);
        } else {
            v.serialize(*this);
        }
    }
    template <class T, std::size_t N>
    void value(std::array<T, N>& values) {
        for (T& v : values) value(v);
    }
    template <class T, std::size_t N>
    void value(T (&values)[N]) {
        for (T& v : values) value(v);
    }
    template <class T>
    void value(std::vector<T>& values) {
        std::uint64_t size = values.size();
        exchange(size);
        if (loading()) values.resize(size);
        for (T& v : values) value(v);
    }

    void exchange(std::uint64_t& word) {
        switch (purpose_) {
            case Purpose::Hash: mix(word); break;
            case Purpose::Save: append(word); break;
            case Purpose::Load: word = take(); break;
        }
    }
    // Multiply and xor-shift: each input bit reaches all bits of the hash. Not for adversaries.
    void mix(std::uint64_t word) {
        hash_ = (hash_ ^ word) * 0x9e3779b97f4a7c15u;
        hash_ ^= hash_ >> 29;
    }
    void append(std::uint64_t word) {
        for (unsigned i = 0; i < 8; ++i) saved_.push_back(static_cast<std::uint8_t>(word >> (8 * i)));
    }
    [[nodiscard]] std::uint64_t take() {
        if (to_load_.size() < 8) throw UserError("the checkpoint is cut short: write it again");
        std::uint64_t word = 0;
        for (unsigned i = 0; i < 8; ++i) word |= std::uint64_t{to_load_[i]} << (8 * i);
        to_load_ = to_load_.subspan(8);
        return word;
    }

    Purpose purpose_;
    std::uint64_t hash_{0xcbf29ce484222325u};
    std::vector<std::uint8_t> saved_;
    std::span<const std::uint8_t> to_load_;
};

}  // namespace emu
