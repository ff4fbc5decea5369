#pragma once
// The simulated clock and what is yet to happen: events, and timers that can be cancelled in O(1).
//
// Every call has a timeout and nearly all are cancelled. All timers of one constant duration expire
// in the order in which they were armed, so they stand in a *lane*: a doubly linked list with one
// event in the queue for its head. Arming is an append, cancelling an unlinking, and nothing dead
// is left in the queue. Timers of varying duration go to the queue itself and are skipped there
// when cancelled. Either way the order is exactly that of one global queue.

#include <array>
#include <cstdint>
#include <vector>

#include "sim/radix_heap.hpp"
#include "sim/slab.hpp"

namespace faultline {

using TimerId = std::uint32_t;

// Whether many timers share this duration (a lane) or it is one of its own (backoff, what is left
// of a deadline).
enum class Timing : std::uint8_t { Constant, Varying };

class Calendar {
 public:
  // Kinds 14 and 15 are the calendar's own.
  static constexpr unsigned kKinds = 14;

  struct Happening {
    unsigned kind = 0;
    std::uint32_t id = 0;
    std::uint32_t tag = 0;  // of a timer: what it was armed with
    TimerId timer = kNone;  // of a timer: its id, now free
  };

  Instant now() const { return now_; }
  std::uint64_t scheduled() const { return order_ / kNextOrder; }
  std::size_t pending() const { return queue_.size(); }

  // Something that will happen and cannot be called off. `at` is not before now.
  void schedule(Instant at, unsigned kind, std::uint32_t id) {
    FL_ASSERT(at >= now_, "an event was scheduled in the past");
    queue_.push({at, next_order(kind, id)});
  }

  // Something that may be called off. `next_of_owner` threads an owner's timers into a list.
  TimerId arm(Duration after, Timing timing, unsigned kind, std::uint32_t owner, std::uint32_t tag,
              TimerId next_of_owner) {
    FL_ASSERT(after.ns >= 0, "a timer was armed in the past");
    const TimerId id = timers_.acquire();
    Timer& timer = timers_[id];
    timer.expiry = now_ + after;
    timer.order = next_order(kind, owner);
    timer.tag = tag;
    timer.next_of_owner = next_of_owner;
    const std::uint32_t lane = timing == Timing::Constant ? lane_of(after) : kNone;
    if (lane == kNone) {
      queue_.push({timer.expiry, with_kind(timer.order, kSingle, id)});
    } else {
      append(lane, id, timer);
    }
    return id;
  }

  // Calls a timer off and answers the next of its owner's list.
  TimerId cancel(TimerId id) {
    Timer& timer = timers_[id];
    const TimerId next = timer.next_of_owner;
    if (timer.next != kNone) unlink(timer);
    timer.order = 0;  // an event of its own in the queue no longer matches
    timers_.release(id);
    return next;
  }

  // The timer goes over to another owner; the old one must forget it.
  void hand_over(TimerId id, std::uint32_t owner) {
    Timer& timer = timers_[id];
    timer.order = with_kind(timer.order, Event{timer.expiry, timer.order}.kind(), owner);
  }

  TimerId& next_of_owner(TimerId id) { return timers_[id].next_of_owner; }
  std::uint32_t tag(TimerId id) const { return timers_[id].tag; }
  Instant expiry(TimerId id) const { return timers_[id].expiry; }

  // The next thing to happen at or before `end`; moves the clock to it, or to `end` when there is
  // none. A timer that is handed out has been released; its owner must forget it.
  bool next(Instant end, Happening& out) {
    Event event;
    while (queue_.pop_until(end, event)) {
      const unsigned kind = event.kind();
      if (kind < kKinds) {
        now_ = event.time;
        out = {kind, event.id(), 0, kNone};
        return true;
      }
      const TimerId id = kind == kLane ? head_due(event) : single_due(event);
      if (id == kNone) continue;
      now_ = event.time;
      const Timer& timer = timers_[id];
      const Event what{timer.expiry, timer.order};
      out = {what.kind(), what.id(), timer.tag, id};
      forget(id);
      return true;
    }
    now_ = end;
    return false;
  }

  // What the next event will most likely be about; 0 if that isn't known yet. For prefetching.
  std::uint32_t likely_next() const { return queue_.likely_next(); }

