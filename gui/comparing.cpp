#include "gui/comparing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <set>

#include "gui/knob_tree.hpp"
#include "lab/evidence/judge.hpp"

namespace faultline::gui {
namespace {

const Node* node_at(const Node& root, const std::vector<std::string>& path) {
  const Node* at = &root;
  for (const std::string& part : path) {
    if (at->kind == Node::Kind::List) {
      const auto index = static_cast<std::size_t>(std::strtoul(part.c_str(), nullptr, 10));
      at = index < at->items.size() ? &at->items[index] : nullptr;
    } else {
      at = at->kind == Node::Kind::Table ? at->find(part) : nullptr;
    }
    if (at == nullptr) return nullptr;
  }
  return at;
}

// The keys that the variants set, each once.
std::vector<std::vector<std::string>> keys_set(const std::string& text, const std::string& file,
                                               const std::vector<std::string>& variants) {
  std::vector<std::vector<std::string>> keys;
  std::set<std::vector<std::string>> seen;
  const auto document = parse_document(text, file);
  if (!document) return keys;
  const Node* all = document->root.find("variant");
  Diagnostics ignored;
  for (const std::string& name : variants) {
    const Node* one = all != nullptr ? all->find(name) : nullptr;
    const Node* set = one != nullptr ? one->find("set") : nullptr;
    if (set == nullptr) continue;
    for (const Edit& edit : edits_of(*document, *set, ignored)) {
      if (seen.insert(edit.path).second) keys.push_back(edit.path);
    }
  }
  return keys;
}

// The magnitude of a value in its unit; of differences between shares, percentage points.
std::string amount(double value, const std::string& unit, bool points) {
  if (points && unit == "share") return fmt::format("{:.3g} pp", std::abs(value) * 100);
  return format_value(std::abs(value), unit);
}

// To the second digit of the interval, since no more is known.
double as_known(double value, double half_width) {
  if (half_width <= 0 || !std::isfinite(half_width)) return value;
  const double step = std::pow(10, std::floor(std::log10(half_width)) - 1);
  return std::round(value / step) * step;
}

}  // namespace

std::vector<DifferingSetting> differing_settings(const std::string& text, const std::string& file,
                                                 const std::vector<std::string>& variants,
                                                 const Settings& on_top) {
  std::vector<Node> trees;
  for (const std::string& name : variants) {
    trees.push_back(effective_tree(text, file, name, on_top));
  }
  std::vector<DifferingSetting> found;
  for (const auto& path : keys_set(text, file, variants)) {
    DifferingSetting row{join_path(path), {}};
    for (const Node& tree : trees) {
      const Node* node = node_at(tree, path);
      row.values.push_back(node == nullptr                  ? "–"
                           : node->kind == Node::Kind::Text ? node->text
                           : node->is_false()               ? "off"
                                                            : toml_text(*node));
    }
    const bool same = std::all_of(row.values.begin(), row.values.end(),
                                  [&](const std::string& v) { return v == row.values.front(); });
    if (!same) found.push_back(std::move(row));
  }
  return found;
}

std::vector<ChartContent> overlaid(const std::vector<std::shared_ptr<const RunResult>>& runs,
                                   const Subject& subject) {
  constexpr std::array kSignals = {latency_of, traffic_of, errors_of, saturation_of};
  // Of each signal, the curve that says most: the tail, what is served, what fails, how busy.
  constexpr std::array kChosen = {Meaning::Tail, Meaning::Served, Meaning::Failed, Meaning::Busy};
  constexpr std::array kLooks = {Meaning::One,  Meaning::Two,  Meaning::Three,
                                 Meaning::Four, Meaning::Five, Meaning::Six};
  std::vector<ChartContent> charts;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ChartContent chart;
    for (std::size_t k = 0; k < std::min(runs.size(), kLooks.size()); ++k) {
      if (!runs[k]) continue;
      ChartContent one = kSignals[i](*runs[k], subject);
      chart.title = one.title;
      chart.left_top = one.left_top;
      chart.logarithmic = one.logarithmic;
      for (Curve& curve : one.curves) {
        if (curve.meaning != kChosen[i]) continue;
        chart.aside = curve.name;
        curve.name = runs[k]->variant;
        curve.meaning = kLooks[k];
        chart.curves.push_back(std::move(curve));
        break;
      }
    }
    charts.push_back(std::move(chart));
  }
  return charts;
}

std::string value_cell(const ComparedValue& value, const std::string& unit) {
  if (!value.present) return "–";
  return format_value(value.value.mean, unit);
}

std::string delta_cell(const ComparedValue& value, const std::string& unit) {
  if (!value.present) return "";
  if (value.difference == Difference::Reference) return "";
  if (value.difference == Difference::Same) return "the same";
  if (!std::isfinite(value.delta.mean)) return "";
  if (value.difference == Difference::Unclear) return "no clear difference";
  const double half = value.delta.has_interval ? value.delta.half_width : 0;
  const std::string delta =
      (value.delta.mean < 0 ? "−" : "+") + amount(as_known(value.delta.mean, half), unit, true);
  if (!value.delta.has_interval) return delta + " (one run: no interval)";
  return delta + " ± " + amount(as_known(half, half), unit, true);
}

}  // namespace faultline::gui
