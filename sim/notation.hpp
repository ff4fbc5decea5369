#pragma once
// Exact values in the words of a scenario file, so that reading them back gives the same value.

#include <string>

#include "sim/time.hpp"

namespace faultline {

// All digits of it, in the largest unit below a minute ("2.5ms", "1.000000001s"), compound from
// there on ("1h30min", "1min0.5s"); "0s" for nothing.
std::string exact_text(Duration d);

// The shortest decimal that reads back as `x`.
std::string exact_text(double x);

}  // namespace faultline
