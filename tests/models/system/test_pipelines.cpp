// Policies at work in a world: in which order, for whom, and what they leave behind.
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

std::string with(const std::string& keys, int n, const std::string& work, const char* threads) {
  return "duration = \"10s\"\n" + once("c", "s", n, "policy = \"p\"") + works("s", threads, work) +
         "[policy.p]\n" + keys + "\n";
}
const std::string kFails =
    "[[fault]]\nat = \"0s\"\nkind = \"errors\"\nservice = \"s\"\nshare = \"100%\"\n";

}  // namespace

TEST_CASE("a retry sends again after its pauses, as often as it may", "[world][RT1]") {
  const Result r = run_text(
      with("retry = { attempts = 4, backoff = \"100ms\", cap = \"150ms\" }", 1, "1ms", "1") +
          kFails,
      0);
  CHECK(errors(client(r), Error::ServerError) == 1);
  CHECK(edge(r).attempts == 4);
  CHECK(edge(r).retries == 3);
  CHECK(edge(r).calls == 1);
  CHECK(edge(r).amplification == Approx(4));
  CHECK(traced(r, "0.400000 s", "has failed"));  // 100 + 150 + 150
}

TEST_CASE("what isn't idempotent is sent again only if it never reached the server",
          "[world][RT4]") {
  const std::string retry = "retry = { attempts = 3 }";
  const auto text = [&](const std::string& more) {
    return "duration = \"10s\"\n" + once("c", "s", 1, "policy = \"p\"\nidempotent = false") +
           works("s", "1", "1ms") + "[policy.p]\n" + retry + "\n" + more;
  };
  CHECK(edge(run_text(text(kFails))).attempts == 1);
  const std::string crash = "[[fault]]\nat = \"0s\"\nkind = \"crash\"\nservice = \"s\"\n";
  CHECK(edge(run_text(text(crash))).attempts == 3);  // unavailable
}

TEST_CASE("a retry budget limits retries to a share of calls", "[world][RT6]") {
  const Result r = run_text(
      "duration = \"9s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = \"constant\"\n"
      "policy = \"p\"\n" +
      works("s", "\"unbounded\"", "0s") +
      "[policy.p]\nretry = { attempts = 3, budget = \"20%\" }\n" + kFails);
  CHECK(edge(r).retries == 899 / 5);
  CHECK(edge(r).amplification == Approx(1.2).epsilon(0.01));
}

TEST_CASE("a hedge answers for a slow first attempt", "[world][RT7]") {
  // Each instance takes one at a time; the second attempt goes to the other one.
  const Result r =
      run_text("duration = \"1s\"\n" + once("busy", "s") + once("c", "s", 1, "policy = \"p\"") +
               works("s", "1", "100ms", "replicas = 2") +
               "[policy.p]\nhedge = { after = \"10ms\", max = 2 }\n");
  CHECK(client(r).ok == 1);
  CHECK(edge(r).attempts == 3);
}

TEST_CASE("a hedge never sends more than it may, failures or not", "[world][RT7]") {
  // Every attempt fails after 15 ms, the hedges are 10 ms apart: when the second is due, one has
  // failed already.
  const Result r = run_text("duration = \"1s\"\n" + once("c", "gateway", 1, "policy = \"p\"") +
                            "[service.gateway]\nthreads = 9\n"
                            "steps = [{ work = \"15ms\" }, { call = \"s\" }]\n" +
                            works("s", "1", "1ms") + kFails +
                            "[policy.p]\nhedge = { after = \"10ms\", max = 2 }\n");
  CHECK(edge(r, "c->gateway").attempts == 3);
  CHECK(errors(client(r), Error::ServerError) == 1);
}

TEST_CASE("a bulkhead limits what is under way, and its line is fair", "[world][GD7]") {
  const Result r = run_text(with("bulkhead = { concurrent = 2, waiting = 3 }", 7, "10ms", "9"));
  CHECK(client(r).ok == 5);
  CHECK(errors(client(r), Error::BulkheadFull) == 2);
  CHECK(client(r).latency.mean == Approx((10 + 10 + 20 + 20 + 30) / 5e3));
  CHECK(edge(r).attempts == 5);
}

