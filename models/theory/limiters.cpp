#include "models/theory/limiters.hpp"

#include <Eigen/Dense>
#include <Eigen/Sparse>
#include <Eigen/SparseLU>
#include <algorithm>
#include <bit>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "models/theory/markov.hpp"

namespace faultline::theory {
namespace {

constexpr int largest_bucket = 1000;  // the chain is solved densely
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

double poisson(double mean, int count) {
  return std::exp(count * std::log(mean) - mean - std::lgamma(count + 1.0));
}

double poisson_at_least(double mean, int count) {
  return count <= 0 ? 1.0 : boost::math::gamma_p(static_cast<double>(count), mean);
}

// Expected number of calls, probability of each: one visit of a closed breaker until it trips.
double calls_to_trip(const ConsecutiveBreaker& breaker) {
  const double p = breaker.failure_probability;
  return (std::pow(p, -breaker.trip_after) - 1.0) / (1.0 - p);
}

// One cycle: closed until it trips, then open/half-open rounds until enough probes succeed.
struct Cycle {
  double open_time, whole_time;
};

Cycle cycle_of(const ConsecutiveBreaker& breaker) {
  const double p = breaker.failure_probability;
  const double closes = std::pow(1.0 - p, breaker.successes_to_close);
  const double rounds = 1.0 / closes;
  const double probes = (1.0 - closes) / p;  // per round, until a failure or the last success
  const double open_time = rounds * breaker.open_for;
  return {open_time,
          mean_time_to_trip(breaker) + open_time + rounds * probes / breaker.arrival_rate};
}

}  // namespace

double dropped_share_continuous(const TokenBucket& bucket) {
  if (bucket.size < 1 || bucket.size > largest_bucket) return undefined;
  // Missing tokens are the customers of an M/D/1 queue with `size` places. The chain is embedded
  // at the instants at which a token has been refilled.
  const double mean = bucket.arrival_rate / bucket.refill_rate;
  const int size = bucket.size;
  Eigen::MatrixXd step = Eigen::MatrixXd::Zero(size, size);
  for (int missing = 0; missing < size; ++missing) {
    const int base = std::max(missing, 1) - 1;
    for (int next = base; next < size - 1; ++next) step(missing, next) = poisson(mean, next - base);
    step(missing, size - 1) = poisson_at_least(mean, size - 1 - base);
  }
  const double full = stationary_of_steps(step)(0);
  return 1.0 - 1.0 / (full + mean);
}

double dropped_share_ticked(const TokenBucket& bucket) {
  if (bucket.size < 1 || bucket.size > largest_bucket) return undefined;
  const double mean = bucket.arrival_rate / bucket.refill_rate;
  const int size = bucket.size;
  Eigen::MatrixXd step =
      Eigen::MatrixXd::Zero(size, size);  // state: tokens just after a tick, less 1
  for (int tokens = 1; tokens <= size; ++tokens) {
    for (int used = 0; used < tokens; ++used)
      step(tokens - 1, std::min(size, tokens - used + 1) - 1) += poisson(mean, used);
    step(tokens - 1, 0) += poisson_at_least(mean, tokens);
  }
  const Eigen::VectorXd probability = stationary_of_steps(step);
  double dropped = 0.0;
  for (int tokens = 1; tokens <= size; ++tokens)
    dropped += probability(tokens - 1) * (mean * poisson_at_least(mean, tokens) -
                                          tokens * poisson_at_least(mean, tokens + 1));
  return dropped / mean;
}

double mean_time_to_trip(const ConsecutiveBreaker& breaker) {
  return calls_to_trip(breaker) / breaker.arrival_rate;
}

double open_share(const ConsecutiveBreaker& breaker) {
  const Cycle cycle = cycle_of(breaker);
  return cycle.open_time / cycle.whole_time;
}

double success_share(const ConsecutiveBreaker& breaker) {
  return (1.0 - open_share(breaker)) * (1.0 - breaker.failure_probability);
}

std::optional<double> mean_calls_to_trip(int window, int trip_at, double failure_probability) {
  if (window < 1 || window > 16 || trip_at < 1 || trip_at > window) return std::nullopt;
  // A state is the window as bits (1: failure) with too few failures to trip.
  const unsigned mask = (1U << window) - 1U;
  std::vector<int> number(mask + 1U, -1);
  std::vector<unsigned> states;
  for (unsigned bits = 0; bits <= mask; ++bits) {
    if (std::popcount(bits) >= trip_at) continue;
    number[bits] = static_cast<int>(states.size());
    states.push_back(bits);
  }
  const auto size = static_cast<Eigen::Index>(states.size());
  std::vector<Eigen::Triplet<double>> entries;
  for (Eigen::Index row = 0; row < size; ++row) {
    entries.emplace_back(row, row, 1.0);
    for (unsigned failed : {0U, 1U}) {
      const int next = number[((states[static_cast<std::size_t>(row)] << 1U) | failed) & mask];
      const double chance = failed != 0U ? failure_probability : 1.0 - failure_probability;
      if (next >= 0) entries.emplace_back(row, next, -chance);
    }
  }
  Eigen::SparseMatrix<double> system(size, size);
  system.setFromTriplets(entries.begin(), entries.end());
  const Eigen::SparseLU<Eigen::SparseMatrix<double>> factors(system);
  if (factors.info() != Eigen::Success) return std::nullopt;  // it never trips
  const Eigen::VectorXd further = factors.solve(Eigen::VectorXd::Ones(size));
  double calls = window;
  for (Eigen::Index row = 0; row < size; ++row) {
    const int failures = std::popcount(states[static_cast<std::size_t>(row)]);
    calls += std::pow(failure_probability, failures) *
             std::pow(1.0 - failure_probability, window - failures) * further(row);
  }
  return calls;
}

double AdaptiveThrottle::sent() const {
  return std::min(demand, factor * capacity);
}

double AdaptiveThrottle::rejected_share() const {
  return 1.0 - sent() / demand;
}

double AdaptiveThrottle::goodput() const {
  return std::min(demand, capacity);
}

}  // namespace faultline::theory
