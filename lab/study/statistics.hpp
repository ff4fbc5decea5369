#pragma once
// Means of replications and how sure they are: 95 % intervals by Student's t.

#include <span>

namespace faultline {

struct Estimate {
  double mean = 0;
  double half_width = 0;  // of the 95 % interval; 0 for a single value
  double variance = 0;    // of the values (n − 1); 0 for a single one
  bool has_interval = false;

  double low() const { return mean - half_width; }
  double high() const { return mean + half_width; }
};

// Not finite as soon as one value isn't.
Estimate estimate(std::span<const double> values);

}  // namespace faultline
