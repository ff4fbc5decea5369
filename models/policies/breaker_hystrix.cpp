#include "models/policies/breaker_hystrix.hpp"

#include <algorithm>

namespace faultline {

HystrixBreaker::HystrixBreaker(const HystrixSettings& settings)
    : settings_(settings),
      buckets_(static_cast<std::size_t>(
          std::max<std::int64_t>(1, settings.window.ns / settings.snapshot.ns))),
      ends_{settings.snapshot.ns} {}

// Ends the snapshots that are over. Once the window is empty, idle ones change nothing.
void HystrixBreaker::tick(Instant now) {
  for (; ends_ <= now; ends_ = ends_ + settings_.snapshot) {
    if (sum_.total == 0 && running_.total == 0) {
      const std::int64_t idle = (now - ends_).ns / settings_.snapshot.ns;
      ends_ = ends_ + Duration{idle * settings_.snapshot.ns};
      continue;
    }
    sum_.total += running_.total - buckets_[at_].total;
    sum_.failed += running_.failed - buckets_[at_].failed;
    buckets_[at_] = running_;
    at_ = (at_ + 1) % buckets_.size();
    running_ = {};
    judge(ends_, sum_.total, sum_.failed);
  }
}

void HystrixBreaker::judge(Instant now, std::int64_t total, std::int64_t failed) {
  if (state_ != BreakerState::Closed || total < settings_.min_calls || total == 0) return;
  if (100 * failed / total >= settings_.failure_percent) open(now);
}

void HystrixBreaker::open(Instant now) {
  state_ = BreakerState::Open;
  opened_at_ = now;
}

void HystrixBreaker::close(Instant now) {
  state_ = BreakerState::Closed;
  std::fill(buckets_.begin(), buckets_.end(), Bucket{});
  sum_ = running_ = {};
  ends_ = now + settings_.snapshot;
}

BreakerState HystrixBreaker::state(Instant now) {
  tick(now);
  return state_;
}

bool HystrixBreaker::acquire(Instant now) {
  tick(now);
  if (state_ == BreakerState::Closed) return true;
  if (state_ == BreakerState::HalfOpen || now <= opened_at_ + settings_.open_for) return false;
  state_ = BreakerState::HalfOpen;
  return true;
}

void HystrixBreaker::record(Instant now, bool failed, Duration /*took*/) {
  tick(now);
  ++running_.total;
  running_.failed += failed ? 1 : 0;
  if (state_ != BreakerState::HalfOpen) return;
  failed ? open(now) : close(now);
}

void HystrixBreaker::release(Instant now) {
  tick(now);
  if (state_ == BreakerState::HalfOpen) open(now);
}

}  // namespace faultline
