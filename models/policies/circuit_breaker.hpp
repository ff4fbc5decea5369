#pragma once
// The circuit breaker of resilience4j, as a state machine on a virtual clock.
//
//   closed ──rate ≥ threshold──▶ open ──wait over (strictly)──▶ half-open ──probes good──▶ closed
//                                  ▲─────────────── probes bad ──────┘
//
// Rates are judged after every recorded call, good or bad, so a success can open it (it completes
// the minimum, or it was slow). Half-open admits exactly `half_open_calls`; results that come in
// late, of calls made while closed, count there too. Often confused with Hystrix (judged on a tick,
// one probe) and Polly (judged on failures only, the wait inclusive).

#include <cstdint>
#include <vector>

#include "models/policies/policy.hpp"
#include "sim/time.hpp"

namespace faultline {

struct BreakerSettings {
  bool time_based = false;
  std::int64_t window = 100;  // calls, or whole seconds
  std::int64_t min_calls = 100;
  double failure_rate = 0.5;            // opens at ≥
  double slow_rate = 1.0;               // opens at ≥
  Duration slow_after{60'000'000'000};  // slow is strictly longer
  Duration open_for{60'000'000'000};
  std::int64_t half_open_calls = 10;
  Duration half_open_for{0};     // 0: without limit
  bool opens_by_itself = false;  // to half-open at the end of the wait, without a call
};

// The last N calls, or those of the last N seconds (the current one included), in whole seconds.
class BreakerWindow {
 public:
  BreakerWindow(bool time_based, std::int64_t size);

  void record(Instant now, bool failed, bool slow);
  void forget_old(Instant now);

  std::int64_t total() const { return sum_.total; }
  std::int64_t failed() const { return sum_.failed; }
  std::int64_t slow() const { return sum_.slow; }

 private:
  struct Count {
    std::int64_t total = 0, failed = 0, slow = 0;
    void add(const Count& c, int sign) {
      total += sign * c.total;
      failed += sign * c.failed;
      slow += sign * c.slow;
    }
  };
  bool time_based_;
  std::vector<Count> cells_;
  std::size_t at_ = 0;
  std::int64_t second_ = 0;
  Count sum_;
};

class CircuitBreaker {
 public:
  explicit CircuitBreaker(const BreakerSettings& settings);

  // Whether a call may pass now; takes a probe's permit when half-open.
  bool acquire(Instant now);
  void record(Instant now, bool failed, Duration took);
  // A call that passed and is not to be counted: a probe's permit is given back.
  void release(Instant now = {});

  BreakerState state(Instant now);
  BreakerState state() const { return state_; }
  std::int64_t opened() const { return opened_; }

 private:
  void tick(Instant now);
  void enter(BreakerState next, Instant now);
  bool known(std::int64_t minimum) const { return window_.total() >= minimum; }
  bool exceeded() const;

  BreakerSettings settings_;
  BreakerState state_ = BreakerState::Closed;
  BreakerWindow window_;
  Instant since_;
  std::int64_t probes_left_ = 0;
  std::int64_t opened_ = 0;
};

}  // namespace faultline
