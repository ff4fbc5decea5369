#include "lab/study/statistics.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace faultline {

Estimate estimate(std::span<const double> values) {
  Estimate e;
  const auto n = static_cast<double>(values.size());
  for (double v : values) e.mean += v / n;
  if (values.size() < 2 || !std::isfinite(e.mean)) return e;
  // Equal values have no spread, whatever their mean was rounded to.
  bool equal = true;
  for (double v : values) {
    equal = equal && v == values[0];
    e.variance += (v - e.mean) * (v - e.mean) / (n - 1);
  }
  if (equal) {
    e.mean = values[0];
    e.variance = 0;
  }
  const double t = boost::math::quantile(boost::math::students_t(n - 1), 0.975);
  e.half_width = t * std::sqrt(e.variance / n);
  e.has_interval = true;
  return e;
}

}  // namespace faultline
