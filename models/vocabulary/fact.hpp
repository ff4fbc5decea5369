#pragma once
// What just happened and is worth telling: rare, plain data, appended by the world and read by
// whoever shows the run. The frequent things are counted instead (models/system/statistics.hpp).

#include <cstdint>
#include <string>

#include "sim/time.hpp"

namespace faultline {

enum class FactKind : std::uint8_t {
  Fault,
  FaultEnd,
  Breaker,
  Scale,
  Rollout,
  Alert,
  Crash,
  Ready,
  Action
};

struct Fact {
  Instant at;
  FactKind kind = FactKind::Action;
  std::string subject;  // the service, link, edge … it is about
  std::string what;     // a sentence without its full stop
};

}  // namespace faultline
