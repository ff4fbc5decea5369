// Published results on overload, found again: P12 (Site Reliability Engineering, chapter 21:
// handling overload), P14 (Maurer, "Fail at Scale", 2015, with reference numbers made for its
// rule), P16 (Netflix, prioritized load shedding, 2024). docs/validation.md has the numbers side by
// side.

#include <fmt/format.h>

#include "tests/lab/published/outcome.hpp"

using namespace faultline;

namespace {

// --- P12

struct Throttled {
  double offered = 0, goodput = 0;  // of the callee's capacity
};

// Demand in multiples of a callee that takes 100/s with a bucket of `burst`.
Throttled throttled(double demand, double k, int burst) {
  const auto r = outcome(fmt::format(
      "duration = \"30min\"\nwarmup = \"10min\"\n[client.c]\ncalls = \"s\"\nrate = \"{}/s\"\n"
      "policy = \"p\"\n[policy.p]\nthrottle = {{ k = {} }}\n"
      "[service.s]\nthreads = \"unbounded\"\nwork = \"1ms\"\n"
      "[service.s.door]\nrate_limit = {{ rate = \"100/s\", burst = {} }}\n",
      demand * 100, k, burst));
  return {static_cast<double>(r->edges[0].value.attempts) / 1200 / 100,
          r->clients[0].value.goodput_per_s / 100};
}

double amplification(const std::string& retry) {
  const auto r = outcome(
      "duration = \"5min\"\nwarmup = \"30s\"\n[client.c]\ncalls = \"s\"\nrate = \"200/s\"\n"
      "policy = \"p\"\n[policy.p]\nretry = { attempts = 3" +
      retry +
      " }\n"
      "[service.s]\nthreads = 1\nqueue = { limit = 0 }\nwork = \"10s\"\n");
  return r->edges[0].value.amplification;
}

// --- P14

struct Served {
  double goodput, p50_ms, p99_ms;
};

Served served(int rate, const std::string& queue) {
  const auto r = outcome(fmt::format(
      "duration = \"20min\"\nwarmup = \"15s\"\n[client.c]\ncalls = \"s\"\nrate = \"{}/s\"\n"
      "policy = \"p\"\n[policy.p]\ntimeout = \"500ms\"\n"
      "[service.s]\nthreads = 10\nwork = \"exp(10ms)\"\nqueue = {{ {} }}\n",
      rate, queue));
  const ClientFigures& c = r->clients[0].value;
  return {c.goodput_per_s, c.latency.p50 * 1e3, c.latency.p99 * 1e3};
}

}  // namespace

TEST_CASE("P12: a throttled callee is offered K times what it takes", "[published][P12]") {
  for (const double demand : {3.0, 4.0, 10.0}) {
    CAPTURE(demand);
    const Throttled two = throttled(demand, 2, 200);
    CHECK(two.offered == Approx(2).epsilon(0.02));
    CHECK(two.goodput == Approx(1).epsilon(0.02));
    const Throttled strict = throttled(demand, 1.1, 200);
    CHECK(strict.offered == Approx(1.1).epsilon(0.02));
    CHECK(strict.goodput == Approx(1).epsilon(0.02));
  }
}

TEST_CASE("P12: near K = 1 a small bucket makes the loop settle below", "[published][P12]") {
  const Throttled trap = throttled(4, 1.1, 5);
  CHECK(trap.offered == Approx(0.95).epsilon(0.02));
  CHECK(trap.goodput == Approx(0.87).epsilon(0.02));
}

TEST_CASE("P12: three attempts are a load of three, a tenth of retries one of 1.1",
          "[published][P12]") {
  CHECK(amplification("") == Approx(3).epsilon(0.02));
  CHECK(amplification(", budget = \"10%\"") == Approx(1.1).epsilon(0.02));
}

TEST_CASE("P14: CoDel and adaptive LIFO", "[published][P14]") {
  struct Row {
    const char* queue;
    int rate;
    Served expected;
  };
  const char* const kFifo = "";
  const char* const kCapped = "limit = 100";
  const char* const kLifo = "discipline = \"lifo\"";
  const char* const kCodel = "codel = \"facebook\"";
  const char* const kBoth = "codel = \"facebook\", discipline = \"adaptive_lifo\"";
  const Row rows[] = {
      {kFifo, 900, {899, 13.3, 60}}, {kCapped, 900, {899, 13.3, 60}},
      {kLifo, 900, {898, 9.3, 129}}, {kCodel, 900, {880, 11.2, 53}},
      {kBoth, 900, {880, 8.9, 73}},  {kCapped, 1200, {995, 104, 148}},
      {kLifo, 1200, {997, 9.9, 84}}, {kCodel, 1200, {982, 20.8, 71}},
      {kBoth, 1200, {983, 9.4, 92}}, {kCapped, 2000, {996, 108, 151}},
      {kLifo, 2000, {998, 8.0, 47}}, {kCodel, 2000, {999, 18.6, 115}},
      {kBoth, 2000, {998, 7.9, 57}},
  };
  for (const Row& row : rows) {
    const Served found = served(row.rate, row.queue);
    CAPTURE(row.queue, row.rate, found.goodput, found.p50_ms, found.p99_ms);
    CHECK(found.goodput == Approx(row.expected.goodput).epsilon(0.01));
    CHECK(found.p50_ms == Approx(row.expected.p50_ms).epsilon(0.08));
    CHECK(found.p99_ms == Approx(row.expected.p99_ms).epsilon(0.08));
  }
  CHECK(served(1200, kFifo).goodput < 12);
  CHECK(served(2000, kFifo).goodput < 20);
}

TEST_CASE("P16: what users asked for survives, prefetching pays", "[published][P16]") {
  const auto run_with = [](const std::string& door) {
    return outcome(
        "duration = \"10min\"\nwarmup = \"2min\"\n"
        "[client.user]\ncalls = \"s\"\nrate = \"300/s\"\npriority = \"P0\"\n"
        "[client.prefetch]\ncalls = \"s\"\nrate = \"110/s\"\npriority = \"P3\"\n"
        "shape = [[\"0s\", 1], [\"1min\", 1], [\"1min\", 12]]\n"
        "[service.s]\nthreads = 16\nwork = \"exp(25ms)\"\nqueue = { limit = 64 }\n" +
        door);
  };
  const auto with = run_with("[service.s.door]\nconcurrency = 80\nshed = { P3 = \"70%\" }\n");
  CHECK(with->clients[0].value.success_rate >= 0.994);
  CHECK(with->clients[1].value.success_rate > 0.15);
  CHECK(with->clients[1].value.success_rate < 0.30);
  const auto without = run_with("[service.s.door]\nconcurrency = 80\n");
  CHECK(without->clients[0].value.success_rate ==
        Approx(without->clients[1].value.success_rate).epsilon(0.02));
}
