#pragma once
// How long to wait before sending again. The n-th wait (n = 0, 1 …) is min(cap, base·factorⁿ), then
// jittered, then capped again. Jitters as in Marc Brooker's "Exponential Backoff and Jitter"
// (2015):
//   none · full U(0, t) · equal t/2 + U(0, t/2) · decorrelated min(cap, U(base, 3·previous)),
//   previous = base at first · spread t·U(1 − f, 1 + f)

#include <cstdint>
#include <string_view>

#include "sim/random.hpp"
#include "sim/time.hpp"

namespace faultline {

enum class Jitter : std::uint8_t { None, Full, Equal, Decorrelated, Spread };

struct Backoff {
  Duration base;
  double factor = 2;
  Duration cap = Duration::max();
  Jitter jitter = Jitter::None;
  double spread = 0;  // of Jitter::Spread, 0 … 1

  // Before jitter.
  double plain(int n) const {
    const auto limit = static_cast<double>(cap.ns);
    auto wait = static_cast<double>(base.ns);
    for (int i = 0; i < n && wait < limit; ++i) wait *= factor;
    return wait < limit ? wait : limit;
  }

  // The n-th wait of whoever `key` belongs to. Decorrelated jitter depends on the waits before it;
  // they are drawn again, so that a wait is a function of (key, n) alone.
  Duration wait(int n, std::uint64_t key) const {
    const auto chance = [&](int i) {
      return Draws(derive(key, static_cast<std::uint64_t>(i))).uniform();
    };
    if (jitter != Jitter::Decorrelated) return jittered(n, chance(n));
    Duration previous = base;
    for (int i = 0; i <= n; ++i) previous = decorrelated(previous, chance(i));
    return previous;
  }

  // The n-th wait when chance says `u`, 0 … 1; of every jitter but Decorrelated.
  Duration jittered(int n, double u) const {
    double wait = plain(n);
    if (jitter == Jitter::Full) wait *= u;
    if (jitter == Jitter::Equal) wait = wait / 2 + wait / 2 * u;
    if (jitter == Jitter::Spread) wait *= 1 - spread + 2 * spread * u;
    return capped(wait);
  }

  // The wait that follows `previous` under decorrelated jitter.
  Duration decorrelated(Duration previous, double u) const {
    const auto lowest = static_cast<double>(base.ns);
    return capped(lowest + (3 * static_cast<double>(previous.ns) - lowest) * u);
  }

 private:
  Duration capped(double ns) const {
    return ns < static_cast<double>(cap.ns) ? Duration{static_cast<std::int64_t>(ns + 0.5)} : cap;
  }
};

}  // namespace faultline
