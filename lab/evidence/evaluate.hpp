#pragma once
// Load, run, judge: what `run` and the desktop program do with a file, in one call.

#include <memory>
#include <vector>

#include "lab/run/run.hpp"
#include "lab/scenario/load.hpp"

namespace faultline {

// Runs the loaded scenario and judges the expectations that concern its variant. Variants that
// those compare with are run too, with the same seed and the same settings from outside.
std::shared_ptr<const RunResult> evaluate(const LoadedScenario& loaded, const RunOptions& options,
                                          const Settings& outside);

}  // namespace faultline
