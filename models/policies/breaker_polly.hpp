#pragma once
// The circuit breaker of Polly v8, as a state machine on a virtual clock.
//
// It trips only on a failure: a success is counted but never opens it. The window is made of ten
// parts; each begins with the first result that comes after the one before is a tenth of the
// window old, and goes when its beginning is a whole window ago. Open lets one probe through once
// the wait is over (at its very end already); the first result that comes in while half-open
// decides. What isn't to be handled counts as a success. Often confused with resilience4j
// (circuit_breaker.hpp), where a success can open it and the wait is strict.

#include <cstdint>
#include <deque>

#include "models/policies/policy.hpp"
#include "sim/time.hpp"

namespace faultline {

struct PollySettings {
  double failure_rate = 0.1;                // opens at ≥
  std::int64_t min_calls = 100;             // ≥ 2
  Duration window = milliseconds(30'000);   // below 200 ms it has a single part
  Duration open_for = milliseconds(5'000);  // BreakDuration
};

class PollyBreaker {
 public:
  explicit PollyBreaker(const PollySettings& settings) : settings_(settings) {}

  bool acquire(Instant now);
  void record(Instant now, bool failed, Duration took);
  void release(Instant now) { record(now, false, {}); }

  BreakerState state(Instant /*now*/) const { return state_; }
  BreakerState state() const { return state_; }

 private:
  struct Part {
    Instant begins;
    std::int64_t total = 0, failed = 0;
  };
  void count(Instant now, bool failed);
  void open(Instant now);

  PollySettings settings_;
  BreakerState state_ = BreakerState::Closed;
  Instant open_until_;
  std::deque<Part> parts_;
  std::int64_t total_ = 0, failed_ = 0;
};

}  // namespace faultline
