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

// Σ usage / Σ request, in percent. Kubernetes counts whole percents.
double utilization(const std::vector<PodSample>& pods, bool whole) {
  double usage = 0, request = 0;
  for (const PodSample& p : pods) {
    usage += p.usage;
    request += p.request;
  }
  const double percent = request > 0 ? 100 * usage / request : 0;
  return whole ? std::floor(percent + 1e-9) : percent;
}

bool within(double ratio, double tolerance) {
  return ratio >= 1 - tolerance && ratio <= 1 + tolerance;
}

// A billionth is forgiven, so that 3 × 50 % / 50 % is 3.
std::int64_t enough(double ratio, std::size_t pods) {
  return static_cast<std::int64_t>(std::ceil(ratio * static_cast<double>(pods) - 1e-9));
}

}  // namespace

Proposal replicas_for(std::int64_t current, const std::vector<PodSample>& pods, double target,
                      double tolerance, bool whole) {
  std::vector<PodSample> counted, unready, missing;
  for (const PodSample& p : pods) {
    auto& kind = p.state == PodSample::State::Ready     ? counted
                 : p.state == PodSample::State::Unready ? unready
                                                        : missing;
    kind.push_back(p);
  }
  if (counted.empty()) return {current, 0};
  const double shown = utilization(counted, whole);
  const double ratio = shown / target;
  const bool up = ratio > 1;
  if (missing.empty() && (unready.empty() || !up))
    return {within(ratio, tolerance) ? current : enough(ratio, counted.size()), shown};

  for (PodSample& p : missing) {
    if (ratio == 1) break;
    p.usage = up ? 0 : p.request * std::max(100.0, target) / 100;
    counted.push_back(p);
  }
  for (PodSample& p : unready) {
    if (!up) break;
    p.usage = 0;
    counted.push_back(p);
  }
  const double guess = utilization(counted, whole) / target;
  const bool turned = up ? guess < 1 : ratio < 1 && guess > 1;
  if (within(guess, tolerance) || turned) return {current, shown};
  const std::int64_t wanted = enough(guess, counted.size());
  return {(guess < 1) == (wanted > current) && wanted != current ? current : wanted, shown};
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

Limited rate_limited(Instant now, std::int64_t current, std::int64_t desired, std::int64_t min,
                     std::int64_t max, const ScalingRules& up, const ScalingRules& down,
                     const std::vector<ScalingEvent>& added,
                     const std::vector<ScalingEvent>& removed) {
  if (desired > current) {
    const std::int64_t limit = scale_up_limit(now, current, up, added, removed);
    if (desired > std::min(max, limit))
      return limit < max ? Limited{limit, ScalingReason::ScaleUpLimit}
                         : Limited{max, ScalingReason::TooManyReplicas};
  }
  if (desired < current) {
    const std::int64_t limit = scale_down_limit(now, current, down, added, removed);
    if (desired < std::max(min, limit))
      return limit > min ? Limited{limit, ScalingReason::ScaleDownLimit}
                         : Limited{min, ScalingReason::TooFewReplicas};
  }
  return {desired, ScalingReason::DesiredWithinRange};
}

}  // namespace faultline
