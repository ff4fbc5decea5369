#include "sim/histogram.hpp"

#include <cmath>
#include <numeric>
#include <utility>

namespace faultline {

Histogram& Histogram::operator=(const Histogram& other) {
  if (this == &other) return *this;
  if (size_ != other.size_) low_.reset(other.size_ ? new Low[other.size_] : nullptr);
  high_.reset(other.high_ ? new std::uint64_t[other.size_] : nullptr);
  std::copy_n(other.low_.get(), other.size_, low_.get());
  if (high_) std::copy_n(other.high_.get(), other.size_, high_.get());
  first_ = other.first_;
  size_ = other.size_;
  count_ = other.count_;
  sum_low_ = other.sum_low_;
  sum_high_ = other.sum_high_;
  min_ = other.min_;
  max_ = other.max_;
  before_ = other.before_;
  lately_ = other.lately_;
  return *this;
}

void Histogram::swap(Histogram& other) noexcept {
  std::swap(low_, other.low_);
  std::swap(high_, other.high_);
  std::swap(first_, other.first_);
  std::swap(size_, other.size_);
  std::swap(count_, other.count_);
  std::swap(sum_low_, other.sum_low_);
  std::swap(sum_high_, other.sum_high_);
  std::swap(min_, other.min_);
  std::swap(max_, other.max_);
  std::swap(before_, other.before_);
  std::swap(lately_, other.lately_);
}

template <class Visit>
bool Histogram::any_octave(std::uint64_t octaves, Visit visit) const {
  for (; octaves != 0; octaves &= octaves - 1) {
    const auto octave = static_cast<unsigned>(std::countr_zero(octaves));
    const std::uint32_t end = (octave + 2) << precision_bits;
    const std::uint32_t begin = octave == 0 ? 0 : end - (1u << precision_bits);
    const std::uint32_t low = std::max(begin, first_) - first_;
    const std::uint32_t high = std::min(end, first_ + size_) - first_;
    if (low < high && visit(low, high)) return true;
  }
  return false;
}

void Histogram::record(Duration d, std::uint64_t times) {
  FL_ASSERT(d.ns >= 0, "a negative duration was recorded");
  const auto ns = static_cast<std::uint64_t>(d.ns);
  const std::uint32_t bucket = bucket_of(ns);
  cover(bucket, bucket + 1);
  set(bucket - first_, value(bucket - first_) + times);
  note(ns, octave_of(ns), times);
}

void Histogram::set_high(std::uint32_t slot, std::uint64_t high) {
  if (!high_) high_ = std::make_unique<std::uint64_t[]>(size_);
  high_[slot] = high;
}

void Histogram::carry(std::uint32_t slot, std::uint64_t more) {
  set_high(slot, (high_ ? high_[slot] : 0) + more);
}

// Makes room for the buckets [first, end), in whole chunks.
void Histogram::cover(std::uint32_t first, std::uint32_t end) {
  std::uint32_t low = first / chunk * chunk;
  std::uint32_t high = (end + chunk - 1) / chunk * chunk;
  if (size_ > 0) {
    low = std::min(low, first_);
    high = std::max(high, first_ + size_);
    if (low == first_ && high == first_ + size_) return;
  }
  const auto grow = [&](auto& counts) {
    auto grown = std::make_unique<std::remove_reference_t<decltype(counts[0])>[]>(high - low);
    if (size_ > 0) std::copy_n(counts.get(), size_, grown.get() + (first_ - low));
    counts = std::move(grown);
  };
  grow(low_);
  if (high_) grow(high_);
  first_ = low;
  size_ = high - low;
}

std::uint64_t Histogram::sum_of(std::uint32_t low, std::uint32_t high) const {
  std::uint64_t sum = std::accumulate(low_.get() + low, low_.get() + high, std::uint32_t{0});
  if (high_)
    sum += std::accumulate(high_.get() + low, high_.get() + high, std::uint64_t{0}) << low_bits;
  return sum;
}

void Histogram::find_quantiles(const double* shares, double* values, std::size_t n) const {
  const auto count = static_cast<double>(count_);
  std::size_t next = 0;
  for (; next < n && (count_ == 0 || !(shares[next] > 0)); ++next) values[next] = min().seconds();
  std::uint64_t below = 0;
  any_octave(before_ | lately_, [&](std::uint32_t low, std::uint32_t high) {
    for (std::uint32_t i = low; i < high; i += chunk) {  // whole chunks: their sums are quick
      const std::uint64_t through = below + sum_of(i, i + chunk);
      for (; next < n && shares[next] < 1; ++next) {
        const double rank = shares[next] * count;
        if (static_cast<std::uint64_t>(std::ceil(rank)) > through) break;
        values[next] = place(rank, i, below);
      }
      if (next == n || shares[next] >= 1) return true;
      below = through;
    }
    return false;
  });
  for (; next < n; ++next) values[next] = max().seconds();
}

// Where the record of that rank is, which is found in `slot` or soon after; `below` stand before
// it.
double Histogram::place(double rank, std::uint32_t slot, std::uint64_t below) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(rank));  // at least 1
  while (below + value(slot) < wanted) below += value(slot++);
  // The values of a bucket are whole: a bucket one wide has no inside to interpolate in.
  const auto lowest = static_cast<double>(lowest_of(first_ + slot));
  const auto span = static_cast<double>(width_of(first_ + slot) - 1);
  const double share = (rank - static_cast<double>(below)) / static_cast<double>(value(slot));
  const double ns = lowest + span * share;
  return std::clamp(ns, static_cast<double>(min_), static_cast<double>(max_)) / 1e9;
}

