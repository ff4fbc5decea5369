#pragma once
// The door of one instance: the state of what it does before a request gets as far as its queue.

#include <memory>
#include <optional>

#include "models/policies/door_settings.hpp"

namespace faultline {

struct Door {
  explicit Door(const DoorSettings& s) : settings(&s) {
    if (s.rate_limit) rate.emplace(*s.rate_limit);
    if (s.shed) shed.emplace(*s.shed);
    if (s.concurrency) concurrency = s.concurrency->make();
  }

  const DoorSettings* settings;
  std::optional<RateGate> rate;
  std::optional<Shedder> shed;
  std::unique_ptr<ConcurrencyLimit> concurrency;
  // The load of the last full period, where load is an average.
  struct Seen {
    Instant at;
    double area = 0, capacity = 0, load = 0;
  } seen;
};

}  // namespace faultline
