// flag: a percentage feature flag. The new behaviour is in every instance already; what changes is
// for which share of the calls it is on. Follows Unleash's gradual rollout: a call falls into a
// bucket by its key, so that raising the share never takes the new behaviour from a call that had
// it, and all tries of one call agree. Unlike a canary it needs no instances, and going back takes
// no time at all: nothing has to start or to drain.

#include <fmt/format.h>

#include "models/controllers/controllers.hpp"
#include "models/controllers/release.hpp"

namespace faultline {
namespace {

struct FlagStep {
  Share weight;
  std::string cohort;
  Duration lasts = milliseconds(60'000);
  void describe(Binder& b) {
    b.field({.key = "weight",
             .help = "Share of the calls for which it is on.",
             .min = 0,
             .max = 1,
             .required = true},
            weight);
    b.field({.key = "cohort",
             .help = "Only for calls of this client or service; the others stay as they were.",
             .fallback = "everybody"},
            cohort);
    b.field({.key = "for", .help = "How long.", .min = 0, .required = true}, lasts);
  }
};

class Flag final : public Controller {
 public:
  Flag(const ReleaseOptions& options, const std::vector<FlagStep>& steps)
      : options_(options), steps_(steps), judge_(options_) {}

  Actions tick(const ServiceView& view) override {
    Actions a;
    if (!fresh_) {
      fresh_ = static_cast<std::uint32_t>(view.versions.size());
      a.begins = options_.version.effects;
    } else if (const auto why = judge_.look(view, *fresh_)) {
      a.flag = FlagShare{0, {}};
      a.rolled_back = true;
      a.told.push_back(fmt::format("switched off: {}", *why));
      a.ends = true;
      return a;
    }
    if (ends_ && view.now >= *ends_) {
      ends_.reset();
      ++step_;
    }
    if (step_ == steps_.size()) {
      a.flag = FlagShare{1, {}};
      a.told.push_back(fmt::format("{} is on for everybody", options_.version.effects.name));
      a.ends = true;
      return a;
    }
    const FlagStep& step = steps_[step_];
    if (!ends_) {
      ends_ = view.now + step.lasts;
      a.flag = FlagShare{step.weight.value, step.cohort};
      a.told.push_back(fmt::format("{} is on for {:g} % of {}", options_.version.effects.name,
                                   step.weight.value * 100,
                                   step.cohort.empty() ? "the calls" : step.cohort));
    }
    a.again = std::min(kPoll, std::max(*ends_ - view.now, Duration{1}));
    return a;
  }

 private:
  static constexpr Duration kPoll = milliseconds(1'000);

  ReleaseOptions options_;
  std::vector<FlagStep> steps_;
  Judge judge_;
  std::optional<std::uint32_t> fresh_;
  std::size_t step_ = 0;
  std::optional<Instant> ends_;
};

class FlagConfig final : public ControllerConfigOf<FlagConfig> {
 public:
  void describe(Binder& b) override {
    options_.describe(b);
    b.list({.key = "steps",
            .help = "Shares of the calls, one after the other; then all of them.",
            .required = true},
           steps_);
    if (b.given("start_up")) b.reject("start_up", "is about instances, and a flag starts none");
    for (std::size_t i = 1; i < steps_.size(); ++i) {
      if (steps_[i].cohort == steps_[i - 1].cohort &&
          steps_[i].weight.value < steps_[i - 1].weight.value)
        b.reject("steps", "have weights that go down");
    }
  }
  std::unique_ptr<Controller> make(std::int64_t) const override {
    return std::make_unique<Flag>(options_, steps_);
  }
  bool is_rollout() const override { return true; }
  const ReleaseOptions* release() const override { return &options_; }
  std::vector<std::string> callers() const override {
    std::vector<std::string> names;
    for (const FlagStep& step : steps_) {
      if (!step.cohort.empty()) names.push_back(step.cohort);
    }
    return names;
  }

 private:
  ReleaseOptions options_;
  std::vector<FlagStep> steps_;
};

}  // namespace

std::unique_ptr<ControllerConfig> make_flag() {
  return std::make_unique<FlagConfig>();
}

}  // namespace faultline
