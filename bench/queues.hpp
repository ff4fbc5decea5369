#pragma once
// Candidate event queues, all with the same three functions: push(event), pop() -> the earliest
// event, empty(). Equal times leave in the order of their sequence numbers, which for the radix
// heap means in the order they came. bench/event_queue.cpp compares them; limit_w2 uses the best of
// them. They favour speed over comfort: pop() of an empty queue is undefined.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <queue>
#include <vector>

#include "sim/radix_heap.hpp"

namespace faultline::bench {

// 16 bytes: nanoseconds and a word for the sequence number (high 40 bits) and what it is about.
struct Event {
  std::uint64_t time;
  std::uint64_t what;
};

// As one 128-bit integer, so that the comparison compiles to cmp/sbb without a branch.
inline bool before(const Event& a, const Event& b) {
  __extension__ using Wide = unsigned __int128;
  return ((static_cast<Wide>(a.time) << 64) | a.what) <
         ((static_cast<Wide>(b.time) << 64) | b.what);
}

// A monotone radix heap (Ahuja, Mehlhorn, Orlin, Tarjan 1990). An event waits in the bucket of the
// highest bit in which its time differs from the last popped time, so buckets are ordered, and the
// lowest one that isn't empty holds the minimum. Each event only ever moves to lower buckets.
// Events of one time are always in one bucket, in the order they came: ties are first in, first
// out. Nothing may be pushed at a time below the last popped one.
class RadixHeap {
 public:
  bool empty() const { return occupied_ == 0; }

  void push(Event event) {
    const auto b = static_cast<unsigned>(std::bit_width(event.time ^ last_));
    occupied_ |= Mask{1} << b;
    buckets_[b].push(event);
  }

  Event pop() {
    Bucket& due = buckets_[0];
    if (!(occupied_ & 1)) return pop_from(static_cast<unsigned>(std::countr_zero(occupied_)));
    const Event event = due.data[due_head_++];
    if (due_head_ == due.size) {
      due_head_ = due.size = 0;
      occupied_ &= ~Mask{1};
    }
    return event;
  }

 private:
  // Bucket 64 would need times that differ in their highest bit; simulated time is 63 bits wide, so
  // the occupied buckets fit in one word.
  using Mask = std::uint64_t;

  struct Bucket {
    struct Free {
      void operator()(Event* p) const { std::free(p); }
    };
    std::unique_ptr<Event[], Free> memory;
    Event* data = nullptr;
    std::uint32_t size = 0;
    std::uint32_t capacity = 0;

    void push(Event event) {
      if (size == capacity) [[unlikely]]
        grow();
      data[size++] = event;
    }

    [[gnu::noinline]] void grow() {
      capacity = capacity ? capacity * 2 : 16;
      auto* larger = static_cast<Event*>(std::realloc(memory.release(), capacity * sizeof(Event)));
      if (!larger) std::abort();
      memory.reset(larger);
      data = larger;
    }
  };

  // Takes the minimum out of bucket b, which becomes the last time, and deals the rest of the
  // bucket out again relative to it. The minimum itself needn't pass through bucket 0.
  Event pop_from(unsigned b) {
    Bucket& from = buckets_[b];
    const std::uint32_t n = from.size;
    Event* const data = from.data;
    occupied_ &= occupied_ - 1;
    from.size = 0;
    if (n == 1) {
      last_ = data[0].time;
      return data[0];
    }
    std::uint32_t first = 0;
    std::uint64_t least = data[0].time;
    for (std::uint32_t i = 1; i < n; ++i) {
      const bool less = data[i].time < least;
      first = less ? i : first;
      least = less ? data[i].time : least;
    }
    const Event result = data[first];
    last_ = result.time;
    for (std::uint32_t i = 0; i < first; ++i) push(data[i]);
    for (std::uint32_t i = first + 1; i < n; ++i) push(data[i]);
    return result;
  }

  std::uint64_t last_ = 0;
  Mask occupied_ = 0;
  std::uint32_t due_head_ = 0;
  std::array<Bucket, 64> buckets_;
};

// A 4-ary implicit heap whose pop leaves a hole at the root; the push that follows fills it and
// sifts once instead of twice. A pop that finds the hole still open closes it first.
class FusedHeap {
 public:
  bool empty() const { return events_.size() == (hole_ ? 1 : 0); }

  void push(Event event) {
    if (hole_) {
      hole_ = false;
      sift_down(event);
      return;
    }
    std::size_t i = events_.size();
    events_.push_back(event);
    while (i > 0) {
      const std::size_t parent = (i - 1) / 4;
      if (!before(event, events_[parent])) break;
      events_[i] = events_[parent];
      i = parent;
    }
    events_[i] = event;
  }

  Event pop() {
    if (hole_) {
      const Event last = events_.back();
      events_.pop_back();
      sift_down(last);
    }
    hole_ = true;
    return events_[0];
  }

 private:
  void sift_down(Event event) {
    const std::size_t n = events_.size();
    Event* const e = events_.data();
    std::size_t i = 0;
    for (;;) {
      const std::size_t child = 4 * i + 1;
      if (child >= n) break;
      std::size_t best = child;
      if (child + 4 <= n) {
        const std::size_t left = before(e[child + 1], e[child]) ? child + 1 : child;
        const std::size_t right = before(e[child + 3], e[child + 2]) ? child + 3 : child + 2;
        best = before(e[right], e[left]) ? right : left;
      } else {
        for (std::size_t c = child + 1; c < n; ++c) best = before(e[c], e[best]) ? c : best;
      }
      if (!before(e[best], event)) break;
      e[i] = e[best];
      i = best;
    }
    e[i] = event;
  }

  bool hole_ = false;
  std::vector<Event> events_;
};

// The engine's own (sim/radix_heap.hpp): a radix heap with a sorted run in front.
class EngineQueue {
 public:
  bool empty() const { return queue_.size() == 0; }
  void push(Event event) {
    queue_.push({Instant{static_cast<std::int64_t>(event.time)}, event.what});
  }
  Event pop() {
    faultline::Event event;
    queue_.pop_until(Instant::max(), event);
    return {static_cast<std::uint64_t>(event.time.ns), event.order};
  }

 private:
  faultline::RadixHeap queue_;
};

// What most simulators use.
class StdQueue {
 public:
  bool empty() const { return queue_.empty(); }
  void push(Event event) { queue_.push(event); }
  Event pop() {
    const Event event = queue_.top();
    queue_.pop();
    return event;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const { return before(b, a); }
  };
  std::priority_queue<Event, std::vector<Event>, Later> queue_;
};

}  // namespace faultline::bench
