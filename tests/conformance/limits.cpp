#include <array>

#include "models/policies/buckets.hpp"
#include "models/policies/token_bucket.hpp"
#include "models/policies/windows.hpp"
#include "tests/conformance/runners.hpp"

namespace faultline::conformance {
namespace {

double in_milliseconds(Duration d) {
  return d.seconds() * 1e3;
}

// The instants of a list of milliseconds.
std::vector<Instant> times_of(const Fields& input) {
  std::vector<Instant> times;
  for (const toml::node& node : input.list("times_ms"))
    times.push_back(Instant{} + from_seconds(node.value<double>().value() / 1e3));
  return times;
}

toml::table token_bucket(const Fields& input) {
  input.only({"capacity", "rate_per_s", "initial", "requests"});
  const double capacity = input.number("capacity");
  TokenBucket bucket(input.number("rate_per_s"), capacity);
  const double missing = capacity - input.number("initial", capacity);
  if (missing < 0) throw NotModelled{};
  if (missing > 0) bucket.take(Instant{}, missing);
  toml::array answers;
  for (const toml::node& node : input.list("requests")) {
    const Fields request = fields_of(node);
    request.only({"t_ms", "cost"});
    const Instant now = instant_of(request);
    const bool allowed = bucket.take(now, request.number("cost", 1));
    answers.push_back(toml::table{{"t_ms", request.number("t_ms")},
                                  {"allowed", allowed},
                                  {"tokens_after", bucket.tokens(now)}});
  }
  return toml::table{{"results", std::move(answers)}};
}

toml::table gcra(const Fields& input) {
  input.only({"emission_interval_ms", "max_burst", "requests"});
  Gcra cells(input.milliseconds_of("emission_interval_ms"), input.whole("max_burst"));
  toml::array answers;
  for (const toml::node& node : input.list("requests")) {
    const Fields request = fields_of(node);
    request.only({"t_ms", "quantity"});
    const Gcra::Answer a = cells.ask(instant_of(request), request.whole("quantity"));
    const double again = a.retry_after.ns < 0 ? -1 : in_milliseconds(a.retry_after);
    answers.push_back(toml::table{{"limited", a.limited},
                                  {"remaining", a.remaining},
                                  {"reset_ms", in_milliseconds(a.reset)},
                                  {"retry_after_ms", again}});
  }
  return toml::table{{"results", std::move(answers)}};
}

template <class Window>
toml::table in_windows(const Fields& input) {
  input.only({"limit", "window_ms", "times_ms"});
  Window window(input.whole("limit"), input.milliseconds_of("window_ms"));
  toml::array allowed;
  for (const Instant now : times_of(input)) allowed.push_back(window.take(now));
  return toml::table{{"allowed", std::move(allowed)}};
}

toml::table sliding_counter(const Fields& input) {
  input.only({"prev_count", "cur_count", "window_s", "elapsed_s"});
  return toml::table{
      {"estimate", sliding_estimate(input.number("prev_count"), input.number("cur_count"),
                                    input.number("window_s"), input.number("elapsed_s"))}};
}

toml::table leaky_bucket(const Fields& input) {
  input.only({"queue_capacity", "rate_per_s", "times_ms"});
  LeakyBucket bucket(input.number("rate_per_s"), input.whole("queue_capacity"));
  toml::array answers;
  for (const Instant now : times_of(input)) {
    const auto out = bucket.take(now);
    answers.push_back(toml::table{{"t_ms", now.seconds() * 1e3},
                                  {"accepted", out.has_value()},
                                  {"departs_ms", out ? out->seconds() * 1e3 : -1}});
  }
  return toml::table{{"results", std::move(answers)}};
}

toml::table nginx(const Fields& input) {
  input.only({"rate_millireq_per_s", "burst", "delay", "times_ms"});
  NginxLimitReq limit(input.whole("rate_millireq_per_s"), input.whole("burst"),
                      input.whole("delay"));
  toml::array answers;
  for (const Instant now : times_of(input)) {
    const auto delay = limit.take(now);
    const char* result = !delay ? "REJECT" : delay->ns > 0 ? "DELAY" : "PASS";
    answers.push_back(toml::table{{"t_ms", now.seconds() * 1e3},
                                  {"result", result},
                                  {"delay_ms", delay ? in_milliseconds(*delay) : 0}});
  }
  return toml::table{{"results", std::move(answers)}};
}

toml::table envoy_local(const Fields& input) {
  input.only({"max_tokens", "tokens_per_fill", "fill_interval_ms", "times_ms"});
  FilledBucket bucket(input.whole("max_tokens"), input.whole("tokens_per_fill"),
                      input.milliseconds_of("fill_interval_ms"));
  toml::array answers;
  for (const Instant now : times_of(input)) {
    const bool allowed = bucket.take(now);
    answers.push_back(toml::table{{"t_ms", now.seconds() * 1e3},
                                  {"status", allowed ? 200 : 429},
                                  {"tokens_after", bucket.tokens()}});
  }
  return toml::table{{"results", std::move(answers)}};
}

}  // namespace

std::span<const Kind> limit_kinds() {
  static constexpr std::array<Kind, 8> kKinds = {{{"token_bucket", token_bucket},
                                                  {"gcra", gcra},
                                                  {"fixed_window", in_windows<FixedWindow>},
                                                  {"sliding_log", in_windows<SlidingLog>},
                                                  {"sliding_window_counter", sliding_counter},
                                                  {"leaky_bucket_queue", leaky_bucket},
                                                  {"nginx_limit_req", nginx},
                                                  {"envoy_local_rate_limit", envoy_local}}};
  return kKinds;
}

}  // namespace faultline::conformance
