#pragma once
// The weather: what the active faults do to a service's instance or to a link. Faults contribute
// and never undo: when the set of active faults changes, conditions are made anew from all of them,
// so overlaps cannot corrupt. Slowdowns multiply, delays add, losses combine, partitions or.

#include <cstdint>
#include <vector>

#include "models/vocabulary/outcome.hpp"
#include "sim/distribution.hpp"

namespace faultline {

struct InstanceConditions {
  double slowdown = 1;  // work × this
  bool down = false;

  struct Errors {
    double share = 0;
    Error error = Error::ServerError;
    std::uint64_t key = 0;  // of its draws
  };
  std::vector<Errors> errors;

  struct Slowed {
    double share = 0, factor = 1;
    std::uint64_t key = 0;
  };
  std::vector<Slowed> slowed;  // a share of jobs, on top

  double cpu_stress = 0;                 // threads of somebody else's that want the cores
  std::int64_t memory_stress = 0;        // bytes that somebody else holds
  std::vector<Distribution> disk_added;  // to each operation
  std::vector<Errors> disk_errors;       // of operations
};

struct LinkConditions {
  std::vector<Distribution> added;  // one way, each
  double loss = 0;                  // per message
  bool cut_to = false;              // nothing gets to the callee
  bool cut_from = false;            // nothing gets back

  void add_loss(double share) { loss = 1 - (1 - loss) * (1 - share); }
  bool clear() const { return added.empty() && loss == 0 && !cut_to && !cut_from; }
};

}  // namespace faultline
