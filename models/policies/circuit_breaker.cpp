#include "models/policies/circuit_breaker.hpp"

#include <algorithm>

namespace faultline {

BreakerWindow::BreakerWindow(bool time_based, std::int64_t size)
    : time_based_(time_based), cells_(static_cast<std::size_t>(size)) {}

void BreakerWindow::forget_old(Instant now) {
  if (!time_based_) return;
  const std::int64_t second = now.ns / 1'000'000'000;
  const std::int64_t steps = std::min<std::int64_t>(second - second_, std::ssize(cells_));
  for (std::int64_t i = 0; i < steps; ++i) {
    at_ = (at_ + 1) % cells_.size();
    sum_.add(cells_[at_], -1);
    cells_[at_] = {};
  }
  second_ = second;
}

void BreakerWindow::record(Instant now, bool failed, bool slow) {
  const Count one{1, failed, slow};
  if (time_based_) {
    forget_old(now);
    cells_[at_].add(one, 1);
  } else {
    sum_.add(cells_[at_], -1);
    cells_[at_] = one;
    at_ = (at_ + 1) % cells_.size();
  }
  sum_.add(one, 1);
}

CircuitBreaker::CircuitBreaker(const BreakerSettings& settings)
    : settings_(settings), window_(settings.time_based, settings.window) {}

void CircuitBreaker::enter(BreakerState next, Instant now) {
  state_ = next;
  since_ = now;
  // The window of the closed state is kept while open; half-open counts its probes alone.
  if (next == BreakerState::Closed) window_ = {settings_.time_based, settings_.window};
  if (next == BreakerState::HalfOpen) {
    window_ = {false, settings_.half_open_calls};
    probes_left_ = settings_.half_open_calls;
  }
  if (next == BreakerState::Open) ++opened_;
}

void CircuitBreaker::tick(Instant now) {
  if (state_ == BreakerState::Open && settings_.opens_by_itself &&
      now >= since_ + settings_.open_for) {
    enter(BreakerState::HalfOpen, since_ + settings_.open_for);
  }
  if (state_ == BreakerState::HalfOpen && settings_.half_open_for.ns > 0 &&
      now >= since_ + settings_.half_open_for) {
    enter(BreakerState::Open, since_ + settings_.half_open_for);
  }
}

BreakerState CircuitBreaker::state(Instant now) {
  tick(now);
  return state_;
}

bool CircuitBreaker::acquire(Instant now) {
  tick(now);
  if (state_ == BreakerState::Closed) return true;
  if (state_ == BreakerState::Open) {
    if (now <= since_ + settings_.open_for) return false;  // strict, as the original
    enter(BreakerState::HalfOpen, now);
  }
  if (probes_left_ == 0) return false;
  --probes_left_;
  return true;
}

void CircuitBreaker::release(Instant) {
  if (state_ == BreakerState::HalfOpen && probes_left_ < settings_.half_open_calls) ++probes_left_;
}

bool CircuitBreaker::exceeded() const {
  const auto total = static_cast<double>(window_.total());
  return static_cast<double>(window_.failed()) >= settings_.failure_rate * total ||
         static_cast<double>(window_.slow()) >= settings_.slow_rate * total;
}

void CircuitBreaker::record(Instant now, bool failed, Duration took) {
  tick(now);
  window_.record(now, failed, took > settings_.slow_after);
  switch (state_) {
    case BreakerState::Closed: {
      const std::int64_t minimum = settings_.time_based
                                       ? settings_.min_calls
                                       : std::min(settings_.min_calls, settings_.window);
      if (known(minimum) && exceeded()) enter(BreakerState::Open, now);
      break;
    }
    case BreakerState::HalfOpen:
      if (!known(std::min(settings_.min_calls, settings_.half_open_calls))) break;
      enter(exceeded() ? BreakerState::Open : BreakerState::Closed, now);
      break;
    case BreakerState::Open:
      break;  // a call from before: it neither re-trips nor prolongs the wait
  }
}

}  // namespace faultline
