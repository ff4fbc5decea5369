// For everyone: keys alone, names for those who don't see, dash and marker beside colour, small and
// large screens, two themes; and nobody loses what he has turned.

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QComboBox>
#include <QLineEdit>
#include <QMessageBox>
#include <QSettings>
#include <QStackedWidget>
#include <QTabBar>
#include <set>

#include "gui/golden_signals.hpp"
#include "gui/run_file.hpp"
#include "gui/time_chart.hpp"
#include "tests/gui/small_scenario.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;
using namespace faultline::gui;

TEST_CASE("every page is a key away", "[everyone]") {
  OpenWindow window;
  window.open();
  auto* tabs = window.find<QTabBar>();
  for (QTabBar* bar : window->findChildren<QTabBar*>()) {
    if (bar->accessibleName() == "Pages") tabs = bar;
  }
  QString seen;
  for (const auto key : {Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_5}) {
    QTest::keyClick(window.made.get(), key);
    seen += tabs->tabText(tabs->currentIndex()) + " ";
  }
  CHECK(seen == "Start Run Requests Budget Compare ");
}

TEST_CASE("the list of keys is a key away and names them all", "[everyone]") {
  OpenWindow window;
  window.open();
  QTest::keyClick(window.made.get(), Qt::Key_Question);
  auto* box = window.find<QMessageBox>();
  REQUIRE(box != nullptr);
  for (const char* key : {"Space", "Ctrl+K", "F2", "F11", "Backspace", "Ctrl+O", "1 … 6", ">R<"}) {
    INFO(key);
    CHECK(box->text().contains(key));
  }
  box->close();
}

TEST_CASE("whatever takes the keys has a name, and every chart a sentence", "[everyone]") {
  OpenWindow window;
  window.open();
  for (const auto key : {Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_5}) {
    QTest::keyClick(window.made.get(), key);
    for (QWidget* widget : window->findChildren<QWidget*>()) {
      if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus) continue;
      if (widget->objectName().startsWith("qt_")) continue;
      QString name = widget->accessibleName();
      if (auto* button = qobject_cast<QAbstractButton*>(widget)) name += button->text();
      if (auto* button = qobject_cast<QAbstractButton*>(widget)) name += button->toolTip();
      const bool takes_keys = qobject_cast<QAbstractButton*>(widget) != nullptr ||
                              qobject_cast<QComboBox*>(widget) != nullptr ||
                              qobject_cast<QAbstractItemView*>(widget) != nullptr ||
                              qobject_cast<QAbstractSlider*>(widget) != nullptr ||
                              qobject_cast<TimeChart*>(widget) != nullptr;
      INFO(widget->metaObject()->className()
           << " in " << widget->parentWidget()->metaObject()->className());
      if (takes_keys) CHECK_FALSE(name.isEmpty());
    }
  }
  for (const TimeChart* chart : window.find<GoldenSignals>()->charts()) {
    CHECK(chart->accessibleDescription().contains(" between "));
  }
}

TEST_CASE("curves of a chart differ in dash or marker, not in colour alone", "[everyone]") {
  OpenWindow window;
  window.open();
  for (const char* subject : {"shoppers", "db"}) {
    window->choose_subject(QString(subject));
    for (const TimeChart* chart : window.find<GoldenSignals>()->charts()) {
      std::set<std::pair<int, int>> looks;
      for (const Curve& curve : chart->content().curves) {
        const Stroke stroke = stroke_of(curve.meaning, theme_for(chart->palette()));
        looks.emplace(static_cast<int>(stroke.pen.style()), static_cast<int>(stroke.marker));
      }
      CHECK(looks.size() == chart->content().curves.size());
    }
  }
}

TEST_CASE("the window fits on a small screen and fills a large one", "[everyone]") {
  OpenWindow window;
  window.open();
  for (const auto key : {Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_5}) {
    QTest::keyClick(window.made.get(), key);
    INFO("key " << key);
    CHECK(window->minimumSizeHint().width() <= 1024);
    CHECK(window->minimumSizeHint().height() <= 700);
    for (const QSize size : {QSize(1024, 700), QSize(3840, 2160)}) {
      window->resize(size);
      QApplication::processEvents();
      CHECK(window->size() == size);
      CHECK_FALSE(window->grab().isNull());
    }
  }
}

TEST_CASE("both themes reach every page", "[everyone]") {
  OpenWindow window;
  window.open();
  for (const bool dark : {true, false}) {
    apply_theme(application(), dark ? ThemeChoice::Dark : ThemeChoice::Light);
    for (const auto key : {Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_5}) {
      QTest::keyClick(window.made.get(), key);
      QApplication::processEvents();
      const QImage image = window->grab().toImage();
      double light = 0;
      for (int x = 0; x < image.width(); x += 10) {
        for (int y = 0; y < image.height(); y += 10) light += image.pixelColor(x, y).lightnessF();
      }
      light /= image.width() / 10.0 * image.height() / 10.0;
      INFO("key " << key << ", lightness " << light);
      CHECK((dark ? light < 0.4 : light > 0.6));
    }
  }
}

TEST_CASE("a run that falls over leaves what was turned", "[everyone]") {
  SmallFile file;
  OpenWindow window([](const RunRequest& r, const std::atomic<bool>& stop, const Progress& say) {
    if (!r.settings.empty()) throw std::runtime_error("fell over");
    return run_file(r, stop, say);
  });
  window.open(file.path());
  QSignalSpy mistakes(window.made.get(), &MainWindow::showed_mistakes);
  window->edits().set("service.db.threads", "16");
  REQUIRE(mistakes.wait(5000));
  CHECK(*window->edits().value_of("service.db.threads") == "16");
  CHECK(window->result());  // what was there is still to be seen
  window->edits().clear();
}
