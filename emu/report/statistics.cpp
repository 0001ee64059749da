#include "emu/report/statistics.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace emu {
namespace {

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Half the width of the interval that holds the true mean in 95 % of samples.
double half_width(const std::vector<double>& values, double mean) {
    if (values.size() < 2) return 0;
    double squares = 0;
    for (const double v : values) squares += (v - mean) * (v - mean);
    const double n = static_cast<double>(values.size());
    const double t = boost::math::quantile(boost::math::students_t{n - 1}, 0.975);
    return t * std::sqrt(squares / (n - 1) / n);
}

}  // namespace

MeanInterval mean_interval(const std::vector<double>& values) {
    const double mean = mean_of(values);
    const double half = half_width(values, mean);
    return {mean, mean - half, mean + half};
}

}  // namespace emu
