#include "models/theory/single_server.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

#include "models/theory/markov.hpp"
#include "models/theory/numeric.hpp"

namespace faultline::theory {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

// Laplace transform of the gap between arrivals.
double gap_transform(const RenewalServer& server, double s) {
  const double rate = server.arrival_rate;
  switch (server.gaps) {
    case Gaps::constant:
      return std::exp(-s / rate);
    case Gaps::erlang:
      return std::pow(1.0 + s / (server.phases * rate), -server.phases);
    case Gaps::hyperexponential: {
      const double scv = server.squared_variation;
      const double share = 0.5 * (1.0 + std::sqrt((scv - 1.0) / (scv + 1.0)));
      const double first = 2.0 * share * rate;
      const double second = 2.0 * (1.0 - share) * rate;
      return share * first / (first + s) + (1.0 - share) * second / (second + s);
    }
  }
  return 0.0;
}

// Sums a convergent series of terms(l), l = 1, 2, ..., that decays geometrically in the end.
template <class Terms>
double sum_series(Terms terms) {
  double sum = 0.0;
  for (int l = 1; l < 200000; ++l) {
    const double term = terms(l);
    sum += term;
    if (term < 1e-16 * sum && l > 4) break;
  }
  return sum;
}

}  // namespace

double mean_wait(const PoissonServer& server) {
  if (server.utilization() >= 1.0) return infinite;
  return server.arrival_rate * server.service.second_moment / (2.0 * (1.0 - server.utilization()));
}

double mean_sojourn(const PoissonServer& server) {
  return mean_wait(server) + server.service.mean;
}

double wait_variance(const PoissonServer& server) {
  if (server.utilization() >= 1.0) return infinite;
  const double mean = mean_wait(server);
  return mean * mean +
         server.arrival_rate * server.service.third_moment / (3.0 * (1.0 - server.utilization()));
}

double sigma(const RenewalServer& server) {
  if (server.arrival_rate >= server.service_rate) return 1.0;
  // The equation always has the root 1 as well; the other one is where transform(x) - x changes
  // sign before the dip that follows.
  const auto excess = [&](double x) {
    return gap_transform(server, server.service_rate * (1.0 - x)) - x;
  };
  double below = 1.0;
  while (excess(below) >= 0.0) below = below == 1.0 ? 0.5 : 0.5 * (1.0 + below);
  return root_between(excess, 0.0, below);
}

double mean_wait(const RenewalServer& server) {
  const double seen = sigma(server);
  return seen / (server.service_rate * (1.0 - seen));
}

double mean_sojourn(const RenewalServer& server) {
  return 1.0 / (server.service_rate * (1.0 - sigma(server)));
}

double sojourn_quantile(const RenewalServer& server, double probability) {
  return -std::log1p(-probability) * mean_sojourn(server);
}

double batch_mean_sojourn(double batch_rate, double mean_batch, double second_moment,
                          double service_rate) {
  const double utilization = batch_rate * mean_batch / service_rate;
  if (utilization >= 1.0) return infinite;
  // Pollaczek-Khinchine for whole batches, plus the wait inside one's own batch.
  return (second_moment + mean_batch) / (2.0 * mean_batch * service_rate * (1.0 - utilization));
}

// Every `service` the number waiting changes by a Poisson number of arrivals minus `servers`, so
// the queue is the maximum of a random walk and Spitzer's identity gives its mean and its atom.
double constant_service_mean_wait(double arrival_rate, double service, int servers) {
  const double load = arrival_rate * service;
  if (load >= servers) return infinite;
  const double queue = sum_series([&](int l) {
    const double mean = l * load;
    const double level = static_cast<double>(l) * servers;
    // E[(Poisson(mean) - level)+] / l
    return (mean * boost::math::gamma_p(level, mean) -
            level * boost::math::gamma_p(level + 1.0, mean)) /
           l;
  });
  return queue / arrival_rate;
}

double constant_service_probability_wait(double arrival_rate, double service, int servers) {
  const double load = arrival_rate * service;
  if (load >= servers) return 1.0;
  const double exponent = sum_series(
      [&](int l) { return boost::math::gamma_p(static_cast<double>(l) * servers, l * load) / l; });
  return -std::expm1(-exponent);
}

double ModulatedServer::mean_arrival_rate() const {
  return (leave_second * first_rate + leave_first * second_rate) / (leave_first + leave_second);
}

double mean_sojourn(const ModulatedServer& server) {
  Level level;
  level.up = Eigen::Vector2d(server.first_rate, server.second_rate).asDiagonal();
  level.local = Eigen::Matrix2d::Zero();
  level.local(0, 1) = server.leave_first;
  level.local(1, 0) = server.leave_second;
  LevelChain chain;
  chain.boundary.push_back(level);
  chain.repeating = level;
  chain.repeating.down = server.service_rate * Eigen::Matrix2d::Identity();
  const auto solution = solve(chain);
  return solution ? solution->mean_level() / server.mean_arrival_rate() : infinite;
}

}  // namespace faultline::theory
