#include <fmt/format.h>

#include <array>

#include "models/vocabulary/wire_rules.hpp"
#include "tests/conformance/runners.hpp"
#include "tests/conformance/small_run.hpp"

namespace faultline::conformance {
namespace {

std::string asks(double after_ms, const char* policy = "") {
  return fmt::format("[client.c]\ncalls = \"s\"\ngaps = \"{}ms\"\nstops = \"{}ms\"\n{}", after_ms,
                     after_ms + 1, policy);
}

toml::table bandwidth(const Fields& input) {
  input.only({"bytes", "rate_kb_s"});
  const auto result = small_run(
      fmt::format("duration = \"1min\"\n{}[service.s]\nthreads = \"unbounded\"\nwork = \"0s\"\n"
                  "response_size = \"{}B\"\n[[fault]]\nat = \"0s\"\nkind = \"bandwidth\"\nlink = "
                  "\"c->s\"\nlimit = \"{}kB/s\"\n",
                  asks(1), input.whole("bytes"), input.whole("rate_kb_s")));
  return toml::table{{"total_ms", result->clients[0].value.latency.max * 1e3}};
}

toml::table latency(const Fields& input) {
  input.only({"latency_ms", "jitter_ms"});
  const std::int64_t mean = input.whole("latency_ms"), jitter = input.whole("jitter_ms");
  const auto most = static_cast<std::uint64_t>(jitter > 0 ? 2 * jitter - 1 : 0);
  return toml::table{{"min_ms", jittered_latency(mean, jitter, 0)},
                     {"max_ms", jittered_latency(mean, jitter, most)}};
}

toml::table netem_jitter(const Fields& input) {
  input.only({"latency", "jitter", "random_u32"});
  return toml::table{
      {"delay", jittered_latency(input.whole("latency"), input.whole("jitter"),
                                 static_cast<std::uint64_t>(input.whole("random_u32")))}};
}

toml::table netem_loss(const Fields& input) {
  input.only({"correlation", "last", "uniforms", "loss"});
  double last = input.number("last");
  toml::array values, lost;
  for (const toml::node& node : input.list("uniforms")) {
    last = correlated(input.number("correlation"), node.value<double>().value_or(0), last);
    values.push_back(last);
    lost.push_back(is_lost(input.number("loss"), last));
  }
  return toml::table{{"values", std::move(values)}, {"lost", std::move(lost)}};
}

// What is idle for too long is given up: our read timeout, put to an answer that comes in pieces.
toml::table idle_timeout(const Fields& input) {
  input.only({"timeout_ms", "chunk_times_ms"});
  std::string steps;
  double so_far = 0;
  for (const toml::node& node : input.list("chunk_times_ms")) {
    const double at = node.value<double>().value_or(0);
    steps += fmt::format("{{ work = \"{}ms\" }}, {{ flush = true }}, ", at - so_far);
    so_far = at;
  }
  const double patience = input.number("timeout_ms");
  const auto result =
      small_run(fmt::format("duration = \"1min\"\n[client.c]\ncalls = \"s\"\ngaps = \"1000h\"\n"
                            "at_start = 1\npolicy = \"p\"\n[service.s]\nthreads = \"unbounded\"\n"
                            "steps = [{}{{ work = \"10min\" }}]\n"
                            "[policy.p]\ntimeout = {{ header = \"{}ms\", read = \"{}ms\" }}\n",
                            steps, patience, patience),
                true);
  for (const std::string& line : result->trace) {
    if (line.find("has failed") != std::string::npos)
      return toml::table{{"close_at_ms", std::strtod(line.c_str(), nullptr) * 1e3}};
  }
  return {};
}

toml::table reset(const Fields& input) {
  input.only({"timeout_ms", "first_chunk_ms"});
  const auto result =
      small_run(fmt::format("duration = \"1min\"\n{}[service.s]\nthreads = \"unbounded\"\nwork = "
                            "\"10min\"\n[[fault]]\nat = \"0s\"\nkind = \"reset\"\nlink = \"c->s\"\n"
                            "after = \"{}ms\"\n",
                            asks(input.number("first_chunk_ms")), input.number("timeout_ms")),
                true);
  for (const std::string& line : result->trace) {
    if (line.find("has failed") != std::string::npos)
      return toml::table{{"reset_at_ms", std::strtod(line.c_str(), nullptr) * 1e3}};
  }
  return {};
}

}  // namespace

std::span<const Kind> network_kinds() {
  static constexpr std::array<Kind, 6> kKinds = {{{"toxiproxy_bandwidth", bandwidth},
                                                  {"toxiproxy_latency", latency},
                                                  {"toxiproxy_timeout", idle_timeout},
                                                  {"toxiproxy_reset_peer", reset},
                                                  {"netem_uniform_jitter", netem_jitter},
                                                  {"netem_correlated_loss", netem_loss}}};
  return kKinds;
}

}  // namespace faultline::conformance
