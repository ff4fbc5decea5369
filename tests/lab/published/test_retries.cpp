// What others have published about retries, budgets and hedges, and what the simulator finds: the
// numbers of docs/validation.md. Sources beside each test; P numbers are those of the reference.

#include <fmt/format.h>

#include "tests/lab/published/outcome.hpp"

using namespace faultline;

namespace {

struct Cell {
  double load = 0, success = 0;
};

// A hundred clients, ten requests a second each, for ten seconds; every attempt fails by chance.
Cell brooker(double failure, const std::string& retry, int runs) {
  Cell mean;
  for (int seed = 1; seed <= runs; ++seed) {
    const auto r = outcome(
        fmt::format("duration = \"20s\"\n[client.c]\ncalls = \"s\"\nrate = \"1k/s\"\ninstances = "
                    "100\nstops = \"10s\"\npolicy = \"p\"\n[service.s]\nthreads = \"unbounded\"\n"
                    "work = \"0s\"\n[network]\nlatency = \"exp(10ms)\"\n[policy.p]\nretry = {}\n"
                    "[[fault]]\nat = \"0s\"\nkind = \"errors\"\nservice = \"s\"\nshare = \"{}%\"\n",
                    retry, failure * 100),
        seed);
    mean.load += r->edges[0].value.amplification / runs;
    mean.success += r->clients[0].value.success_rate / runs;
  }
  return mean;
}

// A database that does 300 a second, in order; callers give up after a second and ask once more.
// It begins with ten seconds' traffic at once.
std::shared_ptr<const RunResult> outage(double rate, const std::string& budget = "") {
  return outcome(
      fmt::format(
          "duration = \"20min\"\n[client.app]\ncalls = \"db\"\nrate = \"{0}/s\"\nat_start = "
          "{1}\npolicy = \"p\"\n[service.db]\nthreads = 30\nwork = \"100ms\"\n[policy.p]\n"
          "timeout = \"1s\"\nretry = {{ attempts = 2{2} }}\n"
          "[[expect]]\nmetric = \"client.app.success_rate\"\nwindow = [\"15min\", "
          "\"20min\"]\nat_least = \"0%\"\n",
          rate, 10 * rate, budget),
      7);
}

}  // namespace

// M. Brooker, "Fixing retries with token buckets and circuit breakers" (2022).
TEST_CASE("P02: retries, a token bucket for them, and a breaker", "[published][RT6]") {
  const auto check = [](double p, const std::string& retry, Cell expected) {
    const Cell found = brooker(p, retry, 10);
    CAPTURE(p, retry, found.load, found.success);
    CHECK(found.load == Approx(expected.load).epsilon(0.01));
    CHECK(found.success == Approx(expected.success).epsilon(0.01));
  };
  const std::string three = "{ attempts = 4 }";
  const std::string bucket =
      "{ attempts = 1000, budget = { kind = \"bucket\", ratio = \"10%\", tokens = 5 } }";
  const std::string breaker =
      "{ attempts = 4, budget = { kind = \"failure_share\", ratio = \"10%\" } }";
  check(0.1, three, {1.1100, 0.9999});
  check(0.3, three, {1.4203, 0.9919});
  check(0.75, three, {2.7357, 0.6848});
  check(0.1, bucket, {1.1028, 0.9915});
  check(0.3, bucket, {1.1386, 0.7980});
  check(0.75, bucket, {1.1427, 0.2857});
  check(0.1, breaker, {1.0318, 0.9303});
  check(0.3, breaker, {1.0007, 0.7007});
  check(0.75, breaker, {1.0000, 0.2516});
}

// J. Dean, L. A. Barroso, "The Tail at Scale" (2013): a thousand keys, a hedge after 10 ms; p99.9
// from 1 800 to 74 ms. One answer in fifty is later than that, one in ten thousand much later.
TEST_CASE("P07: a hedge after 10 ms costs 2 % and takes the tail away", "[published][RT7]") {
  std::string legs;
  for (int i = 0; i < 100; ++i) legs += i > 0 ? ", \"store\"" : "\"store\"";
  const auto with = [&](const char* policy) {
    return outcome(
        "duration = \"100s\"\n[client.c]\ncalls = \"front\"\nrate = \"100/s\"\n[service.front]\n"
        "threads = \"unbounded\"\nsteps = [{ parallel = [" +
            legs +
            "], policy = \"leg\" }]\n[service.store]\nthreads = \"unbounded\"\nwork = "
            "\"mixture(0.98:"
            " uniform(1ms, 10ms), 0.0199: uniform(10ms, 50ms), 0.0001: uniform(1s, "
            "2s))\"\n[policy.leg]\n" +
            policy,
        7);
  };
  const auto plain = with(""), hedged = with("hedge = { after = \"10ms\" }\n");
  const EdgeFigures* leg = nullptr;
  for (const auto& edge : hedged->edges) {
    if (edge.name == "front->store") leg = &edge.value;
  }
  REQUIRE(leg != nullptr);
  CHECK(leg->amplification - 1 == Approx(0.02).epsilon(0.05));
  CHECK(plain->clients[0].value.latency.p999 > 10 * hedged->clients[0].value.latency.p999);
}

// N. Bronson et al., "Metastable Failures in Distributed Systems" (HotOS 2021), the retry example.
TEST_CASE("P08: an outage of ten seconds that never ends", "[published][RT6]") {
  const auto late = [](const auto& r) { return r->stretches.at(0); };
  const auto stuck = outage(280);
  CHECK(late(stuck).clients[0].value.success_rate < 0.01);
  CHECK(static_cast<double>(late(stuck).services[0].value.arrivals) / 300 ==
        Approx(560).epsilon(0.03));
  CHECK(late(outage(140)).clients[0].value.success_rate > 0.99);
  const auto capped = outage(280, ", budget = { ratio = \"0%\", min_per_s = 10 }");
  CHECK(late(capped).clients[0].value.success_rate > 0.99);
}

// Finagle's and Linkerd's default: a fifth of the requests and ten a second.
TEST_CASE("P15: a retry budget in steady state", "[published][RT6]") {
  const auto r = outcome(
      "duration = \"5min\"\nwarmup = \"1min\"\n[client.c]\ncalls = \"s\"\nrate = \"1k/s\"\npolicy "
      "= "
      "\"p\"\n[service.s]\nthreads = \"unbounded\"\nwork = \"0s\"\n[policy.p]\nretry = { attempts "
      "= "
      "1000, budget = { ratio = \"20%\", min_per_s = 10 } }\n[[fault]]\nat = \"0s\"\nkind = "
      "\"errors\"\nservice = \"s\"\nshare = \"50%\"\n",
      7);
  CHECK(static_cast<double>(r->edges[0].value.retries) / 240 == Approx(210).epsilon(0.02));
}
