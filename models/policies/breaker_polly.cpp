#include "models/policies/breaker_polly.hpp"

namespace faultline {

bool PollyBreaker::acquire(Instant now) {
  if (state_ == BreakerState::Closed) return true;
  if (state_ == BreakerState::HalfOpen || now < open_until_) return false;
  state_ = BreakerState::HalfOpen;
  return true;
}

void PollyBreaker::count(Instant now, bool failed) {
  constexpr std::int64_t kShortest = 200'000'000;
  const Duration part{settings_.window.ns < kShortest ? settings_.window.ns
                                                      : settings_.window.ns / 10};
  if (parts_.empty() || now - parts_.back().begins >= part) parts_.push_back({now});
  while (now - parts_.front().begins >= settings_.window) {
    total_ -= parts_.front().total;
    failed_ -= parts_.front().failed;
    parts_.pop_front();
  }
  ++parts_.back().total, ++total_;
  if (failed) ++parts_.back().failed, ++failed_;
}

void PollyBreaker::open(Instant now) {
  state_ = BreakerState::Open;
  open_until_ = now + settings_.open_for;
}

void PollyBreaker::record(Instant now, bool failed, Duration /*took*/) {
  count(now, failed);
  if (state_ == BreakerState::HalfOpen) {
    if (failed) return open(now);
    state_ = BreakerState::Closed;
    parts_.clear();
    total_ = failed_ = 0;
  } else if (state_ == BreakerState::Closed && failed && total_ >= settings_.min_calls &&
             static_cast<double>(failed_) >= settings_.failure_rate * static_cast<double>(total_)) {
    open(now);
  }
}

}  // namespace faultline
