// What a service refuses at its door, before anything else.

#include "lab/run/run.hpp"
#include "lab/scenario/load.hpp"
#include "tests/support/catch.hpp"

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

TEST_CASE("concurrency at the door counts the waiting too", "[GD6]") {
  // 50/s an instance × 10 ms: never two at once.
  CHECK(run_with("[service.s.door]\nconcurrency = 1\n")->clients[0].value.failed == 0);
  const auto slow = run_with(
      "[service.s.door]\nconcurrency = 1\n[[fault]]\nat = \"0s\"\nkind = \"slow\"\nservice = "
      "\"s\"\nfactor = 3\n");
  // 30 ms of work every 20 ms: every second one finds the place taken.
  CHECK(errors(*slow, Error::Shed) == Approx(1000).margin(4));
}
