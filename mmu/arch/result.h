// Result<T, E>: a value or an error, for code that runs without exceptions (the guest) or must not
// pay for them (guest faults on the host). std::expected is not in C++20.
#pragma once

#include <type_traits>

namespace arch {

template <class E>
struct Unexpected {
    E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

template <class T, class E>
class [[nodiscard]] Result {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_copyable_v<E>);

public:
    constexpr Result(const T& value) : value_{value}, ok_{true} {}
    constexpr Result(const Unexpected<E>& e) : error_{e.error}, ok_{false} {}

    [[nodiscard]] constexpr bool ok() const { return ok_; }
    constexpr explicit operator bool() const { return ok_; }
    [[nodiscard]] constexpr const T& value() const { return value_; }
    [[nodiscard]] constexpr T& value() { return value_; }
    [[nodiscard]] constexpr const E& error() const { return error_; }

private:
    union {
        T value_;
        E error_;
    };
    bool ok_;
};

}  // namespace arch
