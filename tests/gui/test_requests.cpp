// From a spike to the story of one request.

#include <QContextMenuEvent>
#include <QMenu>
#include <QTreeWidget>

#include "gui/golden_signals.hpp"
#include "gui/requests_page.hpp"
#include "gui/run_file.hpp"
#include "gui/time_chart.hpp"
#include "gui/waterfall_view.hpp"
#include "tests/gui/small_scenario.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;
using namespace faultline::gui;

namespace {

// Waits for what `act` sets off; the story of the first request comes by itself.
template <class Act>
bool tells(RequestsPage& page, const Act& act) {
  QSignalSpy told(&page, &RequestsPage::told);
  act();
  return told.count() > 0 || told.wait(10'000);
}

}  // namespace

TEST_CASE("a key leads from a spike to its slowest and failed requests, and to a story",
          "[requests]") {
  SmallFile file;
  OpenWindow window(run_file);
  window.open(file.path());
  auto& page = *window.find<RequestsPage>();
  auto* chart = window.find<GoldenSignals>()->charts()[0];
  QTest::mouseClick(chart->viewport(), Qt::LeftButton, {},
                    QPoint(static_cast<int>(chart->x_of(7.5)), 60));
  REQUIRE(tells(page, [&] { QTest::keyClick(window.made.get(), Qt::Key_R); }));
  REQUIRE(page.isVisible());
  REQUIRE(page.window());
  CHECK(page.window()->first == Approx(6).margin(1));
  CHECK(page.window()->second == Approx(9).margin(1));
  REQUIRE(page.list().topLevelItemCount() >= 1);
  CHECK(page.list().topLevelItem(0)->childCount() > 0);
  CHECK(page.list().currentItem() != nullptr);

  const WaterfallView& drawn = page.waterfall();
  REQUIRE(drawn.rows().size() > 2);
  CHECK(drawn.label_of(drawn.rows()[0]).startsWith("visitors → web"));
  for (std::size_t i = 0; i < drawn.rows().size(); ++i) {
    INFO("row " << i);
    CHECK(QRectF(drawn.rect()).contains(drawn.bar_of(i).intersected(QRectF(drawn.rect()))));
    CHECK(drawn.bar_of(i).right() <= drawn.width());
    CHECK(drawn.bar_of(i).left() >= drawn.bar_of(0).left() - 1);
    CHECK_FALSE(drawn.words_at(drawn.bar_of(i).center()).isEmpty());
  }
  CHECK(page.story().contains("visitors wanted web"));
  CHECK(page.story().contains("In force at the time: db"));
  CHECK(drawn.accessibleDescription().contains("visitors wanted web"));
  CHECK(page.command().startsWith("faultline run " + file.path()));
  CHECK(page.command().contains("--seed 3 --trace-request "));
}

TEST_CASE("another request is another story, with the keys too", "[requests]") {
  SmallFile file;
  OpenWindow window(run_file);
  window.open(file.path());
  auto& page = *window.find<RequestsPage>();
  REQUIRE(tells(page, [&] { window->show_requests_at(7); }));
  const QString first = page.story();
  page.list().setFocus();
  REQUIRE(tells(page, [&] { QTest::keyClick(&page.list(), Qt::Key_Down); }));
  CHECK(page.story() != first);
}

TEST_CASE("on its own page, a click on the chart looks there", "[requests]") {
  SmallFile file;
  OpenWindow window(run_file);
  window.open(file.path());
  window->show_requests();
  auto& page = *window.find<RequestsPage>();
  TimeChart& chart = page.chart();
  REQUIRE(tells(page, [&] {
    QTest::mouseClick(chart.viewport(), Qt::LeftButton, {},
                      QPoint(static_cast<int>(chart.x_of(2.5)), 70));
  }));
  CHECK(page.window()->first == Approx(1.2).margin(0.5));
  const double before = page.window()->second - page.window()->first;
  REQUIRE(tells(page, [&] {  // a drag takes a stretch
    QTest::mousePress(chart.viewport(), Qt::LeftButton, {},
                      QPoint(static_cast<int>(chart.x_of(5)), 70));
    QTest::mouseMove(chart.viewport(), QPoint(static_cast<int>(chart.x_of(9)), 70));
    QTest::mouseRelease(chart.viewport(), Qt::LeftButton, {},
                        QPoint(static_cast<int>(chart.x_of(9)), 70));
  }));
  CHECK(page.window()->second - page.window()->first > before);
}

TEST_CASE("the menu of a chart leads to its requests", "[requests]") {
  SmallFile file;
  OpenWindow window(run_file);
  window.open(file.path());
  auto& page = *window.find<RequestsPage>();
  auto* chart = window.find<GoldenSignals>()->charts()[2];
  const QPoint point(static_cast<int>(chart->x_of(8)), 40);
  QContextMenuEvent asked(QContextMenuEvent::Mouse, point, chart->mapToGlobal(point));
  QApplication::sendEvent(chart->viewport(), &asked);
  auto* menu = window->findChild<QMenu*>("chart_menu");
  REQUIRE(menu != nullptr);
  REQUIRE(menu->actions().size() >= 5);
  REQUIRE(tells(page, [&] { menu->actions().front()->trigger(); }));
  CHECK(page.isVisible());
  menu->close();
}

TEST_CASE("a setting that is turned finds the requests of the new run", "[requests]") {
  SmallFile file;
  OpenWindow window(run_file);
  window.open(file.path());
  auto& page = *window.find<RequestsPage>();
  REQUIRE(tells(page, [&] { window->show_requests_at(7); }));
  const QString before = page.story();
  REQUIRE(tells(page, [&] { window->edits().set("service.db.threads", "64"); }));
  CHECK(page.isVisible());
  CHECK(page.story() != before);
  CHECK(page.command().contains("--set service.db.threads=64"));
  window->edits().clear();
}

TEST_CASE("where nobody's request ended, the page says so", "[requests]") {
  SmallFile file;
  file.write(QString(kSmallScenario)
                 .replace("rate = \"50/s\"",
                          "rate = \"50/s\"\nshape = [[\"0s\", 0], [\"4s\", 0], [\"4s\", 1]]"));
  OpenWindow window(run_file);
  window.open(file.path());
  REQUIRE(window->result());
  auto& page = *window.find<RequestsPage>();
  QSignalSpy listed(&page, &RequestsPage::listed);
  window->show_requests_at(1.5);
  REQUIRE((listed.count() > 0 || listed.wait(10'000)));
  CHECK(page.list().topLevelItemCount() == 0);
}
