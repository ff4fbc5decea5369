#pragma once
// A limit on what is under way at once, as callers (`concurrency`) and servers (`door.concurrency`)
// set it up.

#include <memory>
#include <optional>

#include "models/policies/concurrency_limits.hpp"
#include "models/vocabulary/describe.hpp"

namespace faultline {

struct ConcurrencySettings {
  enum class Kind : std::uint8_t { Fixed, Aimd, Vegas, Gradient2, Envoy };
  Kind kind = Kind::Fixed;
  std::optional<std::int64_t> limit;  // Fixed
  std::optional<std::int64_t> initial, min, max;
  Share backoff{0.9};
  Duration timeout = milliseconds(5'000);
  std::optional<double> smoothing;
  double tolerance = 1.5;
  std::int64_t queue = 4;
  std::int64_t long_window = 600;
  Duration window = milliseconds(1'000);
  EnvoyGradientSettings envoy;

  void describe(Binder& b);
  std::unique_ptr<ConcurrencyLimit> make() const;
};

}  // namespace faultline
