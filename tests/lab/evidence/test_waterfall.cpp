// The story of one request: its pieces join, its time adds up, a second run finds the same.

#include "lab/evidence/waterfall.hpp"

#include <algorithm>

#include "tests/support/run.hpp"

using namespace faultline;

namespace {

// A database that is slow for a while: queues, timeouts, retries, work for nobody.
const std::string kShop = R"toml(
duration = "20s"
seed = 5
[client.c]
calls = "web"
rate = "60/s"
policy = "far"
[service.web]
threads = 16
queue = { limit = 32 }
steps = [{ work = "2ms" }, { parallel = ["db", "stock"], policy = "near" }, { work = "1ms" }]
[service.db]
threads = 2
work = "exp(25ms)"
[service.stock]
threads = 8
work = "exp(5ms)"
[policy.far]
timeout = "600ms"
retry = { attempts = 2, backoff = "20ms" }
[policy.near]
timeout = "200ms"
retry = { attempts = 3, backoff = "10ms" }
[network]
latency = "1ms"
[[fault]]
at = "6s"
for = "2s"
kind = "slow"
service = "db"
factor = 20
)toml";

Result watched(double from, double to, std::size_t keep = 5) {
  const auto loaded = load_text("faultline = 1\n" + kShop, "test.toml");
  REQUIRE(loaded);
  RunOptions options;
  options.watch = WatchWindow{"c", from, to, keep};
  return run(loaded->scenario, options);
}

void check_shape(const Waterfall& request) {
  for (std::size_t i = 0; i < request.calls.size(); ++i) {
    const CallSpan& call = request.calls[i];
    if (i > 0) {
      REQUIRE(call.parent < i);
      const CallSpan& above = request.calls[call.parent];
      REQUIRE(call.due_s >= above.due_s);
      REQUIRE(call.caller == above.callee);
      REQUIRE(call.parent_attempt < above.attempts.size());
      REQUIRE(call.end_s <=
              std::max(above.end_s, above.attempts[call.parent_attempt].served_s) + 1e-9);
    }
    for (const AttemptSpan& one : call.attempts) {
      REQUIRE(one.sent_s >= call.due_s);
      REQUIRE(one.end_s <= call.end_s + 1e-9);
      double at = one.sent_s;  // without gaps
      for (const Piece& piece : one.pieces) {
        if (piece.spent == Spent::Unwanted) continue;
        REQUIRE(piece.from_s == Approx(at).margin(1e-9));
        REQUIRE(piece.to_s > piece.from_s);
        at = piece.to_s;
      }
      REQUIRE(at == Approx(one.end_s).margin(1e-9));
    }
  }
  double sum = 0;
  for (const Passed& one : request.passed) sum += one.seconds;
  const CallSpan& first = request.calls[0];
  REQUIRE(sum == Approx(first.end_s - first.due_s).margin(1e-9));
}

}  // namespace

TEST_CASE("the hops of a request nest, and its time adds up to its latency", "[waterfall]") {
  std::size_t retried = 0, wasted = 0;
  for (std::uint64_t number : {0, 3, 40, 200, 380, 400, 401, 700, 1000}) {
    INFO("request " << number);
    const Result result = run_text(kShop, number);
    REQUIRE_FALSE(result->steps.empty());
    REQUIRE(result->steps.size() == result->trace.size());
    const Waterfall request = waterfall_of(result->steps, result->reached_s);
    REQUIRE(request.calls[0].caller == "c");
    check_shape(request);
    for (const CallSpan& call : request.calls) {
      retried += call.attempts.size() > 1;
      for (const AttemptSpan& one : call.attempts) {
        for (const Piece& piece : one.pieces) wasted += piece.spent == Spent::Unwanted;
      }
    }
    REQUIRE_FALSE(story_of(request, result->timeline).empty());
  }
  CHECK(retried > 0);  // the scenario is one in which this is worth a test
  CHECK(wasted > 0);
}

