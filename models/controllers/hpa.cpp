// hpa: Kubernetes' HorizontalPodAutoscaler, v2. Every `period` it compares a metric, averaged over
// that period and the ready instances, with its target; shares are compared in whole percents.
// Instances that are starting count as idle when it would scale up. Defaults are Kubernetes': 15 s,
// tolerance 0.1, up by max(+4, +100 %) each 15 s at once, down by 100 % each 15 s after 300 s.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/controllers/controllers.hpp"
#include "models/controllers/hpa_rules.hpp"

namespace faultline {
namespace {

enum class Metric : std::uint8_t { Cpu, Threads, Rate };

struct PolicyOptions {
  ScalingPolicy policy;
  void describe(Binder& b) {
    static constexpr std::array<std::string_view, 2> kUnits = {"pods", "percent"};
    b.choice({.key = "type", .help = "What value counts."}, policy.unit, kUnits);
    b.field({.key = "value",
             .help = "Most change within the period.",
             .min = 1,
             .max = 1e6,
             .required = true},
            policy.value);
    b.field({.key = "period",
             .help = "The stretch that the change is counted over.",
             .min = 1,
             .max = 1800},
            policy.period);
  }
};

struct RuleOptions {
  std::optional<Duration> window;
  Select select = Select::Max;
  std::vector<PolicyOptions> policies;
  void describe(Binder& b) {
    static constexpr std::array<std::string_view, 3> kSelects = {"max", "min", "disabled"};
    b.field({.key = "window",
             .help = "Stabilization: the most cautious recommendation of this long counts.",
             .min = 0,
             .max = 3600,
             .fallback = "0s up, 300s down"},
            window);
    b.choice({.key = "select", .help = "Which policy's limit counts."}, select, kSelects);
    b.list({.key = "policies", .help = "Limits on the speed of change.", .fallback = "Kubernetes'"},
           policies);
  }
};

struct Settings {
  std::int64_t min = 1, max = 10;
  Metric metric = Metric::Cpu;
  double target = 0.8;
  Duration period = milliseconds(15'000);
  double tolerance = 0.1;
  Duration start_up{0};
  ScalingRules up{{0},
                  Select::Max,
                  {{ScalingPolicy::Unit::Pods, 4, milliseconds(15'000)},
                   {ScalingPolicy::Unit::Percent, 100, milliseconds(15'000)}}};
  ScalingRules down{milliseconds(300'000),
                    Select::Max,
                    {{ScalingPolicy::Unit::Percent, 100, milliseconds(15'000)}}};
};

class Hpa final : public Controller {
 public:
  explicit Hpa(const Settings& settings) : settings_(settings) {}

  Actions tick(const ServiceView& view) override {
    Actions actions;
    actions.again = settings_.period;
    if (view.since_last.ns == 0 || view.rollout_under_way) return actions;
    const std::int64_t current = view.replicas;
    const std::int64_t wanted = stabilize(view, current, proposal(view, current));
    const std::int64_t next = bounded(view.now, current, wanted);
    if (next == current) return actions;
    (next > current ? added_ : removed_).push_back({view.now, std::abs(next - current)});
    actions.replicas.push_back({view.stable, next, settings_.start_up});
    actions.told.push_back(fmt::format("hpa: {} → {} replicas", current, next));
    return actions;
  }

 private:
  std::int64_t proposal(const ServiceView& view, std::int64_t current) const {
    double value = settings_.metric == Metric::Cpu ? view.cpu : view.threads_busy;
    if (settings_.metric == Metric::Rate)
      value = view.arrivals_per_s / static_cast<double>(std::max<std::int64_t>(1, view.ready));
    std::vector<PodSample> pods(static_cast<std::size_t>(view.ready),
                                {PodSample::State::Ready, value, 1});
    for (std::int64_t n = view.ready; n < current; ++n)
      pods.push_back({PodSample::State::Unready, 0, 1});
    return replicas_for(current, pods, settings_.target * 100, settings_.tolerance,
                        settings_.metric != Metric::Rate)
        .replicas;
  }

  // Outside its bounds it goes to them at once; else no faster than the policies allow.
  std::int64_t bounded(Instant now, std::int64_t current, std::int64_t wanted) const {
    if (current > settings_.max) return settings_.max;
    if (current < settings_.min) return settings_.min;
    return rate_limited(now, current, wanted, settings_.min, settings_.max, settings_.up,
                        settings_.down, added_, removed_)
        .replicas;
  }

  std::int64_t stabilize(const ServiceView& view, std::int64_t current, std::int64_t wanted) {
    const std::int64_t calm = stabilized(view.now, current, wanted, recommended_,
                                         settings_.up.window, settings_.down.window);
    recommended_.push_back({view.now, wanted});
    forget(recommended_, view.now, std::max(settings_.up.window, settings_.down.window));
    forget(added_, view.now, milliseconds(1'800'000));
    forget(removed_, view.now, milliseconds(1'800'000));
    return calm;
  }
  static void forget(std::vector<ScalingEvent>& events, Instant now, Duration age) {
    std::erase_if(events, [&](const ScalingEvent& e) { return now - e.at > age; });
  }

  Settings settings_;
  std::vector<ScalingEvent> recommended_, added_, removed_;
};

class HpaConfig final : public ControllerConfigOf<HpaConfig> {
 public:
  void describe(Binder& b) override {
    static constexpr std::array<std::string_view, 3> kMetrics = {"cpu", "threads", "rate"};
    b.field({.key = "min", .help = "Fewest replicas.", .min = 1, .max = 1e5}, s_.min);
    b.field({.key = "max", .help = "Most replicas.", .min = 1, .max = 1e5, .required = true},
            s_.max);
    b.choice({.key = "metric",
              .help = "What is kept near the target: the share of cores or of threads that is "
                      "busy, or requests per second and instance."},
             s_.metric, kMetrics);
    if (s_.metric == Metric::Rate) {
      Rate target;
      b.field({.key = "target",
               .help = "For each instance.",
               .min = 0,
               .required = true,
               .above_min = true},
              target);
      s_.target = target.per_second;
    } else {
      Share target{s_.target};
      b.field({.key = "target",
               .help = "A share such as \"80%\"; with metric = \"rate\" a rate for each instance.",
               .min = 0,
               .max = 10,
               .above_min = true},
              target);
      s_.target = target.value;
    }
    b.field({.key = "period", .help = "How often it looks.", .min = 0.1, .max = 3600}, s_.period);
    b.field({.key = "tolerance",
             .help = "No change while value/target is within 1 ± this.",
             .min = 0,
             .max = 1},
            s_.tolerance);
    b.field({.key = "start_up", .help = "How long a new instance takes until it serves.", .min = 0},
            s_.start_up);
    RuleOptions up, down;
    b.table({.key = "scale_up", .help = "How fast it may grow."}, up);
    b.table({.key = "scale_down", .help = "How fast it may shrink."}, down);
    apply(up, s_.up);
    apply(down, s_.down);
    if (s_.max < s_.min) b.reject("max", "is less than min");
  }
  std::unique_ptr<Controller> make(std::int64_t) const override {
    return std::make_unique<Hpa>(s_);
  }

 private:
  static void apply(const RuleOptions& options, ScalingRules& rules) {
    if (options.window) rules.window = *options.window;
    rules.select = options.select;
    if (options.policies.empty()) return;
    rules.policies.clear();
    for (const PolicyOptions& p : options.policies) rules.policies.push_back(p.policy);
  }
  Settings s_;
};

}  // namespace

std::unique_ptr<ControllerConfig> make_hpa() {
  return std::make_unique<HpaConfig>();
}

}  // namespace faultline
