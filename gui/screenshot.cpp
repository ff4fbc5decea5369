#include "gui/screenshot.hpp"

#include <QApplication>
#include <QPixmap>
#include <QTimer>

#include "gui/main_window.hpp"

namespace faultline::gui {

void take_screenshot(MainWindow& window, const ScreenshotOptions& options) {
  window.resize(options.size);
  const auto take = [&window, options] {
    if (!options.subject.isEmpty()) window.choose_subject(options.subject);
    if (options.at_s) window.time().set_cursor(*options.at_s);
    // Layouts settle and charts redraw from the event loop.
    QTimer::singleShot(300, &window, [&window, options] {
      const bool written = window.grab().save(options.file);
      if (!written) qWarning("cannot write %s", qPrintable(options.file));
      QApplication::exit(written ? 0 : 3);
    });
  };
  QObject::connect(&window, &MainWindow::showed_result, &window, take);
  QObject::connect(&window, &MainWindow::showed_mistakes, &window, take);
}

}  // namespace faultline::gui
