// A queue that refuses who has waited too long, and steps that are done by chance.
#include "lab/run/run.hpp"
#include "lab/scenario/load.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

std::shared_ptr<const RunResult> result_of(const std::string& text) {
  const auto loaded = load_text(text, "test.toml");
  if (!loaded) FAIL(render(loaded.error()));
  return run(loaded->scenario);
}

// Requests that are there at the beginning, and none later.
std::string at_start(int count) {
  return "faultline = 1\nduration = \"10s\"\n[client.load]\ncalls = \"station\"\nrate = \"1/d\"\n"
         "stops = \"1ns\"\nat_start = " +
         std::to_string(count) + "\n";
}

std::uint64_t errors(const ClientFigures& f, Error e) {
  return f.errors[static_cast<std::size_t>(e)];
}

}  // namespace

TEST_CASE("a queued request is refused when its time is up", "[system]") {
  // One thread, 100 ms a job: three are served within 250 ms of waiting, the others are not.
  const auto r = result_of(at_start(10) +
                           "[service.station]\nthreads = 1\nwork = \"100ms\"\n"
                           "queue = { timeout = \"250ms\" }\n");
  const ClientFigures& f = r->clients[0].value;
  CHECK(f.ok == 3);
  CHECK(errors(f, Error::Refused) == 7);
  CHECK(f.latency.max == 0.3);
  CHECK(r->services[0].value.rejected == 7);
  CHECK(r->services[0].value.wait.max == 0.2);
  CHECK(r->ledger.balanced);
}

TEST_CASE("the queue's timeout ends with the waiting", "[system]") {
  // Who has a thread keeps it, however long the work takes.
  const auto r = result_of(at_start(2) +
                           "[service.station]\nthreads = 1\nwork = \"1s\"\n"
                           "queue = { timeout = \"1500ms\" }\n");
  CHECK(r->clients[0].value.ok == 2);
}

TEST_CASE("a refused request may be tried again", "[system]") {
  const auto r = result_of(
      "faultline = 1\nduration = \"10s\"\n[client.load]\ncalls = \"station\"\nrate = \"1/d\"\n"
      "stops = \"1ns\"\nat_start = 2\npolicy = \"again\"\n[policy.again]\nretry = { attempts = 3 "
      "}\n"
      "[service.station]\nthreads = 1\nwork = \"100ms\"\nqueue = { timeout = \"60ms\" }\n");
  CHECK(r->clients[0].value.ok == 2);
  CHECK(r->edges[0].value.attempts == 3);
  CHECK(r->ledger.balanced);
}

TEST_CASE("what happens at the very beginning is counted", "[run]") {
  const auto r = result_of(at_start(5) + "[service.station]\nthreads = 5\nwork = \"1s\"\n");
  CHECK(r->services[0].value.arrivals == 5);
  CHECK(r->edges[0].value.attempts == 5);
  CHECK(r->services[0].value.wait.max == 0);
}

TEST_CASE("each request may have a patience of its own", "[system]") {
  const auto r = result_of(
      "faultline = 1\nduration = \"200s\"\n[client.load]\ncalls = \"station\"\nrate = \"150/s\"\n"
      "[service.station]\nthreads = 1\nwork = \"exp(10ms)\"\n"
      "queue = { timeout = \"exp(20ms)\" }\n");
  const ClientFigures& f = r->clients[0].value;
  CHECK(f.success_rate == Approx(0.6).margin(0.1));
  CHECK(errors(f, Error::Refused) == f.failed);
  CHECK(r->ledger.balanced);
}

TEST_CASE("a step with a chance is done that often, and passed over otherwise", "[system]") {
  const std::string text =
      "faultline = 1\nduration = \"100s\"\n[client.load]\ncalls = \"front\"\nrate = \"100/s\"\n"
      "[service.front]\nthreads = \"unbounded\"\nsteps = [ { call = \"left\", chance = \"30%\"{} } "
      "]\n"
      "[service.left]\nthreads = \"unbounded\"\nwork = \"1ms\"\n"
      "[service.right]\nthreads = \"unbounded\"\nwork = \"1ms\"\n";
  const auto with = [&](const std::string& more) {
    std::string copy = text;
    return result_of(copy.replace(copy.find("{}"), 2, more));
  };
  const auto alone = with("");
  const double asked = static_cast<double>(alone->clients[0].value.offered);
  CHECK(alone->clients[0].value.success_rate == 1);
  CHECK(static_cast<double>(alone->services[1].value.arrivals) / asked == Approx(0.3).margin(0.02));
  const auto other = with(", otherwise = \"right\"");
  // The same requests as before are lucky.
  CHECK(other->services[1].value.arrivals == alone->services[1].value.arrivals);
  CHECK(other->services[1].value.arrivals + other->services[2].value.arrivals ==
        other->services[0].value.arrivals);
}

TEST_CASE("a chance is a share, and otherwise belongs to it", "[scenario]") {
  const auto step = [](const std::string& s) {
    return load_text(at_start(1) + "[service.station]\nthreads = 1\nsteps = [ " + s +
                         " ]\n[service.b]\nthreads = 1\nwork = \"1ms\"\n",
                     "test.toml")
        .has_value();
  };
  CHECK(step("{ work = \"1ms\", chance = \"50%\" }"));
  CHECK_FALSE(step("{ work = \"1ms\", chance = \"150%\" }"));
  CHECK_FALSE(step("{ call = \"b\", otherwise = \"b\" }"));
  CHECK_FALSE(step("{ work = \"1ms\", chance = \"50%\", otherwise = \"b\" }"));
}
