// canary: gives the new version a growing share of the traffic, and takes it back if a gate fails.
// Follows Argo Rollouts with a traffic router: the canary has ceil(weight × replicas) instances,
// the stable version keeps all of its own; gates are judged as Flagger does (release.hpp).

#include <fmt/format.h>

#include <array>

#include "models/controllers/controllers.hpp"
#include "models/controllers/release.hpp"

namespace faultline {
namespace {

struct WeightStep {
  Share weight;
  Duration lasts = milliseconds(60'000);
  void describe(Binder& b) {
    b.field(
        {.key = "weight", .help = "Share of the traffic.", .min = 0, .max = 1, .required = true},
        weight);
    b.field({.key = "for", .help = "How long.", .min = 0, .required = true}, lasts);
  }
};

class Canary final : public Controller {
 public:
  Canary(const ReleaseOptions& options, const std::vector<WeightStep>& steps)
      : options_(options), steps_(steps), judge_(options_) {}

  Actions tick(const ServiceView& view) override {
    Actions a;
    a.again = kPoll;
    if (!fresh_) return begin(view, a);
    if (retiring_) return retire(a);
    if (const auto why = judge_.look(view, *fresh_)) {
      a.weight = 0.0;
      a.told.push_back(fmt::format("rolled back: {}", *why));
      a.rolled_back = true;
      retiring_ = true;
      return a;
    }
    if (view.versions[*fresh_].ready < view.versions[*fresh_].desired) return a;  // starting
    if (step_ == steps_.size()) return promote(view, a);
    const WeightStep& step = steps_[step_];
    if (!ends_) {
      a.weight = step.weight.value;
      a.told.push_back(fmt::format("{} gets {:g} % of the traffic", options_.version.effects.name,
                                   step.weight.value * 100));
      ends_ = view.now + step.lasts;
    }
    if (view.now < *ends_) {
      a.again = std::min(kPoll, *ends_ - view.now);
      return a;
    }
    ends_.reset();
    ++step_;
    a.replicas.push_back(
        {*fresh_, step_ == steps_.size() ? wanted_ : instances(step_), options_.start_up});
    a.again = Duration{1};
    return a;
  }

 private:
  static constexpr Duration kPoll = milliseconds(1'000);

  std::int64_t instances(std::size_t step) const {
    return std::max<std::int64_t>(1, canary_instances(steps_[step].weight.value, wanted_));
  }

  Actions begin(const ServiceView& view, Actions& a) {
    fresh_ = static_cast<std::uint32_t>(view.versions.size());
    wanted_ = view.replicas;
    a.begins = options_.version.effects;
    a.weight = 0.0;
    a.replicas.push_back({*fresh_, steps_.empty() ? wanted_ : instances(0), options_.start_up});
    a.told.push_back(fmt::format("canary {} starts", options_.version.effects.name));
    return a;
  }
  Actions promote(const ServiceView& view, Actions& a) const {
    a.stable = *fresh_;
    a.weight = -1;
    a.replicas.push_back({view.stable, 0, {0}});
    a.told.push_back(fmt::format("{} is promoted", options_.version.effects.name));
    a.ends = true;
    a.again = Duration{-1};
    return a;
  }
  // Out of the traffic; now its instances go too.
  Actions retire(Actions& a) const {
    a.weight = -1;
    a.replicas.push_back({*fresh_, 0, {0}});
    a.ends = true;
    a.again = Duration{-1};
    return a;
  }

  ReleaseOptions options_;
  std::vector<WeightStep> steps_;
  Judge judge_;
  std::optional<std::uint32_t> fresh_;
  std::int64_t wanted_ = 0;
  std::size_t step_ = 0;
  std::optional<Instant> ends_;
  bool retiring_ = false;
};

class CanaryConfig final : public ControllerConfigOf<CanaryConfig> {
 public:
  void describe(Binder& b) override {
    static constexpr std::array<Dialect<CanaryConfig>, 1> kDialects = {{
        {"guide",
         "5, 25, 50 and 100% for 10min each; every minute at most 1% errors and a p99 of 500ms.",
         [](CanaryConfig& c) {
           for (const double weight : {0.05, 0.25, 0.5, 1.0})
             c.steps_.push_back({{weight}, milliseconds(600'000)});
           Gate errors, latency;
           errors.name = "error_rate";
           errors.at_most = 0.01;
           latency.name = "latency_s.p99";
           latency.latency = true;
           latency.at_most = 0.5;
           c.options_.gates = {errors, latency};
           c.options_.failures = 5;
         }},
    }};
    const bool liked = b.like(kDialects, *this);
    options_.describe(b);
    b.list({.key = "steps",
            .help = "Shares of the traffic, one after the other; then all of it.",
            .required = !liked},
           steps_);
    for (std::size_t i = 1; i < steps_.size(); ++i) {
      if (steps_[i].weight.value < steps_[i - 1].weight.value)
        b.reject("steps", "have weights that go down");
    }
  }
  std::unique_ptr<Controller> make(std::int64_t) const override {
    return std::make_unique<Canary>(options_, steps_);
  }
  bool is_rollout() const override { return true; }
  const ReleaseOptions* release() const override { return &options_; }

 private:
  ReleaseOptions options_;
  std::vector<WeightStep> steps_;
};

}  // namespace

std::unique_ptr<ControllerConfig> make_canary() {
  return std::make_unique<CanaryConfig>();
}

}  // namespace faultline
