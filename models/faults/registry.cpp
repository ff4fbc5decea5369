// The shelf's table of contents.

#include <array>

#include "models/faults/faults.hpp"

namespace faultline {

std::span<const Kind<Fault>> fault_kinds() {
  static constexpr std::array<Kind<Fault>, 11> kKinds = {{
      {"slow", "A service works slower.", make_slow},
      {"crash", "Instances of a service die, and come back later or not.", make_crash},
      {"errors", "A share of a service's jobs fails at once.", make_errors},
      {"cpu_stress", "Somebody else's threads compete for a service's cores.", make_cpu_stress},
      {"memory_stress", "Something else holds a service's memory.", make_memory_stress},
      {"disk_latency", "A service's disk takes longer.", make_disk_latency},
      {"disk_errors", "A share of a service's disk operations fails.", make_disk_errors},
      {"flush", "A cache loses everything.", make_flush},
      {"latency", "Messages on a link take longer.", make_latency},
      {"loss", "Messages on a link get lost.", make_loss},
      {"partition", "A link delivers nothing.", make_partition},
  }};
  return kKinds;
}

}  // namespace faultline
