// Variants side by side in the real window.

#include <QTableWidget>

#include "gui/compare_page.hpp"
#include "gui/run_file.hpp"
#include "gui/time_chart.hpp"
#include "tests/gui/small_scenario.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;
using namespace faultline::gui;

TEST_CASE("only settings that differ are told", "[compare]") {
  const auto rows = differing_settings(kSmallScenario, "small.toml", {"base", "calm", "wide"}, {});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].key == "policy.calls.retry");
  CHECK(rows[0].values[1] == "off");
  CHECK(rows[1].key == "service.db.threads");
  CHECK(rows[1].values == std::vector<std::string>{"8", "8", "32"});
}

TEST_CASE("a difference is told with its interval, or that there is none", "[compare]") {
  ComparedValue value;
  value.value.mean = 0.9;
  value.delta.mean = -0.031;
  value.delta.half_width = 0.004;
  value.delta.has_interval = true;
  value.difference = Difference::Clear;
  CHECK(delta_cell(value, "share") == "−3.1 pp ± 0.4 pp");
  // No more digits than the interval vouches for.
  value.delta.mean = 0.709123;
  value.delta.half_width = 0.00157;
  CHECK(delta_cell(value, "share") == "+70.9 pp ± 0.16 pp");
  value.delta.mean = -0.0000896;
  value.delta.half_width = 0.0000598;
  CHECK(delta_cell(value, "seconds") == "−0.09 ms ± 0.06 ms");
  value.delta.mean = -0.031;
  value.difference = Difference::Unclear;
  CHECK(delta_cell(value, "share") == "no clear difference");
  value.difference = Difference::Clear;
  value.delta.has_interval = false;
  CHECK(delta_cell(value, "share") == "−3.1 pp (one run: no interval)");
  value.difference = Difference::Same;
  CHECK(delta_cell(value, "share") == "the same");
}

TEST_CASE("comparing overlays the runs and counts the differences", "[compare]") {
  SmallFile file;
  OpenWindow window(run_file);
  window.open(file.path());
  QTest::keyClick(window.made.get(), Qt::Key_5);
  auto* page = window.find<ComparePage>();
  REQUIRE(page->isVisible());
  CHECK(page->chosen_variants() == QStringList{"base", "calm", "wide"});
  QSignalSpy figures(page, &ComparePage::showed_figures);
  page->set_replications(5);
  page->compare();
  CHECK(page->comparing());
  REQUIRE(figures.wait(20'000));
  for (const TimeChart* chart : page->charts()) {
    INFO(chart->content().title);
    REQUIRE(chart->content().curves.size() >= 1);
  }
  CHECK(page->charts()[0]->content().curves.size() == 3);
  CHECK(page->charts()[0]->content().curves[1].name == "calm");
  CHECK(page->settings().rowCount() == 2);
  REQUIRE(page->figures().rowCount() >= 4);
  REQUIRE(page->figures().columnCount() == 6);
  bool interval = false;
  for (int row = 0; row < page->figures().rowCount(); ++row) {
    interval = interval || page->figures().item(row, 3)->text().contains("±");
  }
  CHECK(interval);
  CHECK(page->markdown().contains("policy.calls.retry"));
  CHECK(page->markdown().contains("calm"));
  // One clock for all: playing is a race.
  window->time().set_cursor(7);
  CHECK(page->charts()[3]->x_of(7) == Approx(page->charts()[0]->x_of(7)));
  QTest::keyClick(window.made.get(), Qt::Key_Space);
  REQUIRE(QTest::qWaitFor([&] { return window->time().cursor() > 7; }, 5000));
  QTest::keyClick(window.made.get(), Qt::Key_Space);
}

TEST_CASE("a comparison can be stopped", "[compare]") {
  std::atomic<bool> hold = false;
  const Runner slow = [&](const RunRequest& request, const std::atomic<bool>& stop,
                          const Progress& say) {
    while (hold && !stop) say(0.1);
    return synthetic_run(request, stop, say);
  };
  OpenWindow window(slow);
  window.open();
  window->show_compare();
  auto* page = window.find<ComparePage>();
  QSignalSpy figures(page, &ComparePage::showed_figures);
  hold = true;
  page->compare();
  QTest::qWait(50);
  CHECK(page->comparing());
  page->stop();
  REQUIRE(QTest::qWaitFor([&] { return !page->comparing(); }, 5000));
  hold = false;
}
