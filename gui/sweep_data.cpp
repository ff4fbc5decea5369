#include "gui/sweep_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>

#include "gui/knob_tree.hpp"

namespace faultline::gui {
namespace {

// One record of RFC 4180; moves `at` behind it.
std::vector<std::string> record(const std::string& text, std::size_t& at) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c != '"') {
        fields.back() += c;
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        fields.back() += text[++at];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      ++at;
      break;
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

// In seconds where it is a time, so that 50ms comes before 2s.
double amount_of(const std::string& value) {
  const auto found = number_in(value);
  if (!found || !found->before.empty()) return std::numeric_limits<double>::quiet_NaN();
  const std::map<std::string, double> units = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3},
                                               {"min", 60},  {"h", 3600},  {"d", 86400}};
  const auto unit = units.find(found->after);
  return found->number * (unit != units.end() ? unit->second : 1);
}

std::size_t index_in(std::vector<std::string>& all, const std::string& one) {
  const auto found = std::find(all.begin(), all.end(), one);
  if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
  all.push_back(one);
  return all.size() - 1;
}

}  // namespace

std::vector<std::string> SweepData::values_of(std::size_t axis) const {
  std::vector<std::string> all;
  for (const auto& point : points) {
    if (!point.empty()) index_in(all, point[axis]);
  }
  const bool numbers = std::none_of(all.begin(), all.end(), [](const std::string& value) {
    return std::isnan(amount_of(value));
  });
  if (numbers) {
    std::stable_sort(all.begin(), all.end(), [](const std::string& a, const std::string& b) {
      return amount_of(a) < amount_of(b);
    });
  }
  return all;
}

Estimate SweepData::at(std::size_t metric, const std::map<std::size_t, std::string>& where) const {
  std::vector<double> found;
  for (std::size_t p = 0; p < points.size(); ++p) {
    const bool here =
        !points[p].empty() && std::all_of(where.begin(), where.end(), [&](const auto& one) {
          return points[p][one.first] == one.second;
        });
    if (!here) continue;
    found.insert(found.end(), values[metric][p].begin(), values[metric][p].end());
  }
  if (found.empty()) {
    Estimate none;
    none.mean = std::numeric_limits<double>::quiet_NaN();
    return none;
  }
  return estimate(found);
}

std::size_t SweepData::point_at(const std::map<std::size_t, std::string>& where) const {
  for (std::size_t p = 0; p < points.size(); ++p) {
    const bool here =
        !points[p].empty() && std::all_of(where.begin(), where.end(), [&](const auto& one) {
          return points[p][one.first] == one.second;
        });
    if (here) return p;
  }
  return points.size();
}

tl::expected<SweepData, std::string> parse_sweep(const std::string& text) {
  std::size_t at = 0;
  const std::vector<std::string> header = record(text, at);
  const auto metric = std::find(header.begin(), header.end(), "metric");
  constexpr std::size_t kBefore = 3;  // point, replication, seed
  const bool known = header.size() > kBefore + 1 && header[0] == "point" &&
                     metric != header.end() && metric + 1 != header.end() &&
                     *(metric + 1) == "value";
  if (!known) return tl::make_unexpected(std::string("these are not the results of a sweep"));
  SweepData data;
  data.axes.assign(header.begin() + kBefore, metric);
  const auto metric_column = static_cast<std::size_t>(metric - header.begin());
  for (int line = 2; at < text.size(); ++line) {
    const std::vector<std::string> row = record(text, at);
    if (row.size() == 1 && row[0].empty()) continue;
    const auto point = static_cast<std::size_t>(std::strtoul(row[0].c_str(), nullptr, 10));
    if (row.size() != header.size() || point > 10'000'000) {
      return tl::make_unexpected(fmt::format("line {} is not like the first", line));
    }
    const std::size_t m = index_in(data.metrics, row[metric_column]);
    data.values.resize(data.metrics.size());
    if (point >= data.points.size()) data.points.resize(point + 1);
    data.points[point].assign(row.begin() + kBefore,
                              row.begin() + static_cast<std::ptrdiff_t>(metric_column));
    for (auto& by_point : data.values) by_point.resize(data.points.size());
    data.values[m][point].push_back(std::strtod(row[metric_column + 1].c_str(), nullptr));
  }
  for (auto& by_point : data.values) by_point.resize(data.points.size());
  if (data.metrics.empty()) return tl::make_unexpected(std::string("there are no results in it"));
  return data;
}

tl::expected<SweepData, std::string> read_sweep(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return tl::make_unexpected(std::string("the file can't be read"));
  return parse_sweep({std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
}

}  // namespace faultline::gui
