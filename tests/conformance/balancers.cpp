#include <array>
#include <cmath>
#include <numeric>

#include "models/system/balancing_rules.hpp"
#include "models/system/outlier_detection.hpp"
#include "tests/conformance/runners.hpp"

namespace faultline::conformance {
namespace {

template <class T>
std::vector<T> numbers(const toml::array& list) {
  std::vector<T> out;
  for (const toml::node& node : list) {
    const auto value = node.value<double>();
    if (!value) throw BadVector{"a list holds something that isn't a number"};
    out.push_back(static_cast<T>(*value));
  }
  return out;
}

toml::table weighted_turns(const Fields& input) {
  input.only({"weights", "picks"});
  const auto weights = numbers<double>(input.list("weights"));
  DeadlineSchedule schedule(weights);
  toml::array sequence;
  for (std::int64_t i = input.whole("picks"); i > 0; --i)
    sequence.push_back(
        static_cast<std::int64_t>(schedule.pick([&](std::size_t who) { return weights[who]; })));
  return toml::table{{"sequence", std::move(sequence)}};
}

toml::table least_request_pick(const Fields& input) {
  input.only({"active", "random_indices"});
  const auto active = numbers<std::uint32_t>(input.list("active"));
  const auto drawn = numbers<std::uint32_t>(input.list("random_indices"));
  if (drawn.empty()) throw BadVector{"nobody is drawn"};
  for (const std::uint32_t i : drawn) {
    if (i >= active.size()) throw BadVector{"an index is too large"};
  }
  return toml::table{{"pick", static_cast<std::int64_t>(least_request(drawn, active))}};
}

toml::table weight_by_load(const Fields& input) {
  input.only({"weight", "active", "bias"});
  return toml::table{
      {"effective", least_request_weight(input.number("weight"),
                                         static_cast<std::uint32_t>(input.whole("active")),
                                         input.number("bias"))}};
}

toml::table slow_start(const Fields& input) {
  input.only({"weight", "elapsed_s", "window_s", "aggression", "min_weight_percent"});
  const SlowStart rule{input.seconds_of("window_s"), input.number("aggression"),
                       input.number("min_weight_percent") / 100};
  return toml::table{
      {"weight", slow_start_weight(input.number("weight"), input.seconds_of("elapsed_s"), rule)}};
}

toml::table peak_ewma(const Fields& input) {
  input.only({"default_rtt_ms", "decay_ms", "events"});
  PeakEwma estimate(input.milliseconds_of("default_rtt_ms"), {});
  toml::array estimates;
  for (const toml::node& node : input.list("events")) {
    const Fields event = fields_of(node);
    event.only({"t_ms", "rtt_ms"});
    estimate.observe(instant_of(event), event.milliseconds_of("rtt_ms"),
                     input.milliseconds_of("decay_ms"));
    estimates.push_back(estimate.estimate_ns() / 1e6);
  }
  return toml::table{{"estimates_ms", std::move(estimates)}};
}

// The vectors have shares in whole percents.
toml::table priorities(const Fields& input) {
  input.only({"p0_healthy_pct", "p1_healthy_pct", "panic_threshold_pct"});
  const PriorityLoad load =
      priority_load(input.number("p0_healthy_pct") / 100, input.number("p1_healthy_pct") / 100,
                    input.number("panic_threshold_pct") / 100);
  const std::int64_t first = std::llround(100 * load.first);
  return toml::table{{"p0_traffic_pct", first},
                     {"p1_traffic_pct", 100 - first},
                     {"p0_panic", load.first_panics},
                     {"p1_panic", load.second_panics},
                     {"normalized_total_health", std::llround(100 * load.total_health)}};
}

toml::table ejection_allowed(const Fields& input) {
  input.only({"hosts", "already_ejected", "max_ejection_percent", "always_eject_one_host"});
  OutlierSettings settings;
  settings.max_ejection_percent = {input.number("max_ejection_percent") / 100};
  settings.always_eject_one_host = input.flag("always_eject_one_host", false);
  return toml::table{
      {"eject", may_eject(static_cast<std::size_t>(input.whole("already_ejected")),
                          static_cast<std::size_t>(input.whole("hosts")), settings)}};
}

// A detector of one host that may be ejected, for ever in a row.
OutlierSettings of_one_host(std::int64_t failures) {
  OutlierSettings settings;
  settings.consecutive_5xx = failures;
  settings.max_ejection_percent = {1};
  settings.success_rate.reset();
  return settings;
}

// Ejects a host again and again as soon as it is back.
toml::table ejection_times(const Fields& input) {
  input.only({"base_ms", "max_ms", "consecutive_ejections"});
  OutlierSettings settings = of_one_host(1);
  settings.base_ejection_time = input.milliseconds_of("base_ms");
  settings.max_ejection_time = input.milliseconds_of("max_ms");
  settings.interval = settings.base_ejection_time;
  OutlierDetector detector(settings, {}, 0);
  detector.set_hosts({0});
  toml::array durations;
  Instant now;
  for (std::int64_t i = input.whole("consecutive_ejections"); i > 0; --i) {
    detector.report(now, 0, HostResult::ServerError);
    for (const OutlierDetector::Told& told : detector.take_told()) {
      if (told.out.ns < 0) continue;
      durations.push_back(told.out.ns / 1'000'000);
      now = now + told.out;
    }
  }
  return toml::table{{"durations_ms", std::move(durations)}};
}

toml::table unejection(const Fields& input) {
  input.only({"ejected_at_ms", "duration_ms", "interval_ms"});
  OutlierSettings settings = of_one_host(1);
  settings.base_ejection_time = input.milliseconds_of("duration_ms");
  settings.interval = input.milliseconds_of("interval_ms");
  OutlierDetector detector(settings, {}, 0);
  detector.set_hosts({0});
  Instant now = Instant{} + input.milliseconds_of("ejected_at_ms");
  detector.report(now, 0, HostResult::ServerError);
  while (detector.ejected(0)) {
    now = now + milliseconds(1);
    detector.sweep(now);
  }
  return toml::table{{"unejected_at_ms", now.ns / 1'000'000}};
}

toml::table success_rate(const Fields& input) {
  input.only({"success_rates", "stdev_factor"});
  const auto rates = numbers<double>(input.list("success_rates"));
  if (rates.empty()) throw BadVector{"no rates"};
  const double threshold = success_rate_threshold(rates, input.number("stdev_factor") / 1000);
  toml::array ejected;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    if (rates[i] < threshold) ejected.push_back(static_cast<std::int64_t>(i));
  }
  const double mean =
      std::accumulate(rates.begin(), rates.end(), 0.0) / static_cast<double>(rates.size());
  return toml::table{{"mean", mean}, {"threshold", threshold}, {"ejected", std::move(ejected)}};
}

toml::table consecutive(const Fields& input) {
  input.only({"threshold", "responses"});
  const OutlierSettings settings = of_one_host(input.whole("threshold"));
  OutlierDetector detector(settings, {}, 0);
  detector.set_hosts({0});
  std::int64_t at = -1, index = 0;
  for (const auto status : numbers<std::int64_t>(input.list("responses"))) {
    const bool gateway = status >= 502 && status <= 504;
    detector.report({}, 0,
                    status < 500 ? HostResult::Good
                    : gateway    ? HostResult::Gateway
                                 : HostResult::ServerError);
    if (at < 0 && detector.ejected(0)) at = index;
    ++index;
  }
  return toml::table{{"eject_after_index", at}};
}

}  // namespace

std::span<const Kind> balancer_kinds() {
  static constexpr std::array<Kind, 11> kKinds = {{{"wrr_edf", weighted_turns},
                                                   {"envoy_p2c", least_request_pick},
                                                   {"envoy_lr_weight", weight_by_load},
                                                   {"envoy_slow_start", slow_start},
                                                   {"peak_ewma", peak_ewma},
                                                   {"envoy_priority_panic", priorities},
                                                   {"envoy_eject_allowed", ejection_allowed},
                                                   {"envoy_ejection_times", ejection_times},
                                                   {"envoy_uneject_time", unejection},
                                                   {"envoy_success_rate", success_rate},
                                                   {"envoy_consecutive", consecutive}}};
  return kKinds;
}

}  // namespace faultline::conformance
