// all_at_once: replaces every instance at the same time (Kubernetes' Recreate, without its gap when
// start_up is 0s). Gates, if there are any, watch for `bake` afterwards; a rollback is as abrupt.

#include <fmt/format.h>

#include "models/controllers/controllers.hpp"
#include "models/controllers/release.hpp"

namespace faultline {
namespace {

class AllAtOnce final : public Controller {
 public:
  AllAtOnce(const ReleaseOptions& options, Duration bake)
      : options_(options), bake_(bake), judge_(options_) {}

  Actions tick(const ServiceView& view) override {
    Actions a;
    if (!fresh_) return begin(view, a);
    if (const auto why = judge_.look(view, *fresh_)) {
      a.replicas = {{*fresh_, 0, {0}}, {view.stable, wanted_, options_.start_up}};
      a.ends = true;
      a.told.push_back(fmt::format("rolled back: {}", *why));
      a.rolled_back = true;
      return a;
    }
    if (view.now < until_) {
      a.again = std::min(options_.interval, until_ - view.now);
      return a;
    }
    a.stable = *fresh_;
    a.ends = true;
    a.told.push_back(fmt::format("{} is kept", options_.version.effects.name));
    return a;
  }

 private:
  Actions begin(const ServiceView& view, Actions& a) {
    fresh_ = static_cast<std::uint32_t>(view.versions.size());
    wanted_ = view.replicas;
    until_ = view.now + options_.start_up + bake_;
    a.begins = options_.version.effects;
    a.replicas = {{view.stable, 0, {0}}, {*fresh_, wanted_, options_.start_up}};
    a.told.push_back(fmt::format("{} replaces everything at once", options_.version.effects.name));
    a.again = std::max(options_.start_up, milliseconds(1));
    return a;
  }

  ReleaseOptions options_;
  Duration bake_;
  Judge judge_;
  std::optional<std::uint32_t> fresh_;
  std::int64_t wanted_ = 0;
  Instant until_;
};

class AllAtOnceConfig final : public ControllerConfigOf<AllAtOnceConfig> {
 public:
  void describe(Binder& b) override {
    options_.describe(b);
    b.field({.key = "bake", .help = "How long the gates watch afterwards.", .min = 0}, bake_);
  }
  std::unique_ptr<Controller> make(std::int64_t) const override {
    return std::make_unique<AllAtOnce>(options_, bake_);
  }
  bool is_rollout() const override { return true; }
  const ReleaseOptions* release() const override { return &options_; }

 private:
  ReleaseOptions options_;
  Duration bake_ = milliseconds(600'000);
};

}  // namespace

std::unique_ptr<ControllerConfig> make_all_at_once() {
  return std::make_unique<AllAtOnceConfig>();
}

}  // namespace faultline
