#include "models/controllers/hpa_rules.hpp"

#include <algorithm>
#include <cmath>

namespace faultline {
namespace {

std::int64_t younger_than(Duration period, Instant now, const std::vector<ScalingEvent>& events) {
  std::int64_t sum = 0;
  for (const ScalingEvent& e : events) sum += now - e.at < period ? e.amount : 0;
  return sum;
}

}  // namespace

std::int64_t replicas_for(std::int64_t current, double value, double target, double tolerance) {
  const double ratio = value / target;
  if (ratio >= 1 - tolerance && ratio <= 1 + tolerance) return current;
  // A billionth is forgiven, so that 3 × 50 % / 50 % is 3.
  return static_cast<std::int64_t>(std::ceil(static_cast<double>(current) * ratio - 1e-9));
}

std::int64_t stabilized(Instant now, std::int64_t current, std::int64_t desired,
                        const std::vector<ScalingEvent>& recommendations, Duration up,
                        Duration down) {
  std::int64_t lowest = desired, highest = desired;
  for (const ScalingEvent& r : recommendations) {
    if (now - r.at < up) lowest = std::min(lowest, r.amount);
    if (now - r.at < down) highest = std::max(highest, r.amount);
  }
  if (current < lowest) return lowest;
  if (current > highest) return highest;
  return current;
}

std::int64_t scale_up_limit(Instant now, std::int64_t current, const ScalingRules& rules,
                            const std::vector<ScalingEvent>& added,
                            const std::vector<ScalingEvent>& removed) {
  if (rules.select == Select::Disabled) return current;
  std::int64_t result = rules.select == Select::Max ? current : std::int64_t{1} << 40;
  for (const ScalingPolicy& p : rules.policies) {
    const std::int64_t start =
        current - younger_than(p.period, now, added) + younger_than(p.period, now, removed);
    // Percentages round up, so that 1 % of three still adds one.
    const std::int64_t proposal = p.unit == ScalingPolicy::Unit::Pods
                                      ? start + p.value
                                      : (start * (100 + p.value) + 99) / 100;
    result = rules.select == Select::Max ? std::max(result, proposal) : std::min(result, proposal);
  }
  return std::max(result, current);
}

std::int64_t scale_down_limit(Instant now, std::int64_t current, const ScalingRules& rules,
                              const std::vector<ScalingEvent>& added,
                              const std::vector<ScalingEvent>& removed) {
  if (rules.select == Select::Disabled) return current;
  std::int64_t result = rules.select == Select::Max ? current : 0;
  for (const ScalingPolicy& p : rules.policies) {
    const std::int64_t start =
        current - younger_than(p.period, now, added) + younger_than(p.period, now, removed);
    const std::int64_t proposal =
        p.unit == ScalingPolicy::Unit::Pods ? start - p.value : start * (100 - p.value) / 100;
    result = rules.select == Select::Max ? std::min(result, proposal) : std::max(result, proposal);
  }
  return std::min(result, current);
}

std::int64_t rate_limited(Instant now, std::int64_t current, std::int64_t desired, std::int64_t min,
                          std::int64_t max, const ScalingRules& up, const ScalingRules& down,
                          const std::vector<ScalingEvent>& added,
                          const std::vector<ScalingEvent>& removed) {
  if (desired > current)
    desired = std::min(desired, scale_up_limit(now, current, up, added, removed));
  if (desired < current)
    desired = std::max(desired, scale_down_limit(now, current, down, added, removed));
  return std::clamp(desired, min, max);
}

}  // namespace faultline
