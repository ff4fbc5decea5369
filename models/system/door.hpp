#pragma once
// The door of one instance: the state of what it does before a request gets as far as its queue.

#include <memory>
#include <optional>

#include "models/policies/door_settings.hpp"

namespace faultline {

struct Door {
  // `together`: what the service's instances share, made by the first that needs it.
  Door(const DoorSettings& s, std::shared_ptr<RateGate>& together) : settings(&s) {
    if (s.rate_limit) {
      const bool alone = !s.rate_limit->store;
      rate = alone || !together ? std::make_shared<RateGate>(*s.rate_limit) : together;
      if (!alone) together = rate;
    }
    if (s.shed) shed.emplace(*s.shed);
    if (s.concurrency) concurrency = s.concurrency->make();
  }

  const DoorSettings* settings;
  std::shared_ptr<RateGate> rate;
  std::optional<Shedder> shed;
  std::unique_ptr<ConcurrencyLimit> concurrency;
  // The load of the last full period, where load is an average.
  struct Seen {
    Instant at;
    double area = 0, capacity = 0, load = 0;
  } seen;
};

}  // namespace faultline
