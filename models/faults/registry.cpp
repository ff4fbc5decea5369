// The shelf's table of contents.

#include <array>

#include "models/faults/faults.hpp"

namespace faultline {

std::span<const Kind<Fault>> fault_kinds() {
  static constexpr std::array<Kind<Fault>, 6> kKinds = {{
      {"slow", "A service works slower.", make_slow},
      {"crash", "Instances of a service die, and come back later or not.", make_crash},
      {"errors", "A share of a service's jobs fails at once.", make_errors},
      {"latency", "Messages on a link take longer.", make_latency},
      {"loss", "Messages on a link get lost.", make_loss},
      {"partition", "A link delivers nothing.", make_partition},
  }};
  return kKinds;
}

}  // namespace faultline
