// Ten jobs of 100 ms, one thread, and callers who wait for 250 ms: what the server does about those
// that it does not get to in time depends on what it has been told.

#include <fmt/format.h>

#include "lab/evidence/metric_value.hpp"
#include "lab/run/run.hpp"
#include "lab/scenario/load.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

std::shared_ptr<const RunResult> ten_jobs(const std::string& policy) {
  const auto loaded = load_text(fmt::format(R"(
faultline = 1
duration  = "10s"
[client.users]
calls    = "server"
rate     = "1/s"
stops    = "0s"
at_start = 10
policy   = "patience"
[service.server]
threads = 1
work    = "100ms"
[policy.patience]
{}
)",
                                            policy),
                                "test.toml");
  REQUIRE(loaded);
  auto result = run(loaded->scenario);
  REQUIRE(result->ledger.balanced);
  CHECK(result->ledger.offered == 10);
  CHECK(result->ledger.ok == 2);
  return result;
}

double of(const RunResult& result, std::string_view metric) {
  return metric_value(result, metric).value();
}

}  // namespace

TEST_CASE("not told, the server does the work of those who have gone", "[propagation]") {
  const auto r = ten_jobs("timeout = \"250ms\"");
  CHECK(of(*r, "service.server.completed") == 10);
  CHECK(of(*r, "service.server.wasted_work_s") == Approx(0.75));  // half of the third, seven more
}

TEST_CASE("told a deadline, it drops what has expired when its turn comes", "[propagation]") {
  for (const char* limit : {"timeout", "deadline"}) {
    CAPTURE(limit);
    const auto r = ten_jobs(fmt::format("{} = \"250ms\"\npropagation = \"deadline\"", limit));
    CHECK(of(*r, "service.server.completed") == 3);
    CHECK(of(*r, "service.server.rejected") == 7);
    CHECK(of(*r, "service.server.wasted_work_s") == Approx(0.05));
  }
}

TEST_CASE("told that they have gone, it stops at once", "[propagation]") {
  const auto r = ten_jobs("timeout = \"250ms\"\npropagation = \"cancel\"");
  CHECK(of(*r, "service.server.completed") == 2);
  CHECK(of(*r, "service.server.wasted_work_s") == Approx(0));
}

TEST_CASE("a job whose deadline has passed calls nobody", "[propagation]") {
  const auto loaded = load_text(R"(
faultline = 1
duration  = "10s"
[client.users]
calls    = "gateway"
rate     = "1/s"
stops    = "0s"
at_start = 1
policy   = "patience"
[service.gateway]
threads = 1
steps   = [{ work = "300ms" }, { call = "db" }]
[service.db]
threads = 1
work    = "10ms"
[policy.patience]
timeout     = "250ms"
propagation = "deadline"
)",
                                "test.toml");
  REQUIRE(loaded);
  const auto r = run(loaded->scenario);
  CHECK(r->ledger.balanced);
  CHECK(of(*r, "edge.\"gateway->db\".calls") == 1);
  CHECK(of(*r, "edge.\"gateway->db\".attempts") == 0);
}
