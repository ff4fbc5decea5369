#include "lab/study/sweep_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lab/run/build.hpp"
#include "lab/scenario/metric.hpp"
#include "lab/study/sweep_points.hpp"
#include "sim/random.hpp"

namespace faultline {
namespace {

constexpr std::string_view kVariantAxis = "variant";

// What is measured where nothing is asked for.
constexpr auto kUsual = std::to_array<std::string_view>(
    {"client.*.offered", "client.*.success_rate", "client.*.goodput_per_s",
     "client.*.latency_s.mean", "client.*.latency_s.p50", "client.*.latency_s.p99",
     "client.*.recovered_s", "service.*.success_rate", "service.*.thread_utilization",
     "service.*.queue_length_mean", "service.*.latency_s.p99", "service.*.wasted_work_s",
     "edge.*.amplification", "slo.*.availability", "slo.*.budget_left", "slo.*.burn_rate",
     "rollout.*.rolled_back", "rollout.*.bad_answers"});

// `*` stands for any characters.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] != '*')
    return !text.empty() && pattern[0] == text[0] && matches(pattern.substr(1), text.substr(1));
  for (std::size_t skip = 0; skip <= text.size(); ++skip) {
    if (matches(pattern.substr(1), text.substr(skip))) return true;
  }
  return false;
}

// Every metric that the scenario has, in the order of the reference.
std::vector<std::string> all_metrics(const Scenario& s) {
  std::vector<std::string> names;
  const auto add = [&](MetricOf of, const std::string& name) {
    const std::string_view kind = kMetricOfNames[static_cast<std::size_t>(of)];
    for (const MetricField& field : metric_fields(of))
      names.push_back(fmt::format("{}.{}.{}", kind, toml_key(name), field.name));
  };
  for (const auto& c : s.clients) add(MetricOf::Client, c.name);
  for (const auto& x : s.services) add(MetricOf::Service, x.name);
  for (const EdgeSpec& e : build_world(s).edges) add(MetricOf::Edge, e.name);
  for (const auto& o : s.slos) add(MetricOf::Slo, o.name);
  for (const Rollout& r : s.rollouts) add(MetricOf::Rollout, r.name.empty() ? r.service : r.name);
  for (const auto& c : s.caches) add(MetricOf::Cache, c.name);
  return names;
}

Diagnostic mistaken(std::string place, std::string message, std::string hint = {}) {
  Diagnostic d;
  d.code = "E506";
  d.file = std::move(place);
  d.message = std::move(message);
  d.hint = std::move(hint);
  return d;
}

class Planning {
 public:
  explicit Planning(const SweepRequest& request) : request_(request) {}

  tl::expected<SweepPlan, Diagnostics> run() {
    plan_.version = program_version();
    plan_.variant = request_.variant;
    plan_.settings = request_.settings;
    auto base = load_scenario(request_.file, request_.variant, request_.settings);
    if (!base) return tl::unexpected(base.error());
    plan_.file = base->file;
    plan_.text = base->text;
    plan_.scenario = base->scenario.title;
    plan_.first_seed = base->scenario.seed;
    const SweepTable table = base->scenario.sweep.value_or(SweepTable{});
    plan_.replications = request_.replications.value_or(table.replications);
    plan_.samples = request_.samples.value_or(table.samples.value_or(0));
    read_axes(table);
    read_constraints(table);
    read_metrics(table, base->scenario);
    if (wrong_.empty()) try_values();
    if (wrong_.empty()) make_points();
    if (!wrong_.empty()) return tl::unexpected(tidied(std::move(wrong_)));
    return std::move(plan_);
  }

 private:
  void read_axes(const SweepTable& table) {
    const auto add = [&](tl::expected<Axis, std::string> axis, const char* place) {
      if (!axis) return wrong_.push_back(mistaken(place, axis.error()));
      for (const Axis& known : plan_.axes) {
        if (known.key == axis->key)
          wrong_.push_back(mistaken(place, fmt::format("{} is an axis twice", axis->key)));
      }
      if (axis->key == "seed" || axis->key == "metric" || axis->key == "value")
        wrong_.push_back(mistaken(place, fmt::format("{} can't be an axis", axis->key),
                                  "seeds are counted up by --replications"));
      if (axis->stretch && plan_.samples == 0)
        wrong_.push_back(
            mistaken(place, fmt::format("the axis {} has no count", axis->key),
                     "give one, as in range(8, 64, 5), or take --samples N from the stretch"));
      plan_.axes.push_back(std::move(*axis));
    };
    for (const std::string& text : request_.axes) add(parse_axis(text), "--axis");
    if (request_.axes.empty()) {
      for (const auto& [key, value] : table.axes) add(axis_of(key, value), "[sweep]");
    }
    if (plan_.axes.empty() && wrong_.empty())
      wrong_.push_back(mistaken(request_.file, "there is nothing to sweep over",
                                "give an --axis KEY=V1,V2,… or a [sweep] table with axes"));
  }

