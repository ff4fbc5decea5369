#pragma once
// How long to wait before sending again. The n-th wait (n = 0, 1 …) is min(cap, base·factorⁿ), then
// jittered, then capped again. Jitters as in Marc Brooker's "Exponential Backoff and Jitter"
// (2015):
//   none · full U(0, t) · equal t/2 + U(0, t/2) · decorrelated min(cap, U(base, 3·previous)),
//   previous = base at first · spread t·U(1 − f, 1 + f)
// and as real clients have them:
//   grpc             t·U(0.8, 1.2), not capped again (A6)
//   grpc_connection  the same, but the first wait is exact (gRPC's connection backoff)
//   envoy            whole milliseconds of U[0, t), so never t itself
//   resilience4j     whole milliseconds of t/2 + U·(t + 1 ms), at least 1 ms
//   polly            decorrelated jitter V2: f(n + U) − f(n − 1 + U'), f(x) =
//   2ˣ·tanh(√4x)·base/1.4,
//                    U' being the U of the wait before; steps of 2 whatever the factor

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "sim/portable_math.hpp"
#include "sim/random.hpp"
#include "sim/time.hpp"

namespace faultline {

enum class Jitter : std::uint8_t {
  None,
  Full,
  Equal,
  Decorrelated,
  Grpc,
  GrpcConnection,
  Envoy,
  Resilience4j,
  Polly,
  Spread
};
// All but Spread, which is written as a share.
inline constexpr std::array<std::string_view, 9> kJitterNames = {
    "none",  "full",         "equal", "decorrelated", "grpc", "grpc_connection",
    "envoy", "resilience4j", "polly"};

// Envoy's wait when the server says how long: between that and half as long again, when chance says
// `u`.
inline Duration envoy_told(Duration told, double u) {
  return from_seconds(told.seconds() * (1 + u / 2));
}

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

  // The n-th wait of whoever `key` belongs to. Some waits depend on those before them; these are
  // drawn again, so that a wait is a function of (key, n) alone.
  Duration wait(int n, std::uint64_t key) const {
    const auto chance = [&](int i) {
      return Draws(derive(key, static_cast<std::uint64_t>(i))).uniform();
    };
    if (jitter == Jitter::Polly) return polly(n, chance(n), n > 0 ? chance(n - 1) : 0);
    if (jitter != Jitter::Decorrelated) return jittered(n, chance(n));
    Duration previous = base;
    for (int i = 0; i <= n; ++i) previous = decorrelated(previous, chance(i));
    return previous;
  }

  // The n-th wait when chance says `u`, 0 … 1; of every jitter but Decorrelated and Polly.
  Duration jittered(int n, double u) const {
    constexpr double kMs = 1e6;
    const double wait = plain(n);
    switch (jitter) {
      case Jitter::Full:
        return capped(wait * u);
      case Jitter::Equal:
        return capped(wait / 2 + wait / 2 * u);
      case Jitter::Spread:
        return capped(wait * (1 - spread + 2 * spread * u));
      case Jitter::GrpcConnection:
        if (n == 0) return rounded(wait);
        [[fallthrough]];
      case Jitter::Grpc:
        return rounded(wait * (0.8 + 0.4 * u));
      case Jitter::Envoy: {
        const double most = std::floor(wait / kMs);  // in ms, itself excluded
        const double drawn = std::floor(most * u);
        return rounded(drawn < most || most < 1 ? drawn * kMs : (most - 1) * kMs);
      }
      case Jitter::Resilience4j: {
        const double drawn = std::floor((wait / 2 + (wait + kMs) * u) / kMs);
        return capped((drawn > 1 ? drawn : 1) * kMs);
      }
      default:
        return capped(wait);
    }
  }

  // The wait that follows `previous` under decorrelated jitter.
  Duration decorrelated(Duration previous, double u) const {
    const auto lowest = static_cast<double>(base.ns);
    return capped(lowest + (3 * static_cast<double>(previous.ns) - lowest) * u);
  }

  // Polly's n-th wait when chance says `u` now and said `before` the last time.
  Duration polly(int n, double u, double before) const {
    const double steps = n + u;
    const double so_far = n > 0 ? rise(n - 1 + before) : 0;
    return capped((rise(steps) - so_far) * static_cast<double>(base.ns) / 1.4);
  }

 private:
  static double rise(double x) {
    const double e = portable::exp(2 * std::sqrt(4 * x));
    return portable::pow(2, x) * (e - 1) / (e + 1);  // tanh
  }
  static Duration rounded(double ns) {
    return ns < 9e18 ? Duration{static_cast<std::int64_t>(ns + 0.5)} : Duration::max();
  }
  Duration capped(double ns) const { return ns < static_cast<double>(cap.ns) ? rounded(ns) : cap; }
};

}  // namespace faultline