  std::uint32_t timers_armed() const { return timers_.live() - lanes_used_; }

 private:
  static constexpr unsigned kSingle = 14;
  static constexpr unsigned kLane = 15;
  static constexpr std::uint32_t kMaxLanes = 64;

  struct Timer {
    Instant expiry;
    std::uint64_t order = 0;
    std::uint32_t prev = kNone;  // neighbours in the lane's ring; kNone: not in a lane
    std::uint32_t next = kNone;
    TimerId next_of_owner = kNone;
    std::uint32_t tag = 0;
  };
  static_assert(sizeof(Timer) == 32);

  struct Lane {
    Duration duration;
    std::uint32_t ring = kNone;  // a timer row that closes the ring; its `next` is the head
    bool in_queue = false;
  };

  std::uint64_t next_order(unsigned kind, std::uint32_t id) {
    const bool too_many = __builtin_add_overflow(order_, kNextOrder, &order_);
    FL_ASSERT(!too_many, "more than 68 billion schedulings in one run");
    return order_ | Event::pack(0, kind, id);
  }
  static std::uint64_t with_kind(std::uint64_t order, unsigned kind, std::uint32_t id) {
    return Event::pack(order >> (Event::kIdBits + Event::kKindBits), kind, id);
  }

  // The lane of a duration, made on first use; kNone when there are too many (they then behave as
  // varying ones: slower, never different).
  std::uint32_t lane_of(Duration duration) {
    if (last_lane_ < lanes_used_ && lanes_[last_lane_].duration == duration) return last_lane_;
    for (std::uint32_t i = 0; i < lanes_used_; ++i) {
      if (lanes_[i].duration == duration) return last_lane_ = i;
    }
    if (lanes_used_ == kMaxLanes) return kNone;
    Lane& lane = lanes_[lanes_used_];
    lane.duration = duration;
    lane.ring = timers_.acquire();
    timers_[lane.ring].next = timers_[lane.ring].prev = lane.ring;
    return last_lane_ = lanes_used_++;
  }

  void append(std::uint32_t index, TimerId id, Timer& timer) {
    Lane& lane = lanes_[index];
    Timer& ring = timers_[lane.ring];
    timer.prev = ring.prev;
    timer.next = lane.ring;
    timers_[ring.prev].next = id;
    ring.prev = id;
    if (!lane.in_queue) announce(index, timer);
  }

  void announce(std::uint32_t index, const Timer& head) {
    queue_.push({head.expiry, with_kind(head.order, kLane, index)});
    lanes_[index].in_queue = true;
  }

  void unlink(Timer& timer) {
    timers_[timer.prev].next = timer.next;
    timers_[timer.next].prev = timer.prev;
  }

  // A lane's event came up. Its head may have been cancelled since: then the lane is announced
  // again with the head it has now, and nothing is due.
  TimerId head_due(Event event) {
    const std::uint32_t index = event.id();
    Lane& lane = lanes_[index];
    lane.in_queue = false;
    const std::uint32_t head = timers_[lane.ring].next;
    if (head == lane.ring) return kNone;
    Timer& timer = timers_[head];
    const bool due = with_kind(timer.order, kLane, index) == event.order;
    if (due) {
      unlink(timer);
      timer.next = kNone;
    }
    const std::uint32_t first = timers_[lane.ring].next;
    if (first != lane.ring) announce(index, timers_[first]);
    return due ? head : kNone;
  }

  TimerId single_due(Event event) {
    const TimerId id = event.id();
    const bool same = with_kind(timers_[id].order, kSingle, id) == event.order;
    return same ? id : kNone;
  }

  void forget(TimerId id) {
    timers_[id].order = 0;
    timers_.release(id);
  }

  RadixHeap queue_;
  Slab<Timer> timers_;
  std::array<Lane, kMaxLanes> lanes_;
  std::uint32_t lanes_used_ = 0;
  std::uint32_t last_lane_ = 0;
  static constexpr std::uint64_t kNextOrder = Event::pack(1, 0, 0);
  std::uint64_t order_ = 0;  // of the latest scheduling, but for what it is about
  Instant now_;
};

}  // namespace faultline