  void read_constraints(const SweepTable& table) {
    auto texts = request_.constraints;
    if (request_.axes.empty())
      texts.insert(texts.end(), table.constraints.begin(), table.constraints.end());
    for (const std::string& text : texts) {
      const auto constraint = parse_constraint(text);
      if (!constraint) {
        wrong_.push_back(mistaken("--where", constraint.error()));
        continue;
      }
      plan_.constraints.push_back(*constraint);
      const auto is_axis = [&](const std::string& name) {
        return std::any_of(plan_.axes.begin(), plan_.axes.end(),
                           [&](const Axis& a) { return a.key == name; });
      };
      if (!is_axis(constraint->left) && !is_axis(constraint->right))
        wrong_.push_back(
            mistaken("--where", fmt::format("the constraint \"{}\" names no axis", text)));
    }
  }

  void read_metrics(const SweepTable& table, const Scenario& scenario) {
    std::vector<std::string> patterns = request_.metrics;
    if (patterns.empty()) patterns = table.metrics;
    const bool usual = patterns.empty();
    if (usual) patterns.assign(kUsual.begin(), kUsual.end());
    const std::vector<std::string> known = all_metrics(scenario);
    for (const std::string& pattern : patterns) {
      bool any = usual;
      for (const std::string& name : known) {
        if (!matches(pattern, name)) continue;
        any = true;
        if (std::find(plan_.metrics.begin(), plan_.metrics.end(), name) == plan_.metrics.end())
          plan_.metrics.push_back(name);
      }
      if (any) continue;
      wrong_.push_back(
          mistaken("--metric", fmt::format("{} is no metric of the scenario", pattern),
                   fmt::format("there is {}, for example", known.empty() ? "none" : known[6])));
    }
  }

  // Each value by itself, so that a mistake is told before anything has run. Values that don't fit
  // together are found out when their point is due.
  void try_values() {
    for (const Axis& axis : plan_.axes) {
      std::vector<std::string> values = axis.values;
      if (axis.stretch) values = {axis.at(0), text_of(axis.high)};
      for (const std::string& value : values) {
        SweepPlan one = plan_;
        one.axes = {axis};
        one.points = {{value}};
        const auto loaded = one.load(0);
        if (loaded) continue;
        const bool alone = plan_.axes.size() == 1;
        for (Diagnostic d : loaded.error()) {
          // Two settings of one table may only fit together when both are made.
          if (!alone && d.code == "E306") continue;
          if (d.line == 0) d.file = "--axis " + axis.key;
          wrong_.push_back(std::move(d));
        }
        if (!wrong_.empty()) return;
      }
    }
  }

  void make_points() {
    auto points = points_of(plan_);
    if (!points) {
      wrong_.push_back(mistaken(request_.file, points.error().first, points.error().second));
      return;
    }
    plan_.points = std::move(*points);
    if (plan_.runs() > kMostRuns)
      wrong_.push_back(mistaken(request_.file,
                                fmt::format("{} points × {} replications are {} runs",
                                            plan_.points.size(), plan_.replications, plan_.runs()),
                                fmt::format("at most {}", kMostRuns)));
  }

  const SweepRequest& request_;
  SweepPlan plan_;
  Diagnostics wrong_;
};

}  // namespace

tl::expected<LoadedScenario, Diagnostics> SweepPlan::load(std::size_t point) const {
  Settings all = settings;
  std::string which = variant;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    if (axes[a].key == kVariantAxis) {
      which = points[point][a];
    } else {
      all.emplace_back(axes[a].key, points[point][a]);
    }
  }
  return load_text(text, file, which, all);
}

tl::expected<SweepPlan, Diagnostics> plan_sweep(const SweepRequest& request) {
  return Planning(request).run();
}

}  // namespace faultline
