// An error budget and its burn rates, from counts that can be added up by hand.

#include "lab/evidence/error_budget.hpp"

#include "tests/support/run.hpp"

using namespace faultline;

namespace {

// 100 requests a second for an hour and a half, of which `bad_share` fail from 30 min on.
RunResult an_hour_and_a_half(double bad_share, double target) {
  RunResult result;
  result.step_s = 1;
  result.duration_s = result.reached_s = 5400;
  SloFigures slo;
  slo.target = target;
  for (int b = 0; b < 5400; ++b) {
    const double bad = b >= 1800 ? 100 * bad_share : 0;
    slo.bad_series.push_back(bad);
    slo.good_series.push_back(100 - bad);
    slo.total += 100;
  }
  slo.budget = (1 - target) * static_cast<double>(slo.total);
  slo.covered_s = 5400;
  result.slos.push_back({"s", slo});
  return result;
}

}  // namespace

// SRE Workbook, chapter 5: the burn rate is the share of bad requests over the share allowed.
TEST_CASE("a burn rate is the share of bad over the share allowed", "[budget][EB3]") {
  const RunResult result = an_hour_and_a_half(0.02, 0.999);
  const SloFigures& slo = result.slos[0].value;
  CHECK(burn_over(result, slo, 1800, 3600).rate == 0);
  CHECK(burn_over(result, slo, 1800, 3600).held_s == 1800);
  CHECK(burn_over(result, slo, 2100, 300).rate == Approx(20));
  CHECK(burn_over(result, slo, 3600, 3600).rate == Approx(10));
  CHECK(burn_over(result, slo, 5400, 3600).rate == Approx(20));
  CHECK(burn_over(result, slo, 5400, 3600).held_s == 3600);
  CHECK(burn_series(result, slo, 300)[2099] == Approx(20));
}

// 20x for m minutes of an hour is 20 m/60: above 14.4 from 43.2 min on.
TEST_CASE("the windows of an alert both have to burn", "[budget][EB3]") {
  const RunResult result = an_hour_and_a_half(0.02, 0.999);
  const BudgetReading end = budget_at(result, result.slos[0].value, 5400);
  REQUIRE(end.rules.size() == 3);
  CHECK(end.rules[0].state == Burning::Burning);
  REQUIRE(end.rules[0].first_s);
  CHECK(*end.rules[0].first_s == Approx(1800 + 43.2 * 60).margin(1));
  CHECK(budget_at(result, result.slos[0].value, 2400).rules[0].state == Burning::Increasing);
  CHECK(budget_at(result, result.slos[0].value, 1000).rules[0].state == Burning::Calm);
}

// The state table of the burn rates that elastic/kibana#195139 settled on.
TEST_CASE("long and short window together name the state", "[budget][EB3]") {
  CHECK(burning(15, 15, 14.4) == Burning::Burning);
  CHECK(burning(15, 3, 14.4) == Burning::Recovering);
  CHECK(burning(3, 15, 14.4) == Burning::Increasing);
  CHECK(burning(3, 3, 14.4) == Burning::Calm);
}

TEST_CASE("what is left, in requests and in time, and when it will be gone", "[budget][EB1]") {
  const RunResult result = an_hour_and_a_half(0.02, 0.99);
  const SloFigures& slo = result.slos[0].value;
  // 540 000 requests, 1 % of them may fail: 5400. From 30 min on two fail every second.
  const BudgetReading half = budget_at(result, slo, 3150);
  CHECK(half.total == Approx(5400));
  CHECK(half.spent == Approx(2700));
  CHECK(half.left == Approx(0.5));
  CHECK(half.total_s == Approx(54));
  CHECK(half.spent_s == Approx(27));
  CHECK(half.bad_per_s == Approx(2));
  REQUIRE(half.gone_in_s);
  CHECK(*half.gone_in_s == Approx(1350));
  CHECK(half.state == BudgetState::Healthy);
  CHECK(budget_at(result, slo, 4400).state == BudgetState::AtRisk);
  CHECK(budget_at(result, slo, 5400).state == BudgetState::Exhausted);
  CHECK_FALSE(budget_at(result, slo, 1000).gone_in_s);
}

TEST_CASE("a budget that is left says what may be released", "[budget][EB2]") {
  CHECK(release_word(0.51) == "ship");
  CHECK(release_word(0.5) == "caution");
  CHECK(release_word(0.2) == "caution");
  CHECK(release_word(0.19) == "slow down");
  CHECK(release_word(0) == "freeze");
}

TEST_CASE("what came before the run counts with its own share of bad ones", "[budget][EB3]") {
  const Result result = run_text(R"(
duration = "10min"
seed = 2
[client.c]
calls = "s"
rate = "50/s"
[service.s]
threads = 50
work = "1ms"
[slo.o]
client = "c"
kind = "availability"
target = "99%"
window = "1d"
history = "23h at 99.5%"
)");
  const SloFigures& slo = result->slos[0].value;
  const BudgetReading end = budget_at(*result, slo, 600);
  CHECK(end.left == Approx(slo.budget_left));
  CHECK(end.spent == Approx(slo.spent_before));
  // An hour's window: ten good minutes, and fifty at half the allowed share.
  CHECK(burn_over(*result, slo, 600, 3600).rate == Approx(0.5 * 50 / 60).epsilon(0.02));
  CHECK(burn_over(*result, slo, 600, 3600).held_s == Approx(3600));
}

TEST_CASE("the versions of a service have series of their own", "[series]") {
  const Result result = run_text(R"(
duration = "1min"
seed = 4
[client.c]
calls = "s"
rate = "50/s"
[service.s]
replicas = 4
threads = 8
work = "2ms"
[[rollout]]
service = "s"
at = "20s"
strategy = "canary"
version = { name = "v2", errors = "50%" }
steps = [{ weight = "50%", for = "1min" }]
)");
  const ServiceSeries& series = named(result->service_series, "s");
  REQUIRE(series.versions.size() == 2);
  CHECK(series.versions[1].name == "v2");
  const VersionSeries &first = series.versions[0].value, &second = series.versions[1].value;
  REQUIRE(first.ok.size() == series.ok.size());
  REQUIRE(second.ok.size() == series.ok.size());
  double bad = 0;
  for (std::size_t b = 0; b < series.ok.size(); ++b) {
    CHECK(first.ok[b] + second.ok[b] == series.ok[b]);
    CHECK(first.failed[b] + second.failed[b] == series.failed[b]);
    CHECK(first.failed[b] == 0);
    bad += second.failed[b];
  }
  CHECK(bad > 0);
}
