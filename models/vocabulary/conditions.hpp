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
    float retry_after_s = 0;  // as in Outcome
    std::uint64_t key = 0;    // of its draws
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
  static constexpr std::uint8_t kNew = 1, kEstablished = 2;

  std::vector<Distribution> added;  // one way, each
  double loss = 0;                  // per message
  bool cut_to = false;              // nothing gets to the callee
  bool cut_from = false;            // nothing gets back
  std::uint8_t cut_hits = 0;  // connections set up before the cut, or not yet: kNew | kEstablished
  struct Swing {
    Duration latency, jitter;
  };
  std::vector<Swing> swings;  // delays of latency ± jitter, one way
  double correlation = 0;     // of losses
  double duplicated = 0;      // share of requests that get there twice
  double corrupted = 0;       // share of messages that nobody notices are damaged
  double swallowed = 0;       // share of messages that vanish
  double reset = 0;           // share of requests whose connection breaks,
  Duration reset_after;       // so long after they got there
  bool refused = false;       // new connections are
  bool no_dns = false;        // the callee's name can't be looked up
  double bandwidth = 0;       // bytes a second; 0: no limit of the weather's

  void add_loss(double share) { loss = 1 - (1 - loss) * (1 - share); }
  bool clear() const { return added.empty() && loss == 0 && !cut_to && !cut_from && !odd(); }
  // More than latency, loss and whole cuts.
  bool odd() const {
    const bool whole = (!cut_to && !cut_from) || cut_hits == (kNew | kEstablished);
    return !whole || !swings.empty() || correlation > 0 || duplicated > 0 || corrupted > 0 ||
           swallowed > 0 || reset > 0 || refused || no_dns || bandwidth > 0;
  }
};

inline void add_chance(double& share, double more) {
  share = 1 - (1 - share) * (1 - more);
}

}  // namespace faultline
