// What is sent again, in which order, and whose load it is.
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

std::string failing(const char* service, const char* more = "", const char* share = "100%") {
  return std::string("[[fault]]\nat = \"0s\"\nkind = \"errors\"\nservice = \"") + service +
         "\"\nshare = \"" + share + "\"\n" + more;
}
std::string calling(const std::string& policy, int n = 1, const char* work = "1ms") {
  return "duration = \"60s\"\n" + once("c", "s", n, "policy = \"p\"") +
         works("s", "\"unbounded\"", work) + "[policy.p]\n" + policy + "\n";
}

}  // namespace

TEST_CASE("a Retry-After is ignored, honoured, or taken to the letter", "[world][RT3][CB5]") {
  const auto ended = [](const char* how, const char* when) {
    const Result r = run_text(
        calling(std::string("retry = { attempts = 2, backoff = \"100ms\", retry_after = \"") + how +
                "\" }") +
            failing("s", "error = \"rate_limited\"\nretry_after = \"2s\"\n"),
        0);
    return traced(r, when, "has failed");
  };
  CHECK(ended("ignore", "0.100000 s"));
  CHECK(ended("honour", "2.000000 s"));
  CHECK(ended("grpc", "2.000000 s"));
  CHECK(ended("aws", "2.000000 s"));
}

TEST_CASE("a Retry-After that is too long is ignored", "[world][CB5]") {
  const Result r =
      run_text(calling("retry = { attempts = 2, backoff = \"100ms\", retry_after = \"envoy\" }") +
                   failing("s", "retry_after = \"301s\"\n"),
               0);
  CHECK(traced(r, "0.100000 s", "has failed"));
}

TEST_CASE("who is told to stay away does, if he speaks gRPC", "[world][RT3]") {
  const auto tries = [](const char* how) {
    return edge(run_text(calling(std::string("retry = { attempts = 3, retry_after = \"") + how +
                                 "\" }") +
                         failing("s", "stay_away = true\n")))
        .attempts;
  };
  CHECK(tries("grpc") == 1);
  CHECK(tries("honour") == 3);
}

TEST_CASE("after a pushback gRPC's backoff begins anew", "[world][RT1]") {
  // 100 ms, then told 1 s, then 100 ms again instead of 400 ms. The door opens its mouth only once.
  const Result r = run_text(
      calling("retry = { attempts = 4, backoff = \"100ms\", retry_after = \"grpc\" }") +
          "[[fault]]\nat = \"50ms\"\nfor = \"100ms\"\nkind = \"errors\"\nservice = \"s\"\n"
          "share = \"100%\"\nretry_after = \"1s\"\n"
          "[[fault]]\nat = \"0s\"\nfor = \"50ms\"\nkind = \"errors\"\nservice = \"s\"\nshare = "
          "\"100%\"\n[[fault]]\nat = \"150ms\"\nkind = \"errors\"\nservice = \"s\"\nshare = "
          "\"100%\"\n",
      0);
  CHECK(traced(r, "1.200000 s", "has failed"));
}

TEST_CASE("permanent errors are not sent again, unless the scenario says so", "[world][RT3]") {
  const auto tries = [](const char* on) {
    return edge(run_text(calling(std::string("retry = { attempts = 3") + on + " }") +
                         failing("s", "error = \"client_error\"\n")))
        .attempts;
  };
  CHECK(tries("") == 1);
  CHECK(tries(", on = [\"client_error\"]") == 3);
}

TEST_CASE("budgets of every kind bound retries", "[world][RT6]") {
  const auto retries = [](const std::string& budget) {
    const Result r = run_text(
        "duration = \"9s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = \"constant\"\n"
        "policy = \"p\"\n" +
        works("s", "\"unbounded\"", "0s") +
        "[policy.p]\nretry = { attempts = 3, budget = " + budget + " }\n" + failing("s"));
    CHECK(edge(r).calls == 899);
    return edge(r).retries;
  };
  CHECK(retries("{ kind = \"linkerd\", ratio = \"30%\" }") == 899 / 3);
  CHECK(retries("{ kind = \"grpc\", tokens = 10 }") == 3);
  CHECK(retries("{ kind = \"aws\", tokens = 50 }") == 10);
  CHECK(retries("{ kind = \"bucket\", ratio = \"10%\", tokens = 5 }") == 94);
  CHECK(retries("{ kind = \"failure_share\", ratio = \"10%\" }") == 0);
}

