#pragma once
// The points of a sweep: every combination of the axes' values, or a Latin hypercube of samples, in
// which every axis is divided into as many slices as there are samples and each slice is met once
// (McKay, Beckman, Conover 1979); then without those that a constraint rules out.

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "lab/study/sweep_plan.hpp"

namespace faultline {

// In the order of the axes, the last one varying fastest. An error is a sentence and a hint.
tl::expected<std::vector<std::vector<std::string>>, std::pair<std::string, std::string>> points_of(
    const SweepPlan& plan);

}  // namespace faultline
