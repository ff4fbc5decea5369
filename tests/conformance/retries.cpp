#include <fmt/format.h>

#include <array>

#include "models/policies/backoff.hpp"
#include "models/policies/retry_budget.hpp"
#include "models/theory/order_statistics.hpp"
#include "tests/conformance/runners.hpp"
#include "tests/conformance/small_run.hpp"

namespace faultline::conformance {
namespace {

double in_ms(Duration d) {
  return static_cast<double>(d.ns) / 1e6;
}

// The shortest and the longest wait that chance can make of it.
toml::table bounds(Duration least, Duration most) {
  return toml::table{{"min_ms", in_ms(least)}, {"max_ms", in_ms(most)}};
}
toml::table bounds(const Backoff& b, std::int64_t n) {
  return bounds(b.jittered(static_cast<int>(n), 0), b.jittered(static_cast<int>(n), 1));
}

toml::table brooker(const Fields& input, const std::string& algorithm) {
  Backoff b;
  b.base = input.milliseconds_of("base_ms");
  b.cap = input.milliseconds_of("cap_ms");
  if (algorithm == "decorrelated") {
    input.only({"algo", "base_ms", "cap_ms", "prev_ms"});
    const Duration previous = input.milliseconds_of("prev_ms");
    return bounds(b.decorrelated(previous, 0), b.decorrelated(previous, 1));
  }
  input.only({"algo", "base_ms", "cap_ms", "attempt"});
  b.jitter = algorithm == "none"   ? Jitter::None
             : algorithm == "full" ? Jitter::Full
                                   : Jitter::Equal;
  return bounds(b, input.whole("attempt"));
}

toml::table grpc(const Fields& input) {
  input.only({"algo", "initial_ms", "max_ms", "multiplier", "retry_number"});
  const Backoff b{input.milliseconds_of("initial_ms"), input.number("multiplier"),
                  input.milliseconds_of("max_ms"), Jitter::Grpc};
  return bounds(b, input.whole("retry_number") - 1);
}

toml::table grpc_connection(const Fields& input) {
  input.only({"algo", "initial_ms", "max_ms", "multiplier", "jitter", "failure_number"});
  if (input.number("jitter") != 0.2) throw NotModelled{};
  const Backoff b{input.milliseconds_of("initial_ms"), input.number("multiplier"),
                  input.milliseconds_of("max_ms"), Jitter::GrpcConnection};
  return bounds(b, input.whole("failure_number") - 1);
}

toml::table envoy(const Fields& input) {
  input.only({"algo", "base_ms", "max_ms", "retry_number"});
  const Backoff b{input.milliseconds_of("base_ms"), 2, input.milliseconds_of("max_ms"),
                  Jitter::Envoy};
  return bounds(b, input.whole("retry_number") - 1);
}

toml::table envoy_told_when(const Fields& input) {
  input.only({"algo", "retry_after_ms", "max_interval_ms"});
  const Duration told = input.milliseconds_of("retry_after_ms");
  if (told > input.milliseconds_of("max_interval_ms")) throw NotModelled{};
  return bounds(envoy_told(told, 0), envoy_told(told, 1));
}

toml::table resilience4j(const Fields& input) {
  input.only({"algo", "initial_ms", "multiplier", "randomization", "attempt"});
  if (input.number("randomization") != 0.5) throw NotModelled{};
  const Backoff b{input.milliseconds_of("initial_ms"), input.number("multiplier"), Duration::max(),
                  Jitter::Resilience4j};
  return bounds(b, input.whole("attempt") - 1);
}

toml::table polly_decorrelated(const Fields& input) {
  input.only({"base_ms", "randoms"});
  const Backoff b{input.milliseconds_of("base_ms"), 2, Duration::max(), Jitter::Polly};
  toml::array delays;
  double before = 0;
  for (const toml::node& node : input.list("randoms")) {
    const double u = node.value<double>().value_or(0);
    delays.push_back(in_ms(b.polly(static_cast<int>(delays.size()), u, before)));
    before = u;
  }
  return toml::table{{"delays_ms", std::move(delays)}};
}

// botocore's standard mode: full jitter from a second (2.0), or from 50 ms unless throttled (2.1).
toml::table aws(const Fields& input, bool newer) {
  input.only({"algo", "attempt_number", "throttling"});
  const bool quick = newer && !input.flag("throttling", false);
  const Backoff b{milliseconds(quick ? 50 : 1000), 2, milliseconds(20'000), Jitter::Full, 0};
  return bounds(b, input.whole("attempt_number") - 1);
}

toml::table polly(const Fields& input, bool exponential) {
  input.only({"algo", "base_ms", "attempt", "jitter"});
  const bool jitter = input.flag("jitter", false);
  if (jitter && exponential) throw NotModelled{};  // a kind of its own
  const Backoff b{input.milliseconds_of("base_ms"), exponential ? 2.0 : 1.0, Duration::max(),
                  jitter ? Jitter::Spread : Jitter::None, 0.25};
  return bounds(b, input.whole("attempt"));
}

toml::table backoff(const Fields& input) {
  const std::string algorithm = input.text("algo");
  for (const char* known : {"none", "full", "equal", "decorrelated"}) {
    if (algorithm == known) return brooker(input, algorithm);
  }
  if (algorithm == "grpc_retry") return grpc(input);
  if (algorithm == "grpc_connection") return grpc_connection(input);
  if (algorithm == "envoy") return envoy(input);
  if (algorithm == "envoy_rate_limited") return envoy_told_when(input);
  if (algorithm == "r4j_exponential_random") return resilience4j(input);
  if (algorithm == "aws_standard_2_0") return aws(input, false);
  if (algorithm == "aws_standard_2_1") return aws(input, true);
  if (algorithm == "polly_exponential") return polly(input, true);
  if (algorithm == "polly_constant") return polly(input, false);
  throw NotModelled{};
}

toml::table finagle(const Fields& input) {
  input.only({"config", "steps"});
  const Fields config = input.table("config");
  config.only({"ttl_s", "min_retries_per_sec", "percent_can_retry"});
  RetryBudget budget(config.number("percent_can_retry"), config.number("min_retries_per_sec"),
                     config.seconds_of("ttl_s"));
  toml::array answers;
  for (const toml::node& node : input.list("steps")) {
    const Fields step = fields_of(node);
    step.only({"t_ms", "op", "count"});
    const Instant now = instant_of(step);
    const std::string op = step.text("op");
    const auto count = static_cast<std::int64_t>(step.number("count", 1));
    toml::table answer;
    std::int64_t granted = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      if (op == "deposit") budget.deposit(now);
      if (op == "withdraw") granted += budget.withdraw(now);
    }
    if (op == "withdraw") answer.insert("granted", granted);
    if (op != "withdraw" && op != "deposit" && op != "balance") throw NotModelled{};
    answer.insert("balance", budget.balance(now));
    answers.push_back(std::move(answer));
  }
  return toml::table{{"steps", std::move(answers)}};
}

// One request through so many callers that each retry; what is behind them always fails.
toml::table amplification(const Fields& input) {
  input.only({"attempts_per_layer", "layers"});
  const std::int64_t layers = input.whole("layers");
  std::string text = fmt::format(
      "duration = \"10s\"\n[policy.p]\nretry = {{ attempts = {} }}\n"
      "[client.c]\ncalls = \"s1\"\npolicy = \"p\"\ngaps = \"1000h\"\n"
      "at_start = 1\n",
      input.whole("attempts_per_layer"));
  for (std::int64_t i = 1; i < layers; ++i)
    text += fmt::format(
        "[service.s{}]\nthreads = \"unbounded\"\nsteps = [{{ call = \"s{}\", policy = \"p\" }}]\n",
        i, i + 1);
  text += fmt::format(
      "[service.s{0}]\nthreads = \"unbounded\"\nwork = \"1ms\"\n"
      "[[fault]]\nat = \"0s\"\nkind = \"errors\"\nservice = \"s{0}\"\nshare = \"100%\"\n",
      layers);
  const auto result = small_run(text);
  return toml::table{
      {"max_backend_requests", static_cast<std::int64_t>(result->services.back().value.arrivals)}};
}

toml::table fan_out(const Fields& input) {
  input.only({"fanout", "p_slow"});
  return toml::table{
      {"p_request_slow", theory::probability_any_slow(static_cast<int>(input.whole("fanout")),
                                                      input.number("p_slow"))}};
}

}  // namespace

std::span<const Kind> retry_kinds() {
  static constexpr std::array<Kind, 5> kKinds = {{{"backoff_bounds", backoff},
                                                  {"polly_decorrelated_v2", polly_decorrelated},
                                                  {"finagle_retry_budget", finagle},
                                                  {"retry_amplification", amplification},
                                                  {"fanout_tail", fan_out}}};
  return kKinds;
}

}  // namespace faultline::conformance
