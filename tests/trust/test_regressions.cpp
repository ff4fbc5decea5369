// What the fuzzer and readers of the world found, each as small as it goes.
#include "tests/trust/invariants.hpp"
#include "tests/trust/running.hpp"

using namespace faultline;
using namespace faultline::test;

namespace {

std::shared_ptr<const RunResult> audited(const std::string& text) {
  const auto result = run_text("faultline = 1\nseed = 1\nduration = \"30s\"\n" + text);
  for (const std::string& problem : violations(*result)) FAIL_CHECK(problem);
  return result;
}

}  // namespace

TEST_CASE("no more hedges are sent than allowed, however many fail", "[regression]") {
  // The first attempt is slow; every hedge is refused at once.
  const auto r = audited(R"toml(
[client.c]
calls = "s"
users = 1
think = "1s"
policy = "p"
[service.s]
threads = 1
queue = { limit = 0 }
work = "500ms"
[policy.p]
hedge = { after = "10ms", max = 2 }
)toml");
  const EdgeFigures& e = r->edges[0].value;
  CHECK(e.attempts >= 3 * e.calls - 2);
  CHECK(e.attempts <= 3 * e.calls);
  CHECK(e.retries == 0);
  CHECK(e.failed == 0);
}

TEST_CASE("users who are refused at once don't stop the clock", "[regression]") {
  const auto r = audited(R"toml(
[client.c]
calls = "s"
users = 3
[service.s]
threads = 1
queue = { limit = 0 }
work = "10ms"
)toml");
  CHECK(r->reached_s == Approx(30));
  CHECK(r->clients[0].value.errors[static_cast<std::size_t>(Error::Refused)] > 10'000);
}

TEST_CASE("a bulkhead outside the retry gives back what it granted", "[regression]") {
  const auto r = audited(R"toml(
[client.c]
calls = "s"
rate = "40/s"
policy = "p"
[service.s]
threads = 8
work = "exp(40ms)"
[policy.p]
order = ["deadline", "bulkhead", "retry"]
deadline = "200ms"
timeout = "50ms"
retry = { attempts = 3, backoff = "5ms" }
bulkhead = { concurrent = 3, waiting = 4 }
)toml");
  CHECK(r->clients[0].value.ok > 100);
  // Places come free again to the end of the run.
  CHECK(r->client_series[0].value.ok.back() + r->client_series[0].value.ok[25] > 0);
}

TEST_CASE("a crash with callers that call off the rest kills each job once", "[regression]") {
  const auto r = audited(R"toml(
[client.c]
calls = "front"
rate = "30/s"
[service.front]
threads = 50
steps = [{ parallel = ["back", "back", "back"], need = 3, wait = "need", policy = "p" }]
[service.back]
threads = 4
work = "exp(60ms)"
[policy.p]
propagation = "cancel"
[[fault]]
kind = "crash"
at = "5s"
for = "2s"
service = "back"
[[fault]]
kind = "crash"
at = "15s"
for = "2s"
service = "back"
)toml");
  CHECK(r->services[1].value.errors[static_cast<std::size_t>(Error::Crash)] > 0);
}

TEST_CASE("waiters of a cache go on when a crash takes the one who fetched", "[regression]") {
  const auto r = audited(R"toml(
[client.c]
calls = "front"
rate = "100/s"
[service.front]
threads = 100
steps = [{ cache = "k", keys = 2, miss = "back" }]
[service.back]
threads = 4
work = "200ms"
[cache.k]
ttl = "250ms"
coalesce = true
[[fault]]
kind = "crash"
at = "5100ms"
for = "1s"
service = "front"
[[fault]]
kind = "crash"
at = "8230ms"
for = "1s"
service = "front"
[[fault]]
kind = "crash"
at = "11390ms"
for = "1s"
service = "front"
[[fault]]
kind = "crash"
at = "14470ms"
for = "1s"
service = "front"
)toml");
  CHECK(r->clients[0].value.errors[static_cast<std::size_t>(Error::Crash)] > 0);
  CHECK(r->client_series[0].value.ok[20] > 50);
}

TEST_CASE("a job that worked past its deadline calls nobody", "[regression]") {
  const auto r = audited(R"toml(
[client.c]
calls = "front"
rate = "10/s"
policy = "p"
[service.front]
threads = 50
steps = [{ work = "300ms" }, { call = "back" }]
[service.back]
threads = 50
work = "1ms"
[policy.p]
deadline = "100ms"
propagation = "deadline"
)toml");
  CHECK(r->services[1].value.arrivals == 0);
  CHECK(r->clients[0].value.errors[static_cast<std::size_t>(Error::Deadline)] > 200);
}

TEST_CASE("instances that finish what they have count as threads", "[regression]") {
  const auto r = audited(R"toml(
[client.c]
calls = "s"
rate = "20/s"
[service.s]
replicas = 4
threads = 2
work = "2s"
[[rollout]]
service = "s"
at = "5s"
strategy = "all_at_once"
version = { name = "v2" }
)toml");
  CHECK(r->services[0].value.thread_utilization > 0.9);
}

TEST_CASE("two faults on one service at the same time draw for themselves", "[regression]") {
  const auto r = audited(R"toml(
[client.c]
calls = "s"
rate = "200/s"
[service.s]
threads = 10
work = "1ms"
[[fault]]
kind = "errors"
at = "0s"
service = "s"
share = "10%"
[[fault]]
kind = "errors"
at = "0s"
service = "s"
share = "10%"
error = "client_error"
)toml");
  const auto& errors = r->clients[0].value.errors;
  CHECK(errors[static_cast<std::size_t>(Error::ServerError)] == Approx(600).epsilon(0.15));
  CHECK(errors[static_cast<std::size_t>(Error::ClientError)] == Approx(540).epsilon(0.15));
}

TEST_CASE("behind the scenes, too, something else may be asked instead", "[regression]") {
  // A refresh whose fetch fails and has a fallback that calls: each took the other for its own.
  const auto r = audited(R"toml(
[client.c]
calls = "s"
rate = "50/s"
[service.s]
threads = 64
steps = [{ cache = "k", keys = 10, miss = "down", policy = "p" }]
[service.down]
threads = 64
work = "5ms"
[service.other]
threads = 64
work = "10ms"
[cache.k]
ttl = "1s"
stale_while_revalidate = "10s"
[policy.p]
fallback = { call = "other" }
[[fault]]
kind = "errors"
at = "5s"
for = "20s"
service = "down"
share = "100%"
)toml");
  CHECK(r->clients[0].value.success_rate == 1);
  CHECK(r->caches[0].value.counts.refreshes > 50);
}

TEST_CASE("a hedge whose budget is spent doesn't stop the clock", "[regression]") {
  // Answers in no time at all, so that the hedge is due at once; and then there is no answer.
  const auto r = audited(R"toml(
[client.c]
calls = "s"
users = 20
think = "200ms"
policy = "p"
[service.s]
threads = 4
work = "0s"
[policy.p]
hedge = { after = "p90", max = 2, budget = { kind = "envoy", min_concurrent = 2 } }
[[fault]]
kind = "latency"
at = "10s"
link = "c->s"
add = "300ms"
)toml");
  CHECK(r->edges[0].value.hedges > 20);
}
