// The results of a sweep, read and shown.

#include <QComboBox>

#include "gui/run_file.hpp"
#include "gui/sweep_page.hpp"
#include "tests/gui/small_scenario.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;
using namespace faultline::gui;

namespace {

// Two axes of two and three values, two replications, two metrics; one point is missing.
std::string results() {
  std::string text =
      "point,replication,seed,service.db.threads,policy.calls.timeout,metric,value,"
      "fingerprint,version\n";
  int point = 0;
  for (const char* threads : {"16", "8"}) {
    for (const char* timeout : {"2s", "500ms", "1s"}) {
      for (int replication = 0; replication < 2 && point != 4; ++replication) {
        for (const char* metric :
             {"client.visitors.success_rate", "\"edge.\"\"web->db\"\".calls\""}) {
          text += std::to_string(point) + "," + std::to_string(replication) + ",3," + threads +
                  "," + timeout + "," + metric + "," +
                  std::to_string(0.1 * point + 0.01 * replication) + ",00ff,1.0\n";
        }
      }
      ++point;
    }
  }
  return text;
}

}  // namespace

TEST_CASE("results are read with their axes, in the order of their amounts", "[sweep]") {
  const auto data = parse_sweep(results());
  REQUIRE(data);
  CHECK(data->axes == std::vector<std::string>{"service.db.threads", "policy.calls.timeout"});
  CHECK(data->values_of(0) == std::vector<std::string>{"8", "16"});
  CHECK(data->values_of(1) == std::vector<std::string>{"500ms", "1s", "2s"});
  CHECK(data->metrics[1] == "edge.\"web->db\".calls");
  CHECK(data->at(0, {{0, "16"}, {1, "1s"}}).mean == Approx(0.205));
  CHECK(data->at(0, {{0, "16"}, {1, "1s"}}).has_interval);
  CHECK(std::isnan(data->at(0, {{0, "8"}, {1, "500ms"}}).mean));
  CHECK_FALSE(parse_sweep("a,b\n1,2\n"));
  CHECK_FALSE(parse_sweep("point,replication,seed,x,metric,value\n0,0\n"));
}

TEST_CASE("a click on a cell opens the run of that point", "[sweep]") {
  SmallFile file;
  const QString path = file.folder.filePath("out.csv");
  QFile out(path);
  REQUIRE(out.open(QIODevice::WriteOnly));
  out.write(results().c_str());
  out.close();
  OpenWindow window(run_file);
  window.open(file.path());
  window->open(path);
  auto* page = window.find<SweepPage>();
  REQUIRE(page->isVisible());
  CHECK(page->metric().count() == 2);
  SweepPlot& plot = page->plot();
  REQUIRE(plot.columns() == 2);
  REQUIRE(plot.rows() == 3);
  for (int c = 0; c < 2; ++c) {
    for (int r = 0; r < 3; ++r) CHECK(QRectF(plot.rect()).contains(plot.cell(c, r)));
  }
  QSignalSpy shown(window.made.get(), &MainWindow::showed_result);
  QTest::mouseClick(&plot, Qt::LeftButton, {}, plot.cell(1, 0).center().toPoint());
  REQUIRE(shown.wait(5000));
  CHECK(*window->edits().value_of("service.db.threads") == "16");
  CHECK(*window->edits().value_of("policy.calls.timeout") == "\"500ms\"");
  window->edits().clear();
}
