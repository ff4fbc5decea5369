#include "lab/evidence/judge.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "lab/evidence/metric_value.hpp"
#include "lab/scenario/metric.hpp"

namespace faultline {
namespace {

constexpr std::array<std::string_view, 5> kOps = {"above", "below", "at_least", "at_most",
                                                  "equals"};

bool holds(Comparison c, double observed, double bound) {
  switch (c) {
    case Comparison::Above:
      return observed > bound;
    case Comparison::Below:
      return observed < bound;
    case Comparison::AtLeast:
      return observed >= bound;
    case Comparison::AtMost:
      return observed <= bound;
    case Comparison::Equals:
      return observed == bound;
  }
  return false;
}

}  // namespace

bool concerns(const Expectation& e, const std::string& variant) {
  return e.variant == "*" || (e.variant.empty() ? "base" : e.variant) == variant;
}

std::string_view unit_of(std::string_view metric) {
  const auto parsed = parse_metric(metric);
  if (!parsed) return "count";
  switch (parsed->unit) {
    case Unit::Share:
      return "share";
    case Unit::Seconds:
      return "seconds";
    case Unit::Rate:
      return "per_second";
    case Unit::Number:
      break;
  }
  return parsed->field == "amplification" || parsed->field == "burn_rate" ? "factor" : "count";
}

std::string format_value(double v, std::string_view unit) {
  if (std::isinf(v)) return v > 0 ? "never" : "-inf";
  // A share just under 100 % must not be shown as 100 %.
  if (unit == "share")
    return fmt::format("{:.{}f} %", v * 100, v > 0.999 && v < 1 ? 3 : v > 0.99 && v < 1 ? 2 : 1);
  // Four digits, but never 1.2e+04.
  const auto rounded = [](double x) {
    return std::abs(x) < 1e4 || std::abs(x) >= 1e15 ? fmt::format("{:.4g}", x)
                                                    : fmt::format("{:.0f}", x);
  };
  if (unit == "seconds") return v < 1 ? fmt::format("{:.3g} ms", v * 1e3) : rounded(v) + " s";
  if (unit == "per_second") return rounded(v) + "/s";
  if (unit == "factor") return fmt::format("×{:.3g}", v);
  return v == std::floor(v) && std::abs(v) < 1e15 ? fmt::format("{:.0f}", v) : rounded(v);
}

Judgement judge(const Expectation& e, const RunResult& result, const ResultOf& other) {
  Judgement j;
  j.metric = e.metric;
  j.variant = result.variant;
  j.op = kOps[static_cast<std::size_t>(e.comparison)];
  j.why = e.why;
  j.line = e.line;
  j.unit = unit_of(e.metric);
  j.window_from_s = result.warmup_s;
  j.window_to_s = result.duration_s;
  std::optional<std::pair<double, double>> window;
  if (e.window) {
    window.emplace(e.window->first.seconds(), e.window->second.seconds());
    j.windowed = true;
    j.window_from_s = window->first;
    j.window_to_s = window->second;
  }
  const auto observed = metric_value(result, e.metric, window);
  std::optional<double> bound;
  if (e.bound.of.empty()) {
    const auto metric = parse_metric(e.metric);
    const auto value = parse_bound(metric ? metric->unit : Unit::Number, e.bound.text);
    if (value) bound = *value;
  } else if (const RunResult* reference = other(e.bound.of)) {
    if (const auto value = metric_value(*reference, e.metric, window))
      bound = e.bound.times * *value;
  }
  if (!observed || !bound || (result.partial && j.window_to_s > result.reached_s)) {
    j.verdict = Verdict::Inconclusive;
    if (observed) j.observed = *observed;
    if (bound) j.bound = *bound;
    return j;
  }
  j.observed = *observed;
  j.bound = *bound;
  j.verdict = holds(e.comparison, *observed, *bound) ? Verdict::Pass : Verdict::Fail;
  return j;
}

}  // namespace faultline
