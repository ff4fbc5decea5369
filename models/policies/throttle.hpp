#pragma once
// What a throttling client remembers: requests and accepts of the last while, in slices.

#include <algorithm>
#include <array>
#include <cstdint>

#include "sim/time.hpp"

namespace faultline {

// The share that a client should refuse by itself (Site Reliability Engineering, chapter 21).
constexpr double throttle_share(double requests, double accepts, double k) {
  return std::max(0.0, (requests - k * accepts) / (requests + 1));
}

class ThrottleWindow {
 public:
  ThrottleWindow() = default;
  explicit ThrottleWindow(Duration window)
      : slice_{std::max<std::int64_t>(1, window.ns / kSlices)} {}

  void request(Instant now) {
    roll(now);
    ++cells_[at()].requests;
    ++requests_;
  }
  void accept(Instant now) {
    roll(now);
    ++cells_[at()].accepts;
    ++accepts_;
  }
  double reject_share(Instant now, double k) {
    roll(now);
    return throttle_share(static_cast<double>(requests_), static_cast<double>(accepts_), k);
  }

 private:
  static constexpr std::int64_t kSlices = 60;
  struct Cell {
    std::int64_t requests = 0, accepts = 0;
  };

  std::size_t at() const { return static_cast<std::size_t>(slice_number_ % kSlices); }
  void roll(Instant now) {
    const std::int64_t number = now.ns / slice_.ns;
    // Beyond a full round everything is forgotten.
    if (number - slice_number_ > kSlices) slice_number_ = number - kSlices;
    while (slice_number_ < number) {
      ++slice_number_;
      requests_ -= cells_[at()].requests;
      accepts_ -= cells_[at()].accepts;
      cells_[at()] = {};
    }
  }

  Duration slice_{1};
  std::int64_t slice_number_ = 0;
  std::int64_t requests_ = 0, accepts_ = 0;
  std::array<Cell, kSlices> cells_{};
};

}  // namespace faultline
