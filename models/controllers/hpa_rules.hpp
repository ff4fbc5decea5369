#pragma once
// The arithmetic of Kubernetes' HorizontalPodAutoscaler (autoscaling/v2): how many replicas a
// metric asks for, and how fast one may get there. Pure functions, so that vectors can be held
// against them.

#include <cstdint>
#include <vector>

#include "sim/time.hpp"

namespace faultline {

// An instance as its metrics show it. `usage` and `request` are in one unit of the reader's choice.
struct PodSample {
  enum class State : std::uint8_t {
    Ready,    // counts
    Unready,  // still starting: idle when scaling up, not there when scaling down
    Missing,  // without a metric: idle when scaling up, fully used when scaling down
  };
  State state = State::Ready;
  double usage = 0;
  double request = 1;
};

struct Proposal {
  std::int64_t replicas = 0;
  double utilization = 0;  // of the ready ones, percent
};

// How many replicas would bring Σ usage / Σ request to `target` percent, unless they are within
// ±tolerance of it (bounds included). Like Kubernetes, compares whole percents if `whole`. Where
// not every instance shows its usage, the guess is cautious: never the other way than without it.
Proposal replicas_for(std::int64_t current, const std::vector<PodSample>& pods, double target,
                      double tolerance, bool whole);

struct ScalingPolicy {
  enum class Unit : std::uint8_t { Pods, Percent };
  Unit unit = Unit::Pods;
  std::int64_t value = 0;
  Duration period = milliseconds(15'000);
};

enum class Select : std::uint8_t { Max, Min, Disabled };

struct ScalingRules {
  Duration window{0};  // stabilization
  Select select = Select::Max;
  std::vector<ScalingPolicy> policies;
};

// A change of replicas, or a recommendation, at a moment.
struct ScalingEvent {
  Instant at;
  std::int64_t amount = 0;
};

// Recommendations younger than the windows hold a new one back: up to the least of the up window,
// down to the greatest of the down window.
std::int64_t stabilized(Instant now, std::int64_t current, std::int64_t desired,
                        const std::vector<ScalingEvent>& recommendations, Duration up,
                        Duration down);

// The most that may be reached now, going up; the least, going down.
std::int64_t scale_up_limit(Instant now, std::int64_t current, const ScalingRules& rules,
                            const std::vector<ScalingEvent>& added,
                            const std::vector<ScalingEvent>& removed);
std::int64_t scale_down_limit(Instant now, std::int64_t current, const ScalingRules& rules,
                              const std::vector<ScalingEvent>& added,
                              const std::vector<ScalingEvent>& removed);

// What kept the answer from being what was desired, in Kubernetes' words.
enum class ScalingReason : std::uint8_t {
  DesiredWithinRange,
  ScaleUpLimit,
  TooManyReplicas,
  ScaleDownLimit,
  TooFewReplicas
};

struct Limited {
  std::int64_t replicas = 0;
  ScalingReason reason = ScalingReason::DesiredWithinRange;
};

// `desired` after the rate policies and the bounds; `current` is within them.
Limited rate_limited(Instant now, std::int64_t current, std::int64_t desired, std::int64_t min,
                     std::int64_t max, const ScalingRules& up, const ScalingRules& down,
                     const std::vector<ScalingEvent>& added,
                     const std::vector<ScalingEvent>& removed);

}  // namespace faultline
