#include "models/theory/numeric.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

namespace faultline::theory {

double root_between(const Curve& f, double low, double high) {
  const double at_low = f(low);
  const double at_high = f(high);
  if (at_low == 0.0) return low;
  if (at_high == 0.0) return high;
  std::uintmax_t steps = 200;
  const auto [left, right] = boost::math::tools::toms748_solve(
      f, low, high, at_low, at_high, boost::math::tools::eps_tolerance<double>(52), steps);
  return 0.5 * (left + right);
}

double quantile_of_tail(const Curve& tail, double probability, double scale) {
  const double target = 1.0 - probability;
  if (tail(0.0) <= target) return 0.0;
  double high = scale;
  while (tail(high) > target) {
    high *= 2.0;
    if (high > 1e300) return std::numeric_limits<double>::infinity();
  }
  return root_between([&](double t) { return tail(t) - target; }, 0.0, high);
}

double integral(const Curve& f, double low, double high) {
  return boost::math::quadrature::gauss_kronrod<double, 31>::integrate(f, low, high, 15, 1e-12);
}

}  // namespace faultline::theory
