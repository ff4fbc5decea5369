#pragma once
// A token bucket on a virtual clock: `burst` tokens at first, refilled continuously at `rate` per
// second up to `burst`; each admission takes one.

#include <algorithm>

#include "models/policies/quota.hpp"
#include "sim/time.hpp"

namespace faultline {

class TokenBucket {
 public:
  // rate > 0 per second, burst ≥ 1.
  TokenBucket(double rate, double burst) : rate_(rate), burst_(burst), tokens_(burst) {}

  bool take(Instant now, double tokens = 1) {
    refill(now);
    // A billionth of a token makes up for rounding in the refill.
    if (tokens_ + 1e-9 < tokens) return false;
    tokens_ -= tokens;
    return true;
  }

  double tokens(Instant now) {
    refill(now);
    return tokens_;
  }

  // How long until a token is there.
  Duration wait(Instant now) {
    refill(now);
    return tokens_ >= 1 ? Duration{0} : from_seconds((1 - tokens_) / rate_);
  }
  Quota quota(Instant now) {
    refill(now);
    return {static_cast<std::int64_t>(burst_), static_cast<std::int64_t>(tokens_ + 1e-9),
            from_seconds((burst_ - tokens_) / rate_)};
  }

 private:
  void refill(Instant now) {
    tokens_ = std::min(burst_, tokens_ + (now - last_).seconds() * rate_);
    last_ = now;
  }

  double rate_, burst_, tokens_;
  Instant last_;
};

}  // namespace faultline
