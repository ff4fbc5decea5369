// What a service refuses at its door, before anything else.

#include "lab/run/run.hpp"
#include "lab/scenario/load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

std::shared_ptr<const RunResult> run_with(const std::string& door) {
  const auto loaded = load_text(
      "faultline = 1\nduration = \"20s\"\nseed = 3\n"
      "[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = \"constant\"\n"
      "[service.s]\nreplicas = 2\nthreads = 4\nwork = \"10ms\"\n" +
          door,
      "door.toml");
  REQUIRE(loaded.has_value());
  return run(loaded->scenario);
}

std::uint64_t errors(const RunResult& r, Error e) {
  return r.clients[0].value.errors[static_cast<std::size_t>(e)];
}

}  // namespace

TEST_CASE("a rate limit at the door is each instance's own", "[CB3][CB4]") {
  const auto r = run_with("[service.s.door]\nrate_limit = { rate = \"20/s\", burst = 2 }\n");
  // Two instances let 20/s through each; the other 60/s are turned away.
  CHECK(r->clients[0].value.ok == Approx(800).margin(4));
  CHECK(errors(*r, Error::RateLimited) == Approx(1200).margin(4));
  CHECK(r->ledger.balanced);
}

TEST_CASE("a traced request is told what is left of the limit", "[CB5]") {
  const auto told = [](std::uint64_t request) {
    const Result r = run_text(
        "duration = \"1s\"\n[client.c]\ncalls = \"s\"\nrate = \"20/s\"\n"
        "arrivals = \"constant\"\n[service.s]\nthreads = 1\nwork = \"1ms\"\n[service.s.door]\n"
        "rate_limit = { kind = \"fixed_window\", rate = \"2/s\", window = \"1s\" }\n",
        request);
    std::string text;
    for (const std::string& line : r->trace) text += line + "\n";
    return text;
  };
  // They come at 50, 100, 150 ms …; the window ends at 1 s.
  CHECK_THAT(told(0),
             Catch::Contains("is within the rate limit: 1 of 2 left, all of them in 0.950"));
  CHECK_THAT(told(1),
             Catch::Contains("is within the rate limit: 0 of 2 left, all of them in 0.900"));
  CHECK_THAT(told(2), Catch::Contains("is over the rate limit: 0 of 2 left, all of them in 0.850"));
  CHECK_THAT(told(2), Catch::Contains("\"come again in 0.85 s\""));
}

TEST_CASE("concurrency at the door counts the waiting too", "[GD6]") {
  // 50/s an instance × 10 ms: never two at once.
  CHECK(run_with("[service.s.door]\nconcurrency = 1\n")->clients[0].value.failed == 0);
  const auto slow = run_with(
      "[service.s.door]\nconcurrency = 1\n[[fault]]\nat = \"0s\"\nkind = \"slow\"\nservice = "
      "\"s\"\nfactor = 3\n");
  // 30 ms of work every 20 ms: every second one finds the place taken.
  CHECK(errors(*slow, Error::Shed) == Approx(1000).margin(4));
}
