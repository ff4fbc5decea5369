#include "models/theory/retrials.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "models/theory/markov.hpp"

namespace faultline::theory {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

}  // namespace

double mean_orbit(const Retrial& queue) {
  const double load = queue.arrival_rate / queue.service_rate;
  if (load >= 1.0) return infinite;
  return load * (queue.arrival_rate + load * queue.retry_rate) / ((1.0 - load) * queue.retry_rate);
}

double mean_time_in_orbit(const Retrial& queue) {
  return mean_orbit(queue) / queue.arrival_rate;
}

double mean_retries_per_request(const Retrial& queue) {
  return queue.retry_rate * mean_time_in_orbit(queue);
}

double mean_orbit_paced(const Retrial& queue) {
  // Level: requests in the orbit. Phases: server idle, server busy.
  Level level;
  level.up = Eigen::Matrix2d::Zero();
  level.up(1, 1) = queue.arrival_rate;
  level.local = Eigen::Matrix2d::Zero();
  level.local(0, 1) = queue.arrival_rate;
  level.local(1, 0) = queue.service_rate;
  LevelChain chain;
  chain.boundary.push_back(level);
  chain.repeating = level;
  chain.repeating.down = Eigen::Matrix2d::Zero();
  chain.repeating.down(0, 1) = queue.retry_rate;
  const auto solution = solve(chain);
  return solution ? solution->mean_level() : infinite;
}

std::optional<PersistentRetrialMeans> steady_means(const PersistentRetrial& queue) {
  const int width = queue.places + 1;
  const double retry_rate = 1.0 / queue.mean_delay;
  for (int orbit_room = 50; orbit_room * width < 40000; orbit_room *= 2) {
    std::vector<Transition> moves;
    const auto number = [&](int orbit, int present) { return orbit * width + present; };
    for (int orbit = 0; orbit <= orbit_room; ++orbit) {
      for (int present = 0; present <= queue.places; ++present) {
        const int here = number(orbit, present);
        const double retries = orbit * retry_rate;
        if (present > 0) {
          const int busy = std::min(present, queue.servers);
          moves.push_back({here, number(orbit, present - 1), busy * queue.service_rate});
        }
        if (present < queue.places) {
          moves.push_back({here, number(orbit, present + 1), queue.arrival_rate});
          if (orbit > 0) moves.push_back({here, number(orbit - 1, present + 1), retries});
        } else {
          const double joins = queue.arrival_rate * queue.persistence;
          if (orbit < orbit_room) moves.push_back({here, number(orbit + 1, present), joins});
          const double leaves = retries * (1.0 - queue.persistence);
          if (orbit > 0) moves.push_back({here, number(orbit - 1, present), leaves});
        }
      }
    }
    const Eigen::VectorXd probability = stationary((orbit_room + 1) * width, moves);
    if (!(probability.tail(width).sum() <= 1e-14)) continue;  // cut too short: look further
    double orbit_mean = 0.0;
    double refused_retries = 0.0;
    double full = 0.0;
    for (int orbit = 0; orbit <= orbit_room; ++orbit) {
      const auto row = probability.segment(orbit * width, width);
      orbit_mean += orbit * row.sum();
      refused_retries += orbit * retry_rate * row(queue.places);
      full += row(queue.places);
    }
    const double refusals = full + refused_retries / queue.arrival_rate;
    return PersistentRetrialMeans{(1.0 - queue.persistence) * refusals,
                                  1.0 + retry_rate * orbit_mean / queue.arrival_rate, full};
  }
  return std::nullopt;
}

}  // namespace faultline::theory
