// Quantiles of the wait and the sojourn in M/G/1 FCFS (declared in single_server.hpp).
#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "models/theory/numeric.hpp"
#include "models/theory/single_server.hpp"

namespace faultline::theory {
namespace {

using Precise = boost::multiprecision::cpp_bin_float_50;

// P(wait > time) for constant service, beyond some thirty services: only the slowest exponential is
// left, the next one being at least exp(-40) smaller.
double constant_wait_far_tail(double load, double services) {
  const auto balance = [load](double z) { return load * std::expm1(z) - z; };
  double high = 1.0;
  while (balance(high) < 0.0) high *= 2.0;
  // The equation has the root 0 as well; its minimum separates the two.
  const double decay = root_between(balance, -std::log(load), high);
  return (1.0 - load) / (load * std::exp(decay) - 1.0) * std::exp(-decay * services);
}

// P(wait > time) for constant service: Erlang's series, whose terms alternate and grow like
// exp(load * services), hence the fifty digits.
double constant_wait_tail(double load, double services) {
  if (services > 30.0) return constant_wait_far_tail(load, services);
  Precise sum = 0;
  for (int k = 0; k <= static_cast<int>(services); ++k) {
    const Precise x = Precise(load) * (Precise(services) - k);
    Precise term = exp(x);
    for (int j = 1; j <= k; ++j) term *= -x / j;
    sum += term;
  }
  return static_cast<double>(1 - sum * (1 - Precise(load)));
}

// The distribution of the wait on a grid, from Takacs's equation
//   W(x) = 1 - rho + rate * integral over (0, x) of W(x - y) tail(y) dy,
// by the trapezoidal rule. The error falls with the square of the step.
class WaitGrid {
 public:
  WaitGrid(const PoissonServer& server, double step, std::size_t points)
      : step_(step), tail_(points), within_(points) {
    for (std::size_t n = 0; n < points; ++n)
      tail_[n] = server.service.tail(step * static_cast<double>(n));
    const double idle = 1.0 - server.utilization();
    const double weight = server.arrival_rate * step;
    within_[0] = idle;
    for (std::size_t n = 1; n < points; ++n) {
      double past = 0.5 * within_[0] * tail_[n];
      for (std::size_t j = 1; j < n; ++j) past += within_[n - j] * tail_[j];
      within_[n] = (idle + weight * past) / (1.0 - 0.5 * weight * tail_[0]);
    }
  }

  double wait_within(std::size_t n) const { return within_[n]; }

  // P(wait + service <= x): the service added by a Stieltjes sum over the wait.
  double sojourn_within(std::size_t n) const {
    double sum = within_[0] * (1.0 - tail_[n]);
    for (std::size_t j = 0; j < n; ++j) {
      const double fits = 1.0 - 0.5 * (tail_[n - j] + tail_[n - j - 1]);
      sum += fits * (within_[j + 1] - within_[j]);
    }
    return sum;
  }

  // Where `distribution` (one of the two above) reaches `probability`; negative beyond the grid.
  template <class Distribution>
  double quantile(double probability, Distribution distribution) const {
    std::size_t high = within_.size() - 1;
    if (distribution(high) < probability) return -1.0;
    if (distribution(0) >= probability) return 0.0;
    std::size_t low = 0;
    while (high - low > 1) {
      const std::size_t middle = (low + high) / 2;
      (distribution(middle) < probability ? low : high) = middle;
    }
    // Cubic through the four neighbours: linear interpolation would spoil the extrapolation.
    const std::size_t first = std::min(low > 0 ? low - 1 : 0, within_.size() - 4);
    double y[4];
    for (std::size_t i = 0; i < 4; ++i) y[i] = distribution(first + i);
    double position = 0.0;
    for (std::size_t i = 0; i < 4; ++i) {
      double basis = 1.0;
      for (std::size_t j = 0; j < 4; ++j)
        if (j != i) basis *= (probability - y[j]) / (y[i] - y[j]);
      position += basis * static_cast<double>(first + i);
    }
    return position * step_;
  }

 private:
  double step_;
  std::vector<double> tail_, within_;
};

// Work grows with the square of the points: beyond this many there is no answer in reasonable time
// (a law with fine kinks at a load close to one).
constexpr std::size_t most_points = 30000;

enum class Measure { wait, sojourn };

double on_grid(const PoissonServer& server, double probability, Measure measure, double step,
               std::size_t points) {
  const WaitGrid grid(server, step, points);
  return grid.quantile(probability, [&](std::size_t n) {
    return measure == Measure::wait ? grid.wait_within(n) : grid.sojourn_within(n);
  });
}

// The largest step <= wanted that divides the lattice of the law, so that kinks fall on the grid.
double aligned(double wanted, double lattice) {
  return lattice > 0.0 ? lattice / std::ceil(lattice / wanted) : wanted;
}

double grid_quantile(const PoissonServer& server, double probability, Measure measure) {
  double horizon = 2.0 * mean_sojourn(server);
  for (;; horizon *= 2.0) {
    // A quick look tells how far the grid must reach.
    const double step = aligned(horizon / 2000.0, server.service.lattice);
    const auto points = static_cast<std::size_t>(horizon / step) + 4;
    if (points > most_points) return std::numeric_limits<double>::quiet_NaN();
    const double rough = on_grid(server, probability, measure, step, points);
    if (rough < 0.0) continue;
    if (rough == 0.0) return 0.0;
    const double step_length = aligned(1.3 * rough / 3000.0, server.service.lattice);
    const auto reach = static_cast<std::size_t>(1.3 * rough / step_length) + 4;
    if (reach > most_points) return std::numeric_limits<double>::quiet_NaN();
    const double first = on_grid(server, probability, measure, step_length, reach);
    const double second = on_grid(server, probability, measure, step_length / 2.0, 2 * reach);
    const double third = on_grid(server, probability, measure, step_length / 4.0, 4 * reach);
    // The quick look was too short: look further.
    if (first < 0.0 || second < 0.0 || third < 0.0) continue;
    // Romberg: the errors in the square and the fourth power of the step cancel.
    const double coarse = (4.0 * second - first) / 3.0;
    const double fine = (4.0 * third - second) / 3.0;
    return (16.0 * fine - coarse) / 15.0;
  }
}

}  // namespace

double wait_quantile(const PoissonServer& server, double probability) {
  if (server.utilization() >= 1.0) return std::numeric_limits<double>::infinity();
  if (1.0 - server.utilization() >= probability) return 0.0;
  if (!server.service.constant) return grid_quantile(server, probability, Measure::wait);
  const double service = server.service.mean;
  return service *
         quantile_of_tail([&](double t) { return constant_wait_tail(server.utilization(), t); },
                          probability, 1.0);
}

double sojourn_quantile(const PoissonServer& server, double probability) {
  if (server.utilization() >= 1.0) return std::numeric_limits<double>::infinity();
  if (server.service.constant) return wait_quantile(server, probability) + server.service.mean;
  return grid_quantile(server, probability, Measure::sojourn);
}

}  // namespace faultline::theory
