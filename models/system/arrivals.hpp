#pragma once
// How many came; and of some stretches of time, how many came in them and the most that came in any
// 100 ms (aligned to the clock). Nothing but the total is touched until such a bin or a stretch
// begins or ends.

#include <cstdint>
#include <vector>

#include "sim/time.hpp"

namespace faultline {

class Arrivals {
 public:
  struct Stretch {
    Instant begin, end;
    std::uint64_t count = 0;
    std::uint64_t peak = 0;
    bool open = false;  // what comes now comes in it
  };

  // Asks about the stretch [begin, end); before anything comes.
  void watch(Instant begin, Instant end) { watched_.push_back({begin, end}); }

  // One comes. `now` is not before the last one.
  void count(Instant now) {
    if (now >= turn_) [[unlikely]]
      turn(now);
    ++total_;
  }

  std::uint64_t total() const { return total_; }
  // What came in a stretch; nothing if it isn't watched. A bin at its edge counts as a whole.
  Stretch in(Instant begin, Instant end) const;

 private:
  void bring_up_to_now(Stretch& stretch) const;
  void turn(Instant now);

  std::uint64_t total_ = 0;
  Instant turn_;  // until then there is nothing to do but to count
  Instant bin_end_;
  std::uint64_t at_turn_ = 0, at_bin_ = 0;  // the totals when the last turn was made, the bin began
  std::vector<Stretch> watched_;            // as of the last turn
};

}  // namespace faultline
