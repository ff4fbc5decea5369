#pragma once
// What watches a service and steers it: autoscalers and rollouts. On each tick a controller is
// shown what its real counterpart could have measured, and answers with actions; the world carries
// them out. One file per controller.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/vocabulary/describe.hpp"
#include "sim/histogram.hpp"
#include "sim/time.hpp"

namespace faultline {

// How a version differs from the one it replaces.
struct VersionEffects {
  std::string name;
  double errors = 0;       // share of its jobs that fail
  double slow_share = 0;   // share of its jobs that are slow …
  double slow_factor = 1;  // … by this factor
};

// The instances of one version, and what they did since the last tick.
struct VersionView {
  std::int64_t desired = 0;   // instances wanted
  std::int64_t existing = 0;  // starting or ready
  std::int64_t ready = 0;
  std::uint64_t answers = 0;  // replies, errors included
  std::uint64_t errors = 0;
  const Histogram* latency = nullptr;  // of replies without error
};

struct ServiceView {
  Instant now;
  Duration since_last;
  std::int64_t replicas = 0;  // wanted in all
  std::int64_t ready = 0;
  double threads_busy = 0;    // share of the ready instances' threads, on average since last
  double cpu = 0;             // share of the ready instances' cores
  double arrivals_per_s = 0;  // in all
  std::vector<VersionView> versions;  // in the order of their rollouts; 0: what the run began with
  std::uint32_t stable = 0;           // the version that is now the one
  bool rollout_under_way = false;
};

// For which share of the calls a flag is on from now on; 0: off, whatever was said before.
struct FlagShare {
  double share = 0;
  std::string of;  // of one caller only; empty: of everybody
};

struct Actions {
  struct Replicas {
    std::uint32_t version;
    std::int64_t wanted;
    Duration start_up;
  };
  std::vector<Replicas> replicas;
  std::optional<double> weight;          // share of traffic for the newest version; < 0: no split
  std::optional<FlagShare> flag;         // the version is a flag in every instance
  std::optional<std::uint32_t> stable;   // the version that is now the one
  std::optional<VersionEffects> begins;  // a rollout of this version
  bool ends = false;                     // the rollout
  bool rolled_back = false;              // decided now
  std::vector<std::string> told;         // for the timeline
  Duration again{-1};                    // next tick; < 0: done
};

class Controller {
 public:
  virtual ~Controller() = default;
  virtual Actions tick(const ServiceView&) = 0;
};

struct ReleaseOptions;

class ControllerConfig {
 public:
  virtual ~ControllerConfig() = default;
  virtual void describe(Binder&) = 0;
  virtual std::unique_ptr<ControllerConfig> clone() const = 0;
  virtual std::unique_ptr<Controller> make(std::int64_t replicas) const = 0;
  virtual bool is_rollout() const { return false; }
  virtual const ReleaseOptions* release() const { return nullptr; }  // of a rollout
  virtual std::vector<std::string> callers() const { return {}; }    // of the service, named in it
};

template <class Derived>
class ControllerConfigOf : public ControllerConfig {
 public:
  std::unique_ptr<ControllerConfig> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
};

std::span<const Kind<ControllerConfig>> autoscaler_kinds();
std::span<const Kind<ControllerConfig>> rollout_kinds();

}  // namespace faultline
