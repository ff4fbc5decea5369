// What the window gives out, and what it shows beside the charts.

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDockWidget>
#include <QFileInfo>
#include <QImage>
#include <QMenu>
#include <QProcess>
#include <QStandardPaths>
#include <QXmlStreamReader>

#include "gui/data_table.hpp"
#include "gui/golden_signals.hpp"
#include "gui/run_file.hpp"
#include "gui/time_chart.hpp"
#include "tests/gui/small_scenario.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;
using namespace faultline::gui;

namespace {

QByteArray bytes_of(const QString& path) {
  QFile file(path);
  REQUIRE(file.open(QIODevice::ReadOnly));
  return file.readAll();
}

}  // namespace

TEST_CASE("a page goes out as PNG in two sizes, SVG and PDF", "[out]") {
  QTemporaryDir folder;
  OpenWindow window;
  window.open();
  QTest::qWait(50);
  const QSize page = window->centralWidget()->size();
  REQUIRE(window->export_page(folder.filePath("one.png")));
  CHECK(QImage(folder.filePath("one.png")).size() == page);
  REQUIRE(window->export_page(folder.filePath("two.png"), 2));
  CHECK(QImage(folder.filePath("two.png")).size() == page * 2);
  REQUIRE(window->export_page(folder.filePath("page.svg")));
  const QByteArray svg = bytes_of(folder.filePath("page.svg"));
  QXmlStreamReader xml(svg);
  int paths = 0, texts = 0, pictures = 0;
  QString words;
  while (!xml.atEnd()) {
    if (xml.readNext() != QXmlStreamReader::StartElement) continue;
    paths += xml.name() == QLatin1String("path") ? 1 : 0;
    pictures += xml.name() == QLatin1String("image") ? 1 : 0;
    if (xml.name() == QLatin1String("text")) {
      ++texts;
      words += xml.readElementText() + "|";
    }
  }
  CHECK_FALSE(xml.hasError());
  CHECK(paths > 50);  // curves stay curves
  CHECK(texts > 30);
  CHECK(words.contains("Latency"));
  CHECK(words.contains("shoppers"));
  REQUIRE(window->export_page(folder.filePath("page.pdf")));
  CHECK(bytes_of(folder.filePath("page.pdf")).startsWith("%PDF"));
  CHECK_FALSE(window->export_page("/no/such/folder/x.png"));
}

TEST_CASE("what is in view goes out as CSV and Markdown", "[out]") {
  QTemporaryDir folder;
  OpenWindow window;
  window.open();
  window->time().zoom_to(170, 190);
  REQUIRE(window->export_csv(folder.filePath("view.csv")));
  const QList<QByteArray> lines = bytes_of(folder.filePath("view.csv")).trimmed().split('\n');
  REQUIRE(lines.size() == 21);
  CHECK(lines[0].startsWith("t_s,latency p99 (s),"));
  CHECK(lines[1].startsWith("170,0.05,"));
  CHECK(lines[20].startsWith("189,2,"));
  for (const QByteArray& line : lines) CHECK(line.count(',') == lines[0].count(','));
  window->copy_markdown();
  const QString text = QApplication::clipboard()->text();
  CHECK(text.contains("The expectation fails"));
  CHECK(text.contains("| latency p99 | 50 ms |"));
}

TEST_CASE("the table has the values of what is in view and follows the clock", "[out]") {
  OpenWindow window;
  window.open();
  QTest::keyClick(window.made.get(), Qt::Key_F2);
  auto* table = window.find<DataTable>();
  REQUIRE(table->isVisible());
  QAbstractItemModelTester tester(table->model());
  CHECK(table->model()->rowCount() == 600);
  CHECK(table->model()->columnCount() > 5);
  window->time().zoom_to(100, 300);
  CHECK(table->model()->rowCount() == 200);
  window->time().set_cursor(200);
  CHECK(table->currentIndex().row() == 100);
  CHECK(table->model()->index(80, 1).data().toString() == "2 s");
}

TEST_CASE("a mark stays while the clock moves on", "[out]") {
  OpenWindow window;
  window.open();
  window->time().set_cursor(100);
  QTest::keyClick(window.made.get(), Qt::Key_M);
  window->time().set_cursor(200);
  REQUIRE(window->time().mark());
  CHECK(*window->time().mark() == 100);
  window->time().set_cursor(100);
  QTest::keyClick(window.made.get(), Qt::Key_M);
  CHECK_FALSE(window->time().mark());
}

TEST_CASE("the scale of latency is chosen and remembered", "[out]") {
  OpenWindow window;
  window.open();
  auto* golden = window.find<GoldenSignals>();
  REQUIRE(golden->charts()[0]->content().logarithmic);
  QTest::keyClick(window.made.get(), Qt::Key_L);
  CHECK_FALSE(golden->charts()[0]->content().logarithmic);
  QTest::keyClick(window.made.get(), Qt::Key_L);
  CHECK(golden->charts()[0]->content().logarithmic);
}

TEST_CASE("presenting leaves the story, the system and two signals, in large type", "[out]") {
  OpenWindow window;
  window.open();
  const double before = QApplication::font().pointSizeF();
  QTest::keyClick(window.made.get(), Qt::Key_F11);
  CHECK(QApplication::font().pointSizeF() > before * 1.3);
  CHECK_FALSE(window.find<GoldenSignals>()->charts()[3]->isVisible());
  QTest::keyClick(window.made.get(), Qt::Key_Right);  // keys go on working
  QTest::keyClick(window.made.get(), Qt::Key_F11);
  CHECK(QApplication::font().pointSizeF() == Approx(before));
  CHECK(window.find<GoldenSignals>()->charts()[3]->isVisible());
}

