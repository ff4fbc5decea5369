// Quantiles of the wait and the sojourn in M/G/1 FCFS (declared in single_server.hpp).
#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <cstddef>
#include <vector>

#include "models/theory/numeric.hpp"
#include "models/theory/single_server.hpp"

namespace faultline::theory {
namespace {

using Precise = boost::multiprecision::cpp_bin_float_100;

// P(wait <= time) for constant service (Erlang's series). Its terms alternate and grow, so it is
// summed with a hundred digits; that carries waits of up to about 100 services.
double constant_wait_within(double arrival_rate, double service, double time) {
  Precise sum = 0;
  const int last = static_cast<int>(std::floor(time / service));
  for (int k = 0; k <= last; ++k) {
    const Precise x = Precise(arrival_rate) * (Precise(time) - Precise(k) * Precise(service));
    Precise term = exp(x);
    for (int j = 1; j <= k; ++j) term *= -x / j;
    sum += term;
  }
  return static_cast<double>(sum * (1 - Precise(arrival_rate) * Precise(service)));
}

// The distribution of the wait on a grid, from Takacs's equation
//   W(x) = 1 - rho + rate * integral over (0, x) of W(x - y) tail(y) dy,
// by the trapezoidal rule. The error falls with the square of the step.
class WaitGrid {
 public:
  WaitGrid(const PoissonServer& server, double step, std::size_t points)
      : server_(server), step_(step), tail_(points), within_(points) {
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
  const PoissonServer& server_;
  double step_;
  std::vector<double> tail_, within_;
};

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
  constexpr std::size_t coarse_points = 6000;
  double horizon = 2.0 * mean_sojourn(server);
  for (;; horizon *= 2.0) {
    // A quick look tells how far the grid must reach.
    const double step = aligned(horizon / 2000.0, server.service.lattice);
    const auto points = static_cast<std::size_t>(horizon / step) + 4;
    const double rough = on_grid(server, probability, measure, step, points);
    if (rough < 0.0) continue;
    if (rough == 0.0) return 0.0;
    const double fine = aligned(1.3 * rough / coarse_points, server.service.lattice);
    const auto reach = static_cast<std::size_t>(1.3 * rough / fine) + 4;
    const double once = on_grid(server, probability, measure, fine, reach);
    const double twice = on_grid(server, probability, measure, 0.5 * fine, 2 * reach);
    if (once < 0.0 || twice < 0.0) continue;  // the quick look was too short: look further
    return (4.0 * twice - once) / 3.0;        // Richardson: the quadratic error cancels
  }
}

}  // namespace

double wait_quantile(const PoissonServer& server, double probability) {
  if (1.0 - server.utilization() >= probability) return 0.0;
  if (!server.service.constant) return grid_quantile(server, probability, Measure::wait);
  const double service = server.service.mean;
  return quantile_of_tail(
      [&](double t) { return 1.0 - constant_wait_within(server.arrival_rate, service, t); },
      probability, service);
}

double sojourn_quantile(const PoissonServer& server, double probability) {
  if (server.service.constant) return wait_quantile(server, probability) + server.service.mean;
  return grid_quantile(server, probability, Measure::sojourn);
}

}  // namespace faultline::theory
