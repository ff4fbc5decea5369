#pragma once
// Load shedding: as a server's load rises, requests are turned away or answered from what is at
// hand, the least important first. Each priority has a level of load from which on it is shed, and
// goes on being shed until the load is `hysteresis` below it. With a `ramp` the share that is shed
// rises evenly from the level to `ramp` above it, as the scaled triggers of Envoy's overload
// manager do; without, all of it is shed at the level, as its threshold triggers do.

#include <array>
#include <cstdint>
#include <optional>

#include "models/vocabulary/describe.hpp"

namespace faultline {

// Envoy's ScaledTrigger: 0 up to `scaling`, 1 above `saturation`, even between.
constexpr double scaled_trigger(double pressure, double scaling, double saturation) {
  if (pressure <= scaling) return 0;
  if (pressure > saturation) return 1;
  return (pressure - scaling) / (saturation - scaling);
}

struct ShedSettings {
  // What load is: requests in the instance, waiting in it, its busy threads, its busy cores.
  enum class Load : std::uint8_t { Concurrency, Queue, Threads, Cpu };
  enum class Answer : std::uint8_t { Reject, Cached };

  Load by = Load::Concurrency;
  std::optional<std::int64_t> full;  // of requests: what a load of 100 % is
  std::array<std::optional<Share>, 4> levels{{std::nullopt, Share{0.85}, Share{0.7}, Share{0.7}}};
  std::optional<Share> maintenance;
  Share hysteresis{0.05};
  Share ramp{0};
  Duration period = milliseconds(1000);
  Answer answer = Answer::Reject;
  double quality = 0.5;

  void describe(Binder& b);
  bool averaged() const { return by == Load::Threads || by == Load::Cpu; }
};

class Shedder {
 public:
  explicit Shedder(const ShedSettings& settings) : settings_(settings) {}

  enum class Verdict : std::uint8_t { Serve, Shed, Maintenance };
  // `chance` in [0, 1) is the request's own.
  Verdict ask(double load, unsigned priority, double chance) {
    // Every level looks at the load, whoever comes.
    for (std::size_t i = 0; i < settings_.levels.size(); ++i)
      look(load, settings_.levels[i], active_[i]);
    look(load, settings_.maintenance, active_[4]);
    if (active_[4]) return Verdict::Maintenance;
    if (!settings_.levels[priority]) return Verdict::Serve;
    if (settings_.ramp.value <= 0) return active_[priority] ? Verdict::Shed : Verdict::Serve;
    const double from = settings_.levels[priority]->value;
    const double share = scaled_trigger(load, from, from + settings_.ramp.value);
    return chance < share ? Verdict::Shed : Verdict::Serve;
  }

 private:
  void look(double load, const std::optional<Share>& level, bool& active) const {
    if (!level) return;
    if (load >= level->value) active = true;
    if (load < level->value - settings_.hysteresis.value) active = false;
  }

  ShedSettings settings_;
  std::array<bool, 5> active_{};
};

}  // namespace faultline
