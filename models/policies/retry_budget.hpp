#pragma once
// The retry budget of Finagle: requests deposit, retries withdraw, and both are forgotten together
// after about `ttl`. A reserve of `min_per_s`·ttl retries is always there to be spent once per ttl.
// Tokens are thousandths of a request; a retry costs trunc(1000 / ratio), as in the original.
// Linkerd's (tower's TpsBudget) is the same, but counts whole requests for ratios up to 1: a retry
// costs trunc(1 / ratio), so that 30 % allows every third.

#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/time.hpp"

namespace faultline {

class RetryBudget {
 public:
  enum class Like : std::uint8_t { Finagle, Linkerd };

  // ratio ≥ 0 retries per request; min_per_s ≥ 0; ttl > 0.
  RetryBudget(double ratio, double min_per_s, Duration ttl, Like like = Like::Finagle)
      : deposit_(ratio <= 0                            ? 0
                 : like == Like::Linkerd && ratio <= 1 ? 1
                                                       : 1000),
        cost_(ratio > 0 ? static_cast<std::int64_t>(static_cast<double>(deposit_) / ratio) : 1),
        reserve_(static_cast<std::int64_t>(min_per_s * ttl.seconds() * static_cast<double>(cost_))),
        slice_{ttl.ns / kSlices} {}

  void deposit(Instant now) { add(now, deposit_); }

  bool withdraw(Instant now) {
    if (balance(now) < 1) return false;
    add(now, -cost_);
    return true;
  }

  // Retries that may be made now.
  std::int64_t balance(Instant now) { return cost_ > 0 ? tokens(now) / cost_ : 0; }
  std::int64_t tokens(Instant now) {
    roll(now);
    std::int64_t sum = reserve_ + current_;
    for (std::int64_t slice : past_) sum += slice;
    return sum;
  }

 private:
  static constexpr std::int64_t kSlices = 10;
  static constexpr std::int64_t kPast = kSlices - 1;

  void add(Instant now, std::int64_t tokens) {
    roll(now);
    current_ += tokens;
  }

  // A slice ends when something happens at least a slice after it began; the next begins then.
  void roll(Instant now) {
    const std::int64_t slices = (now - began_).ns / slice_.ns;
    if (slices == 0) return;
    push(current_);
    for (std::int64_t i = std::min(slices - 1, kPast); i > 0; --i) push(0);
    current_ = 0;
    began_ = now;
  }
  void push(std::int64_t tokens) {
    past_[at_] = tokens;
    at_ = (at_ + 1) % past_.size();
  }

  std::int64_t deposit_, cost_, reserve_;
  Duration slice_;
  Instant began_;
  std::int64_t current_ = 0;
  std::array<std::int64_t, kPast> past_{};
  std::size_t at_ = 0;
};

}  // namespace faultline
