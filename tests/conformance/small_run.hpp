#pragma once
// Some vectors are about several mechanisms together: then a scenario of a few lines is run.

#include <memory>
#include <string>

#include "lab/run/run.hpp"

namespace faultline::conformance {

// Throws BadVector when the vector's numbers make no scenario.
std::shared_ptr<const RunResult> small_run(const std::string& text, bool traced = false);

}  // namespace faultline::conformance
