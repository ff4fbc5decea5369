#pragma once
// A degradation ladder's rule: which rung, given how strained a service is. Rung 0 is everything;
// rung n holds from the moment the strain has been above its threshold, one rung at a time, and is
// left again when the strain is below that threshold less a margin (hysteresis). Each rung is kept
// for at least the dwell time, so that a signal on the edge does not make the service flap.

#include <cstddef>
#include <vector>

#include "sim/time.hpp"

namespace faultline {

struct LadderRules {
  std::vector<double> above;  // of rungs 1, 2, …; not falling
  double margin = 0.1;
  Duration period = milliseconds(5'000);
  Duration dwell = milliseconds(30'000);
};

class Ladder {
 public:
  explicit Ladder(const LadderRules& rules) : rules_(&rules) {}

  std::size_t rung() const { return rung_; }
  // Looks at the strain and answers the rung from now on.
  std::size_t look(Instant now, double strain);

 private:
  const LadderRules* rules_;
  std::size_t rung_ = 0;
  Instant since_;
  bool moved_ = false;
};

}  // namespace faultline
