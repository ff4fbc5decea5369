#pragma once
// The arithmetic of a troubled link, as tc-netem and Toxiproxy have it.

#include <cstdint>

#include "sim/time.hpp"

namespace faultline {

// How long a message of so many bytes takes to send.
inline Duration transmission(std::int64_t bytes, double bytes_per_second) {
  return from_seconds(static_cast<double>(bytes) / bytes_per_second);
}

// netem: a draw that depends on the one before. Values crowd around the middle, so that small
// losses become smaller still.
constexpr double correlated(double correlation, double u, double before) {
  return (1 - correlation) * u + correlation * before;
}

// netem: whether a message with that draw is lost.
constexpr bool is_lost(double loss, double x) {
  return loss > 0 && loss >= x;
}

// netem and Toxiproxy: uniform over the whole numbers from latency − jitter to latency + jitter −
// 1; what comes out below 0 is no delay.
constexpr std::int64_t jittered_latency(std::int64_t latency, std::int64_t jitter,
                                        std::uint64_t random) {
  if (jitter <= 0) return latency;
  return latency - jitter +
         static_cast<std::int64_t>(random % (2 * static_cast<std::uint64_t>(jitter)));
}

}  // namespace faultline
