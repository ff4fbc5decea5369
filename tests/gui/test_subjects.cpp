// Whose curves are shown: [US2] clients, services, and their instances one by one.

#include "gui/golden_signals.hpp"
#include "gui/run_file.hpp"
#include "gui/subject_chooser.hpp"
#include "gui/time_chart.hpp"
#include "tests/gui/small_scenario.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/support/catch.hpp"

namespace faultline::gui {

TEST_CASE("one of several instances has its own four signals, and stays chosen", "[window][US2]") {
  SmallFile file;
  QString text = kSmallScenario;
  text.replace("[service.db]", "[service.db]\nreplicas = 2");
  text.replace("service = \"db\"\nfactor", "service = \"db\"\ninstances = 1\nfactor");
  file.write(text);
  OpenWindow window(run_file);
  window.open(file.path());
  auto* chooser = window->findChild<SubjectChooser*>();
  QStringList names;
  for (int i = 0; i < chooser->count(); ++i) names.append(chooser->itemText(i));
  CHECK(names == QStringList{"Client visitors", "Service web", "Service db", "Instance db/0",
                             "Instance db/1"});

  auto* golden = window.find<GoldenSignals>();
  double slow = 0, well = 1e9;
  for (const char* name : {"db/0", "db/1"}) {
    window->choose_subject(QString(name));
    CHECK(golden->subject().instance == name);
    CHECK(golden->subject().name == "db");
    for (const TimeChart* chart : golden->charts()) CHECK(!chart->content().curves.empty());
    const Curve& p50 = golden->charts()[0]->content().curves[1];
    REQUIRE(p50.name == "p50");
    slow = std::max(slow, value_at(p50, 7.5));
    well = std::min(well, value_at(p50, 7.5));
  }
  CHECK(slow > 5 * well);  // the fault hits one of the two

  window->choose_variant("calm");
  window.wait_for_result();
  CHECK(golden->subject().instance == "db/1");
}

TEST_CASE("where there is but one instance, it is the service", "[window][US2]") {
  SmallFile file;
  OpenWindow window(run_file);
  window.open(file.path());
  CHECK(window->findChild<SubjectChooser*>()->count() == 3);
}

}  // namespace faultline::gui
