// blue_green: starts the new version beside the old one at full size, waits, and switches all of
// the traffic at once; the old version stays for a while, so that going back is as instant. Follows
// Argo Rollouts' blueGreen. Unlike a canary nobody meets the new version before everybody does:
// gates can only judge after the switch.

#include <fmt/format.h>

#include "models/controllers/controllers.hpp"
#include "models/controllers/release.hpp"

namespace faultline {
namespace {

struct Pauses {
  Duration preview{0};
  Duration bake = milliseconds(600'000);
  Duration scale_down_delay = milliseconds(30'000);
};

class BlueGreen final : public Controller {
 public:
  BlueGreen(const ReleaseOptions& options, const Pauses& pauses)
      : options_(options), pauses_(pauses), judge_(options_) {}

  Actions tick(const ServiceView& view) override {
    Actions a;
    a.again = kPoll;
    if (!fresh_) return begin(view, a);
    if (leaves_) return wait(view, a);
    const VersionView& fresh = view.versions[*fresh_];
    if (!switched_) {
      if (fresh.ready < fresh.desired) return a;  // starting
      if (!available_) available_ = view.now;
      const Instant due = *available_ + pauses_.preview;
      if (view.now >= due) return switch_over(view, a);
      a.again = std::min(kPoll, due - view.now);
      return a;
    }
    if (const auto why = judge_.look(view, *fresh_)) {
      a.weight = 0.0;
      a.rolled_back = true;
      a.told.push_back(fmt::format("switched back: {}", *why));
      leave(view, a, *fresh_, view.now + pauses_.scale_down_delay);
      return a;
    }
    const Duration watch = options_.gates.empty() ? Duration{0} : pauses_.bake;
    if (view.now < *switched_ + watch) {
      a.again = std::min(kPoll, *switched_ + watch - view.now);
      return a;
    }
    leave(view, a, view.stable, *switched_ + pauses_.scale_down_delay);
    return a;
  }

 private:
  static constexpr Duration kPoll = milliseconds(1'000);

  Actions begin(const ServiceView& view, Actions& a) {
    fresh_ = static_cast<std::uint32_t>(view.versions.size());
    a.begins = options_.version.effects;
    a.weight = 0.0;
    a.replicas.push_back({*fresh_, view.replicas, options_.start_up});
    a.told.push_back(
        fmt::format("{} starts beside the old version", options_.version.effects.name));
    return a;
  }
  Actions switch_over(const ServiceView& view, Actions& a) {
    switched_ = view.now;
    a.weight = 1.0;
    a.told.push_back(fmt::format("all traffic goes to {}", options_.version.effects.name));
    return a;
  }
  // A version has lost; it stays until `at`.
  void leave(const ServiceView& view, Actions& a, std::uint32_t version, Instant at) {
    loser_ = version;
    leaves_ = std::max(at, view.now);
    a.again = std::max(*leaves_ - view.now, Duration{1});
  }
  Actions wait(const ServiceView&, Actions& a) const {
    a.replicas.push_back({loser_, 0, {0}});
    a.weight = -1;
    if (loser_ != *fresh_) a.stable = *fresh_;
    a.told.push_back(loser_ == *fresh_ ? fmt::format("{} is gone", options_.version.effects.name)
                                       : fmt::format("{} is kept", options_.version.effects.name));
    a.ends = true;
    a.again = Duration{-1};
    return a;
  }

  ReleaseOptions options_;
  Pauses pauses_;
  Judge judge_;
  std::optional<std::uint32_t> fresh_;
  std::uint32_t loser_ = 0;
  std::optional<Instant> available_, switched_, leaves_;
};

class BlueGreenConfig final : public ControllerConfigOf<BlueGreenConfig> {
 public:
  void describe(Binder& b) override {
    options_.describe(b);
    b.field({.key = "preview",
             .help = "Between the new version's being ready and the switch.",
             .min = 0},
            pauses_.preview);
    b.field({.key = "bake", .help = "How long the gates watch after the switch.", .min = 0},
            pauses_.bake);
    b.field({.key = "scale_down_delay",
             .help = "How long at least the version that lost is kept after the switch.",
             .min = 0},
            pauses_.scale_down_delay);
  }
  std::unique_ptr<Controller> make(std::int64_t) const override {
    return std::make_unique<BlueGreen>(options_, pauses_);
  }
  bool is_rollout() const override { return true; }
  const ReleaseOptions* release() const override { return &options_; }

 private:
  ReleaseOptions options_;
  Pauses pauses_;
};

}  // namespace

std::unique_ptr<ControllerConfig> make_blue_green() {
  return std::make_unique<BlueGreenConfig>();
}

}  // namespace faultline
