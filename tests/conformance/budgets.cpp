#include <array>

#include "models/policies/budget.hpp"
#include "models/policies/retry_budget.hpp"
#include "tests/conformance/runners.hpp"

namespace faultline::conformance {
namespace {

toml::table grpc(const Fields& input) {
  input.only({"max_tokens", "token_ratio", "ops"});
  GrpcThrottle throttle(input.number("max_tokens"), input.number("token_ratio"));
  toml::array steps;
  for (char op : input.text("ops")) {
    if (op != 'F' && op != 'S') throw NotModelled{};
    op == 'F' ? throttle.failed() : throttle.succeeded();
    steps.push_back(toml::table{{"op", std::string(1, op)},
                                {"tokens", throttle.tokens()},
                                {"retry_allowed", throttle.allows()}});
  }
  return toml::table{{"steps", std::move(steps)}};
}

// Each step of the expectation says what was done: with a clock that stands still, the numbers are
// those of the two vectors there are.
toml::table tower(const Fields& input) {
  input.only({"ttl_s", "min_per_sec", "retry_ratio", "ops"});
  RetryBudget budget(input.number("retry_ratio"), input.number("min_per_sec"),
                     input.seconds_of("ttl_s"), RetryBudget::Like::Linkerd);
  toml::array steps;
  for (const toml::node& node : input.list("ops")) {
    const Fields step = fields_of(node);
    const std::string op = step.text("op");
    toml::table answer{{"op", op}, {"count", step.whole("count")}};
    std::int64_t granted = 0;
    for (std::int64_t i = step.whole("count"); i > 0; --i) {
      if (op == "deposit") budget.deposit({});
      if (op == "withdraw") granted += budget.withdraw({});
    }
    if (op == "withdraw") answer.insert("granted", granted);
    answer.insert("balance_tokens", budget.tokens({}));
    steps.push_back(std::move(answer));
  }
  return toml::table{{"steps", std::move(steps)}};
}

struct Costs {
  std::int64_t retry, timeout;
};
Costs costs_of(const Fields& input) {
  const std::string version = input.text("version");
  if (version == "2.0") return {5, 10};
  if (version == "2.1") return {14, 14};
  throw NotModelled{};
}

toml::table aws_drain(const Fields& input) {
  input.only({"version", "error", "initial"});
  const std::string error = input.text("error");
  if (error != "retry" && error != "retry_timeout") throw NotModelled{};
  const Costs costs = costs_of(input);
  AwsQuota quota(input.whole("initial"));
  std::int64_t granted = 0;
  while (quota.acquire(error == "retry" ? costs.retry : costs.timeout)) ++granted;
  return toml::table{{"max_retries_granted", granted}, {"left", quota.left()}};
}

toml::table aws(const Fields& input) {
  input.only({"version", "ops"});
  const Costs costs = costs_of(input);
  AwsQuota quota(500);
  std::int64_t last = 0;
  toml::array available;
  for (const toml::node& node : input.list("ops")) {
    const std::string op = node.value<std::string>().value_or("");
    if (op == "retry" || op == "retry_timeout") {
      last = op == "retry" ? costs.retry : costs.timeout;
      if (!quota.acquire(last)) throw NotModelled{};
    } else if (op.starts_with("success_after_retry")) {
      quota.succeeded(last);
    } else if (op == "success_no_retry") {
      quota.succeeded(0);
    } else {
      throw NotModelled{};
    }
    available.push_back(quota.left());
  }
  return toml::table{{"available", std::move(available)}};
}

toml::table envoy(const Fields& input) {
  input.only({"active", "pending", "budget_percent", "min_retry_concurrency"});
  return toml::table{
      {"max_concurrent_retries", envoy_retry_limit(input.number("budget_percent") / 100,
                                                   input.whole("active") + input.whole("pending"),
                                                   input.whole("min_retry_concurrency"))}};
}

}  // namespace

std::span<const Kind> budget_kinds() {
  static constexpr std::array<Kind, 5> kKinds = {{{"grpc_retry_throttle", grpc},
                                                  {"tower_tps_budget", tower, true},
                                                  {"aws_retry_quota_drain", aws_drain},
                                                  {"aws_retry_quota", aws},
                                                  {"envoy_retry_budget", envoy}}};
  return kKinds;
}

}  // namespace faultline::conformance
