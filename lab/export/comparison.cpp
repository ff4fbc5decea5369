#include "lab/export/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "lab/evidence/judge.hpp"
#include "lab/export/text.hpp"

namespace faultline {
namespace {

using Json = nlohmann::ordered_json;

Json finite(double v) {
  return std::isfinite(v) ? Json(v) : std::isnan(v) ? Json(nullptr) : Json(v > 0 ? "inf" : "-inf");
}

std::string_view word_of(Difference d) {
  switch (d) {
    case Difference::Reference:
      return "reference";
    case Difference::Same:
      return "same";
    case Difference::Unclear:
      return "no clear difference";
    case Difference::Clear:
      return "clear difference";
  }
  return "";
}

Json estimate_of(const Estimate& e) {
  Json j = {{"mean", finite(e.mean)}};
  j["ci95"] = e.has_interval ? Json{finite(e.low()), finite(e.high())} : Json(nullptr);
  return j;
}

std::string label(const ComparedVariant& v) {
  std::string text = v.name;
  for (const std::string& other : v.also) text += " = " + other;
  return text;
}

// A difference in the metric's unit; between shares, percentage points.
std::string signed_value(double v, std::string_view unit) {
  const std::string text = unit == "share" ? fmt::format("{:.3g} pp", std::abs(v) * 100)
                                           : format_value(std::abs(v), unit);
  return (v < 0 ? "−" : "+") + text;
}

std::string delta_of(const ComparedValue& v, std::string_view unit) {
  if (v.difference == Difference::Reference) return "";
  if (v.difference == Difference::Same) return "the same";
  if (!std::isfinite(v.delta.mean)) return "";
  return signed_value(v.delta.mean, unit);
}

std::string interval_of(const ComparedValue& v, std::string_view unit) {
  if (v.difference == Difference::Reference || v.difference == Difference::Same) return "";
  if (!std::isfinite(v.delta.mean)) return "";
  if (!v.delta.has_interval) return "one run";
  return fmt::format("[{}, {}]", signed_value(v.delta.low(), unit),
                     signed_value(v.delta.high(), unit));
}

std::string factor_of(const ComparedValue& v) {
  if (v.difference == Difference::Reference || v.difference == Difference::Same ||
      !v.delta.has_interval || !std::isfinite(v.delta.mean))
    return "";
  return std::isfinite(v.variance_factor) ? fmt::format("×{:.3g}", v.variance_factor) : "×∞";
}

std::string value_of(const ComparedValue& v, std::string_view unit) {
  if (std::isnan(v.value.mean)) return "–";
  return format_value(v.value.mean, unit);
}

std::string remark_of(const ComparedValue& v) {
  if (v.difference != Difference::Unclear) return "";
  if (!std::isfinite(v.delta.mean)) return v.present ? "" : "not in every run";
  return v.delta.has_interval ? "no clear difference" : "";
}

std::string heading(const VariantComparison& c) {
  std::string text =
      fmt::format("{} {}", c.replications, c.replications == 1 ? "replication" : "replications");
  text += c.replications == 1
              ? fmt::format(", seed {}", c.first_seed)
              : fmt::format(", seeds {} to {}", c.first_seed, c.first_seed + c.replications - 1);
  text += fmt::format("; differences to {}, with 95 % intervals", label(c.variants[0]));
  if (c.partial) text += "; interrupted";
  if (c.until_ci)
    text += fmt::format("; every interval within ±{:g} %: {}", *c.until_ci * 100,
                        c.narrow_enough ? "yes" : "no");
  return text;
}

// The columns of what became of the same requests, here and in the variant all are compared with.
std::vector<std::string> request_columns(const VariantComparison& c) {
  return {"only here", "only in " + c.variants[0].name, "in both", "faster", "slower", "mean Δ"};
}

// Client by client.
std::vector<PairedRequests> by_client(const VariantComparison& c) {
  std::vector<PairedRequests> all = c.requests;
  std::stable_sort(all.begin(), all.end(), [](const PairedRequests& a, const PairedRequests& b) {
    return a.client < b.client;
  });
  return all;
}

// A client's requests in a variant beside the same requests in the first one; empty where there are
// none.
std::vector<std::string> requests_of(const PairedRequests& p) {
  if (p.both_ok + p.only_first_ok + p.only_other_ok + p.neither_ok == 0) return {};
  std::vector<std::string> cells = {fmt::format("{}", p.only_other_ok),
                                    fmt::format("{}", p.only_first_ok),
                                    fmt::format("{}", p.both_ok)};
  if (p.both_ok == 0) return cells;
  const auto share = [&](std::uint64_t n) {
    return fmt::format("{:.3g} %", 100.0 * static_cast<double>(n) / static_cast<double>(p.both_ok));
  };
  cells.insert(cells.end(),
               {share(p.faster), share(p.slower), signed_value(p.latency_delta_s, "seconds")});
  return cells;
}

std::string requests_table(const VariantComparison& c, std::size_t width) {
  std::string rows, client;
  for (const PairedRequests& p : by_client(c)) {
    const std::vector<std::string> cells = requests_of(p);
    if (cells.empty()) continue;
    if (p.client != client) rows += "  " + p.client + "\n";
    client = p.client;
    std::string row = "    " + fit(label(c.variants[p.variant]), width, false);
    for (const std::string& cell : cells) row += "  " + fit(cell, 12);
    rows += row + "\n";
  }
  if (rows.empty()) return {};
  std::string head = "  " + fit("answered …", width + 2, false);
  for (const std::string& column : request_columns(c)) head += "  " + fit(column, 12);
  return "\nRequest by request\n" + head + "\n" + rows;
}

std::string requests_markdown(const VariantComparison& c) {
  std::string rows;
  for (const PairedRequests& p : by_client(c)) {
    const std::vector<std::string> cells = requests_of(p);
    if (cells.empty()) continue;
    rows += fmt::format("| {} | {} | {} |\n", p.client, label(c.variants[p.variant]),
                        fmt::join(cells, " | "));
  }
  if (rows.empty()) return {};
  return fmt::format(
      "\nRequest by request, answered …\n\n| client | variant | {} |\n|---|---|{}\n{}",
      fmt::join(request_columns(c), " | "), "---:|---:|---:|---:|---:|---:|", rows);
}

}  // namespace

std::string comparison_text(const VariantComparison& c) {
  std::string out = fmt::format("{}\n{}\n", c.scenario.empty() ? c.file : c.scenario, heading(c));
  std::size_t width = 12;
  for (const ComparedVariant& v : c.variants) width = std::max(width, label(v).size());
  for (const ComparedMetric& m : c.metrics) {
    out += fmt::format("\n{}\n", m.metric);
    for (std::size_t v = 0; v < m.variants.size(); ++v) {
      const ComparedValue& x = m.variants[v];
      std::string line = "  " + fit(label(c.variants[v]), width, false) + "  " +
                         fit(value_of(x, m.unit), 10) + "  " + fit(delta_of(x, m.unit), 11) + "  " +
                         fit(interval_of(x, m.unit), 26, false) + " " + fit(factor_of(x), 8) +
                         "  " + remark_of(x);
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    }
  }
  out += requests_table(c, width);
  out +=
      "\n× is how many times as many runs an interval would take without common random numbers.\n";
  return out;
}

std::string comparison_markdown(const VariantComparison& c) {
  std::string out =
      fmt::format("## {}\n\n{}.\n", c.scenario.empty() ? c.file : c.scenario, heading(c));
  for (const ComparedMetric& m : c.metrics) {
    out += fmt::format(
        "\n**`{}`**\n\n| variant | value | Δ | 95 % interval | pairing | |\n"
        "|---|---:|---:|---|---:|---|\n",
        m.metric);
    for (std::size_t v = 0; v < m.variants.size(); ++v) {
      const ComparedValue& x = m.variants[v];
      out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", label(c.variants[v]),
                         value_of(x, m.unit), delta_of(x, m.unit), interval_of(x, m.unit),
                         factor_of(x), remark_of(x));
    }
  }
  out += requests_markdown(c);
  return out;
}

