#pragma once
// The arithmetic of Kubernetes' HorizontalPodAutoscaler (autoscaling/v2): how many replicas a
// metric asks for, and how fast one may get there. Pure functions, so that vectors can be held
// against them.

#include <cstdint>
#include <vector>

#include "sim/time.hpp"

namespace faultline {

// ceil(current × value / target), unless the ratio is within ±tolerance of 1 (bounds included).
std::int64_t replicas_for(std::int64_t current, double value, double target, double tolerance);

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

// `desired` after the rate policies and the bounds.
std::int64_t rate_limited(Instant now, std::int64_t current, std::int64_t desired, std::int64_t min,
                          std::int64_t max, const ScalingRules& up, const ScalingRules& down,
                          const std::vector<ScalingEvent>& added,
                          const std::vector<ScalingEvent>& removed);

}  // namespace faultline
