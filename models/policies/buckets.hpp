#pragma once
// Rate limits that count what is in a bucket, on a virtual clock; the token bucket itself is in
// token_bucket.hpp.
//   LeakyBucket     a queue that is let out at an even pace: it delays, and refuses what would
//                   overflow. What comes out never has a burst.
//   Gcra            the cell rate algorithm of throttled/throttled (Go): one instant of state. Lets
//                   through what a token bucket of burst + 1 would.
//   NginxLimitReq   ngx_http_limit_req_module: thousandths of a request, whole milliseconds. A
//                   leaky bucket that with `nodelay` lets its burst through at once.
//   FilledBucket    Envoy's local rate limit (timer model): tokens come all at once, at each
//                   multiple of the interval.

#include <algorithm>
#include <cstdint>
#include <optional>

#include "models/policies/quota.hpp"
#include "sim/time.hpp"

namespace faultline {

class LeakyBucket {
 public:
  // rate > 0 per second; `waiting` ≥ 0 places besides the one that is going out.
  LeakyBucket(double rate, std::int64_t waiting) : slot_(from_seconds(1 / rate)), room_(waiting) {}

  // When it goes out, if there is a place for it.
  std::optional<Instant> take(Instant now) {
    if (now >= free_) {
      free_ = now + slot_;
      return now;
    }
    if (inside(now) >= room_ + 1) return std::nullopt;
    const Instant out = free_;
    free_ += slot_;
    return out;
  }
  // Until a place comes free.
  Duration wait(Instant now) const {
    const std::int64_t ahead = (free_ - now).ns % slot_.ns;
    return Duration{ahead == 0 ? slot_.ns : ahead};
  }
  Quota quota(Instant now) const {
    return {room_ + 1, room_ + 1 - inside(now), std::max(free_ - now, Duration{0})};
  }

 private:
  // In the bucket: those whose slots have not ended.
  std::int64_t inside(Instant now) const {
    return free_ <= now ? 0 : ((free_ - now).ns + slot_.ns - 1) / slot_.ns;
  }

  Duration slot_;
  std::int64_t room_;
  Instant free_{};  // the end of the last slot taken
};

class Gcra {
 public:
  // One cell each `interval` > 0; `burst` ≥ 0 more at once.
  Gcra(Duration interval, std::int64_t burst)
      : interval_(interval), tolerance_(interval * (burst + 1)) {}

  struct Answer {
    bool limited = false;
    std::int64_t remaining = 0;
    Duration reset;            // until all of the burst is there again
    Duration retry_after{-1};  // < 0: allowed, or never
  };
  Answer ask(Instant now, std::int64_t quantity = 1) {
    const Instant arrival = known_ && arrival_ > now ? arrival_ : now;
    const Duration cost = interval_ * quantity;
    const Instant next = arrival + cost;
    Answer answer;
    answer.limited = now < next - tolerance_;
    if (answer.limited) {
      if (cost <= tolerance_) answer.retry_after = next - tolerance_ - now;
      answer.reset = arrival - now;
    } else {
      arrival_ = next;
      known_ = true;
      answer.reset = next - now;
    }
    answer.remaining = std::max<std::int64_t>(0, (tolerance_ - answer.reset).ns / interval_.ns);
    return answer;
  }
  Quota quota(Instant now) {
    const Answer answer = ask(now, 0);
    return {tolerance_.ns / interval_.ns, answer.remaining, answer.reset};
  }

 private:
  Duration interval_;
  Duration tolerance_;
  bool known_ = false;
  Instant arrival_{};  // the theoretical arrival time
};

class NginxLimitReq {
 public:
  // Thousandths of a request per second > 0; burst ≥ 0; what is within `delay` of it is not
  // delayed (< 0: nothing is).
  NginxLimitReq(std::int64_t rate, std::int64_t burst, std::int64_t delay)
      : rate_(rate), burst_(burst * 1000), delay_(delay < 0 ? burst * 1000 : delay * 1000) {}

  // How long it is delayed; nothing if it is refused.
  std::optional<Duration> take(Instant now) {
    const std::int64_t at = now.ns / 1'000'000;
    std::int64_t excess = 0;
    if (known_) {
      const std::int64_t passed = at - last_;
      excess = std::max<std::int64_t>(0, excess_ - rate_ * passed / 1000 + 1000);
      if (excess > burst_) return std::nullopt;
      excess_ = excess;
      if (passed != 0) last_ = at;
    } else {
      known_ = true;
      last_ = at;
    }
    return excess <= delay_ ? Duration{0} : milliseconds((excess - delay_) * 1000 / rate_);
  }
  Quota quota(Instant now) const {
    const std::int64_t most = burst_ / 1000 + 1;
    const std::int64_t passed = now.ns / 1'000'000 - last_;
    if (!known_ || rate_ * passed / 1000 >= excess_ + 1000) return {most, most, {}};
    return {most, std::max<std::int64_t>(0, (burst_ - excess_ + rate_ * passed / 1000) / 1000),
            milliseconds((excess_ + 1000) * 1000 / rate_ - passed)};
  }

 private:
  std::int64_t rate_, burst_, delay_;
  bool known_ = false;
  std::int64_t excess_ = 0, last_ = 0;  // last_: milliseconds
};

class FilledBucket {
 public:
  // Starts full with `most` ≥ 1 tokens; `fill` ≥ 1 come at each multiple of `interval` > 0.
  FilledBucket(std::int64_t most, std::int64_t fill, Duration interval)
      : most_(most), fill_(fill), interval_(interval), tokens_(most) {}

  bool take(Instant now) {
    refill(now);
    if (tokens_ == 0) return false;
    --tokens_;
    return true;
  }
  Duration wait(Instant now) const { return Duration{interval_.ns - now.ns % interval_.ns}; }
  std::int64_t tokens() const { return tokens_; }
  Quota quota(Instant now) {
    refill(now);
    const std::int64_t missing = (most_ - tokens_ + fill_ - 1) / fill_;
    return {most_, tokens_, missing == 0 ? Duration{0} : wait(now) + interval_ * (missing - 1)};
  }

 private:
  void refill(Instant now) {
    const std::int64_t fills = now.ns / interval_.ns;
    // Beyond `most` fills it is full in any case.
    tokens_ = std::min(most_, tokens_ + fill_ * std::min(fills - fills_, most_));
    fills_ = fills;
  }

  std::int64_t most_, fill_;
  Duration interval_;
  std::int64_t tokens_;
  std::int64_t fills_ = 0;
};

}  // namespace faultline
