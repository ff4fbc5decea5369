#include "lab/scenario/metric.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "lab/scenario/document.hpp"
#include "lab/scenario/override.hpp"
#include "lab/scenario/suggest.hpp"

namespace faultline {
namespace {

tl::unexpected<QuantityError> wrong(std::string message, std::string hint, std::size_t offset) {
  return tl::make_unexpected(QuantityError{std::move(message), std::move(hint), offset});
}

std::string known_fields(std::string_view field, MetricOf of) {
  std::vector<std::string_view> names;
  for (const MetricField& f : metric_fields(of)) names.push_back(f.name);
  std::string hint = did_you_mean(field, std::span<const std::string_view>(names));
  if (!hint.empty()) return hint;
  // A group without its member: latency_s → latency_s.p99.
  std::vector<std::string_view> members;
  for (const std::string_view name : names) {
    if (name.starts_with(std::string(field) + ".")) members.push_back(name);
  }
  if (!members.empty()) names = members;
  std::erase_if(names, [&](std::string_view n) {
    return members.empty() && n.starts_with("errors.") && n != "errors.timeout";
  });
  return fmt::format("{}: {}", members.empty() ? "there is" : "one of", fmt::join(names, ", "));
}

}  // namespace

std::string Metric::text() const {
  std::string out =
      std::string(kMetricOfNames[static_cast<std::size_t>(of)]) + "." + toml_key(name);
  if (!endpoint.empty()) out += ".endpoint." + toml_key(endpoint);
  if (!version.empty()) out += ".version." + toml_key(version);
  return out + "." + field;
}

Quantity<Metric> parse_metric(std::string_view text) {
  const auto path = parse_path(text);
  if (!path) return tl::make_unexpected(path.error());
  const auto kind = std::find(kMetricOfNames.begin(), kMetricOfNames.end(), path->front());
  if (kind == kMetricOfNames.end()) {
    std::string hint =
        did_you_mean(path->front(), std::span<const std::string_view>(kMetricOfNames));
    if (hint.empty())
      hint = fmt::format("a metric begins with {}", fmt::join(kMetricOfNames, ", "));
    return wrong(fmt::format("nothing is measured of \"{}\"", path->front()), std::move(hint), 0);
  }
  Metric metric;
  metric.of = static_cast<MetricOf>(kind - kMetricOfNames.begin());
  if (path->size() < 3) {
    return wrong("a metric names what, whose and which", "as in client.shoppers.success_rate",
                 text.size());
  }
  metric.name = (*path)[1];
  std::size_t at = 2;
  if ((*path)[at] == "endpoint" || (*path)[at] == "version") {
    if (metric.of != MetricOf::Service)
      return wrong(fmt::format("only a service has an {}", (*path)[at]), "", 0);
    if (path->size() < 5)
      return wrong("the field is missing", "as in service.db.endpoint.query.latency_s.p99",
                   text.size());
    ((*path)[at] == "endpoint" ? metric.endpoint : metric.version) = (*path)[at + 1];
    at += 2;
  }
  metric.field =
      fmt::format("{}", fmt::join(path->begin() + static_cast<long>(at), path->end(), "."));
  for (const MetricField& f : metric_fields(metric.of)) {
    if (f.name != metric.field) continue;
    metric.unit = f.unit;
    return metric;
  }
  const std::size_t offset = text.size() - std::min(text.size(), metric.field.size());
  return wrong(fmt::format("a {} has no \"{}\"", *kind, metric.field),
               known_fields(metric.field, metric.of), offset);
}

Quantity<double> parse_bound(Unit unit, std::string_view text) {
  switch (unit) {
    case Unit::Share: {
      const bool below_nothing = text.starts_with('-');  // an overspent budget
      auto share = parse_share(text.substr(below_nothing ? 1 : 0));
      if (share && below_nothing) return -*share;
      return share;
    }
    case Unit::Seconds: {
      if (text == "inf") return std::numeric_limits<double>::infinity();
      const auto time = parse_duration(text);
      if (!time) return tl::make_unexpected(time.error());
      return time->seconds();
    }
    case Unit::Rate:
      return parse_rate(text);
    case Unit::Number: {
      const auto value = parse_value(text);
      if (value && value->kind == Node::Kind::Integer) return static_cast<double>(value->integer);
      if (value && value->kind == Node::Kind::Real && !std::isnan(value->real)) return value->real;
      return wrong(fmt::format("\"{}\" is no plain number", text),
                   "counts and factors have no unit", 0);
    }
  }
  return 0;
}

std::string format_in(Unit unit, double value) {
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  switch (unit) {
    case Unit::Share:
      return format_share(value);
    case Unit::Seconds:
      return format_duration(from_seconds(value));
    case Unit::Rate:
      return format_rate(value);
    case Unit::Number:
      return fmt::format("{:.6g}", value);
  }
  return {};
}

Quantity<History> parse_history(std::string_view text) {
  constexpr std::string_view kAt = " at ";
  const std::size_t middle = text.find(kAt);
  if (middle == std::string_view::npos)
    return wrong("a history is a time and a share", "as in \"29d at 99.95%\"", 0);
  const auto length = parse_duration(text.substr(0, middle));
  if (!length) return tl::make_unexpected(length.error());
  const std::size_t second = middle + kAt.size();
  auto good = parse_share(text.substr(second));
  if (!good) {
    QuantityError error = good.error();
    error.offset += second;
    return tl::make_unexpected(std::move(error));
  }
  if (*good > 1) return wrong("more than 100%", "", second);
  return History{*length, *good};
}

}  // namespace faultline
