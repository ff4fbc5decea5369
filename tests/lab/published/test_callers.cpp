// What others have published about who calls: P05 (Schroeder et al., "Open versus closed", NSDI
// 2006; Brooker, "Open and closed, Omission and collapse", 2023), P11 (Site Reliability
// Engineering, chapter 22: addressing cascading failures). docs/validation.md has the numbers.

#include <fmt/format.h>

#include "tests/lab/published/outcome.hpp"

using namespace faultline;

namespace {

ClientFigures one_server(const std::string& client) {
  return outcome("duration = \"40h\"\nwarmup = \"10min\"\n[client.c]\ncalls = \"s\"\n" + client +
                     "[service.s]\nthreads = 1\nwork = \"exp(100ms)\"\n",
                 7)
      ->clients[0]
      .value;
}

}  // namespace

TEST_CASE("P05: the same server, and those who wait for an answer before they ask again",
          "[published][GS1]") {
  const auto within = [](double x) { return Approx(x).epsilon(0.02); };
  const ClientFigures open = one_server("rate = \"8/s\"\n");
  CHECK(open.latency.p50 == within(0.3466));
  CHECK(open.latency.p99 == within(2.3026));
  const ClientFigures one = one_server("users = 1\nthink = \"exp(20ms)\"\n");
  CHECK(one.latency.p99 == within(0.4605));
  const ClientFigures ten = one_server("users = 10\nthink = \"exp(1145ms)\"\n");
  CHECK(ten.latency.mean == within(0.2420));
  CHECK(ten.latency.p50 == within(0.1851));
  CHECK(ten.latency.p99 == within(0.9449));
  CHECK(ten.goodput_per_s == within(7.21));  // 72 % of the server, and not 80
}

TEST_CASE("P11: a hundredth too much, and what retries make of it", "[published][RT6]") {
  const auto r = outcome(
      "duration = \"12s\"\n[client.c]\ncalls = \"s\"\nrate = \"10.1k/s\"\narrivals = \"constant\"\n"
      "policy = \"p\"\n[service.s]\nthreads = \"unbounded\"\nwork = \"0s\"\n"
      "door = { rate_limit = { kind = \"fixed_window\", rate = \"10k/s\" } }\n"
      "[policy.p]\nretry = { attempts = 10, backoff = \"1s\", factor = 1 }\n",
      7);
  const EdgeSeries& edge = r->edge_series[0].value;
  for (std::size_t second = 0; second < 10; ++second) {
    CAPTURE(second);
    CHECK(edge.attempts[second] - edge.calls[second] ==
          Approx(100.0 * static_cast<double>(second)).margin(1));
  }
}

TEST_CASE("P11: five in a hundred hang, and four in five are turned away", "[published][RT5]") {
  const auto rejected = [](const char* deadline, const char* duration) {
    const auto r = outcome(
        fmt::format("duration = \"{1}\"\nwarmup = \"5min\"\n[client.c]\ncalls = \"s\"\nrate = "
                    "\"1k/s\"\n[service.s]\nthreads = 1000\nqueue = {{ limit = 0 }}\n"
                    "work = \"mixture(0.95: 100ms, 0.05: {0})\"\n",
                    deadline, duration),
        7);
    const ServiceFigures& s = r->services[0].value;
    return static_cast<double>(s.rejected) / static_cast<double>(s.arrivals);
  };
  CHECK(rejected("100s", "2h") == Approx(0.80378).epsilon(0.01));
  CHECK(rejected("1s", "10min") == 0);
}

TEST_CASE("P11: the last of a queue ten times as long as the threads waits for all",
          "[published]") {
  const auto r = outcome(
      "duration = \"10s\"\n[client.c]\ncalls = \"s\"\nrate = \"1/d\"\nstops = \"1us\"\n"
      "at_start = 110\n[service.s]\nthreads = 10\nqueue = { limit = 100 }\nwork = \"100ms\"\n",
      7);
  CHECK(r->clients[0].value.latency.max == Approx(1.1).epsilon(0.001));
}

TEST_CASE("P11: four attempts at three layers are 64, three at five are 243", "[published][RT6]") {
  const auto attempts = [](int layers, int each) {
    std::string text =
        "duration = \"10s\"\n[client.c]\ncalls = \"s1\"\nrate = \"1/d\"\n"
        "stops = \"1us\"\nat_start = 1\npolicy = \"p\"\n";
    for (int i = 1; i < layers; ++i)
      text += fmt::format(
          "[service.s{}]\nthreads = 1\nsteps = [{{ call = \"s{}\", policy = \"p\" "
          "}}]\n",
          i, i + 1);
    text += fmt::format(
        "[service.s{0}]\nthreads = 1\nwork = \"1ms\"\n[policy.p]\nretry = {{ "
        "attempts = {1} }}\n[[fault]]\nat = \"0s\"\nkind = \"errors\"\nservice = "
        "\"s{0}\"\nshare = \"100%\"\n",
        layers, each);
    return outcome(text, 7)->services.back().value.arrivals;
  };
  CHECK(attempts(3, 4) == 64);
  CHECK(attempts(5, 3) == 243);
}
