// What others have published about backoff and congestion, and what the simulator finds: the
// numbers of docs/validation.md. Sources beside each test; P numbers are those of the reference.

#include <fmt/format.h>

#include <cmath>

#include "tests/lab/published/outcome.hpp"

using namespace faultline;

namespace {

struct Mean {
  double sum = 0, squares = 0;
  int n = 0;
  void add(double x) { sum += x, squares += x * x, ++n; }
  double value() const { return sum / n; }
  double standard_error() const {
    const double variance = (squares - sum * sum / n) / (n - 1);
    return std::sqrt(std::max(variance, 0.0) / n);
  }
};

// Runs the scenario with seeds 1 … `runs`.
template <class Look>
void each_run(const std::string& text, int runs, Look look) {
  for (int seed = 1; seed <= runs; ++seed) look(*outcome(text, seed));
}

struct Backoff {
  const char* name;
  const char* settings;  // of the retry
};
const Backoff kAtOnce{"none", ""};
const Backoff kExponential{"exponential", ", backoff = \"10ms\", cap = \"2s\""};
const Backoff kEqual{"equal", ", backoff = \"10ms\", cap = \"2s\", jitter = \"equal\""};
const Backoff kFull{"full", ", backoff = \"10ms\", cap = \"2s\", jitter = \"full\""};
const Backoff kDecorrelated{"decorrelated",
                            ", backoff = \"5ms\", cap = \"2s\", jitter = \"decorrelated\""};

struct Contest {
  Mean ms, writes;
};

// So many clients want to write one row, all at once: each reads it, writes it, and begins again
// when somebody else was faster.
Contest contest(int clients, const Backoff& backoff, int runs) {
  Contest mean;
  each_run(fmt::format("duration = \"10min\"\n[client.c]\ncalls = \"writer\"\nrate = \"1/d\"\n"
                       "stops = \"1us\"\nat_start = {}\npolicy = \"p\"\n[service.writer]\n"
                       "threads = \"unbounded\"\nsteps = [{{ call = \"row/look\" }}, "
                       "{{ call = \"row/change\" }}]\n[service.row]\nthreads = \"unbounded\"\n"
                       "[service.row.endpoint.look]\nsteps = [{{ read = \"row\" }}]\n"
                       "[service.row.endpoint.change]\nsteps = [{{ write = \"row\" }}]\n"
                       "[link.\"writer->row\"]\nlatency = \"normal(10ms, cv=0.2)\"\n[policy.p]\n"
                       "retry = {{ attempts = 1000{} }}\n",
                       clients, backoff.settings),
           runs, [&](const RunResult& r) {
             REQUIRE(r.clients[0].value.ok == static_cast<std::uint64_t>(clients));
             mean.ms.add(r.clients[0].value.latency.max * 1e3);
             mean.writes.add(static_cast<double>(r.edges.back().value.attempts));
           });
  return mean;
}

// A server that gets slower by 10 ms for each request that is in it; callers wait for 3 s, twice
// more, and tell nobody.
std::string collapsing(const char* load, const char* duration = "80s") {
  return fmt::format(
      "duration = \"{}\"\n[client.c]\ncalls = \"s\"\nrate = \"80/s\"\nshape = {}\npolicy = \"p\"\n"
      "[service.s]\nthreads = \"unbounded\"\nwork = \"1s\"\ncontention = \"1%\"\n[network]\n"
      "latency = \"exp(100ms)\"\n[policy.p]\ntimeout = \"3s\"\nretry = {{ attempts = 3 }}\n",
      duration, load);
}

}  // namespace

// M. Brooker, "Exponential Backoff and Jitter" (AWS architecture blog, 2015); the figures are those
// of his simulator (aws-arch-backoff-simulator). "Exponential" there begins with twice the base.
TEST_CASE("P01: many writers of one row, and how they back off", "[published][RT1][RT2]") {
  const auto check = [](int clients, const Backoff& backoff, int runs, double ms, double ms_error,
                        double writes) {
    const Contest found = contest(clients, backoff, runs);
    CAPTURE(clients, backoff.name, found.ms.value(), found.writes.value());
    const double error = std::hypot(ms_error, found.ms.standard_error());
    CHECK(found.ms.value() == Approx(ms).margin(std::max(0.04 * ms, 3 * error)));
    CHECK(found.writes.value() == Approx(writes).epsilon(0.02));
    return found;
  };
  for (const Backoff& backoff : {kAtOnce, kExponential, kEqual, kFull, kDecorrelated}) {
    CHECK(check(1, backoff, 200, 40.0, 0.06, 1).writes.value() == 1);
    CHECK(contest(2, backoff, 200).writes.value() == 3);
  }
  check(2, kAtOnce, 200, 81.9, 0.08, 3);
  check(2, kExponential, 200, 91.9, 0.08, 3);
  check(2, kDecorrelated, 200, 92.0, 0.10, 3);
  check(2, kEqual, 200, 89.5, 0.09, 3);
  check(2, kFull, 200, 87.0, 0.10, 3);
  check(10, kAtOnce, 200, 379.2, 0.54, 50.79);
  check(10, kExponential, 200, 3449.3, 20.79, 50.75);
  check(10, kDecorrelated, 200, 438.0, 1.39, 37.69);
  check(10, kEqual, 200, 728.0, 2.92, 42.49);
  check(10, kFull, 200, 461.8, 1.62, 39.01);
  const Contest none = check(100, kAtOnce, 30, 2027.7, 2.41, 2421.93);
  const Contest exponential = check(100, kExponential, 30, 63463.8, 198.73, 1854.78);
  const Contest decorrelated = check(100, kDecorrelated, 30, 4591.0, 26.73, 1002.38);
  const Contest equal = check(100, kEqual, 30, 6630.8, 23.82, 812.36);
  const Contest full = check(100, kFull, 30, 4929.3, 17.35, 795.54);
  // What the article says of a hundred writers.
  CHECK(full.writes.value() < equal.writes.value());
  CHECK(equal.writes.value() < decorrelated.writes.value());
  CHECK(decorrelated.ms.value() < full.ms.value());
  CHECK(full.ms.value() < equal.ms.value());
  CHECK(equal.ms.value() < exponential.ms.value());
  CHECK(full.writes.value() < 0.5 * exponential.writes.value());
  CHECK(none.ms.value() < decorrelated.ms.value());
}

