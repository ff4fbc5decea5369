#pragma once
// A monotone priority queue of 16-byte events ordered by (time, order).
//
// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan 1990): an event waits in the bucket named by the
// highest bit in which its time differs from the time last popped, so pushing is a count of leading
// zeros and an append. Measured flat from ten to a million pending events (docs/performance.md).
// Limit of the structure: nothing may be pushed earlier than the last event popped.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/assert.hpp"
#include "sim/time.hpp"

namespace faultline {

// What happens when. `order` is the sequence number of the scheduling, then what the event is
// about: sequence (36 bits) | kind (4 bits) | id (24 bits). Sequences are unique, so the order is
// total.
struct Event {
  Instant time;
  std::uint64_t order = 0;

  static constexpr int kIdBits = 24;
  static constexpr int kKindBits = 4;
  static constexpr std::uint32_t kMaxId = (1u << kIdBits) - 1;

  static constexpr std::uint64_t pack(std::uint64_t sequence, unsigned kind, std::uint32_t id) {
    return (sequence << (kIdBits + kKindBits)) | (std::uint64_t{kind} << kIdBits) | id;
  }
  constexpr unsigned kind() const { return (order >> kIdBits) & ((1u << kKindBits) - 1); }
  constexpr std::uint32_t id() const { return static_cast<std::uint32_t>(order) & kMaxId; }
};

class RadixHeap {
 public:
  void push(Event event) {
    ++size_;
    place(event);
  }

  // Takes the first event out if it is due at or before `end`.
  bool pop_until(Instant end, Event& out) {
    if (head_ == buckets_[0].size()) {
      if (occupied_ == 0) return false;
      const int bucket = std::countr_zero(occupied_) + 1;
      if (buckets_[bucket].size() == 1) return pop_only(bucket, end, out);
      if (!refill(bucket, end)) return false;
    }
    if (last_ > end.ns) return false;
    out = buckets_[0][head_++];
    --size_;
    if (head_ == buckets_[0].size()) {
      buckets_[0].clear();
      head_ = 0;
    }
    return true;
  }

  std::size_t size() const { return size_; }

 private:
  void place(Event event) {
    const auto differing = static_cast<std::uint64_t>(event.time.ns ^ last_);
    const int bucket = differing == 0 ? 0 : 64 - std::countl_zero(differing);
    if (bucket == 0) return place_now(event);
    buckets_[bucket].push_back(event);
    occupied_ |= std::uint64_t{1} << (bucket - 1);
  }

  // Events of one instant stand in order; only a re-armed lane (calendar.hpp) brings an older one.
  void place_now(Event event) {
    auto& now = buckets_[0];
    now.push_back(event);
    for (std::size_t i = now.size() - 1; i > head_ && now[i - 1].order > event.order; --i) {
      now[i] = now[i - 1];
      now[i - 1] = event;
    }
  }

  // The lowest bucket holds a single event: it is the next, and needs no moving.
  bool pop_only(int bucket, Instant end, Event& out) {
    const Event event = buckets_[bucket][0];
    if (event.time > end) return false;
    buckets_[bucket].clear();
    occupied_ &= ~(std::uint64_t{1} << (bucket - 1));
    last_ = event.time.ns;
    out = event;
    --size_;
    return true;
  }

  // Moves the earliest instant's events to bucket 0. Leaves everything as it is, and answers no,
  // when that instant lies beyond `end`: a later push may still be earlier.
  bool refill(int bucket, Instant end) {
    auto& source = buckets_[bucket];
    std::int64_t earliest = source[0].time.ns;
    for (const Event& event : source)
      earliest = event.time.ns < earliest ? event.time.ns : earliest;
    if (earliest > end.ns) return false;
    last_ = earliest;
    occupied_ &= ~(std::uint64_t{1} << (bucket - 1));
    for (const Event& event : source) place(event);
    source.clear();
    return true;
  }

  std::array<std::vector<Event>, 65> buckets_;
  std::uint64_t occupied_ = 0;  // bit b-1: bucket b holds something
  std::size_t head_ = 0;        // next of bucket 0
  std::size_t size_ = 0;
  std::int64_t last_ = 0;  // time of the instant in bucket 0
};

}  // namespace faultline
