#pragma once
// A picture of the real window after a run, for the documentation (script/screenshots).

#include <QSize>
#include <QString>
#include <optional>

namespace faultline::gui {

class MainWindow;

struct ScreenshotOptions {
  QString file;
  QSize size{1280, 800};
  std::optional<double> at_s;  // where the clock stands; none: the end
  QString subject;             // a client or service; empty: the first client
  bool start_page = false;     // nothing is opened
  bool sweep = false;          // what is opened are the results of a sweep
  QString page;    // compare, requests, budget, knobs, table, presenting; empty: the run
  QString turned;  // KEY=VALUE: a knob to turn first
};

// When the window has shown its first result (or mistakes), takes the picture and quits: with 0, or
// 3 if it couldn't be written.
void take_screenshot(MainWindow& window, const ScreenshotOptions& options);

}  // namespace faultline::gui
