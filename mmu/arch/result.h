// Result<T, E>: a value or an error, for code that runs without exceptions (the guest) or must not
// pay for them (guest faults on the host). std::expected is not in C++20.
#pragma once

#include <new>
#include <utility>

namespace arch {

template <class E>
struct Unexpected {
    E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

// T and E must be trivially destructible or cheap to keep side by side: both are stored.
template <class T, class E>
class [[nodiscard]] Result {
public:
    constexpr Result(T value) : value_{std::move(value)}, error_{}, ok_{true} {}
    constexpr Result(Unexpected<E> e) : value_{}, error_{std::move(e.error)}, ok_{false} {}

    [[nodiscard]] constexpr bool ok() const { return ok_; }
    constexpr explicit operator bool() const { return ok_; }
    [[nodiscard]] constexpr const T& value() const { return value_; }
    [[nodiscard]] constexpr T& value() { return value_; }
    [[nodiscard]] constexpr const E& error() const { return error_; }

private:
    T value_;
    E error_;
    bool ok_;
};

}  // namespace arch
