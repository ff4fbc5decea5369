#pragma once
// What has to hold in every run of every world.

#include <string>
#include <vector>

#include "lab/run/result.hpp"

namespace faultline::test {

// What does not hold, in words; empty when all is well.
std::vector<std::string> violations(const RunResult& result);

}  // namespace faultline::test
