// Means over repeated runs, and how far they can be trusted.
#pragma once

#include <vector>

namespace emu {

// The mean of a sample and its 95 % confidence interval by Student's t; with fewer than two values the interval is the mean.
struct MeanInterval {
    double mean{0};
    double low{0};
    double high{0};

    // The sample does not show that the true mean differs from 0.
    [[nodiscard]] bool contains_zero() const { return low <= 0 && high >= 0; }
};

// `values` is not empty.
[[nodiscard]] MeanInterval mean_interval(const std::vector<double>& values);

}  // namespace emu
