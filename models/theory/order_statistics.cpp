#include "models/theory/order_statistics.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>

#include "models/theory/numeric.hpp"

namespace faultline::theory {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

double harmonic(int n) {
  double sum = 0.0;
  for (int k = n; k >= 1; --k) sum += 1.0 / k;
  return sum;
}

}  // namespace

double gather_tail(const Gather& gather, double time) {
  // P(fewer than k of n are done) is a binomial sum, i.e. an incomplete beta function.
  return boost::math::ibeta(gather.legs - gather.needed + 1.0, static_cast<double>(gather.needed),
                            gather.leg.tail(time));
}

double mean_time(const Gather& gather) {
  // Split near the bulk so that the quadrature cannot step over the fall of the tail.
  const double middle = time_quantile(gather, 0.5);
  const auto tail = [&](double t) { return gather_tail(gather, t); };
  return integral(tail, 0.0, middle) + integral(tail, middle, 3.0 * middle) +
         integral(tail, 3.0 * middle, infinite);
}

double time_quantile(const Gather& gather, double probability) {
  return quantile_of_tail([&](double t) { return gather_tail(gather, t); }, probability,
                          gather.leg.mean);
}

double probability_any_slow(int legs, double slow_probability) {
  return -std::expm1(legs * std::log1p(-slow_probability));
}

double fork_join_mean(int branches, double arrival_rate, double service_rate) {
  const double load = arrival_rate / service_rate;
  if (load >= 1.0) return infinite;
  const double alone = 1.0 / (service_rate - arrival_rate);
  if (branches < 2) return alone;
  const double two = (12.0 - load) / 8.0 * alone;
  const double growth = harmonic(branches) / harmonic(2);
  return (growth + 4.0 / 11.0 * (1.0 - growth) * load) * two;
}

double hedged_tail(const Hedge& hedge, double time) {
  const double first = hedge.leg.tail(time);
  return time < hedge.delay ? first : first * hedge.leg.tail(time - hedge.delay);
}

double mean_time(const Hedge& hedge) {
  const auto tail = [&](double t) { return hedged_tail(hedge, t); };
  const double late = hedge.delay + 4.0 * hedge.leg.mean;
  return integral(tail, 0.0, hedge.delay) + integral(tail, hedge.delay, late) +
         integral(tail, late, infinite);
}

double time_quantile(const Hedge& hedge, double probability) {
  return quantile_of_tail([&](double t) { return hedged_tail(hedge, t); }, probability,
                          hedge.leg.mean);
}

double extra_load(const Hedge& hedge) {
  return hedge.leg.tail(hedge.delay);
}

}  // namespace faultline::theory
