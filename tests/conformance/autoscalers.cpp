#include <array>

#include "models/controllers/hpa_rules.hpp"
#include "tests/conformance/runners.hpp"

namespace faultline::conformance {
namespace {

constexpr Instant kNow{10'000'000'000'000};  // ages reach back from here

ScalingRules rules_of(const Fields& input) {
  input.only({"select_policy", "policies"});
  ScalingRules rules;
  const std::string select = input.text("select_policy", "Max");
  if (select != "Max" && select != "Min" && select != "Disabled") throw NotModelled{};
  rules.select = select == "Max" ? Select::Max : select == "Min" ? Select::Min : Select::Disabled;
  for (const toml::node& node : input.list("policies")) {
    const Fields policy = fields_of(node);
    policy.only({"type", "value", "period_s"});
    const std::string type = policy.text("type");
    if (type != "Pods" && type != "Percent") throw NotModelled{};
    rules.policies.push_back(
        {type == "Pods" ? ScalingPolicy::Unit::Pods : ScalingPolicy::Unit::Percent,
         policy.whole("value"), policy.seconds_of("period_s")});
  }
  return rules;
}

std::vector<ScalingEvent> events_of(const Fields& input, std::string_view key,
                                    std::string_view amount) {
  std::vector<ScalingEvent> events;
  for (const toml::node& node : input.list(key)) {
    const Fields event = fields_of(node);
    event.only({"age_s", amount});
    events.push_back({Instant{kNow.ns - event.seconds_of("age_s").ns}, event.whole(amount)});
  }
  return events;
}

toml::table behaviour(const Fields& input) {
  input.only(
      {"current", "desired", "min", "max", "scale_up", "scale_down", "up_events", "down_events"});
  constexpr std::array<std::string_view, 5> kReasons = {
      "DesiredWithinRange", "ScaleUpLimit", "TooManyReplicas", "ScaleDownLimit", "TooFewReplicas"};
  const Limited answer = rate_limited(
      kNow, input.whole("current"), input.whole("desired"), input.whole("min"), input.whole("max"),
      rules_of(input.table("scale_up")), rules_of(input.table("scale_down")),
      events_of(input, "up_events", "change"), events_of(input, "down_events", "change"));
  return toml::table{{"replicas", answer.replicas},
                     {"reason", kReasons[static_cast<std::size_t>(answer.reason)]}};
}

toml::table stabilization(const Fields& input) {
  input.only({"current", "desired", "recommendations", "up_window_s", "down_window_s"});
  return toml::table{
      {"replicas", stabilized(kNow, input.whole("current"), input.whole("desired"),
                              events_of(input, "recommendations", "value"),
                              input.seconds_of("up_window_s"), input.seconds_of("down_window_s"))}};
}

toml::table resource(const Fields& input) {
  input.only({"current_replicas", "target_utilization", "tolerance", "pods"});
  std::vector<PodSample> pods;
  for (const toml::node& node : input.list("pods")) {
    const Fields pod = fields_of(node);
    pod.only({"class", "usage_m", "request_m"});
    const std::string kind = pod.text("class");
    if (kind == "ignored") continue;
    if (kind != "ready" && kind != "unready" && kind != "missing") throw NotModelled{};
    const auto state = kind == "ready"     ? PodSample::State::Ready
                       : kind == "unready" ? PodSample::State::Unready
                                           : PodSample::State::Missing;
    pods.push_back({state, pod.number("usage_m", 0), pod.number("request_m")});
  }
  const Proposal p =
      replicas_for(input.whole("current_replicas"), pods, input.number("target_utilization"),
                   input.number("tolerance"), true);
  return toml::table{{"replicas", p.replicas}, {"utilization", p.utilization}};
}

}  // namespace

std::span<const Kind> autoscaler_kinds() {
  static constexpr std::array<Kind, 3> kKinds = {{{"hpa_behavior_rate", behaviour},
                                                  {"hpa_stabilize", stabilization},
                                                  {"hpa_resource", resource}}};
  return kKinds;
}

}  // namespace faultline::conformance