// M. Brooker's simulator of congestive collapse ("simple collapse"): averages of 20 runs.
TEST_CASE("P03: congestion that stays when the load has gone", "[published][RT6]") {
  struct Second {
    int t;
    double starts, ok, ok_error, retries, retries_error, timeouts, timeouts_error;
  };
  const std::vector<Second> published{
      {6, 49.2, 44.4, 1.1, 0.0, 0.0, 0.0, 0.0},     {12, 61.0, 55.0, 1.0, 0.4, 0.1, 0.4, 0.1},
      {15, 67.3, 58.0, 0.8, 1.3, 0.3, 1.3, 0.3},    {18, 67.8, 56.1, 1.7, 7.9, 2.3, 7.9, 2.3},
      {21, 73.3, 34.5, 5.0, 39.3, 7.3, 39.5, 7.4},  {24, 82.5, 1.4, 1.0, 105.3, 6.2, 110.8, 7.8},
      {27, 79.2, 0.0, 0.0, 154.3, 2.4, 187.8, 6.0}, {30, 69.4, 0.0, 0.0, 161.6, 3.0, 233.4, 3.5},
      {39, 59.0, 0.0, 0.0, 128.4, 3.2, 197.8, 4.1}, {48, 44.1, 0.0, 0.0, 102.5, 2.0, 161.5, 2.8},
      {60, 22.9, 0.0, 0.0, 58.0, 2.0, 93.1, 2.0},   {72, 3.9, 0.0, 0.0, 24.9, 1.1, 41.7, 1.4}};
  std::vector<Mean> ok(80), retries(80), timeouts(80);
  each_run(collapsing("[[\"0s\", 0.5], [\"25s\", 1], [\"75s\", 0]]"), 40, [&](const RunResult& r) {
    const ClientSeries& client = r.client_series[0].value;
    const EdgeSeries& edge = r.edge_series[0].value;
    for (std::size_t t = 0; t < 80; ++t) {
      ok[t].add(client.ok[t]);
      retries[t].add(edge.attempts[t] - edge.calls[t]);
      // Each timeout is followed by a retry, or ends the call.
      timeouts[t].add(edge.failed[t] + edge.attempts[t] - edge.calls[t]);
      if (t >= 30) CHECK(client.ok[t] == 0);  // to the end
    }
  });
  for (const Second& s : published) {
    const auto at = static_cast<std::size_t>(s.t);
    CAPTURE(s.t);
    const auto margin = [](double error, const Mean& found) {
      return 0.5 + 3 * std::hypot(error, found.standard_error());
    };
    CHECK(ok[at].value() == Approx(s.ok).margin(margin(s.ok_error, ok[at])));
    CHECK(retries[at].value() == Approx(s.retries).margin(margin(s.retries_error, retries[at])));
    CHECK(timeouts[at].value() ==
          Approx(s.timeouts).margin(margin(s.timeouts_error, timeouts[at])));
  }
}

TEST_CASE("P03: after a spike of five seconds, a coin toss", "[published][RT6]") {
  int stuck = 0, well = 0;
  each_run(
      collapsing("[[\"0s\", 0.5], [\"20s\", 0.5], [\"20s\", 1], [\"25s\", 1], [\"25s\", 0.5]]"),
      100, [&](const RunResult& r) {
        double late = 0;
        for (std::size_t t = 70; t < 80; ++t) late += r.client_series[0].value.ok[t] / 10;
        stuck += late == 0 ? 1 : 0;
        well += late > 30 ? 1 : 0;
      });
  CHECK(stuck + well == 100);
  CHECK(stuck >= 60);
  CHECK(stuck <= 85);
  // Below the knee, what is in the server is λ / (1 − 0.01 λ).
  each_run(collapsing("[[\"0s\", 0.5]]", "1000s"), 1, [](const RunResult& r) {
    CHECK(r.services[0].value.in_system_mean == Approx(66.7).epsilon(0.02));
  });
}