TEST_CASE("a second run of the seed finds the slowest and the failed, and is the same run",
          "[waterfall]") {
  const Result plain = run_text(kShop);
  const Result found = watched(5, 10);
  CHECK(found->fingerprint == plain->fingerprint);
  const Watched& watched_ones = found->watched;
  REQUIRE_FALSE(watched_ones.slowest.empty());
  REQUIRE_FALSE(watched_ones.failed.empty());
  for (const auto* list : {&watched_ones.slowest, &watched_ones.failed}) {
    CHECK(list->size() <= 5);
    CHECK(std::is_sorted(list->begin(), list->end(),
                         [](const auto& a, const auto& b) { return a.took_s > b.took_s; }));
    for (const WatchedFigures& one : *list) {
      CHECK(one.due_s + one.took_s >= 5);
      if (one.ended) CHECK(one.due_s + one.took_s < 10);
      // What was found is what a trace of that number tells.
      const Result told = run_text(kShop, one.number);
      CHECK(told->fingerprint == plain->fingerprint);
      const Waterfall request = waterfall_of(told->steps, told->reached_s);
      CHECK(request.calls[0].due_s == Approx(one.due_s));
      if (one.ended) CHECK(request.calls[0].end_s == Approx(one.due_s + one.took_s));
      CHECK(request.calls[0].error == one.error);
    }
  }
}

TEST_CASE("the counts of a stretch are those of the series", "[waterfall]") {
  const Result found = watched(4, 9, 3);
  double ok = 0, failed = 0;
  const ClientSeries& series = named(found->client_series, "c");
  for (std::size_t b = 4; b < 9; ++b) {
    ok += series.ok[b];
    failed += series.failed[b];
  }
  CHECK(static_cast<double>(found->watched.answers) == ok);
  // Those that never ended are due in the stretch and count with the failed.
  std::uint64_t never = 0;
  const Result all = watched(4, 9, 100'000);
  for (const WatchedFigures& one : all->watched.failed) never += !one.ended;
  CHECK(static_cast<double>(found->watched.failures - never) == failed);
}

TEST_CASE("a story says how it ended and where the time went", "[waterfall]") {
  const Result found = watched(5, 10);
  const Result told = run_text(kShop, found->watched.failed[0].number);
  const auto story = story_of(waterfall_of(told->steps, told->reached_s), told->timeline);
  REQUIRE(story.size() >= 3);
  CHECK(story[0].find("c wanted web, and had failed after") != std::string::npos);
  CHECK(story[1].find("Of this time") == 0);
  CHECK(story[1].find("in the queue of") != std::string::npos);
  CHECK(std::any_of(story.begin(), story.end(), [](const std::string& s) {
    return s.find("asked") != std::string::npos && s.find("times") != std::string::npos;
  }));
}

TEST_CASE("what happened again and again is said once", "[waterfall]") {
  const Result told = run_text(R"(
duration = "10s"
[client.c]
calls = "web"
rate = "1/s"
arrivals = "constant"
policy = "twice"
[service.web]
threads = 4
steps = [{ call = "db", policy = "thrice" }]
[service.db]
threads = 4
work = "1s"
[policy.twice]
retry = { attempts = 2, backoff = "10ms", jitter = "none" }
[policy.thrice]
timeout = "100ms"
retry = { attempts = 3, backoff = "10ms", jitter = "none" }
)",
                               2);
  const auto story = story_of(waterfall_of(told->steps, told->reached_s), told->timeline);
  const auto said = [&](const std::string& sentence) {
    return std::count(story.begin(), story.end(), sentence);
  };
  for (const std::string& line : story) UNSCOPED_INFO(line);
  CHECK(said("web asked db 3 times: each was given up after 100 ms (timeout). That happened 2 "
             "times.") == 1);
}

TEST_CASE("a request that a fallback answers shows whom it asked instead", "[waterfall]") {
  const Result result = run_text(R"(
duration = "2s"
[client.c]
calls = "page"
rate = "20/s"
[service.page]
threads = 4
steps = [{ call = "near", policy = "p" }]
[service.near]
threads = 1
work = "1ms"
[service.far]
threads = 4
work = "3ms"
[policy.p]
fallback = { call = "far", quality = 0.5 }
[[fault]]
at = "0s"
kind = "errors"
service = "near"
share = "100%"
error = "server_error"
)",
                                 5);
  const Waterfall request = waterfall_of(result->steps, result->reached_s);
  const auto instead = std::find_if(request.calls.begin(), request.calls.end(),
                                    [](const CallSpan& c) { return c.instead; });
  REQUIRE(instead != request.calls.end());
  CHECK(instead->callee == "far");
  CHECK(instead->caller == "page");
  CHECK(instead->error == Error::None);
  double sum = 0;
  for (const Passed& one : request.passed) sum += one.seconds;
  CHECK(sum == Approx(request.calls[0].end_s - request.calls[0].due_s).margin(1e-9));
}
