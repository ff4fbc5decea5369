// The first page, over the scenarios that are shipped.

#include <QLineEdit>
#include <QListWidget>

#include "gui/card_delegate.hpp"
#include "gui/start_page.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;
using namespace faultline::gui;

TEST_CASE("a sentence ends at its full stop, and loses its marks", "[start]") {
  CHECK(first_sentence("A shop has **two** things\nto do. Then more.") ==
        "A shop has two things to do.");
  CHECK(first_sentence("At 3.5 s it `breaks`!") == "At 3.5 s it breaks!");
  CHECK(first_sentence("no stop") == "no stop");
}

TEST_CASE("every shipped scenario has a card with a title, a line and a picture", "[start]") {
  application();
  const QString folder = QString(FAULTLINE_SOURCE_DIR) + "/scenarios";
  const QStringList files = shipped_files(folder);
  REQUIRE(files.size() >= 8);
  CHECK(files.front().count('/') == folder.count('/') + 1);  // the flagships come first
  for (const QString& file : files) {
    const auto card = card_of(file, folder);
    INFO(file.toStdString());
    REQUIRE(card);
    CHECK_FALSE(card->title.isEmpty());
    CHECK_FALSE(card->line.isEmpty());
    CHECK(card->topology.layers >= 2);
  }
}

TEST_CASE("one click on a card runs it; recent files and a filter are there", "[start]") {
  qputenv("FAULTLINE_SCENARIOS", FAULTLINE_SOURCE_DIR "/scenarios");
  OpenWindow window;
  auto* start = window.find<StartPage>();
  REQUIRE(start->isVisible());
  REQUIRE(QTest::qWaitFor([&] { return start->complete(); }, 20'000));
  QListWidget& cards = start->cards();
  start->findChild<QLineEdit*>()->setText("cascade");
  QListWidgetItem* cascade = nullptr;
  int seen = 0;
  for (int i = 0; i < cards.count(); ++i) {
    if (cards.item(i)->isHidden()) continue;
    ++seen;
    if (cards.item(i)->data(Qt::UserRole).toString().endsWith("cascade_failure.toml")) {
      cascade = cards.item(i);
    }
  }
  REQUIRE(cascade != nullptr);
  CHECK(seen < cards.count());
  cards.doItemsLayout();
  QSignalSpy shown(window.made.get(), &MainWindow::showed_result);
  QTest::mouseClick(cards.viewport(), Qt::LeftButton, {}, cards.visualItemRect(cascade).center());
  REQUIRE(shown.wait(5000));
  CHECK(window->windowTitle().startsWith("cascade_failure.toml"));
  window->show_start();
  CHECK(start->isVisible());
  REQUIRE(start->recent().count() >= 1);
  CHECK(start->recent().item(0)->text() == "cascade_failure.toml");
  qunsetenv("FAULTLINE_SCENARIOS");
}

TEST_CASE("the gallery uses all of its width", "[start]") {
  qputenv("FAULTLINE_SCENARIOS", FAULTLINE_SOURCE_DIR "/scenarios");
  OpenWindow window;
  auto* start = window.find<StartPage>();
  REQUIRE(QTest::qWaitFor([&] { return start->complete(); }, 20'000));
  QListWidget& cards = start->cards();
  for (const int wide : {1024, 1100, 1280, 1440, 1920}) {
    window->resize(wide, 700);
    cards.doItemsLayout();
    const int width = cards.visualItemRect(cards.item(0)).width();
    int right = 0;
    for (int i = 0; i < 12; ++i)
      right = std::max(right, cards.visualItemRect(cards.item(i)).right());
    INFO(wide << ": cards " << width << " wide, to " << right << " of "
              << cards.viewport()->width());
    CHECK(width >= CardDelegate::kNarrowest);
    CHECK(right <= cards.viewport()->width());
    CHECK(cards.viewport()->width() - right < 40);
  }
}
