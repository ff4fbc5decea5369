// The breakers of other systems: their machines on a clock of the test's own, and in a world.
#include "models/policies/breaker_envoy.hpp"
#include "models/policies/breaker_hystrix.hpp"
#include "models/policies/breaker_polly.hpp"
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

Instant at_ms(std::int64_t ms) {
  return Instant{} + milliseconds(ms);
}

// Ten a second, all of which fail for the first 4 s.
Result under(const std::string& breaker, const std::string& more = "") {
  return run_text(
      "duration = \"20s\"\n[client.c]\ncalls = \"s\"\nrate = \"10/s\"\narrivals = \"constant\"\n"
      "policy = \"p\"\n" +
      works("s", "9", "0s") + "[policy.p]\nbreaker = { " + breaker +
      " }\n[[fault]]\nat = \"0s\"\nfor = \"4s\"\nkind = \"errors\"\nservice = \"s\"\n"
      "share = \"100%\"\n" +
      more);
}

// The second attempt is a retry.
CallView view_of(AttemptId attempt, std::uint16_t number = 0) {
  CallView v;
  v.attempt = attempt;
  v.number = number;
  return v;
}

}  // namespace

TEST_CASE("hystrix judges at the end of a snapshot and asks one probe", "[policies][CB1]") {
  HystrixBreaker b({.min_calls = 4, .open_for = milliseconds(1000)});
  for (int i = 0; i < 4; ++i) b.record(at_ms(10 * i), true, {});
  CHECK(b.acquire(at_ms(499)));  // not judged yet
  CHECK_FALSE(b.acquire(at_ms(500)));
  CHECK_FALSE(b.acquire(at_ms(1500)));  // strictly longer than a second since 0.5 s
  CHECK(b.acquire(at_ms(1501)));
  CHECK(b.state() == BreakerState::HalfOpen);
  CHECK_FALSE(b.acquire(at_ms(1502)));
  b.release(at_ms(1600));  // a trial that isn't counted is no success
  CHECK(b.state() == BreakerState::Open);
  CHECK(b.acquire(at_ms(2601)));
  b.record(at_ms(2700), false, {});
  CHECK(b.state() == BreakerState::Closed);
  b.record(at_ms(2701), true, {});  // its memory is fresh
  CHECK(b.state(at_ms(20'000)) == BreakerState::Closed);
}

TEST_CASE("hystrix forgets whole snapshots, and cuts the share to a percent", "[policies][CB1]") {
  HystrixBreaker b({.min_calls = 3, .window = milliseconds(1000)});
  b.record(at_ms(100), true, {});
  b.record(at_ms(600), true, {});
  CHECK(b.state(at_ms(1499)) == BreakerState::Closed);
  b.record(at_ms(1499), true, {});  // 100 ms has left the window at 1.5 s, so there are only two
  CHECK(b.state(at_ms(1500)) == BreakerState::Closed);
  HystrixBreaker third({.min_calls = 3, .failure_percent = 33});
  for (const bool failed : {true, false, false}) third.record(at_ms(1), failed, {});
  CHECK(third.state(at_ms(500)) == BreakerState::Open);  // 33.3 is cut to 33
}

TEST_CASE("polly trips on a failure, and its wait ends on the dot", "[policies][CB1]") {
  PollyBreaker b({.failure_rate = 0.5, .min_calls = 4, .open_for = milliseconds(1000)});
  for (int i = 0; i < 3; ++i) b.record(at_ms(i), true, {});
  b.record(at_ms(3), false, {});  // completes the minimum, but is a success
  CHECK(b.state() == BreakerState::Closed);
  b.record(at_ms(4), true, {});
  CHECK(b.state() == BreakerState::Open);
  CHECK_FALSE(b.acquire(at_ms(1003)));
  CHECK(b.acquire(at_ms(1004)));
  CHECK_FALSE(b.acquire(at_ms(1005)));
  b.release(at_ms(1006));  // what isn't handled is a success
  CHECK(b.state() == BreakerState::Closed);
}

TEST_CASE("a polly window below 200 ms has a single part", "[policies][CB1]") {
  PollyBreaker b({.failure_rate = 0.5, .min_calls = 2, .window = milliseconds(100)});
  b.record(at_ms(0), true, {});
  b.record(at_ms(100), true, {});  // the first part has gone
  CHECK(b.state() == BreakerState::Closed);
  b.record(at_ms(199), true, {});
  CHECK(b.state() == BreakerState::Open);
}

TEST_CASE("envoy admits below its limits, and keeps a line for a connection", "[policies][CB1]") {
  EnvoyBreaker b({.connections = 2, .pending = 1, .requests = 9, .retries = 1});
  CHECK(b.before(view_of(1)).verdict == Before::Verdict::Proceed);
  CHECK(b.before(view_of(2, 1)).verdict == Before::Verdict::Proceed);
  CHECK(b.before(view_of(3, 1)).why == Error::BreakerOpen);  // a second retry
  CHECK(b.before(view_of(4)).verdict == Before::Verdict::Wait);
  CHECK(b.before(view_of(5)).why == Error::BreakerOpen);  // the line is full
  CHECK(b.after(view_of(2, 1), {}).wake == 4);
  CHECK(b.before(view_of(6, 1)).verdict == Before::Verdict::Wait);  // there is room for a retry
  b.leave(view_of(6, 1));
  CHECK(b.after(view_of(1), {}).wake == kNone);
  CHECK(b.permits_held() == 1);
}

TEST_CASE("each dialect opens and closes in its own time", "[world][CB1]") {
  // Hystrix: there are 20 calls in the window at the end of the fifth snapshot, 2.5 s; the call at
  // 7.6 s is the first strictly later than 5 s after that.
  const Result hystrix = under("like = \"hystrix\"");
  CHECK(moments(hystrix, "breaker", "closed → open") == std::vector<double>{2.5});
  CHECK(moments(hystrix, "breaker", "half-open → closed") == std::vector<double>{7.6});
  // Polly: the 20th failure, at 2 s; the call at 7 s is just late enough.
  const Result polly = under("like = \"polly\", min_calls = 20");
  CHECK(moments(polly, "breaker", "closed → open") == std::vector<double>{2.0});
  CHECK(moments(polly, "breaker", "half-open → closed") == std::vector<double>{7.0});
  // The guide's: the tenth call; 60 s are longer than the run.
  const Result guide = under("like = \"guide\"");
  CHECK(moments(guide, "breaker", "closed → open") == std::vector<double>{1.0});
  CHECK(moments(guide, "breaker", "half-open").empty());
}

TEST_CASE("envoy's circuit breaking learns nothing from failures", "[world][CB1]") {
  const Result r = under("like = \"envoy\"");
  CHECK(errors(client(r), Error::ServerError) == 39);
  CHECK(errors(client(r), Error::BreakerOpen) == 0);
  CHECK(edge(r).breaker_opened == 0);
}

TEST_CASE("envoy's limits hold in a world", "[world][CB1]") {
  const Result r = run_text(
      "duration = \"10s\"\n" + once("c", "s", 10, "policy = \"p\"") + works("s", "99", "1s") +
      "[policy.p]\nbreaker = { like = \"envoy\", max_connections = 3, max_pending = 2 }\n");
  CHECK(client(r).ok == 5);
  CHECK(errors(client(r), Error::BreakerOpen) == 5);
  CHECK(service(r).latency.max == Approx(1).margin(0.01));  // the line is the caller's
  CHECK(client(r).latency.max == Approx(2).margin(0.01));
}

TEST_CASE("keys of one dialect are unknown to another", "[scenario][CB1]") {
  const auto refused = [](const std::string& keys) {
    return refusal("duration = \"10s\"\n" + once("c", "s", 1, "policy = \"p\"") +
                   works("s", "1", "1ms") + "[policy.p]\nbreaker = { " + keys + " }\n");
  };
  CHECK(refused("like = \"envoy\", window = 5").find("unknown key `window`") != std::string::npos);
  CHECK(refused("like = \"polly\", slow_rate = \"5%\"").find("slow_rate") != std::string::npos);
  CHECK(refused("max_requests = 5").find("unknown key `max_requests`") != std::string::npos);
  CHECK(refused("like = \"hystrix\", window = 100").find("is a time") != std::string::npos);
  CHECK(refused("like = \"hystrix\", snapshot = \"3s\"").find("snapshots") != std::string::npos);
  CHECK(refused("like = \"hystrix\", snapshot = \"1s\"") == "");
}
