#pragma once
// Overload that feeds on itself, in the fluid and mean-field pictures: retry storms, their
// threshold and recovery, a spike and its drain, a moving load. Rates per time unit, times in the
// same unit. Sources: Bronson et al., "Metastable Failures in Distributed Systems" (2021); Newell,
// "Applications of Queueing Theory" (1982), for fluid queues; Eick, Massey & Whitt (1993) for the
// moving load.

#include <optional>

namespace faultline::theory {

// FIFO, unbounded queue, zombie work: a client gives up after `timeout` and retries at once, up to
// `max_attempts` attempts. Mean field: every attempt sees an M/M/1 of the total attempt rate.
struct RetryStorm {
  double service_rate, timeout;
  int max_attempts;

  // Below this arrival rate a saturated system drains.
  double metastable_from() const { return service_rate / max_attempts; }
  // Above this one there is no healthy state at all.
  double fold() const;
  // Attempt rates of the two states that exist in between: the healthy one, and the edge beyond
  // which the load runs away. Empty at or above the fold.
  std::optional<double> healthy_load(double arrival_rate) const;
  std::optional<double> unstable_load(double arrival_rate) const;
};

// Whether a storm in which every attempt times out can keep c servers saturated.
bool storm_sustains_itself(double arrival_rate, int max_attempts, double capacity);
// The first instant at which an arrival would wait at most `timeout`, from a backlog of `backlog`
// time units of work. Infinite when the storm sustains itself.
double storm_recovery_time(double arrival_rate, double service_rate, double timeout,
                           int max_attempts, double backlog);

// A spike of `spike_rate` for `duration` on a base load; fluid.
struct Spike {
  double service_rate, base_rate, spike_rate, duration;

  double peak_backlog() const;
  double drain_time() const;  // after the spike ends
  // The span of arrival times whose wait exceeds `timeout`, and the requests that arrive in it.
  double late_span(double timeout) const;
  double late_requests(double timeout) const;
};

// Mean in flight at time t with unlimited servers and rate base + swing * sin(frequency * t).
double moving_load_in_flight(double base, double swing, double frequency, double service_rate,
                             double time);

}  // namespace faultline::theory
