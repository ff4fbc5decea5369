#include "models/theory/overload.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>

#include "models/theory/numeric.hpp"
#include "models/theory/retries.hpp"

namespace faultline::theory {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

// The arrival rate that leads to this attempt rate.
double arrivals_behind(const RetryStorm& storm, double attempt_rate) {
  const double late = std::exp(-(storm.service_rate - attempt_rate) * storm.timeout);
  return attempt_rate / mean_attempts(late, storm.max_attempts);
}

struct Peak {
  double attempt_rate, arrival_rate;
};

Peak peak_of(const RetryStorm& storm) {
  const auto found = boost::math::tools::brent_find_minima(
      [&](double rate) { return -arrivals_behind(storm, rate); }, 0.0, storm.service_rate, 50);
  return {found.first, -found.second};
}

// When the backlog passes the timeout's worth of work: on the way up, and on the way down.
struct Crossing {
  double up, down;
};

std::optional<Crossing> crossing_of(const Spike& spike, double timeout) {
  const double limit = timeout * spike.service_rate;
  if (spike.peak_backlog() <= limit) return std::nullopt;
  if (spike.base_rate >= spike.service_rate)
    return Crossing{limit / (spike.spike_rate - spike.service_rate), infinite};
  const double up = limit / (spike.spike_rate - spike.service_rate);
  const double down =
      spike.duration + (spike.peak_backlog() - limit) / (spike.service_rate - spike.base_rate);
  return Crossing{up, down};
}

}  // namespace

double RetryStorm::fold() const {
  return peak_of(*this).arrival_rate;
}

std::optional<double> RetryStorm::healthy_load(double arrival_rate) const {
  const Peak peak = peak_of(*this);
  if (arrival_rate >= peak.arrival_rate) return std::nullopt;
  return root_between([&](double rate) { return arrivals_behind(*this, rate) - arrival_rate; }, 0.0,
                      peak.attempt_rate);
}

std::optional<double> RetryStorm::unstable_load(double arrival_rate) const {
  const Peak peak = peak_of(*this);
  if (arrival_rate >= peak.arrival_rate || arrival_rate <= metastable_from()) return std::nullopt;
  return root_between([&](double rate) { return arrivals_behind(*this, rate) - arrival_rate; },
                      peak.attempt_rate, service_rate);
}

bool storm_sustains_itself(double arrival_rate, int max_attempts, double capacity) {
  return arrival_rate * max_attempts >= capacity;
}

double storm_recovery_time(double arrival_rate, double service_rate, double timeout,
                           int max_attempts, double backlog) {
  if (storm_sustains_itself(arrival_rate, max_attempts, service_rate)) return infinite;
  // At first only first attempts arrive; the k-th attempts join after k timeouts, so the early
  // balance is better than the final one by lam * tau * r (r-1) / 2 attempts.
  const double r = max_attempts;
  const double load = arrival_rate / service_rate;
  const double surplus = backlog - timeout - load * timeout * r * (r - 1.0) / 2.0;
  return std::max(0.0, surplus / (1.0 - r * load));
}

double Spike::peak_backlog() const {
  return std::max(0.0, (spike_rate - service_rate) * duration);
}

double Spike::drain_time() const {
  return base_rate < service_rate ? peak_backlog() / (service_rate - base_rate) : infinite;
}

double Spike::late_span(double timeout) const {
  const auto crossing = crossing_of(*this, timeout);
  return crossing ? crossing->down - crossing->up : 0.0;
}

double Spike::late_requests(double timeout) const {
  const auto crossing = crossing_of(*this, timeout);
  if (!crossing) return 0.0;
  return spike_rate * (duration - crossing->up) + base_rate * (crossing->down - duration);
}

double moving_load_in_flight(double base, double swing, double frequency, double service_rate,
                             double time) {
  const double phase = frequency * time;
  return base / service_rate + swing *
                                   (service_rate * std::sin(phase) - frequency * std::cos(phase)) /
                                   (service_rate * service_rate + frequency * frequency);
}

}  // namespace faultline::theory
