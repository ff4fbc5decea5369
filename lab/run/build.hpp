#pragma once
// Scenario → WorldSpec: every name becomes an index. Cannot fail: the scenario was checked.

#include "lab/scenario/scenario.hpp"
#include "models/system/spec.hpp"

namespace faultline {

WorldSpec build_world(const Scenario& scenario);

}  // namespace faultline
