#include <array>

#include "models/policies/breaker_envoy.hpp"
#include "models/policies/breaker_hystrix.hpp"
#include "models/policies/breaker_polly.hpp"
#include "models/policies/circuit_breaker.hpp"
#include "tests/conformance/runners.hpp"

namespace faultline::conformance {
namespace {

BreakerSettings settings_of(const Fields& config) {
  config.only({"window_type", "window_size", "min_calls", "failure_rate", "slow_rate", "slow_ms",
               "wait_open_ms", "permitted", "auto", "max_wait_half_ms"});
  const std::string type = config.text("window_type", "COUNT_BASED");
  if (type != "COUNT_BASED" && type != "TIME_BASED") throw NotModelled{};
  BreakerSettings s;
  s.time_based = type == "TIME_BASED";
  if (config.has("window_size")) s.window = config.whole("window_size");
  if (config.has("min_calls")) s.min_calls = config.whole("min_calls");
  s.failure_rate = config.number("failure_rate", 50) / 100;
  s.slow_rate = config.number("slow_rate", 100) / 100;
  if (config.has("slow_ms")) s.slow_after = config.milliseconds_of("slow_ms");
  if (config.has("wait_open_ms")) s.open_for = config.milliseconds_of("wait_open_ms");
  if (config.has("permitted")) s.half_open_calls = config.whole("permitted");
  s.opens_by_itself = config.flag("auto", false);
  if (config.has("max_wait_half_ms")) s.half_open_for = config.milliseconds_of("max_wait_half_ms");
  return s;
}

constexpr std::array<std::string_view, 3> kStates = {"CLOSED", "OPEN", "HALF_OPEN"};

toml::table resilience4j(const Fields& input) {
  input.only({"config", "steps"});
  CircuitBreaker breaker(settings_of(input.table("config")));
  toml::array answers;
  for (const toml::node& node : input.list("steps")) {
    const Fields step = fields_of(node);
    step.only({"t_ms", "op", "duration_ms"});
    const Instant now = instant_of(step);
    const std::string op = step.text("op");
    const Duration took =
        step.has("duration_ms") ? step.milliseconds_of("duration_ms") : Duration{};
    toml::table answer{{"t_ms", step.number("t_ms")}};
    if (op == "acquire") {
      answer.insert("permitted", breaker.acquire(now));
    } else if (op == "success" || op == "error") {
      breaker.record(now, op == "error", took);
    } else if (op == "ignored") {
      breaker.release();
    } else if (op != "observe") {
      throw NotModelled{};
    }
    answer.insert("state", kStates[static_cast<std::size_t>(breaker.state(now))]);
    answers.push_back(std::move(answer));
  }
  return toml::table{{"steps", std::move(answers)}};
}

// Of a breaker that is asked by `attempt` and told `success` or `failure`.
template <class Breaker>
toml::table journey(const Fields& input, Breaker breaker) {
  toml::array answers;
  for (const toml::node& node : input.list("steps")) {
    const Fields step = fields_of(node);
    const Instant now = instant_of(step);
    const std::string op = step.text("op");
    toml::table answer{{"t_ms", step.number("t_ms")}};
    if (op == "attempt") {
      step.only({"t_ms", "op"});
      answer.insert("permitted", breaker.acquire(now));
    } else if (op == "success" || op == "failure") {
      step.only({"t_ms", "op"});
      breaker.record(now, op == "failure", {});
    } else if constexpr (std::is_same_v<Breaker, HystrixBreaker>) {
      if (op != "health") throw NotModelled{};
      step.only({"t_ms", "op", "total", "errors"});
      breaker.judge(now, step.whole("total"), step.whole("errors"));
    } else {
      throw NotModelled{};
    }
    answer.insert("state", kStates[static_cast<std::size_t>(breaker.state(now))]);
    answers.push_back(std::move(answer));
  }
  return toml::table{{"steps", std::move(answers)}};
}

toml::table hystrix(const Fields& input) {
  input.only({"config", "steps"});
  const Fields config = input.table("config");
  config.only({"volume", "pct", "sleep_ms"});
  HystrixSettings s;
  if (config.has("volume")) s.min_calls = config.whole("volume");
  if (config.has("pct")) s.failure_percent = config.whole("pct");
  if (config.has("sleep_ms")) s.open_for = config.milliseconds_of("sleep_ms");
  return journey(input, HystrixBreaker(s));
}

toml::table polly(const Fields& input) {
  input.only({"config", "steps"});
  const Fields config = input.table("config");
  config.only({"failure_ratio", "min_throughput", "sampling_ms", "break_ms"});
  PollySettings s;
  s.failure_rate = config.number("failure_ratio", s.failure_rate);
  if (config.has("min_throughput")) s.min_calls = config.whole("min_throughput");
  if (config.has("sampling_ms")) s.window = config.milliseconds_of("sampling_ms");
  if (config.has("break_ms")) s.open_for = config.milliseconds_of("break_ms");
  return journey(input, PollyBreaker(s));
}

toml::table envoy(const Fields& input) {
  input.only({"limit", "current"});
  return toml::table{{"admit", envoy_admits(input.whole("current"), input.whole("limit"))}};
}

}  // namespace

std::span<const Kind> breaker_kinds() {
  static constexpr std::array<Kind, 4> kKinds = {{{"breaker_r4j", resilience4j},
                                                  {"breaker_hystrix", hystrix},
                                                  {"breaker_polly", polly},
                                                  {"envoy_circuit_breaking", envoy}}};
  return kKinds;
}

}  // namespace faultline::conformance