TEST_CASE("a timeout counts the wait in the bulkhead", "[world][GD7]") {
  const Result r = run_text(
      with("bulkhead = { concurrent = 1, waiting = 9 }\ntimeout = \"15ms\"", 3, "10ms", "9"));
  CHECK(client(r).ok == 1);
  CHECK(errors(client(r), Error::Timeout) == 2);
  CHECK(edge(r).attempts == 2);  // the third was never sent
}

TEST_CASE("a bulkhead may stand outside the retry", "[world][GD7]") {
  const std::string order = "order = [\"deadline\", \"bulkhead\", \"retry\"]\n";
  const Result r = run_text(with(order + "bulkhead = { concurrent = 1, waiting = 9 }\n"
                                         "retry = { attempts = 3, backoff = \"10ms\", factor = 1 }",
                                 3, "1ms", "9") +
                            kFails);
  CHECK(client(r).failed == 3);
  CHECK(edge(r).attempts == 9);
}

TEST_CASE("who gives up in the line of an outer bulkhead leaves it", "[world][GD7]") {
  const std::string order = "order = [\"deadline\", \"bulkhead\", \"retry\"]\n";
  const Result r =
      run_text(with(order + "deadline = \"25ms\"\nbulkhead = { concurrent = 1, waiting = 9 }\n"
                            "retry = { attempts = 2 }",
                    6, "10ms", "9") +
               once_at("d", "s", 100, "policy = \"p\""));
  CHECK(client(r).ok == 2);
  CHECK(errors(client(r), Error::Deadline) == 4);
  CHECK(client(r, "d").ok == 1);
}

TEST_CASE("a rate limit refuses beyond its burst, one for each instance", "[world][CB4]") {
  const auto with_instances = [](const char* more) {
    return run_text("duration = \"10s\"\n" + once("c", "s", 20, "policy = \"p\"\ninstances = 4") +
                    works("s", "\"unbounded\"", "0s") +
                    "[policy.p]\nrate_limit = { rate = \"1/s\", burst = 3 }\n" + more);
  };
  CHECK(client(with_instances("")).ok == 12);
  CHECK(client(with_instances("scope = \"shared\"\n")).ok == 3);
}

TEST_CASE("a fallback answers for a failed call, and counts as degraded", "[world][GD2]") {
  const Result r = run_text(with("fallback = { quality = 0.4 }", 5, "1ms", "9") + kFails);
  CHECK(client(r).ok == 5);
  CHECK(client(r).degraded == 5);
  CHECK(client(r).quality_mean == Approx(0.4));
}

TEST_CASE("a breaker opens, refuses, probes and closes", "[world][CB1]") {
  // Ten a second; errors during the first 2 s. It opens at the 5th (0.5 s), probes after 1 s and
  // reopens, probes at last when the errors are over.
  const Result r = run_text(
      "duration = \"10s\"\n[client.c]\ncalls = \"s\"\nrate = \"10/s\"\narrivals = \"constant\"\n"
      "policy = \"p\"\n" +
      works("s", "9", "0s") +
      "[policy.p]\nbreaker = { window = 5, open_for = \"1s\", half_open_calls = 2 }\n"
      "[[fault]]\nat = \"0s\"\nfor = \"2s\"\nkind = \"errors\"\nservice = \"s\"\nshare = "
      "\"100%\"\n");
  CHECK(edge(r).breaker_opened == 2);
  CHECK(moments(r, "breaker", "closed → open") == std::vector<double>{0.5});
  // Strictly later than 1.5 s: the call at 1.6 s. It and the next fail.
  CHECK(moments(r, "breaker", "half-open → open") == std::vector<double>{1.7});
  CHECK(moments(r, "breaker", "half-open → closed") == std::vector<double>{2.9});
  CHECK(errors(client(r), Error::BreakerOpen) == 10 + 10);
  CHECK(errors(client(r), Error::ServerError) == 5 + 2);
}
