// faultline-gui [FILE]: the desktop program. Options are read here, everything else is the
// window's.

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>
#include <QTemporaryDir>
#include <atomic>
#include <cstdio>
#include <string_view>

#include "gui/main_window.hpp"
#include "gui/run_file.hpp"
#include "gui/screenshot.hpp"
#include "gui/theme.hpp"

using namespace faultline::gui;

namespace {

constexpr int kUsage = 2, kRuntime = 3;

// `--fingerprint FILE`: runs the file as the window would, without one, and prints the fingerprint.
int print_fingerprint(const char* file) {
  const std::atomic<bool> never{false};
  const RunOutcome outcome = run_file({file, "base", {}}, never, {});
  if (!outcome.result) return kUsage;
  std::printf("%016llx\n", static_cast<unsigned long long>(outcome.result->fingerprint));
  return 0;
}

struct Options {
  QString file, variant = "base";
  std::optional<ScreenshotOptions> screenshot;
  ThemeChoice theme = ThemeChoice::System;
};

[[noreturn]] void usage(const QString& problem) {
  std::fprintf(stderr, "faultline-gui: %s\n", qPrintable(problem));
  std::exit(kUsage);
}

ThemeChoice theme_of(const QString& name) {
  if (name == "light") return ThemeChoice::Light;
  if (name == "dark") return ThemeChoice::Dark;
  if (name == "system") return ThemeChoice::System;
  usage("--theme is light, dark or system");
}

ScreenshotOptions screenshot_of(const QCommandLineParser& parser) {
  ScreenshotOptions made;
  made.file = parser.value("screenshot");
  made.subject = parser.value("subject");
  made.page = parser.value("page");
  made.turned = parser.value("turn");
  if (parser.isSet("size")) {
    const QStringList parts = parser.value("size").split('x');
    made.size = QSize(parts.value(0).toInt(), parts.value(1).toInt());
    if (parts.size() != 2 || made.size.isEmpty()) usage("--size is WIDTHxHEIGHT in pixels");
  }
  if (parser.isSet("at")) {
    bool good = false;
    made.at_s = parser.value("at").toDouble(&good);
    if (!good) usage("--at is a time in seconds");
  }
  return made;
}

Options read_options(QApplication& application) {
  QCommandLineParser parser;
  parser.setApplicationDescription("Watch how a distributed system fails.");
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument("FILE", "A scenario to open and run.", "[FILE]");
  parser.addOptions(
      {{"fingerprint", "Run FILE without a window, print its fingerprint, and quit.", "FILE"},
       {"run", "Run the scenario at once (as opening a file always does)."},
       {"variant", "The variant to run.", "NAME", "base"},
       {"theme", "light, dark or system.", "THEME"},
       {"screenshot", "Write a picture of the window after the run, and quit.", "PNG"},
       {"size", "Of the picture, in pixels.", "WxH"},
       {"at", "Where the clock stands in the picture.", "SECONDS"},
       {"subject", "The client, service or instance in the picture.", "NAME"},
       {"page", "Of the picture: run, compare, requests, budget, knobs, table or presenting.",
        "PAGE"},
       {"turn", "A setting to turn before the picture.", "KEY=VALUE"}});
  if (!parser.parse(application.arguments())) usage(parser.errorText());
  if (parser.isSet("help")) parser.showHelp(0);
  if (parser.isSet("version")) parser.showVersion();
  // A picture shows the program as it is for everybody, and leaves no traces in one's settings.
  if (parser.isSet("screenshot")) {
    static const QTemporaryDir nowhere;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, nowhere.path());
  }
  if (parser.positionalArguments().size() > 1) usage("one file at a time");
  Options options;
  options.file = parser.positionalArguments().value(0);
  options.variant = parser.value("variant");
  options.theme = parser.isSet("theme")
                      ? theme_of(parser.value("theme"))
                      : static_cast<ThemeChoice>(QSettings().value("theme").toInt());
  if (parser.isSet("screenshot")) options.screenshot = screenshot_of(parser);
  if (options.screenshot) {
    options.screenshot->start_page = options.file.isEmpty();
    options.screenshot->sweep = options.file.endsWith(".csv");
  }
  return options;
}

// Without a display Qt would abort. What needs no window does without; the rest says why it can't.
void prepare_platform(int argc, char** argv) {
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) {
    if (!qEnvironmentVariableIsEmpty(name)) return;
  }
  for (int i = 1; i < argc; ++i) {
    const QByteArray word(argv[i]);
    if (word == "-platform") return;
    if (word.startsWith("--screenshot") || word == "--help" || word == "-h" ||
        word == "--version" || word == "-v") {
      qputenv("QT_QPA_PLATFORM", "offscreen");
      return;
    }
  }
  std::fprintf(stderr, "faultline-gui: there is no display to open a window on\n");
  std::exit(kRuntime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--fingerprint") return print_fingerprint(argv[2]);
  prepare_platform(argc, argv);
  QApplication application(argc, argv);
  QApplication::setApplicationName("faultline-gui");
  QApplication::setOrganizationName("faultline");
  QApplication::setApplicationVersion(FAULTLINE_VERSION);
  const Options options = read_options(application);
  apply_theme(application, options.theme);

  MainWindow window(run_file);
  if (options.screenshot) take_screenshot(window, *options.screenshot);
  if (!options.file.isEmpty()) window.open(options.file, options.variant);
  window.show();
  return QApplication::exec();
}