double Histogram::share_above(Duration d) const {
  if (count_ == 0) return 0;
  const std::uint32_t own = bucket_of(static_cast<std::uint64_t>(d.ns));
  std::uint64_t above = 0;
  for (std::uint32_t i = 0; i < size_; ++i) above += first_ + i > own ? value(i) : 0;
  return static_cast<double>(above) / static_cast<double>(count_);
}

double Histogram::mean_square() const {
  if (count_ == 0) return 0;
  double sum_of_squares = 0;
  for (std::uint32_t i = 0; i < size_; ++i) {
    const auto width = static_cast<double>(width_of(first_ + i));
    const double middle = static_cast<double>(lowest_of(first_ + i)) + (width - 1) / 2;
    sum_of_squares += static_cast<double>(value(i)) * (middle * middle + (width * width - 1) / 12);
  }
  return sum_of_squares / static_cast<double>(count_) / 1e18;
}

void Histogram::merge(const Histogram& other) {
  if (other.count_ == 0) return;
  cover(other.first_, other.first_ + other.size_);
  const std::uint64_t octaves = other.before_ | other.lately_;
  lately_ |= octaves;
  other.any_octave(octaves, [&](std::uint32_t low, std::uint32_t high) {
    for (std::uint32_t i = low; i < high; ++i) {
      const std::uint32_t mine = other.first_ + i - first_;
      if (const std::uint64_t more = other.value(i); more > 0) set(mine, value(mine) + more);
    }
    return false;
  });
  count_ += other.count_;
  sum_low_ += other.sum_low_;
  sum_high_ += other.sum_high_ + (sum_low_ < other.sum_low_ ? 1 : 0);
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::subtract(const Histogram& earlier) {
  if (earlier.count_ == 0) return;
  Histogram was = earlier, fresh;
  lately_ |= before_;  // whatever has been asked of this one since
  since(was, fresh);
  swap(fresh);
}

void Histogram::since(Histogram& earlier, Histogram& fresh) {
  fresh.clear();
  if (count_ == earlier.count_) return;
  earlier.cover(first_, first_ + size_);
  fresh.cover(first_, first_ + size_);
  FL_ASSERT(earlier.count_ < count_ && earlier.size_ == size_,
            "subtracting what isn't an earlier state of this histogram");
  std::uint32_t least = size_, most = 0;  // of the slots with anything new
  any_octave(lately_, [&](std::uint32_t low, std::uint32_t high) {
    if (high_) {
      for (std::uint32_t i = low; i < high; ++i) {
        fresh.set(first_ + i - fresh.first_, value(i) - earlier.value(i));
        earlier.set(i, value(i));
      }
    } else {
      const Low* now = low_.get();
      Low* was = earlier.low_.get();
      Low* rest = fresh.low_.get() + (first_ - fresh.first_);
      for (std::uint32_t i = low; i < high; ++i) {
        rest[i] = static_cast<Low>(now[i] - was[i]);
        was[i] = now[i];
      }
    }
    if (least == size_) least = low;
    most = high - 1;
    return false;
  });
  fresh.lately_ = lately_;
  earlier.before_ |= lately_;
  before_ |= lately_;
  lately_ = 0;
  while (fresh.value(first_ + least - fresh.first_) == 0) ++least;
  while (fresh.value(first_ + most - fresh.first_) == 0) --most;
  fresh.min_ = std::max(lowest_of(first_ + least), min_);
  fresh.max_ = std::min(lowest_of(first_ + most) + width_of(first_ + most) - 1, max_);
  fresh.count_ = count_ - earlier.count_;
  fresh.sum_high_ = sum_high_ - earlier.sum_high_ - (sum_low_ < earlier.sum_low_ ? 1 : 0);
  fresh.sum_low_ = sum_low_ - earlier.sum_low_;
  earlier.count_ = count_;
  earlier.sum_low_ = sum_low_;
  earlier.sum_high_ = sum_high_;
  earlier.min_ = min_;
  earlier.max_ = max_;
}

void Histogram::clear() {
  if (count_ == 0) return;
  any_octave(before_ | lately_, [&](std::uint32_t low, std::uint32_t high) {
    std::fill_n(low_.get() + low, high - low, Low{0});
    return false;
  });
  high_.reset();
  count_ = sum_low_ = sum_high_ = max_ = 0;
  before_ = lately_ = 0;
  min_ = ~std::uint64_t{0};
}

}  // namespace faultline
