// The page of the error budget.

#include <QComboBox>
#include <QTableWidget>

#include "gui/budget_page.hpp"
#include "gui/event_lane.hpp"
#include "gui/time_chart.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run.hpp"

using namespace faultline;
using namespace faultline::gui;

TEST_CASE("the budget page says what is left where the clock stands", "[budget][EB1][EB3]") {
  OpenWindow window;
  window.open();
  QTest::keyClick(window.made.get(), Qt::Key_4);
  auto& page = *window.find<BudgetPage>();
  REQUIRE(page.isVisible());
  window->time().set_cursor(150);  // nothing has happened yet
  CHECK(page.state() == "Healthy – ship");
  CHECK(page.sentence().contains("nothing was spent"));
  CHECK(page.amounts().item(0, 1)->text() == "60");
  CHECK(page.amounts().item(1, 1)->text() == "0");
  window->time().set_cursor(180.5);  // thirty of sixty have failed
  CHECK(page.amounts().item(1, 1)->text() == "30");
  CHECK(page.amounts().item(2, 3)->text() == "50 %");
  CHECK(page.sentence().contains("the budget is gone in"));
  window->time().set_cursor(300);
  CHECK(page.state() == "Exhausted – freeze");
  CHECK(page.sentence().contains("the budget is spent"));
}

TEST_CASE("burn rates are shown with their windows, and what the run holds of them",
          "[budget][EB3]") {
  OpenWindow window;
  window.open();
  window->show_budget();
  window->time().set_cursor(250);
  auto& page = *window.find<BudgetPage>();
  QTableWidget& rules = page.rules();
  REQUIRE(rules.rowCount() == 3);
  CHECK(rules.item(0, 0)->text() == "14.4× (page)");
  CHECK(rules.item(0, 1)->text().contains("over 1 h (there are 3.2 min)"));
  CHECK(rules.item(0, 2)->text().contains("over 5 min"));
  CHECK(rules.item(0, 3)->text() == "burning");
  CHECK(rules.item(0, 4)->text().startsWith("3:0"));  // soon after the fault at 3:00
  window->time().set_cursor(100);
  CHECK(rules.item(0, 3)->text() == "calm");
}

TEST_CASE("the burn-down has what happened marked", "[budget][EB1]") {
  RunResult result = synthetic_result();
  result.timeline.push_back({400, "rollout", "gateway", "gateway v2 at 5 %"});
  const ChartContent content = burn_down_of(result, result.slos[0].value);
  REQUIRE(content.marks.size() == 2);
  CHECK(content.marks[0].what == "db slower ×20");
  CHECK(content.marks[1].kind == "rollout");
  CHECK(burn_rates_of(result, result.slos[0].value).curves.size() == 4);
}

TEST_CASE("a run without an objective has no budget page", "[budget]") {
  OpenWindow window([](const RunRequest& r, const std::atomic<bool>& stop, const Progress& say) {
    RunOutcome outcome = synthetic_run(r, stop, say);
    auto result = std::make_shared<RunResult>(*outcome.result);
    result->slos.clear();
    outcome.result = result;
    return outcome;
  });
  window.open();
  QTest::keyClick(window.made.get(), Qt::Key_4);
  CHECK_FALSE(window.find<BudgetPage>()->isVisible());
}

TEST_CASE("windows are told as people say them", "[budget]") {
  CHECK(window_text(45) == "45 s");
  CHECK(window_text(300) == "5 min");
  CHECK(window_text(3600) == "1 h");
  CHECK(window_text(259'200) == "3 d");
}

TEST_CASE("the curves say the same as the tables at the clock", "[budget][EB1][EB3]") {
  const Result run = run_text(
      "duration = \"5min\"\nwarmup = \"30s\"\n[client.c]\ncalls = \"s\"\nrate = \"20/s\"\n"
      "[service.s]\nthreads = 8\nwork = \"10ms\"\n[slo.o]\nclient = \"c\"\ntarget = \"99%\"\n"
      "[[fault]]\nat = \"2min\"\nfor = \"1min\"\nkind = \"errors\"\nservice = \"s\"\n"
      "share = \"30%\"\n");
  const RunResult& result = *run;
  const SloFigures& slo = result.slos[0].value;
  const Curve left = burn_down_of(result, slo).curves[0];
  const Curve burn = burn_rates_of(result, slo).curves[0];
  for (const double t : {100.0, 121.0, 150.0, 180.0, 300.0}) {
    const BudgetReading reading = budget_at(result, slo, t);
    INFO(t);
    CHECK(value_at(left, t) == Approx(reading.left).margin(1e-9));
    const double rate = reading.rules[0].over_long.rate;
    if (rate > 0.01) CHECK(value_at(burn, t) == Approx(rate));
  }
}
