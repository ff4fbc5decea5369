#pragma once
// A monotone priority queue of 16-byte events ordered by (time, order).
//
// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan 1990): an event waits in the bucket named by the
// highest bit in which its time differs from the time last popped, so pushing is a count of leading
// zeros and an append. Measured flat from ten to a million pending events (docs/performance.md).
// Limit of the structure: nothing may be pushed earlier than the last event popped.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

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
    const auto differing = static_cast<std::uint64_t>(event.time.ns ^ last_);
    if (differing == 0) return push_now(event);
    const auto bucket = 64u - static_cast<unsigned>(std::countl_zero(differing));
    occupied_ |= std::uint64_t{1} << bucket;
    buckets_[bucket].push(event);
  }

  // Takes the first event out if it is due at or before `end`. If it isn't, everything stays as it
  // was: a later push may still be earlier.
  bool pop_until(Instant end, Event& out) {
    if ((occupied_ & 1) == 0) {
      return occupied_ != 0 &&
             pop_from(static_cast<unsigned>(std::countr_zero(occupied_)), end, out);
    }
    if (last_ > end.ns) return false;
    Bucket& now = buckets_[0];
    out = now[head_++];
    --size_;
    if (head_ == now.size()) {
      now.clear();
      head_ = 0;
      occupied_ &= ~std::uint64_t{1};
    }
    return true;
  }

  std::size_t size() const { return size_; }

 private:
  // A growing array without the checks that a vector makes on each append.
  class Bucket {
   public:
    void push(Event event) {
      if (size_ == capacity_) [[unlikely]]
        grow();
      data_[size_++] = event;
    }
    Event& operator[](std::size_t i) { return data_[i]; }
    std::uint32_t size() const { return size_; }
    void clear() { size_ = 0; }
    // A bucket that was dealt out holds nothing for long; its memory is better used by another.
    void give_back() {
      if (capacity_ <= kKept) return;
      data_.reset();
      capacity_ = 0;
    }

   private:
    [[gnu::noinline]] void grow() {
      const std::uint32_t larger = capacity_ == 0 ? 16 : capacity_ * 2;
      auto data = std::make_unique_for_overwrite<Event[]>(larger);
      std::copy(data_.get(), data_.get() + size_, data.get());
      data_ = std::move(data);
      capacity_ = larger;
    }
    static constexpr std::uint32_t kKept = 4096;
    std::unique_ptr<Event[]> data_;
    std::uint32_t size_ = 0, capacity_ = 0;
  };

  // Events of one instant stand in order; only a re-armed lane (calendar.hpp) brings an older one.
  void push_now(Event event) {
    Bucket& now = buckets_[0];
    occupied_ |= 1;
    now.push(event);
    for (std::size_t i = now.size() - 1; i > head_ && now[i - 1].order > event.order; --i) {
      now[i] = now[i - 1];
      now[i - 1] = event;
    }
  }

  // The first event of the lowest bucket is the next; the others are dealt out again relative to
  // it.
  bool pop_from(unsigned bucket, Instant end, Event& out) {
    Bucket& from = buckets_[bucket];
    const std::uint32_t n = from.size();
    std::uint32_t first = 0;
    std::int64_t least = from[0].time.ns;
    for (std::uint32_t i = 1; i < n; ++i) {
      const std::int64_t time = from[i].time.ns;
      first = time < least ? i : first;  // by time alone, so that there is nothing to predict
      least = time < least ? time : least;
    }
    if (least > end.ns) return false;
    out = from[first];
    last_ = least;
    occupied_ &= occupied_ - 1;
    from.clear();
    size_ -= n;
    for (std::uint32_t i = 0; i < first; ++i) push(from[i]);
    for (std::uint32_t i = first + 1; i < n; ++i) push(from[i]);
    from.give_back();
    if ((occupied_ & 1) != 0 && buckets_[0][head_].order < out.order) [[unlikely]]
      trade_for_older(out);
    return true;
  }

  // Of several events at one instant, the one found was not the first to be scheduled.
  [[gnu::noinline]] void trade_for_older(Event& event) {
    Bucket& now = buckets_[0];
    const Event older = now[head_];
    std::uint32_t i = static_cast<std::uint32_t>(head_);
    for (; i + 1 < now.size() && now[i + 1].order < event.order; ++i) now[i] = now[i + 1];
    now[i] = event;
    event = older;
  }

  std::array<Bucket, 64> buckets_;  // simulated time is 63 bits wide
  std::uint64_t occupied_ = 0;      // bit b: bucket b holds something
  std::size_t head_ = 0;            // next of bucket 0
  std::size_t size_ = 0;
  std::int64_t last_ = 0;  // time of the event last popped
};

}  // namespace faultline
