#pragma once
// What each instance of a service does before a request gets as far as its queue.

#include <optional>

#include "models/policies/concurrency_settings.hpp"
#include "models/policies/rate_gate.hpp"
#include "models/policies/shedding.hpp"

namespace faultline {

struct DoorSettings {
  std::optional<RateLimitSettings> rate_limit;
  std::optional<ShedSettings> shed;
  std::optional<ConcurrencySettings> concurrency;

  void describe(Binder& b);
  bool any() const { return rate_limit || shed || concurrency; }
};

}  // namespace faultline
