#pragma once
// A time series of sums in bins of equal width, in bounded memory: when time runs past the last
// bin, neighbouring bins are merged and the step doubles. Bin i covers [i·step, (i+1)·step) from
// the start of the run. Sums are conserved but for rounding (exactly, for whole numbers below
// 2^53). Times may come in any order; adding to the bin of the last addition is a compare and an
// add.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/assert.hpp"
#include "sim/time.hpp"

namespace faultline {

class Series {
 public:
  // `step` > 0, `capacity` ≥ 2 bins. Allocates here and never again.
  Series(Duration step, std::size_t capacity) : step_(step), capacity_(capacity) {
    FL_ASSERT(step.ns > 0 && capacity >= 2, "a series needs a step and two bins");
    bins_.reserve(capacity);
    bins_.push_back(0);
    touched_ = false;
  }

  // Adds to the bin of time `t` ≥ 0.
  void add(Instant t, double amount) {
    const auto since = static_cast<std::uint64_t>(t.ns) - static_cast<std::uint64_t>(begin_.ns);
    if (since >= static_cast<std::uint64_t>(step_.ns)) [[unlikely]]
      seek(t);
    bins_[current_] += amount;
    touched_ = true;
  }

  Duration step() const { return step_; }
  std::size_t capacity() const { return capacity_; }
  // The bins from the start to the last one added to.
  std::span<const double> values() const { return {bins_.data(), touched_ ? bins_.size() : 0}; }

  void clear() {
    bins_.assign(1, 0);
    current_ = 0;
    begin_ = {};
    touched_ = false;
  }

 private:
  void seek(Instant t) {
    FL_ASSERT(t.ns >= 0, "a time before the start of the run");
    const auto capacity = static_cast<std::int64_t>(capacity_);
    while (t.ns / step_.ns >= capacity) coarsen();
    current_ = static_cast<std::size_t>(t.ns / step_.ns);
    begin_ = {static_cast<std::int64_t>(current_) * step_.ns};
    if (current_ >= bins_.size()) bins_.resize(current_ + 1, 0);
  }

  void coarsen() {
    const std::size_t half = (bins_.size() + 1) / 2;
    for (std::size_t i = 0; i < half; ++i)
      bins_[i] = bins_[2 * i] + (2 * i + 1 < bins_.size() ? bins_[2 * i + 1] : 0);
    bins_.resize(half);
    step_ = step_ * 2;
  }

  Duration step_;
  Instant begin_{};  // of the current bin
  std::size_t current_ = 0;
  std::vector<double> bins_;
  std::size_t capacity_;
  bool touched_ = false;
};

}  // namespace faultline
