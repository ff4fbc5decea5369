#pragma once
// What a caller's balancer remembers of a callee's instances, where a plain turn or a count of its
// own attempts is not enough.

#include <cstdint>
#include <optional>
#include <vector>

#include "models/system/balancing_rules.hpp"
#include "models/system/by_instance.hpp"
#include "models/system/outlier_detection.hpp"
#include "models/vocabulary/rows.hpp"

namespace faultline {

struct BalancerState {
  // Turns among a set of instances. There is one for each set that it has to choose from: zones
  // and versions make several.
  struct Turns {
    std::vector<InstanceId> members;
    std::uint32_t next = 0;
    std::optional<DeadlineSchedule> weighted;
  };
  std::vector<Turns> turns;
  std::optional<OutlierDetector> outliers;
  std::uint32_t hosts_known = kNone;                 // as of which change of the service's hosts
  std::vector<std::optional<PeakEwma>> round_trips;  // by the instance's ordinal
  Loads loads;                                       // as they were at the last refresh
  Instant next_look;

  // Takes the loads as they were at the last multiple of `every`. Whoever is about to change them
  // asks for this first.
  void look_at_loads(Instant now, Duration every, const Loads& outstanding) {
    if (every.ns == 0 || now < next_look) return;
    loads = outstanding;
    next_look = Instant{(now.ns / every.ns + 1) * every.ns};
  }
};

}  // namespace faultline
