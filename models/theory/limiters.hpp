#pragma once
// Guards in front of a dependency: token buckets, circuit breakers, adaptive client throttling.
// Rates per time unit, times in the same unit. The chains are our own; the bucket with continuous
// refill is the M/D/1/K queue of Crommelin seen from the token side.

#include <optional>

namespace faultline::theory {

// Poisson arrivals; one token admits one request. Tokens trickle in continuously, or one arrives at
// each tick of 1 / refill_rate: the two refuse different shares. Sizes 1..1000, else NaN.
struct TokenBucket {
  double arrival_rate, refill_rate;
  int size;
};
double dropped_share_continuous(const TokenBucket&);
double dropped_share_ticked(const TokenBucket&);

// Opens after `trip_after` failures in a row; after `open_for` lets single probes through; closes
// after `successes_to_close` probes in a row, reopens on any failed one. Calls take no time.
struct ConsecutiveBreaker {
  double arrival_rate, failure_probability;
  int trip_after;
  double open_for;
  int successes_to_close;
};
double mean_time_to_trip(const ConsecutiveBreaker&);
double open_share(const ConsecutiveBreaker&);     // of time, and of arrivals
double success_share(const ConsecutiveBreaker&);  // of arrivals

// Opens when the last `window` calls hold at least `trip_at` failures, looked at once `window`
// calls have been made (resilience4j's COUNT_BASED window). Windows above 16 are not solved.
std::optional<double> mean_calls_to_trip(int window, int trip_at, double failure_probability);

// SRE adaptive throttling (Beyer et al., "Site Reliability Engineering", 2016, ch. 21), in the
// fluid limit: the client sends at most `factor` times what the backend accepts.
struct AdaptiveThrottle {
  double demand, capacity, factor;

  double sent() const;
  double rejected_share() const;  // locally, of the demand
  double goodput() const;
};

}  // namespace faultline::theory
