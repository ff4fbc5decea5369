// The shelf's table of contents.

#include <array>

#include "models/faults/faults.hpp"

namespace faultline {

std::span<const Kind<Fault>> fault_kinds() {
  static constexpr std::array<Kind<Fault>, 18> kKinds = {{
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
      {"duplicate", "A link delivers some requests twice.", make_duplicate},
      {"corrupt", "A link damages messages.", make_corrupt},
      {"reset", "Connections break with a request on them.", make_reset},
      {"refuse", "New connections are refused.", make_refuse},
      {"black_hole", "Messages on a link vanish.", make_black_hole},
      {"bandwidth", "A link carries only so much.", make_bandwidth},
      {"dns", "The callee's name can't be looked up.", make_dns},
  }};
  return kKinds;
}

}  // namespace faultline
