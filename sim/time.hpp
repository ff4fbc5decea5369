#pragma once
// Simulated time: 64-bit integer nanoseconds, so that sums are exact and equal on every machine.
// `Duration` is a length of time, `Instant` a point on the simulated clock (0 = start of the run).
// Range: about ±292 years. Conversions to and from seconds round to the nearest nanosecond.

#include <compare>
#include <cstdint>
#include <limits>

namespace faultline {

struct Duration {
  std::int64_t ns = 0;

  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
  friend constexpr Duration operator*(Duration a, std::int64_t k) { return {a.ns * k}; }
  constexpr Duration& operator+=(Duration other) {
    ns += other.ns;
    return *this;
  }

  constexpr double seconds() const { return static_cast<double>(ns) / 1e9; }
  static constexpr Duration max() { return {std::numeric_limits<std::int64_t>::max()}; }
};

struct Instant {
  std::int64_t ns = 0;

  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend constexpr Instant operator+(Instant t, Duration d) { return {t.ns + d.ns}; }
  friend constexpr Instant operator-(Instant t, Duration d) { return {t.ns - d.ns}; }
  friend constexpr Duration operator-(Instant a, Instant b) { return {a.ns - b.ns}; }
  constexpr Instant& operator+=(Duration d) {
    ns += d.ns;
    return *this;
  }

  constexpr double seconds() const { return static_cast<double>(ns) / 1e9; }
  static constexpr Instant max() { return {std::numeric_limits<std::int64_t>::max()}; }
};

constexpr Duration nanoseconds(std::int64_t n) {
  return {n};
}
constexpr Duration microseconds(std::int64_t n) {
  return {n * 1'000};
}
constexpr Duration milliseconds(std::int64_t n) {
  return {n * 1'000'000};
}

// Seconds to nanoseconds, rounded to nearest; clamped to [0, 285 years].
constexpr Duration from_seconds(double s) {
  const double ns = s * 1e9 + 0.5;
  if (!(ns > 0)) return {0};
  if (ns >= 9e18) return {std::int64_t{9'000'000'000'000'000'000}};
  return {static_cast<std::int64_t>(ns)};
}

}  // namespace faultline
