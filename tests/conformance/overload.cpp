// Throttling, adaptive limits, CoDel, shedding.
#include <array>
#include <deque>

#include "models/policies/codel.hpp"
#include "models/policies/concurrency_limits.hpp"
#include "models/policies/shedding.hpp"
#include "models/policies/throttle.hpp"
#include "tests/conformance/runners.hpp"

namespace faultline::conformance {
namespace {

toml::table throttle(const Fields& input) {
  input.only({"requests", "accepts", "k"});
  return toml::table{
      {"reject_probability",
       throttle_share(input.number("requests"), input.number("accepts"), input.number("k"))}};
}

toml::table aimd(const Fields& input) {
  input.only({"limit", "rtt_ms", "inflight", "dropped", "min", "max", "backoff", "timeout_ms"});
  const AimdRule rule{input.whole("min"), input.whole("max"), input.number("backoff"),
                      input.number("timeout_ms") / 1e3};
  return toml::table{{"limit", rule.next(input.whole("limit"), input.number("rtt_ms") / 1e3,
                                         input.whole("inflight"), input.flag("dropped", false))}};
}

toml::table vegas(const Fields& input) {
  input.only({"initial", "max", "steps"});
  VegasRule rule(input.number("initial"), input.number("max"));
  toml::array limits;
  for (const toml::node& node : input.list("steps")) {
    const Fields step = fields_of(node);
    step.only({"rtt_ms", "inflight", "dropped"});
    // As late a probe as there can be.
    rule.learn(step.number("rtt_ms") / 1e3, step.whole("inflight"), step.flag("dropped", false),
               0.999);
    limits.push_back(rule.limit());
  }
  return toml::table{{"limits", std::move(limits)}};
}

toml::table gradient2(const Fields& input) {
  input.only({"config", "steps"});
  const Fields config = input.table("config");
  config.only({"initial", "min", "max", "smoothing", "queue_size", "long_window", "rtt_tolerance"});
  Gradient2Settings s;
  s.initial = config.number("initial");
  s.min = config.number("min");
  s.max = config.number("max");
  s.smoothing = config.number("smoothing");
  s.queue = config.number("queue_size");
  s.long_window = config.whole("long_window");
  s.tolerance = config.number("rtt_tolerance");
  Gradient2Rule rule(s);
  toml::array limits;
  for (const toml::node& node : input.list("steps")) {
    const Fields step = fields_of(node);
    step.only({"rtt_ms", "inflight"});
    rule.learn(step.number("rtt_ms") / 1e3, step.whole("inflight"));
    limits.push_back(rule.limit());
  }
  return toml::table{{"limits", std::move(limits)}};
}

toml::table envoy_gradient(const Fields& input) {
  input.only({"limit", "min_rtt_ms", "sample_rtt_ms", "buffer", "min_concurrency", "max_limit"});
  EnvoyGradientSettings s;
  s.min = input.whole("min_concurrency");
  s.max = input.whole("max_limit");
  s.buffer = input.number("buffer");
  const GradientStep step =
      envoy_gradient_step(input.whole("limit"), input.number("min_rtt_ms") / 1e3,
                          input.number("sample_rtt_ms") / 1e3, s);
  return toml::table{{"gradient", step.gradient}, {"new_limit", step.limit}};
}

toml::table scaled(const Fields& input) {
  input.only({"pressure", "scaling_threshold", "saturation_threshold"});
  return toml::table{
      {"state", scaled_trigger(input.number("pressure"), input.number("scaling_threshold"),
                               input.number("saturation_threshold"))}};
}

toml::table control_law(const Fields& input) {
  input.only({"interval_ms", "counts"});
  toml::array gaps;
  for (const toml::node& count : input.list("counts"))
    gaps.push_back(
        codel_gap(input.milliseconds_of("interval_ms"), count.value<std::int64_t>().value())
            .seconds() *
        1e3);
  return toml::table{{"next_drop_ms", std::move(gaps)}};
}

toml::table linux_queue(const Fields& input) {
  input.only({"target_ms", "interval_ms", "enqueue_ms", "dequeue_ms"});
  CodelLinux codel(input.milliseconds_of("target_ms"), input.milliseconds_of("interval_ms"));
  const toml::array& arrivals = input.list("enqueue_ms");
  const auto came = [&](std::int64_t i) {
    return Instant{} +
           from_seconds(arrivals.get(static_cast<std::size_t>(i))->value<double>().value() / 1e3);
  };
  std::int64_t arrived = 0, left = 0;  // how many have come, and have left
  toml::array steps;
  for (const toml::node& node : input.list("dequeue_ms")) {
    const Instant now = Instant{} + from_seconds(node.value<double>().value() / 1e3);
    while (arrived < std::ssize(arrivals) && came(arrived) <= now) ++arrived;
    if (left == arrived) throw NotModelled{};  // nothing to take
    toml::array dropped;
    std::int64_t taken = -1;
    codel.dequeue(
        now,
        [&] {
          taken = left++;
          return now - came(taken);
        },
        [&] { dropped.push_back(taken); },
        [&] { return static_cast<std::uint64_t>(arrived - left); });
    steps.push_back(toml::table{{"t_ms", now.seconds() * 1e3},
                                {"delivered", taken},
                                {"dropped", std::move(dropped)},
                                {"dropping", codel.dropping()}});
  }
  return toml::table{{"steps", std::move(steps)}};
}

toml::table folly(const Fields& input) {
  input.only({"target_ms", "interval_ms", "steps"});
  CodelFolly codel(input.milliseconds_of("target_ms"), input.milliseconds_of("interval_ms"));
  toml::array shed;
  for (const toml::node& node : input.list("steps")) {
    const Fields step = fields_of(node);
    step.only({"t_ms", "delay_ms"});
    shed.push_back(codel.sheds(instant_of(step), step.milliseconds_of("delay_ms")));
  }
  return toml::table{{"shed", std::move(shed)}};
}

}  // namespace

std::span<const Kind> overload_kinds() {
  static constexpr std::array<Kind, 9> kKinds = {{{"adaptive_throttle", throttle},
                                                  {"aimd_limit", aimd},
                                                  {"vegas_limit", vegas},
                                                  {"gradient2_limit", gradient2},
                                                  {"envoy_gradient", envoy_gradient},
                                                  {"envoy_scaled_trigger", scaled},
                                                  {"codel_control_law", control_law},
                                                  {"codel_linux", linux_queue},
                                                  {"folly_codel", folly}}};
  return kKinds;
}

}  // namespace faultline::conformance
