// What a caller does about its own pace: pools, throttling, limits that find their height.

#include "tests/support/run.hpp"

namespace faultline {
namespace {

std::string asking(int per_s, const std::string& policy, const std::string& more = "") {
  return "duration = \"60s\"\nwarmup = \"10s\"\n[client.c]\ncalls = \"s\"\narrivals = "
         "\"constant\"\n"
         "rate = \"" +
         std::to_string(per_s) + "/s\"\npolicy = \"p\"\n" + more + "[policy.p]\n" + policy + "\n";
}

}  // namespace

TEST_CASE("a pool opens connections as they are needed, and keeps them", "[pool][CE7]") {
  // 100/s × 20 ms: two at a time. Only the first ones pay for connecting.
  const Result r = run_text(
      "duration = \"60s\"\n[client.c]\ncalls = \"s\"\narrivals = \"constant\"\n"
      "rate = \"100/s\"\npolicy = \"p\"\n[policy.p]\n"
      "pool = { connections = 5, connect = \"50ms\" }\n" +
      works("s", "8", "20ms"));
  CHECK(client(r).failed == 0);
  CHECK(client(r).latency.max == Approx(0.070));
  CHECK(client(r).latency.p50 == Approx(0.020).epsilon(0.01));
}

TEST_CASE("a pool that is too small makes its callers wait, and at last refuses", "[pool][CE7]") {
  const std::string slow = works("s", "64", "100ms");
  // 50/s × 100 ms: five at a time, and there are four.
  const Result r =
      run_text(asking(50, "pool = { connections = 4, waiting = 10, wait = \"200ms\" }") + slow);
  CHECK(service(r).thread_utilization * 64 == Approx(4).epsilon(0.01));
  CHECK(client(r).goodput_per_s == Approx(40).epsilon(0.01));
  CHECK(errors(client(r), Error::BulkheadFull) > 400);
  CHECK(client(r).latency.max <= 0.301);
}

TEST_CASE("a connection whose attempt was given up has to be opened again", "[pool]") {
  const std::string policy = "pool = { connections = 1, connect = \"30ms\" }\ntimeout = \"60ms\"";
  // One at a time: connects 30 ms, and is cut off at 60 ms while its work takes 50 ms.
  const Result cut = run_text(asking(5, policy) + works("s", "8", "50ms"));
  CHECK(client(cut).ok == 0);
  // The first is lost; were its connection kept, the others would have the time.
  const Result kept =
      run_text(asking(5, "pool = { connections = 1, connect = \"30ms\" }\ntimeout = \"90ms\"") +
               works("s", "8", "50ms"));
  CHECK(client(kept).failed == 0);
}

TEST_CASE("a bulkhead's waiters wait no longer than they may", "[bulkhead][GD7]") {
  const Result r =
      run_text(asking(50, "bulkhead = { concurrent = 4, waiting = 10, max_wait = \"30ms\" }") +
               works("s", "64", "100ms"));
  CHECK(errors(client(r), Error::BulkheadFull) > 400);
  CHECK(client(r).latency.max <= 0.1301);
  CHECK(client(r).latency.max > 0.101);
}

TEST_CASE("a throttling client asks about k times what is accepted", "[throttle][GD6]") {
  // A callee that takes 100 of 400 a second, by a bucket wide enough.
  const auto offered = [](const std::string& k) {
    const Result r = run_text(
        "duration = \"10min\"\nwarmup = \"5min\"\n[client.c]\ncalls = \"s\"\n"
        "rate = \"400/s\"\npolicy = \"p\"\n[policy.p]\nthrottle = { k = " +
        k + " }\n" + works("s", "\"unbounded\"", "1ms") +
        "[service.s.door]\nrate_limit = { rate = \"100/s\", burst = 60 }\n");
    return std::pair{edge(r).attempts / 300.0, client(r).goodput_per_s};
  };
  CHECK(offered("2").first == Approx(200).epsilon(0.03));
  CHECK(offered("1.1").first == Approx(110).epsilon(0.03));
  CHECK(offered("2").second == Approx(100).epsilon(0.02));
}

TEST_CASE("a limit that learns finds what the callee can do", "[concurrency][GD6]") {
  // Eight threads, 10 ms: 800/s are possible, 2000/s are asked for.
  const std::string server = works("s", "8", "exp(10ms)");
  for (const std::string kind : {"aimd", "vegas", "gradient2", "envoy"}) {
    const std::string policy = "timeout = \"200ms\"\nconcurrency = { kind = \"" + kind + "\"" +
                               (kind == "aimd" || kind == "gradient2" ? ", min = 4" : "") + " }";
    const Result r = run_text(asking(2000, policy) + server);
    INFO(kind);
    // aimd saws, and each time it is too high it fills the queue with what will be given up.
    CHECK(client(r).goodput_per_s > (kind == "aimd" ? 450 : 700));
    CHECK(errors(client(r), Error::BulkheadFull) > 30'000);
  }
  const Result bare = run_text(asking(2000, "timeout = \"200ms\"") + server);
  CHECK(client(bare).goodput_per_s < 10);
}

TEST_CASE("instances count for themselves, or together in a store", "[limits][CB4]") {
  const auto passed = [](const std::string& store, const std::string& more = "") {
    const Result r = run_text(
        asking(400, "rate_limit = { rate = \"50/s\", burst = 5" + store + " }", "instances = 4\n") +
        works("s", "\"unbounded\"", "1ms") + more);
    return client(r).goodput_per_s;
  };
  CHECK(passed("") == Approx(200).epsilon(0.01));
  CHECK(passed(", store = { latency = \"1ms\" }") == Approx(50).epsilon(0.01));
  // Down for half of the time after the warm-up.
  const std::string down = "latency = \"1ms\", down_at = \"35s\", down_for = \"25s\"";
  CHECK(passed(", store = { " + down + ", fail = \"open\" }") == Approx(225).epsilon(0.01));
  CHECK(passed(", store = { " + down + ", fail = \"closed\" }") == Approx(25).epsilon(0.02));
}

TEST_CASE("a paced limit delays, outside a retry too", "[limits][CB3]") {
  for (const std::string order : {"", "order = [\"rate_limit\", \"retry\"]\n"}) {
    const Result r =
        run_text(asking(20,
                        "rate_limit = { kind = \"leaky_bucket\", rate = \"10/s\", burst = 4 }\n"
                        "retry = { attempts = 2, on = [\"timeout\"] }\n" +
                            order) +
                 works("s", "\"unbounded\"", "1ms"));
    CHECK(client(r).goodput_per_s == Approx(10).epsilon(0.01));
    CHECK(client(r).latency.max == Approx(0.401).epsilon(0.01));
    CHECK(errors(client(r), Error::RateLimited) == Approx(500).margin(3));
  }
}

TEST_CASE("users are told apart only where there are some", "[limits][CB4]") {
  const std::string per_user =
      asking(20, "rate_limit = { rate = \"10/s\", per = \"user\", tiers = { gold = \"20/s\" } }");
  CHECK(refusal(per_user + works("s", "1", "1ms")).find("E413") != std::string::npos);
  const std::string with =
      asking(20, "rate_limit = { rate = \"10/s\", per = \"user\", tiers = { gold = \"20/s\" } }",
             "population = { users = 5, tiers = [{ name = \"glod\", share = \"10%\" }] }\n");
  CHECK(refusal(with + works("s", "1", "1ms")).find("glod") != std::string::npos);
}

}  // namespace faultline
