// The shelf's table of contents.

#include <array>

#include "models/controllers/controllers.hpp"

namespace faultline {

std::span<const Kind<ControllerConfig>> autoscaler_kinds() {
  static constexpr std::array<Kind<ControllerConfig>, 1> kKinds = {{
      {"hpa", "Keeps a metric near its target, as Kubernetes' HorizontalPodAutoscaler does.",
       make_hpa},
  }};
  return kKinds;
}

std::span<const Kind<ControllerConfig>> rollout_kinds() {
  static constexpr std::array<Kind<ControllerConfig>, 5> kKinds = {{
      {"all_at_once", "Replaces every instance at the same time.", make_all_at_once},
      {"rolling", "Replaces instances a few at a time, as a Kubernetes Deployment does.",
       make_rolling},
      {"canary",
       "Gives the new version a growing share of traffic, and takes it back if a gate fails.",
       make_canary},
      {"blue_green", "Starts the new version beside the old one and switches all traffic at once.",
       make_blue_green},
      {"flag", "Turns the new behaviour on for a share of the calls, in the instances there are.",
       make_flag},
  }};
  return kKinds;
}

}  // namespace faultline
