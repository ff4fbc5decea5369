#pragma once
// Which kinds of vectors have a model, and who puts them to it. A kind that isn't listed is not
// modelled. One file per section of the reference.

#include <span>

#include "tests/conformance/vector.hpp"

namespace faultline::conformance {

struct Kind {
  std::string_view name;
  Runner run;
  // What is done is written beside what is expected of it: the runner finds it as `ops`.
  bool steps_with_expectation = false;
};

std::span<const Kind> breaker_kinds();     // circuit breakers
std::span<const Kind> balancer_kinds();    // load balancing, outlier detection
std::span<const Kind> retry_kinds();       // waits, budgets, amplification
std::span<const Kind> budget_kinds();      // of retries
std::span<const Kind> hedge_kinds();       // gRPC's hedging
std::span<const Kind> network_kinds();     // Toxiproxy, netem
std::span<const Kind> timeout_kinds();     // per try against overall
std::span<const Kind> limit_kinds();       // rate limits
std::span<const Kind> overload_kinds();    // throttling, adaptive limits, CoDel, shedding
std::span<const Kind> autoscaler_kinds();  // the HPA's arithmetic
std::span<const Kind> rollout_kinds();     // rolling update, canary
std::span<const Kind> objective_kinds();   // error budgets
std::span<const Kind> resource_kinds();    // CPU limits

}  // namespace faultline::conformance
