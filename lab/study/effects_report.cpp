// Effects as bars of text.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/evidence/judge.hpp"
#include "lab/study/effects.hpp"

namespace faultline {
namespace {

constexpr std::size_t kBar = 30;     // columns
constexpr std::size_t kMetrics = 6;  // told of
constexpr std::size_t kLines = 8;    // of effects

std::string bar(double share) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths =
      static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * kBar * 8));
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  text += kEighths[eighths % 8];
  const std::size_t used = eighths / 8 + (eighths % 8 != 0 ? 1 : 0);
  return text + std::string(kBar - std::min(kBar, used), ' ');
}

std::string amount(double v, std::string_view unit) {
  return unit == "share" ? fmt::format("{:.3g} pp", v * 100) : format_value(v, unit);
}

std::string lines_of(const std::vector<Effect>& effects, std::string_view unit, double most) {
  std::string out;
  std::size_t width = 0, shown = 0;
  for (const Effect& e : effects) width = std::max(width, e.name.size());
  width = std::min<std::size_t>(width, 44);
  for (const Effect& e : effects) {
    if (++shown > kLines) {
      out += fmt::format("    and {} smaller ones\n", effects.size() - kLines);
      break;
    }
    out += fmt::format("    {:<{}} {} {}{}{}{}\n", e.name, width,
                       bar(most > 0 ? std::abs(e.size) / most : 0), e.size < 0 ? "−" : "+",
                       amount(std::abs(e.size), unit),
                       e.has_interval ? " ± " + amount(e.half_width, unit) : std::string(),
                       e.has_interval && !e.clear() ? "  not clear" : "");
  }
  return out;
}

std::string levels_of(const AxisEffect& axis, std::string_view unit, double most) {
  if (axis.levels.size() < 2 || axis.levels.size() > 20) return {};
  std::string out = fmt::format("  by {}\n", axis.key);
  std::size_t width = 0;
  for (const Level& level : axis.levels) width = std::max(width, level.value.size());
  for (const Level& level : axis.levels)
    out += fmt::format("    {:>{}} {} {}\n", level.value, width,
                       bar(most > 0 ? level.mean.mean / most : 0),
                       format_value(level.mean.mean, unit));
  return out;
}

// Success first, then the tail, then what is left, client by client.
std::vector<std::size_t> first_looked_at(const std::vector<std::string>& metrics) {
  std::vector<std::size_t> order;
  for (const std::string_view end : {".success_rate", ".latency_s.p99", ""}) {
    for (std::size_t m = 0; m < metrics.size(); ++m) {
      const bool client = metrics[m].starts_with("client.") || end.empty();
      if (client && metrics[m].ends_with(end) &&
          std::find(order.begin(), order.end(), m) == order.end())
        order.push_back(m);
    }
    if (order.size() >= 2 && end == ".latency_s.p99") break;
  }
  order.resize(std::min(order.size(), kMetrics));
  return order;
}

}  // namespace

std::string effects_report(const Merged& merged) {
  std::string out;
  for (const std::size_t m : first_looked_at(merged.plan.metrics)) {
    const Effects e = effects_of(merged, m);
    const std::string_view unit = unit_of(e.metric);
    out += fmt::format("\n{}\n", e.metric);
    if (e.runs == 0) {
      out += "  no run has a finite value\n";
      continue;
    }
    out += fmt::format("  from {} to {}, on average {}", format_value(e.least, unit),
                       format_value(e.most, unit), format_value(e.mean, unit));
    if (e.runs < merged.runs.size())
      out += fmt::format(" ({} of {} runs have a finite value)", e.runs, merged.runs.size());
    out += "\n";
    if (e.most == e.least) {
      out += "  the same everywhere\n";
      continue;
    }
    double most = 0;
    for (const Effect& x : e.main) most = std::max(most, std::abs(x.size));
    for (const Effect& x : e.interactions) most = std::max(most, std::abs(x.size));
    out += "  effects, from the lowest to the highest value, or to the mean of all\n";
    out += lines_of(e.main, unit, most);
    if (!e.interactions.empty()) out += "  interactions\n" + lines_of(e.interactions, unit, most);
    if (e.without_interactions && merged.plan.axes.size() > 1)
      out += "  interactions are not told apart: there are too few points\n";
    out += fmt::format("  together they explain {:.1f} % of the variance\n", e.explained * 100);
    for (const AxisEffect& axis : e.axes) out += levels_of(axis, unit, e.most);
  }
  return out;
}

}  // namespace faultline
