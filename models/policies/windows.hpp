#pragma once
// Rate limits that count in windows of time, on a virtual clock.
//   FixedWindow     a counter that starts anew at each multiple of the window. Around a boundary it
//                   lets twice the limit through in an instant.
//   SlidingLog      the times of those let through; exact, and as much memory as the limit.
//   SlidingCounter  Cloudflare's (2017): two counters; what the last window had is taken to have
//                   come evenly.
// What is refused is not counted, in any of them.

#include <cstdint>
#include <deque>

#include "models/policies/quota.hpp"
#include "sim/time.hpp"

namespace faultline {

class FixedWindow {
 public:
  // limit ≥ 1 in each window > 0.
  FixedWindow(std::int64_t limit, Duration window) : limit_(limit), window_(window) {}

  bool take(Instant now) {
    roll(now);
    if (count_ >= limit_) return false;
    ++count_;
    return true;
  }
  Duration wait(Instant now) const { return Duration{window_.ns - now.ns % window_.ns}; }
  Quota quota(Instant now) {
    roll(now);
    return {limit_, limit_ - count_, count_ == 0 ? Duration{0} : wait(now)};
  }

 private:
  void roll(Instant now) {
    const std::int64_t number = now.ns / window_.ns;
    if (number == number_) return;
    number_ = number;
    count_ = 0;
  }

  std::int64_t limit_;
  Duration window_;
  std::int64_t number_ = -1, count_ = 0;
};

class SlidingLog {
 public:
  SlidingLog(std::int64_t limit, Duration window) : limit_(limit), window_(window) {}

  bool take(Instant now) {
    forget(now);
    if (std::ssize(taken_) >= limit_) return false;
    taken_.push_back(now);
    return true;
  }
  // Until the oldest is forgotten.
  Duration wait(Instant now) const {
    return taken_.empty() ? Duration{0} : taken_.front() + window_ - now;
  }
  Quota quota(Instant now) {
    forget(now);
    return {limit_, limit_ - std::ssize(taken_),
            taken_.empty() ? Duration{0} : taken_.back() + window_ - now};
  }

 private:
  void forget(Instant now) {
    while (!taken_.empty() && now - taken_.front() >= window_) taken_.pop_front();
  }

  std::int64_t limit_;
  Duration window_;
  std::deque<Instant> taken_;
};

// The weight that the window before still has, plus what this one has had. `elapsed` of `window`.
constexpr double sliding_estimate(double before, double current, double window, double elapsed) {
  return before * (window - elapsed) / window + current;
}

class SlidingCounter {
 public:
  SlidingCounter(std::int64_t limit, Duration window) : limit_(limit), window_(window) {}

  bool take(Instant now) {
    roll(now);
    if (estimate(now) + 1 > static_cast<double>(limit_) + 1e-9) return false;
    ++current_;
    return true;
  }
  // Until the estimate has room for one more, if nothing else comes.
  Duration wait(Instant now) const {
    const double length = window_.seconds(), elapsed = Duration{now.ns % window_.ns}.seconds();
    const auto until = [&](std::int64_t before, std::int64_t current) {
      const auto room = static_cast<double>(limit_ - current - 1);
      return before == 0 ? 0 : length * (1 - room / static_cast<double>(before));
    };
    if (current_ < limit_) return from_seconds(until(before_, current_) - elapsed);
    return from_seconds(length - elapsed + until(current_, 0));
  }
  double estimate(Instant now) const {
    return sliding_estimate(static_cast<double>(before_), static_cast<double>(current_),
                            window_.seconds(), Duration{now.ns % window_.ns}.seconds());
  }
  Quota quota(Instant now) {
    roll(now);
    const Duration left{window_.ns - now.ns % window_.ns};
    const double room = static_cast<double>(limit_) + 1e-9 - estimate(now);
    return {limit_, room > 0 ? static_cast<std::int64_t>(room) : 0,
            current_ > 0  ? left + window_
            : before_ > 0 ? left
                          : Duration{0}};
  }

 private:
  void roll(Instant now) {
    const std::int64_t number = now.ns / window_.ns;
    if (number == number_) return;
    before_ = number == number_ + 1 ? current_ : 0;
    current_ = 0;
    number_ = number;
  }

  std::int64_t limit_;
  Duration window_;
  std::int64_t number_ = 0, before_ = 0, current_ = 0;
};

}  // namespace faultline
