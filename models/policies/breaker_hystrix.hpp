#pragma once
// The circuit breaker of Hystrix, as a state machine on a virtual clock.
//
// Calls are counted in buckets as long as a snapshot. Only at the end of a snapshot, and not after
// each call, is the share of errors judged over the window (a sum of whole buckets, the running one
// left out). Open lets one trial through once the wait is over (strictly). Whatever ends first
// while half-open decides: a success closes and forgets everything counted, anything else opens
// again. Often confused with resilience4j (circuit_breaker.hpp), which judges after every call and
// asks several probes.

#include <cstdint>
#include <vector>

#include "models/policies/policy.hpp"
#include "sim/time.hpp"

namespace faultline {

struct HystrixSettings {
  std::int64_t min_calls = 20;             // requestVolumeThreshold
  std::int64_t failure_percent = 50;       // opens at ≥; the share is cut to a whole percent
  Duration open_for = milliseconds(5000);  // sleepWindow
  Duration window = milliseconds(10'000);
  Duration snapshot = milliseconds(500);  // a window is a whole number of these
};

class HystrixBreaker {
 public:
  explicit HystrixBreaker(const HystrixSettings& settings);

  bool acquire(Instant now);
  void record(Instant now, bool failed, Duration took);
  // A call that passed and is not counted. As a trial it is no success.
  void release(Instant now);
  // Judges what one snapshot says of the window.
  void judge(Instant now, std::int64_t total, std::int64_t failed);

  BreakerState state(Instant now);
  BreakerState state() const { return state_; }

 private:
  struct Bucket {
    std::int64_t total = 0, failed = 0;
  };
  void tick(Instant now);
  void open(Instant now);
  void close(Instant now);

  HystrixSettings settings_;
  BreakerState state_ = BreakerState::Closed;
  Instant opened_at_;
  std::vector<Bucket> buckets_;  // a ring; whole snapshots
  std::size_t at_ = 0;
  Bucket sum_, running_;
  Instant ends_;  // of the running snapshot
};

}  // namespace faultline
