#pragma once
// What every rollout has: the new version, and the gates that judge it. Gates look at what was
// measured since they last looked; too many failed looks, counted over the whole rollout as Flagger
// does, take the version back.

#include <optional>
#include <string>
#include <vector>

#include "models/controllers/controller.hpp"

namespace faultline {

struct VersionOptions {
  VersionEffects effects{"v2", 0, 0, 1};
  void describe(Binder& b);
};

struct Gate {
  bool latency = false;  // else the error rate
  double quantile = 0.99;
  double at_most = 0;           // share, or seconds
  std::optional<double> times;  // of the stable version's value, instead of at_most
  std::string name;
  void describe(Binder& b);
  // Nothing when there is too little to judge by; an empty text when the gate is passed; else why
  // it isn't.
  std::optional<std::string> judge(const VersionView& fresh, const VersionView& stable,
                                   std::int64_t min_requests) const;
};

struct ReleaseOptions {
  VersionOptions version;
  std::vector<Gate> gates;
  Duration interval = milliseconds(60'000);
  std::int64_t failures = 1;
  std::int64_t min_requests = 1;
  Duration start_up = milliseconds(5'000);
  void describe(Binder& b);
};

// Instances of a canary that gets `weight` (0 … 1) of the traffic by a router, where the stable
// version keeps all of its own (Argo Rollouts).
std::int64_t canary_instances(double weight, std::int64_t replicas);

// Judges a version look by look: collects what every tick shows and judges once an interval is
// over.
class Judge {
 public:
  explicit Judge(const ReleaseOptions& options) : options_(options) {}
  // Answers why the version has to go, or nothing.
  std::optional<std::string> look(const ServiceView& view, std::uint32_t fresh);

 private:
  struct Collected {
    std::uint64_t answers = 0, errors = 0;
    Histogram latency;
    void add(const VersionView& v);
  };
  static VersionView view_of(const Collected& c);

  const ReleaseOptions& options_;
  Collected fresh_, stable_;
  std::optional<Instant> last_;
  std::int64_t failed_ = 0;
};

}  // namespace faultline