std::string comparison_csv(const VariantComparison& c) {
  std::string out =
      "metric,unit,variant,replications,mean,low,high,delta,delta_low,delta_high,variance_factor,"
      "difference\n";
  const auto number = [](double v, bool known) { return known ? fmt::format("{}", v) : ""; };
  for (const ComparedMetric& m : c.metrics) {
    for (std::size_t v = 0; v < m.variants.size(); ++v) {
      const ComparedValue& x = m.variants[v];
      const bool other = v > 0, ranged = x.delta.has_interval && other;
      out += fmt::format(
          "{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_cell(m.metric), m.unit,
          csv_cell(c.variants[v].name), c.replications,
          number(x.value.mean, !std::isnan(x.value.mean)),
          number(x.value.low(), x.value.has_interval), number(x.value.high(), x.value.has_interval),
          number(x.delta.mean, other && !std::isnan(x.delta.mean)), number(x.delta.low(), ranged),
          number(x.delta.high(), ranged), number(x.variance_factor, ranged), word_of(x.difference));
    }
  }
  return out;
}

std::string comparison_json(const VariantComparison& c) {
  Json j = {{"schema_version", 1},
            {"file", c.file},
            {"scenario", c.scenario},
            {"first_seed", c.first_seed},
            {"replications", c.replications},
            {"partial", c.partial},
            {"narrow_enough", c.narrow_enough}};
  j["variants"] = Json::array();
  for (const ComparedVariant& v : c.variants)
    j["variants"].push_back({{"name", v.name}, {"title", v.title}, {"also", v.also}});
  j["metrics"] = Json::array();
  for (const ComparedMetric& m : c.metrics) {
    Json metric = {{"metric", m.metric}, {"unit", m.unit}, {"variants", Json::object()}};
    for (std::size_t v = 0; v < m.variants.size(); ++v) {
      const ComparedValue& x = m.variants[v];
      Json value = estimate_of(x.value);
      if (v > 0) {
        value["delta"] = estimate_of(x.delta);
        value["variance_reduction_factor"] = finite(x.variance_factor);
      }
      value["difference"] = word_of(x.difference);
      metric["variants"][c.variants[v].name] = std::move(value);
    }
    j["metrics"].push_back(std::move(metric));
  }
  j["requests"] = Json::array();
  for (const PairedRequests& p : c.requests)
    j["requests"].push_back({{"client", p.client},
                             {"variant", c.variants[p.variant].name},
                             {"both_ok", p.both_ok},
                             {"only_reference_ok", p.only_first_ok},
                             {"only_variant_ok", p.only_other_ok},
                             {"neither_ok", p.neither_ok},
                             {"faster", p.faster},
                             {"slower", p.slower},
                             {"latency_delta_s", p.latency_delta_s},
                             {"unpaired", p.unpaired}});
  return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace faultline
