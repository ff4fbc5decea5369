#pragma once
// The arithmetic of a Kubernetes Deployment's rolling update. Pure functions, so that vectors can
// be held against them.

#include <cstdint>

#include "models/vocabulary/describe.hpp"

namespace faultline {

struct Fences {
  std::int64_t surge = 0;        // instances above the wanted number, rounded up
  std::int64_t unavailable = 0;  // instances that may be missing, rounded down
};

// Both zero would never get anywhere: then one may be missing.
Fences fences(const Portion& max_surge, const Portion& max_unavailable, std::int64_t replicas);

struct RollingState {
  std::int64_t old_all = 0, old_available = 0, fresh_all = 0, fresh_available = 0;
};

// New instances wanted after one sync.
std::int64_t scaled_up(std::int64_t replicas, const Fences& fences, const RollingState& s);
// Old instances wanted after one sync: first those that don't serve go, then as many as may.
std::int64_t scaled_down(std::int64_t replicas, const Fences& fences, const RollingState& s);

}  // namespace faultline
