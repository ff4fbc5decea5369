#pragma once
// A streaming histogram of durations with 256 log-linear buckets to the octave: buckets are 1 ns
// wide below 512 ns and at most 1/256 (0.39 %) of their value above, so a quantile, interpolated
// within its bucket, is never off by more than that (contract: < 0.5 %). Count, sum, min and max
// are exact. The layout is that of HdrHistogram (G. Tene) with a binary precision.
//
// Recording is O(1). Memory follows the range seen, in chunks of half an octave (256 bytes):
// nothing when empty, then it grows while new ranges turn up and stays. A bucket counts to 65 535
// in two bytes, so that the buckets of a whole run stay in the nearest cache; what is beyond is
// counted apart. Copies are deep.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "sim/assert.hpp"
#include "sim/time.hpp"

namespace faultline {

class Histogram {
 public:
  Histogram() = default;
  Histogram(const Histogram& other) { *this = other; }
  Histogram(Histogram&& other) noexcept { swap(other); }
  Histogram& operator=(const Histogram& other);
  Histogram& operator=(Histogram&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Histogram() = default;

  // `d` ≥ 0.
  void record(Duration d) {
    const auto ns = static_cast<std::uint64_t>(d.ns);
    const unsigned octave = octave_of(ns);
    const std::uint32_t slot = bucket_in(octave, ns) - first_;
    if (slot >= size_) [[unlikely]]
      return record(d, 1);
    if (++low_[slot] == 0) [[unlikely]]
      carry(slot, 1);
    note(ns, octave, 1);
  }

  void record(Duration d, std::uint64_t times);

  std::uint64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }

  // Seconds; 0 when empty.
  double mean() const { return count_ ? sum() / static_cast<double>(count_) : 0; }
  double sum() const {
    return (static_cast<double>(sum_high_) * 0x1p64 + static_cast<double>(sum_low_)) / 1e9;
  }
  Duration min() const { return {count_ ? static_cast<std::int64_t>(min_) : 0}; }
  Duration max() const { return {static_cast<std::int64_t>(max_)}; }

  // The duration in seconds that a share `q` in [0, 1] of the records doesn't exceed: the record of
  // rank ⌈q·count⌉, placed within its bucket in proportion. q = 0 is the minimum, 1 the maximum;
  // 0 when empty.
  double quantile(double q) const { return quantiles(std::array{q})[0]; }
  // Of several shares, ascending, in one pass.
  template <std::size_t n>
  std::array<double, n> quantiles(const std::array<double, n>& shares) const {
    std::array<double, n> values;
    find_quantiles(shares.data(), values.data(), n);
    return values;
  }

  // The share of records above `d`, those in d's own bucket not counted: exact for d < 512 ns (so
  // for "waited at all"), otherwise right to a bucket. 0 when empty.
  double share_above(Duration d) const;

  // The mean of the squares, seconds²; records are taken to lie evenly within their bucket, which
  // is off by less than 1e-5. 0 when empty.
  double mean_square() const;

  // Afterwards equal to a histogram that recorded what both did.
  void merge(const Histogram& other);

  // Takes away an earlier state of this same histogram, so that what was recorded in between is
  // left. The min and max of the rest are known to their bucket only.
  void subtract(const Histogram& earlier);

  // What was recorded since the last such call, without a copy of the rest: `earlier` must be what
  // this one was then, and becomes what it is now; `fresh` becomes what is new.
  void since(Histogram& earlier, Histogram& fresh);

  // Forgets the records but keeps the memory.
  void clear();

  void swap(Histogram& other) noexcept;

  std::size_t memory_bytes() const {
    return sizeof(*this) + size_ * (sizeof(Low) + (high_ ? sizeof(std::uint64_t) : 0));
  }

 private:
  static constexpr int precision_bits = 8;
  static constexpr std::uint32_t chunk = 128;  // buckets allocated together: 256 bytes
  using Low = std::uint16_t;
  static constexpr int low_bits = 16;

  // Buckets 0 … 511 hold a value each, the octave 0; every further octave has 256, each twice as
  // wide as before.
  static unsigned octave_of(std::uint64_t ns) {
    return 63 - static_cast<unsigned>(std::countl_zero(ns >> precision_bits | 1));
  }
  static std::uint32_t bucket_in(unsigned octave, std::uint64_t ns) {
    return (octave << precision_bits) + static_cast<std::uint32_t>(ns >> octave);
  }
  static std::uint32_t bucket_of(std::uint64_t ns) { return bucket_in(octave_of(ns), ns); }
  static std::uint64_t width_of(std::uint32_t bucket) {
    return bucket < (1u << precision_bits) ? 1 : 1ULL << ((bucket >> precision_bits) - 1);
  }
  static std::uint64_t lowest_of(std::uint32_t bucket) {
    if (bucket < (1u << precision_bits)) return bucket;
    const std::uint32_t shift = (bucket >> precision_bits) - 1;
    return static_cast<std::uint64_t>(bucket - (shift << precision_bits)) << shift;
  }

  void add_exactly(std::uint64_t ns, std::uint64_t times) {
    __extension__ using Wide = unsigned __int128;
    const Wide amount = static_cast<Wide>(ns) * times;
    const auto low = static_cast<std::uint64_t>(amount);
    sum_low_ += low;
    sum_high_ += static_cast<std::uint64_t>(amount >> 64) + (sum_low_ < low ? 1 : 0);
  }

  void note(std::uint64_t ns, unsigned octave, std::uint64_t times) {
    lately_ |= std::uint64_t{1} << octave;
    add_exactly(ns, times);
    count_ += times;
    if (ns < min_) [[unlikely]]
      min_ = ns;
    if (ns > max_) [[unlikely]]
      max_ = ns;
  }

  std::uint64_t value(std::uint32_t slot) const {
    return low_[slot] + (high_ ? high_[slot] << low_bits : 0);
  }
  void set(std::uint32_t slot, std::uint64_t value) {
    low_[slot] = static_cast<Low>(value);
    if (high_ || value >> low_bits != 0) [[unlikely]]
      set_high(slot, value >> low_bits);
  }
  void set_high(std::uint32_t slot, std::uint64_t high);
  [[gnu::noinline]] void carry(std::uint32_t slot, std::uint64_t more);
  std::uint64_t sum_of(std::uint32_t low, std::uint32_t high) const;
  void find_quantiles(const double* shares, double* values, std::size_t n) const;
  double place(double rank, std::uint32_t slot, std::uint64_t below) const;
  // Shows the slots of each octave in the set, from the lowest up: visit(first, end); until it
  // answers true.
  template <class Visit>
  bool any_octave(std::uint64_t octaves, Visit visit) const;
  void cover(std::uint32_t first, std::uint32_t end);

  std::unique_ptr<Low[]> low_;             // how often each bucket was recorded in, modulo 2^16
  std::unique_ptr<std::uint64_t[]> high_;  // the rest, once there is any
  std::uint32_t first_ = 0;                // the bucket that slot 0 counts
  std::uint32_t size_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t sum_low_ = 0, sum_high_ = 0;  // 128 bits of nanoseconds
  std::uint64_t min_ = ~std::uint64_t{0};
  std::uint64_t max_ = 0;
  // The octaves recorded in, a bit each: before the last since(), and from it on.
  std::uint64_t before_ = 0, lately_ = 0;
};

static_assert(sizeof(Histogram) <= 80);

}  // namespace faultline
