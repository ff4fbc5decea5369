#pragma once
// The names of what can be measured: `client.shoppers.success_rate`,
// `edge."orders->db".amplification`, `service.db.endpoint.query.latency_s.p99`. A name is taken
// apart here, once, for the checks, for verdicts and for charts; and so are the bounds it is
// compared with, which are written in its unit.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "lab/scenario/quantity.hpp"

namespace faultline {

enum class MetricOf : std::uint8_t { Client, Service, Edge, Slo, Rollout, Autoscaler, Cache };
inline constexpr std::array<std::string_view, 7> kMetricOfNames = {
    "client", "service", "edge", "slo", "rollout", "autoscaler", "cache"};

// Number: a count, a mean of counts, a factor, a quality.
enum class Unit : std::uint8_t { Share, Seconds, Rate, Number };

struct Metric {
  MetricOf of = MetricOf::Client;
  std::string name;
  std::string endpoint, version;  // of a service, at most one of them
  std::string field;              // "latency_s.p99"
  Unit unit = Unit::Number;

  std::string text() const;  // reads back as the same
};

struct MetricField {
  std::string_view name;
  Unit unit = Unit::Number;
  std::string_view help;
};

std::span<const MetricField> metric_fields(MetricOf of);

Quantity<Metric> parse_metric(std::string_view text);

// A bound in the unit, as the number it is in JSON: "99%" is 0.99, "200ms" is 0.2, "400/s" is 400.
// "inf" is infinite time.
Quantity<double> parse_bound(Unit unit, std::string_view text);
std::string format_in(Unit unit, double value);

// "29d at 99.95%": how long before the run, and the share of good requests in it.
struct History {
  Duration length;
  double good = 1;
};
Quantity<History> parse_history(std::string_view text);

}  // namespace faultline
