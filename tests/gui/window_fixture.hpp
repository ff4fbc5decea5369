#pragma once
// A real window on the offscreen platform, with a runner of the test's own.

#include <time.h>

#include <QApplication>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <functional>

#include "gui/main_window.hpp"
#include "gui/theme.hpp"
#include "tests/gui/synthetic_result.hpp"

namespace faultline::gui {

// One application for the whole program; Qt doesn't like to see it end after main().
inline QApplication& application() {
  static QApplication* const made = [] {
    qputenv("QT_QPA_PLATFORM", qEnvironmentVariableIsSet("QT_QPA_PLATFORM")
                                   ? qgetenv("QT_QPA_PLATFORM")
                                   : QByteArray("offscreen"));
    static int argc = 1;
    static char name[] = "test_gui";
    static char* argv[] = {name, nullptr};
    QStandardPaths::setTestModeEnabled(true);
    auto* app = new QApplication(argc, argv);
    QApplication::setApplicationName("test_gui");
    QApplication::setOrganizationName("faultline-test");
    static QTemporaryDir settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    apply_theme(*app, ThemeChoice::Light);
    return app;
  }();
  return *made;
}

// Milliseconds that this thread has worked; waiting for other programs doesn't count.
inline double worked_ms() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

inline RunOutcome synthetic_run(const RunRequest& request, const std::atomic<bool>&,
                                const Progress&) {
  RunOutcome outcome;
  outcome.scenario = synthetic_scenario();
  outcome.result = std::make_shared<const RunResult>(synthetic_result(request.variant));
  return outcome;
}

struct OpenWindow {
  explicit OpenWindow(Runner runner = synthetic_run) {
    application();
    made = std::make_unique<MainWindow>(std::move(runner));
    made->resize(1280, 800);
    made->show();
    made->activateWindow();  // shortcuts are for the active window only
    static_cast<void>(QTest::qWaitForWindowActive(made.get()));
  }
  // Opens a file and waits for the result.
  void open(const QString& file = "shop.toml") {
    made->open(file);
    wait_for_result();
  }
  void wait_for_result() {
    QSignalSpy shown(made.get(), &MainWindow::showed_result);
    shown.wait(5000);
  }
  template <class T>
  T* find() const {
    return made->findChild<T*>();
  }
  MainWindow* operator->() const { return made.get(); }

  std::unique_ptr<MainWindow> made;
};

}  // namespace faultline::gui