TEST_CASE("Envoy's budget counts retries under way", "[world][RT6]") {
  // Ten calls at once, all fail at once; three may be on their way again.
  const Result r = run_text(
      calling("retry = { attempts = 2, backoff = \"1s\", budget = { kind = \"envoy\" } }", 10) +
      failing("s"));
  CHECK(edge(r).retries == 3);
}

TEST_CASE("the load of retries is attributed to where it was born", "[world][RT6]") {
  // The leaf always fails: 3 · 2 attempts on it, of which the client's retries make 4, and the
  // gateway's in the client's first try 1.
  const Result r = run_text(
      "duration = \"9s\"\n" + once("c", "gateway", 10, "policy = \"outer\"") +
      "[service.gateway]\nthreads = \"unbounded\"\nsteps = [{ call = \"s\", policy = \"inner\" "
      "}]\n" +
      works("s", "\"unbounded\"", "1ms") +
      "[policy.outer]\nretry = { attempts = 3 }\n[policy.inner]\nretry = { attempts = 2 }\n" +
      failing("s"));
  const ServiceFigures& leaf = service(r);
  CHECK(edge(r, "gateway->s").attempts == 60);
  CHECK(leaf.retry_share == Approx(5.0 / 6));
  CHECK(named(leaf.born_again, "c->gateway") == Approx(4.0 / 6));
  CHECK(named(leaf.born_again, "gateway->s") == Approx(1.0 / 6));
}

TEST_CASE("hedges and retries are counted apart", "[world][RT7]") {
  const Result r = run_text(calling("hedge = { after = \"10ms\", max = 2 }", 1, "50ms"));
  CHECK(edge(r).hedges == 2);
  CHECK(edge(r).retries == 0);
  CHECK(edge(r).amplification == Approx(3));
}

TEST_CASE("a retry inside the hedge belongs to each hedged attempt", "[world][RT7]") {
  // The first branch fails at 20 ms and pauses until 70 ms; the hedge of 30 ms fails at 50 ms and
  // pauses until 100 ms. Neither stops the other; the last of four fails at 120 ms.
  const Result r =
      run_text("duration = \"9s\"\n" + once("c", "g", 1, "policy = \"p\"") +
                   "[service.g]\nthreads = \"unbounded\"\nsteps = [{ work = \"20ms\" }, { call = "
                   "\"s\" }]\n" +
                   works("s", "\"unbounded\"", "1ms") + failing("s") +
                   "[policy.p]\norder = [\"hedge\", \"retry\"]\nhedge = { after = \"30ms\" }\n"
                   "retry = { attempts = 2, backoff = \"50ms\" }\n",
               0);
  CHECK(edge(r, "c->g").attempts == 4);
  CHECK(edge(r, "c->g").hedges == 2);
  CHECK(traced(r, "0.070000 s", "attempt 2 sets out"));
  CHECK(traced(r, "0.100000 s", "attempt 4 sets out"));
  CHECK(traced(r, "0.120000 s", "has failed"));
}

TEST_CASE("gRPC's hedge: nonfatal errors send the next at once, others are final", "[world][RT7]") {
  const auto r = [](const char* error) {
    return run_text(calling("hedge = { after = \"1s\", max = 2, nonfatal = [\"unavailable\"] }") +
                        failing("s", (std::string("error = \"") + error + "\"\n").c_str()),
                    0);
  };
  CHECK(edge(r("unavailable")).attempts == 3);
  CHECK(traced(r("unavailable"), "0.000000 s", "has failed"));
  CHECK(edge(r("server_error")).attempts == 1);
}

TEST_CASE("a hedge has a budget, too", "[world][RT7]") {
  const Result r = run_text(
      "duration = \"9s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = \"constant\"\n"
      "policy = \"p\"\n" +
      works("s", "\"unbounded\"", "50ms") +
      "[policy.p]\nhedge = { after = \"10ms\", budget = { kind = \"bucket\", ratio = \"10%\" } "
      "}\n");
  CHECK(edge(r).hedges == 94);
}

TEST_CASE("the story says why nothing is sent again", "[world][RT1]") {
  const auto says = [](const std::string& policy, const char* words, const char* more = "") {
    return traced(run_text(calling(policy) + failing("s", more), 0), "is not sent again", words);
  };
  CHECK(says("retry = { attempts = 1 }", "the last try"));
  CHECK(says("retry = { attempts = 2, budget = \"1%\" }", "budget is spent"));
  CHECK(says("retry = { attempts = 2 }", "not worth", "error = \"client_error\"\n"));
}
