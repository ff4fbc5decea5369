#pragma once
// CoDel ("controlled delay"): a queue that never gets short again is standing, and waiting in it
// helps nobody; what has waited too long in it is shed. Three that bear the name:
//   Linux     net/sched: judged as one leaves the queue. When the wait has not been below `target`
//             for an `interval`, one is shed, then more and more often (interval/√n).
//   Folly     folly/executors/Codel: if the shortest wait of the last interval was above `target`,
//             whatever has waited for more than twice the target is shed as it leaves.
//   Facebook  "Fail at Scale" (2015): each may wait for `interval`, or only for `target` if the
//   queue
//             has not been empty for an interval. Goes well with a queue whose newest is next.

#include <cmath>
#include <cstdint>

#include "models/vocabulary/describe.hpp"
#include "sim/time.hpp"

namespace faultline {

struct CodelSettings {
  enum class Kind : std::uint8_t { Linux, Folly, Facebook };
  Kind kind = Kind::Linux;
  Duration target = milliseconds(5);
  Duration interval = milliseconds(100);

  void describe(Binder& b);
  // Whether it limits the wait as one comes; otherwise it judges as one leaves.
  bool at_arrival() const { return kind == Kind::Facebook; }
};

// When the n-th is shed after the one before.
inline Duration codel_gap(Duration interval, std::int64_t count) {
  return from_seconds(interval.seconds() / std::sqrt(static_cast<double>(count)));
}

class CodelLinux {
 public:
  CodelLinux(Duration target, Duration interval) : target_(target), interval_(interval) {}

  // What leaves the queue now. `take()` takes the next out of the queue, which is not empty, and
  // answers how long it has waited; `shed()` gives the one just taken up; `left()` counts those
  // that still wait. What was taken last is to be served.
  template <class Take, class Shed, class Left>
  void dequeue(Instant now, Take take, Shed shed, Left left) {
    // The one taken first, and then those that are left.
    const auto next_stands = [&] {
      const Duration waited = take();
      return stands(now, waited, left());
    };
    bool above = next_stands();
    if (dropping_) {
      if (!above) {
        dropping_ = false;
        return;
      }
      while (dropping_ && now >= next_) {
        ++count_;
        shed();
        above = next_stands();
        dropping_ = above;
        if (above) next_ += codel_gap(interval_, count_);
      }
    } else if (above) {
      shed();
      next_stands();
      dropping_ = true;
      const std::int64_t lately = count_ - last_count_;
      const bool soon = now - next_ < interval_ * 16;
      count_ = lately > 1 && soon ? lately : 1;
      last_count_ = count_;
      next_ = now + codel_gap(interval_, count_);
    }
  }
  bool dropping() const { return dropping_; }

 private:
  bool stands(Instant now, Duration waited, std::uint64_t left) {
    if (waited < target_ || left == 0) {
      above_since_ = {};
      return false;
    }
    if (above_since_ == Instant{}) {
      above_since_ = now + interval_;
      return false;
    }
    return now > above_since_;
  }

  Duration target_, interval_;
  Instant above_since_;  // 0: the wait is short; else when it will have been long for an interval
  Instant next_;         // shedding
  std::int64_t count_ = 0, last_count_ = 0;
  bool dropping_ = false;
};

class CodelFolly {
 public:
  CodelFolly(Duration target, Duration interval) : target_(target), interval_(interval) {}

  // Whether to shed one that has waited so long.
  bool sheds(Instant now, Duration waited) {
    bool first = false;
    if (now > ends_ && !fresh_) {
      ends_ = now + interval_;
      overloaded_ = least_ > target_;
      fresh_ = true;
    }
    if (fresh_) {
      fresh_ = false;
      least_ = waited;
      first = true;
    } else if (waited < least_) {
      least_ = waited;
    }
    return !first && overloaded_ && waited > target_ * 2;
  }

 private:
  Duration target_, interval_;
  Instant ends_;
  Duration least_;
  bool fresh_ = true;  // the interval has just begun: the first only tells how long waits are
  bool overloaded_ = false;
};

// The state of one instance's queue.
struct Codel {
  explicit Codel(const CodelSettings& s)
      : linux_way(s.target, s.interval), folly(s.target, s.interval) {}
  CodelLinux linux_way;
  CodelFolly folly;
  Instant last_empty;  // the queue
};

}  // namespace faultline
