#include "models/policies/codel.hpp"

#include <array>

namespace faultline {

void CodelSettings::describe(Binder& b) {
  static constexpr std::array<std::string_view, 3> kKinds = {"linux", "folly", "facebook"};
  b.shorthand("kind");
  b.choice({.key = "kind", .help = "Whose rule it is."}, kind, kKinds);
  b.field({.key = "target",
           .help = "A wait that is no sign of a standing queue.",
           .min = 0,
           .above_min = true},
          target);
  b.field({.key = "interval",
           .help = "How long the wait must be above the target.",
           .min = 0,
           .above_min = true},
          interval);
  if (target > interval) b.reject("target", "is longer than the interval");
}

}  // namespace faultline