TEST_CASE("an hour with twenty series: the window's thread never works for 50 ms", "[out][slow]") {
  OpenWindow window([](const RunRequest& r, const std::atomic<bool>& stop, const Progress& say) {
    RunOutcome outcome = synthetic_run(r, stop, say);
    auto result = std::make_shared<RunResult>(synthetic_result(r.variant, 3600));
    while (result->service_series.size() < 10) {
      result->service_series.push_back(result->service_series.front());
      result->service_series.back().name = "s" + std::to_string(result->service_series.size());
    }
    outcome.result = result;
    return outcome;
  });
  window->resize(1920, 1080);
  window.open();
  QTest::qWait(200);
  double longest = 0;
  const auto turn = [&] {
    const double before = worked_ms();
    QApplication::processEvents();
    longest = std::max(longest, worked_ms() - before);
  };
  for (int i = 0; i < 5; ++i) {  // runs come back while the clock moves
    QSignalSpy shown(window.made.get(), &MainWindow::showed_result);
    window->run_again();
    for (int k = 0; k < 400 && shown.isEmpty(); ++k) {
      window->time().set_cursor(10 * i + k % 7);
      turn();
      QTest::qSleep(2);
    }
    CHECK(shown.count() == 1);
    for (int k = 0; k < 10; ++k) turn();
  }
  INFO("milliseconds: " << longest);
  CHECK(longest < 50);
}

TEST_CASE("the program opens a window on a real X server", "[out][xvfb]") {
  const QString xvfb = QStandardPaths::findExecutable("xvfb-run");
  if (xvfb.isEmpty()) {
    WARN("xvfb-run is not installed: the real platform plugin was not tried");
    return;
  }
  SmallFile file;
  const QString picture = file.folder.filePath("x.png");
  QProcess process;
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.insert("QT_QPA_PLATFORM", "xcb");
  process.setProcessEnvironment(environment);
  process.start(xvfb, QStringList{"-a", FAULTLINE_BINARY_DIR "/bin/faultline-gui", file.path(),
                                  "--screenshot", picture, "--size", "1100x750"});
  REQUIRE(process.waitForFinished(60'000));
  INFO(process.readAllStandardError().toStdString());
  CHECK(process.exitCode() == 0);
  CHECK(QImage(picture).size() == QSize(1100, 750));
}

TEST_CASE("one chart goes out by itself, from its menu", "[out]") {
  QTemporaryDir folder;
  OpenWindow window;
  window.open();
  TimeChart& chart = *window.find<GoldenSignals>()->charts()[0];
  REQUIRE(window->export_chart(chart, folder.filePath("one.png")));
  CHECK(QImage(folder.filePath("one.png")).size() == chart.size());
  REQUIRE(window->export_chart(chart, folder.filePath("two.png"), 2));
  CHECK(QImage(folder.filePath("two.png")).size() == chart.size() * 2);
  REQUIRE(window->export_chart(chart, folder.filePath("chart.svg")));
  const QByteArray svg = bytes_of(folder.filePath("chart.svg"));
  CHECK(svg.contains(">Latency</text>"));
  CHECK(svg.contains("<path"));
  CHECK_FALSE(svg.contains("<image"));
  REQUIRE(window->export_chart(chart, folder.filePath("chart.pdf")));
  CHECK(bytes_of(folder.filePath("chart.pdf")).startsWith("%PDF"));
  QContextMenuEvent asked(QContextMenuEvent::Keyboard, {10, 10}, chart.mapToGlobal(QPoint(10, 10)));
  chart.setFocus();
  QApplication::sendEvent(chart.viewport(), &asked);
  auto* menu = window->findChild<QMenu*>("chart_menu");
  REQUIRE(menu != nullptr);
  QString texts;
  for (const QAction* action : menu->actions()) texts += action->text().remove('&') + "|";
  for (const char* wanted : {"PNG", "twice as sharp", "SVG", "PDF"}) CHECK(texts.contains(wanted));
  menu->close();
}

TEST_CASE("the report is one file with verdict, charts, figures, story and command", "[out]") {
  SmallFile file;
  OpenWindow window(run_file);
  window.open(file.path());
  const QString path = file.folder.filePath("report.html");
  REQUIRE(window->export_report(path));
  const QString text = QString::fromUtf8(bytes_of(path));
  CHECK(text.startsWith("<!doctype html>"));
  CHECK(text.contains("A small shop"));
  CHECK(text.contains("The expectation "));
  CHECK(text.count("data:image/svg+xml;base64,") >= 4);
  CHECK(text.contains("<td>visitors</td>"));
  CHECK(text.contains("db slower"));
  CHECK(text.contains("faultline run " + file.path() + " --seed 3"));
  CHECK(text.contains("# what a default looks like"));  // the scenario itself
  for (const char* outside : {"<script", "http://", "https://", "src=\"/"}) {
    INFO(outside);
    CHECK_FALSE(text.contains(outside));
  }
  const auto at = text.indexOf("base64,") + 7;
  const QByteArray svg =
      QByteArray::fromBase64(text.mid(at, text.indexOf('"', at) - at).toLatin1());
  QXmlStreamReader xml(svg);
  int paths = 0;
  while (!xml.atEnd()) {
    if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == QLatin1String("path"))
      ++paths;
  }
  CHECK_FALSE(xml.hasError());
  CHECK(paths > 5);
  CHECK_FALSE(window->export_report("/no/such/folder/report.html"));
}
