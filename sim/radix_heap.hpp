#pragma once
// A monotone priority queue of 16-byte events ordered by (time, order).
//
// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan 1990) with a sorted run in front. An event waits in
// the bucket named by the highest bit in which its time differs from a time of the run, so pushing
// is a count of leading zeros and an append. When the run is used up the lowest bucket becomes the
// next one: sorted if it is small, else dealt out to lower buckets first. Measured flat from ten to
// a million pending events (docs/performance.md).
// Limit of the structure: nothing may be pushed earlier than the last event popped.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
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
  RadixHeap() {
    run_.grow(2 * kLongest);
    begin_run(0, kLongest);
  }

  void push(Event event) {
    const auto differing = static_cast<std::uint64_t>(event.time.ns ^ last_);
    if (differing <= span_) return join_run(event);
    const auto bucket = 64u - static_cast<unsigned>(std::countl_zero(differing));
    occupied_ |= std::uint64_t{1} << bucket;
    append(bucket, event);
  }

  // Takes the first event out if it is due at or before `end`. If it isn't, everything stays as it
  // was: a later push may still be earlier.
  bool pop_until(Instant end, Event& out) {
    if (head_ == run_.size() && !refill(end)) return false;
    if (run_[head_].time > end) return false;
    out = run_[head_];
    run_[head_++].order = 0;  // what may come is not before that
    return true;
  }

  std::size_t size() const { return waiting_ + run_.size() - head_; }

  // The id of the event that will most likely be the next, for prefetching; 0 if that isn't known
  // yet.
  std::uint32_t likely_next() const { return head_ < run_.size() ? run_[head_].id() : 0; }

 private:
  // A growing array without the checks that a vector makes on each append.
  class Events {
   public:
    void add(Event event) { data_[size_++] = event; }  // not when full
    Event& operator[](std::uint32_t i) { return data_[i]; }
    const Event& operator[](std::uint32_t i) const { return data_[i]; }
    std::uint32_t size() const { return size_; }
    std::uint32_t capacity() const { return capacity_; }
    bool full() const { return size_ == capacity_; }
    void clear() { size_ = 0; }
    // To be written by index; for few events.
    void resize(std::uint32_t size) {
      if (size > capacity_) [[unlikely]]
        grow();
      size_ = size;
    }
    void grow() { grow(capacity_ == 0 ? 16 : capacity_ * 2); }
    void drop_first(std::uint32_t n) {
      std::copy(data_.get() + n, data_.get() + size_, data_.get());
      size_ -= n;
    }
    [[gnu::noinline]] void grow(std::uint32_t capacity) {
      auto data = std::make_unique_for_overwrite<Event[]>(capacity);
      std::copy(data_.get(), data_.get() + size_, data.get());
      data_ = std::move(data);
      capacity_ = capacity;
    }

   private:
    std::unique_ptr<Event[]> data_;
    std::uint32_t size_ = 0, capacity_ = 0;
  };

  void append(unsigned bucket, Event event) {
    if (buckets_[bucket].full()) [[unlikely]]
      extend(bucket);
    buckets_[bucket].add(event);
    ++waiting_;
  }

  // A bucket that has grown to the size of a piece puts that aside and begins another. Pieces go
  // from bucket to bucket, so that memory is that of the events there are.
  [[gnu::noinline]] void extend(unsigned bucket) {
    Events& events = buckets_[bucket];
    if (events.size() < kPiece) return events.grow();
    aside_[bucket].push_back(std::exchange(events, {}));
    if (spare_.empty()) return events.grow(kPiece);
    events = std::move(spare_.back());
    spare_.pop_back();
  }

  // Shows all of a bucket's events, and then each piece that was put aside.
  template <class Visit, class Seen>
  void each(unsigned bucket, Visit visit, Seen seen) {
    const auto visit_all = [&](Events& events) {
      for (std::uint32_t i = 0; i < events.size(); ++i) visit(events[i]);
    };
    for (Events& piece : aside_[bucket]) {
      visit_all(piece);
      seen(piece);
    }
    visit_all(buckets_[bucket]);
  }

  static bool before(Event a, Event b) {
    __extension__ using Wide = unsigned __int128;  // one comparison without a branch
    return (static_cast<Wide>(a.time.ns) << 64 | a.order) <
           (static_cast<Wide>(b.time.ns) << 64 | b.order);
  }

  static void swap_if(bool yes, Event& a, Event& b) {
    std::uint64_t mask = -static_cast<std::uint64_t>(yes);
    asm("" : "+r"(mask));  // else g++ sees where it comes from, and compares anew for each word
    const std::int64_t time = (a.time.ns ^ b.time.ns) & static_cast<std::int64_t>(mask);
    const std::uint64_t order = (a.order ^ b.order) & mask;
    a = {Instant{a.time.ns ^ time}, a.order ^ order};
    b = {Instant{b.time.ns ^ time}, b.order ^ order};
  }

  // An empty run; before its head stand guards that nothing is before.
  void begin_run(std::uint64_t span, std::uint32_t longest) {
    span_ = span;
    longest_ = longest;
    run_.resize(kGuards);
    head_ = kGuards;
    for (std::uint32_t i = 0; i < kGuards; ++i) run_[i] = {};
    set_limit();
  }
  // How long it has become is looked at when so many more have joined it.
  void set_limit() { limit_ = std::min(run_.capacity(), run_.size() + kLongest); }

  // Between the events of the run, most often behind all of them or before the last. Which of the
  // two it is nobody can predict, so there is no branch.
  void join_run(Event event) {
    const std::uint32_t n = run_.size();
    if (n >= limit_) [[unlikely]]
      return join_full_run(event);
    Event last = run_[n - 1];
    swap_if(before(event, last), event, last);
    run_.add(event);
    std::uint32_t at = n - 1;
    for (; before(last, run_[at - 1]); --at) run_[at] = run_[at - 1];
    run_[at] = last;
  }

  [[gnu::noinline]] void join_full_run(Event event) {
    if (run_.size() - head_ >= longest_ && span_ > 0) {
      deal_run();
    } else {
      if (run_.full()) make_room_in_run();
      set_limit();
    }
    push(event);
  }

  void make_room_in_run() {
    if (head_ <= run_.size() / 2) return run_.grow();
    run_.drop_first(head_ - kGuards);
    head_ = kGuards;
  }

  // Too many came into the run's span for it to be kept sorted. All buckets within it are empty.
  [[gnu::noinline]] void deal_run() {
    Events& all = buckets_[0];
    std::swap(run_, all);
    const std::uint32_t first = head_;
    begin_run(0, kLongest);
    if (first > kGuards) last_ = all[first - 1].time.ns;
    for (std::uint32_t i = first; i < all.size(); ++i) push(all[i]);
  }

  // The run is used up: makes one of the lowest bucket, unless nothing in that is due by `end`.
  bool refill(Instant end) {
    if (occupied_ == 0) return false;
    if (waiting_ <= kFew) return gather();
    const auto bucket = static_cast<unsigned>(std::countr_zero(occupied_));
    Events& from = buckets_[bucket];
    const std::int64_t span = (std::int64_t{1} << (bucket - 1)) - 1;
    const std::int64_t begin = from[0].time.ns & ~span;
    if ((begin | span) > end.ns && earliest(bucket) > end.ns) return false;
    occupied_ &= occupied_ - 1;
    waiting_ -= from.size();
    if (from.size() <= kSorted && aside_[bucket].empty()) {
      last_ = begin;
      begin_run(static_cast<std::uint64_t>(span), kLongest);
      join_all(from);
    } else {
      last_ = earliest(bucket);
      begin_run(0, kLongest);
      each(
          bucket, [&](Event event) { push(event); },
          [&](Events& piece) {
            waiting_ -= piece.size();
            piece.clear();
            spare_.push_back(std::move(piece));
          });
      aside_[bucket].clear();
    }
    from.clear();
    return true;
  }

  std::int64_t earliest(unsigned bucket) {
    std::int64_t least = buckets_[bucket][0].time.ns;
    each(
        bucket, [&](Event event) { least = std::min(least, event.time.ns); }, [](Events&) {});
    return least;
  }

  // So few are left that one sorted run is the quickest queue: all are in it, and all that come.
  [[gnu::noinline]] bool gather() {
    begin_run(~std::uint64_t{0}, 2 * kFew);
    waiting_ = 0;
    for (; occupied_ != 0; occupied_ &= occupied_ - 1) {
      Events& from = buckets_[static_cast<unsigned>(std::countr_zero(occupied_))];
      join_all(from);
      from.clear();
    }
    return true;
  }

  void join_all(const Events& few) {
    for (std::uint32_t i = 0; i < few.size(); ++i) join_run(few[i]);
  }

  static constexpr std::uint32_t kGuards = 2;
  static constexpr std::uint32_t kFew = 6;
  static constexpr std::uint32_t kSorted = 8;
  static constexpr std::uint32_t kLongest = 64;
  static constexpr std::uint32_t kPiece = 256;

  std::array<Events, 64> buckets_;  // simulated time is 63 bits wide; 0 is for deal_run()
  std::uint64_t occupied_ = 0;      // bit b: bucket b holds something
  Events run_;                      // sorted; all events whose time differs from `last_` by no more
  std::uint64_t span_ = 0;          // than this (low bits, all ones)
  std::uint32_t head_ = 0;          // next of the run; what was popped before it is kept as guards
  std::uint32_t longest_ = kLongest;
  std::uint32_t limit_ = 0;  // as long as the run ends before this, one more has room there
  std::size_t waiting_ = 0;  // in buckets
  std::int64_t last_ = 0;
  std::array<std::vector<Events>, 64> aside_;  // full pieces of buckets
  std::vector<Events> spare_;                  // empty ones
};

}  // namespace faultline
