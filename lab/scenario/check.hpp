#pragma once
// Whether a scenario holds together: names refer to something, calls end somewhere, metrics exist,
// times lie within the run, and the run can be carried out.

#include <string>

#include "lab/scenario/document.hpp"
#include "lab/scenario/reader.hpp"

namespace faultline {

// What a run may ask for at most.
inline constexpr double kMostRequests = 5e10;
inline constexpr std::int64_t kMostInstances = 100'000;

// Adds to reading.diagnostics. Expectations are checked if they are about `variant`.
void check(const Document& document, Reading& reading, const std::string& variant);

}  // namespace faultline
