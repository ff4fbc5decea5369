// rolling: a Kubernetes Deployment's RollingUpdate. Each sync first adds new instances up to the
// surge, else takes old ones away down to what may be missing. Kubernetes never rolls back by
// itself; here gates do, if there are any, by rolling the old version in again.

#include <fmt/format.h>

#include <array>

#include "models/controllers/controllers.hpp"
#include "models/controllers/release.hpp"
#include "models/controllers/rolling_rules.hpp"

namespace faultline {
namespace {

class Rolling final : public Controller {
 public:
  Rolling(const ReleaseOptions& options, const Portion& surge, const Portion& unavailable,
          Duration bake)
      : options_(options),
        surge_(surge),
        unavailable_(unavailable),
        bake_(bake),
        judge_(options_) {}

  Actions tick(const ServiceView& view) override {
    Actions a;
    a.again = kSync;
    if (!fresh_) {
      fresh_ = static_cast<std::uint32_t>(view.versions.size());
      wanted_ = view.replicas;
      fences_ = fences(surge_, unavailable_, wanted_);
      to_ = *fresh_;
      from_ = view.stable;
      a.begins = options_.version.effects;
      a.told.push_back(fmt::format("{} rolls out, {} more and {} fewer at most",
                                   options_.version.effects.name, fences_.surge,
                                   fences_.unavailable));
      a.again = Duration{1};
      return a;
    }
    if (to_ == *fresh_) {
      if (const auto why = judge_.look(view, *fresh_)) {
        std::swap(to_, from_);
        a.told.push_back(fmt::format("rolling back: {}", *why));
        a.rolled_back = true;
      }
    }
    if (sync(view, a)) return a;
    if (to_ != *fresh_) return finish(a, "the old version is back");
    if (!settled_) settled_ = view.now;
    if (!options_.gates.empty() && view.now < *settled_ + bake_) return a;
    a.stable = *fresh_;
    return finish(a, fmt::format("{} is everywhere", options_.version.effects.name));
  }

 private:
  static constexpr Duration kSync = milliseconds(1'000);

  static Actions finish(Actions& a, std::string told) {
    a.ends = true;
    a.again = Duration{-1};
    a.told.push_back(std::move(told));
    return a;
  }

  // One pass of the Deployment controller. Answers whether there is still something to do.
  bool sync(const ServiceView& view, Actions& a) const {
    const VersionView& old = view.versions[from_];
    const VersionView& fresh = view.versions[to_];
    const RollingState s{old.existing, old.ready, fresh.existing, fresh.ready};
    const std::int64_t up = scaled_up(wanted_, fences_, s);
    if (up != s.fresh_all) {
      a.replicas.push_back({to_, up, options_.start_up});
      return true;
    }
    const std::int64_t down = scaled_down(wanted_, fences_, s);
    if (down != s.old_all) a.replicas.push_back({from_, down, {0}});
    return s.old_all > 0 || s.fresh_available < wanted_;
  }

  ReleaseOptions options_;
  Portion surge_, unavailable_;
  Duration bake_;
  Judge judge_;
  Fences fences_;
  std::optional<std::uint32_t> fresh_;
  std::uint32_t from_ = 0, to_ = 0;
  std::int64_t wanted_ = 0;
  std::optional<Instant> settled_;
};

class RollingConfig final : public ControllerConfigOf<RollingConfig> {
 public:
  void describe(Binder& b) override {
    static constexpr std::array<Dialect<RollingConfig>, 1> kDialects = {{
        {"guide", "One more and one fewer: max_surge 1, max_unavailable 1.",
         [](RollingConfig& c) {
           c.surge_ = c.unavailable_ = {1, std::nullopt};
         }},
    }};
    b.like(kDialects, *this);
    options_.describe(b);
    b.field({.key = "max_surge",
             .help = "Instances above the wanted number: a count, or a share rounded up.",
             .min = 0,
             .fallback = "25%"},
            surge_);
    b.field({.key = "max_unavailable",
             .help = "Instances that may be missing: a count, or a share rounded down.",
             .min = 0,
             .fallback = "25%"},
            unavailable_);
    b.field({.key = "bake", .help = "How long the gates watch afterwards.", .min = 0}, bake_);
  }
  std::unique_ptr<Controller> make(std::int64_t) const override {
    return std::make_unique<Rolling>(options_, surge_, unavailable_, bake_);
  }
  bool is_rollout() const override { return true; }
  const ReleaseOptions* release() const override { return &options_; }

 private:
  ReleaseOptions options_;
  Portion surge_{std::nullopt, 0.25}, unavailable_{std::nullopt, 0.25};
  Duration bake_ = milliseconds(600'000);
};

}  // namespace

std::unique_ptr<ControllerConfig> make_rolling() {
  return std::make_unique<RollingConfig>();
}

}  // namespace faultline
