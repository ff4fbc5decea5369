#include "gui/screenshot.hpp"

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QPixmap>
#include <QTimer>

#include "gui/compare_page.hpp"
#include "gui/knobs_panel.hpp"
#include "gui/main_window.hpp"
#include "gui/requests_page.hpp"
#include "gui/start_page.hpp"

namespace faultline::gui {
namespace {

// Layouts settle and charts redraw from the event loop.
void take_soon(MainWindow& window, const ScreenshotOptions& options) {
  if (options.at_s) window.time().set_cursor(*options.at_s);
  QTimer::singleShot(400, &window, [&window, options] {
    const bool written =
        window.grab().toImage().convertToFormat(QImage::Format_RGB888).save(options.file, "PNG", 0);
    if (!written) qWarning("cannot write %s", qPrintable(options.file));
    QApplication::exit(written ? 0 : 3);
  });
}

void compare_first(MainWindow& window, const ScreenshotOptions& options) {
  window.show_compare();
  auto* page = window.findChild<ComparePage*>();
  QObject::connect(page, &ComparePage::showed_figures, &window,
                   [&window, options] { take_soon(window, options); });
  page->compare();
}

void turn_first(MainWindow& window, const ScreenshotOptions& options) {
  const std::string key = options.turned.section('=', 0, 0).toStdString();
  QObject::connect(
      &window, &MainWindow::showed_result, &window,
      [&window, options, key] {
        window.findChild<KnobsPanel*>()->choose(key);
        take_soon(window, options);
      },
      Qt::SingleShotConnection);
  window.edits().set(key, options.turned.section('=', 1).toStdString());
}

void look_first(MainWindow& window, const ScreenshotOptions& options) {
  auto* page = window.findChild<RequestsPage*>();
  QObject::connect(
      page, &RequestsPage::told, &window, [&window, options] { take_soon(window, options); },
      Qt::SingleShotConnection);
  window.show_requests_at(options.at_s.value_or(window.time().duration() / 2));
}

void show_page(MainWindow& window, const ScreenshotOptions& options) {
  if (!options.subject.isEmpty()) window.choose_subject(options.subject);
  if (options.page == "compare") return compare_first(window, options);
  if (options.page == "requests") return look_first(window, options);
  if (options.page == "budget") window.show_budget();
  if (options.page == "presenting") {
    window.findChild<QAction*>("presenting")->trigger();
    window.showNormal();  // of the size that was asked for
    window.resize(options.size);
  }
  if (auto* dock = window.findChild<QDockWidget*>(options.page == "table" ? "values" : "knobs");
      options.page == "table" || options.page == "knobs") {
    dock->show();
  }
  if (!options.turned.isEmpty()) return turn_first(window, options);
  take_soon(window, options);
}

}  // namespace

void take_screenshot(MainWindow& window, const ScreenshotOptions& options) {
  window.resize(options.size);
  if (options.start_page) {
    QObject::connect(window.findChild<StartPage*>(), &StartPage::completed, &window,
                     [&window, options] { take_soon(window, options); });
    return;
  }
  if (options.sweep) {  // shown as soon as it is opened
    QTimer::singleShot(0, &window, [&window, options] { take_soon(window, options); });
    return;
  }
  QObject::connect(
      &window, &MainWindow::showed_result, &window,
      [&window, options] { show_page(window, options); }, Qt::SingleShotConnection);
  QObject::connect(&window, &MainWindow::showed_mistakes, &window,
                   [&window, options] { take_soon(window, options); });
}

}  // namespace faultline::gui
