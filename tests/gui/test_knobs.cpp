// Turning settings: the form, undo, the text that is saved.

#include <algorithm>

#include <QLineSeries>
#include <QMenu>
#include <QSlider>
#include <QTreeWidget>

#include "gui/golden_signals.hpp"
#include "gui/knobs_panel.hpp"
#include "gui/run_file.hpp"
#include "gui/saved_text.hpp"
#include "gui/time_chart.hpp"
#include "gui/toml_scan.hpp"
#include "gui/verdict_bar.hpp"
#include "lab/scenario/load.hpp"
#include "tests/gui/small_scenario.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;
using namespace faultline::gui;

namespace {

const Knob* find_knob(const std::vector<Knob>& all, const std::string& path) {
  for (const Knob& knob : all) {
    if (knob.path == path) return &knob;
    if (const Knob* inner = find_knob(knob.inside, path)) return inner;
  }
  return nullptr;
}

std::string saved(const std::string& variant, const Settings& settings) {
  const auto written = text_with(kSmallScenario, variant, settings);
  INFO((written ? *written : written.error()));
  REQUIRE(written);
  const auto loaded = load_text(*written, "saved.toml", variant);
  REQUIRE(loaded);
  return *written;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the form has what the language has, with values and defaults", "[knobs]") {
  const Node root = effective_tree(kSmallScenario, "small.toml", "base", {});
  const auto knobs = knobs_of(root);
  const Knob* threads = find_knob(knobs, "service.db.threads");
  REQUIRE(threads);
  CHECK(threads->given);
  CHECK(threads->shown() == "8");
  const Knob* limit = find_knob(knobs, "service.db.queue.limit");
  REQUIRE(limit);
  CHECK_FALSE(limit->given);
  const Knob* attempts = find_knob(knobs, "policy.calls.retry.attempts");
  REQUIRE(attempts);
  CHECK(attempts->shown() == "3");
  CHECK(find_knob(knobs, "policy.calls.breaker"));          // not in the file: it can be put in
  const Knob* factor = find_knob(knobs, "fault.0.factor");  // a key of this kind of fault
  REQUIRE(factor);
  CHECK(factor->shown() == "20");
  CHECK(find_knob(knobs, "title") == nullptr);
  CHECK(find_knob(knobs, "variant") == nullptr);
}

TEST_CASE("a slider turns the number in any value", "[knobs]") {
  CHECK(scaled("exp(40ms)", 0.5, false) == "exp(20ms)");
  CHECK(scaled("8", 0.01, true) == "1");
  CHECK(scaled("200/s", 1.2345, false) == "247/s");
  CHECK(scaled("unbounded", 2, true) == "unbounded");
}

TEST_CASE("edits can be undone, and a slider's way is one step", "[knobs]") {
  Edits edits;
  edits.set("a", "1");
  edits.set("b", "2", true);
  edits.set("b", "3", true);
  edits.set("b", "4", true);
  CHECK(edits.settings() == Settings{{"a", "1"}, {"b", "4"}});
  edits.undo();
  CHECK(edits.settings() == Settings{{"a", "1"}});
  edits.redo();
  CHECK(*edits.value_of("b") == "4");
  edits.reset("a");
  CHECK(edits.settings() == Settings{{"b", "4"}});
  edits.undo();
  edits.undo();
  edits.undo();
  CHECK(edits.empty());
  CHECK_FALSE(edits.can_undo());
}

TEST_CASE("saving changes the values and nothing else", "[knobs]") {
  const std::string text = saved("base", {{"service.db.threads", "16"},
                                          {"policy.calls.retry.attempts", "2"},
                                          {"service.db.queue.limit", "64"},
                                          {"policy.calls.breaker.open_for", "\"5s\""},
                                          {"network.latency", "\"2ms\""},
                                          {"fault.0.factor", "4.5"}});
  CHECK(has(text, "threads = 16       # connections"));
  CHECK(has(text, "retry = { attempts = 2, backoff = \"50ms\" }   # what a default looks like"));
  CHECK(has(text, "factor = 4.5"));
  std::string rest = text;  // every line of the author's is still there, in order
  std::size_t at = 0;
  for (const char* comment :
       {"# a small shop", "# connections", "# what a default looks like", "# the end"}) {
    at = rest.find(comment, at);
    CHECK(at != std::string::npos);
  }
}

TEST_CASE("a fault put in at the clock becomes a [[fault]]", "[knobs]") {
  bool slow = false, partition = false;
  for (const FaultRecipe& recipe : fault_recipes()) {
    const std::string target = recipe.on_link ? "web->db" : "db";
    const std::string text = saved("base", {{"fault.1", recipe.toml(target, 12.5, 30)}});
    CHECK(has(text, "[[fault]]\nat = \"12.5s\""));
    slow = slow || recipe.kind == "slow";
    partition = partition || (recipe.kind == "partition" && recipe.on_link);
  }
  CHECK(slow);
  CHECK(partition);
}

TEST_CASE("what is turned while looking at a variant is saved into the variant", "[knobs]") {
  const std::string text = saved(
      "calm", {{"policy.calls.retry.attempts", "1"}, {"policy.calls.retry.backoff", "\"9ms\""}});
  CHECK(has(text, "\"policy.calls.retry\" = { attempts = 1, backoff = \"9ms\" }"));
  CHECK(has(text, "attempts = 3, backoff = \"50ms\""));  // base stays
  const auto base = load_text(text, "saved.toml", "base");
  const auto before = load_text(kSmallScenario, "small.toml", "base");
  REQUIRE(base);
  CHECK(toml_text(effective_tree(text, "", "base", {}).find("policy")->entries[0].value) ==
        toml_text(effective_tree(kSmallScenario, "", "base", {}).find("policy")->entries[0].value));
}

TEST_CASE("turned in every shipped scenario, every number can be saved", "[knobs]") {
  const auto loaded = read_text(FAULTLINE_SOURCE_DIR "/scenarios/cascade_failure.toml");
  REQUIRE(loaded);
  int tried = 0;
  for (const std::string variant : {"base", "protected", "budget_only"}) {
    const auto walk = [&](const auto& self, const std::vector<Knob>& knobs) -> void {
      for (const Knob& knob : knobs) {
        self(self, knob.inside);
        if (!knob.is_leaf() || !knob.given || !number_in(knob.shown())) continue;
        const bool whole = knob.about.type == KeyEntry::Type::Count;
        const std::string value = toml_of(knob.about, scaled(knob.shown(), 2, whole));
        const auto text = text_with(*loaded, variant, {{knob.path, value}});
        INFO(variant << " " << knob.path << " = " << value);
        CHECK(text);
        ++tried;
      }
    };
    walk(walk, knobs_of(effective_tree(*loaded, "", variant, {})));
  }
  CHECK(tried > 60);
}

TEST_CASE("sections end behind their last value, and strings hide brackets", "[knobs]") {
  const std::string text =
      "a = 1\nb = \"\"\"\n[no]\n\"\"\"\n# c\n\n[t] # x\nk = [1,\n 2]\n\n[[l]]\n";
  const auto sections = sections_of(text);
  REQUIRE(sections.size() == 3);
  CHECK(text.substr(0, sections[0].last) == "a = 1\nb = \"\"\"\n[no]\n\"\"\"\n");
  CHECK(text.substr(sections[1].body, sections[1].last - sections[1].body) == "k = [1,\n 2]\n");
  CHECK(sections[2].path == std::vector<std::string>{"l", "0"});
}

TEST_CASE("a knob runs at once, leaves a ghost, is undone, and is saved", "[knobs]") {
  SmallFile file;
  OpenWindow window(run_file);
  window.open(file.path());
  REQUIRE(window->result());
  const std::uint64_t before = window->result()->fingerprint;
  auto* panel = window.find<KnobsPanel>();
  REQUIRE(panel->choose("service.db.threads"));
  window->time().zoom_to(5, 15);
  window->time().set_cursor(11);
  panel->write("64");
  window.wait_for_result();
  CHECK(window->result()->fingerprint != before);
  CHECK(window->windowTitle() == "small.toml* – Faultline");
  CHECK(window->time().from() == 5);  // what was in view stays there
  CHECK(window->time().cursor() == 11);
  const auto& curves = window.find<GoldenSignals>()->charts()[1]->content().curves;
  CHECK(std::count_if(curves.begin(), curves.end(), [](const Curve& c) { return c.ghost; }) == 2);
  // What stands first is drawn first, so behind the others.
  const auto drawn = window.find<GoldenSignals>()->charts()[0]->chart()->series();
  REQUIRE(drawn.size() >= 4);
  CHECK(qobject_cast<QLineSeries*>(drawn.first())->pen().widthF() <
        qobject_cast<QLineSeries*>(drawn.last())->pen().widthF());
  window->edits().undo();
  window.wait_for_result();
  CHECK(window->result()->fingerprint == before);

  QSignalSpy mistakes(window.made.get(), &MainWindow::showed_mistakes);
  window->edits().set("service.db.threads", "\"lots\"");
  REQUIRE(mistakes.wait(5000));
  CHECK(window->result());  // the run before is still there
  CHECK(window.find<VerdictBar>()->headline_text().contains("cannot be run"));
  window->edits().undo();
  window.wait_for_result();

  REQUIRE(panel->choose("service.db.threads"));
  panel->slider().setValue(50);
  window.wait_for_result();
  CHECK(*window->edits().value_of("service.db.threads") == "25");
  QAction* slow_db = nullptr;
  for (QAction* kind : panel->faults().actions()) {
    if (kind->text() == "slow") slow_db = kind->menu()->actions().front();
  }
  REQUIRE(slow_db);
  slow_db->trigger();
  window.wait_for_result();
  const auto& timeline = window->result()->timeline;
  CHECK(std::any_of(timeline.begin(), timeline.end(),
                    [](const Moment& m) { return m.kind == "fault" && m.t_s == 11; }));
  const std::uint64_t turned = window->result()->fingerprint;
  const QString other = file.folder.filePath("other.toml");
  QSignalSpy shown(window.made.get(), &MainWindow::showed_result);
  REQUIRE(window->save_as(other));
  REQUIRE(shown.wait(5000));
  CHECK(window->edits().empty());
  CHECK(window->windowTitle() == "other.toml – Faultline");
  CHECK(window->result()->fingerprint == turned);
}

TEST_CASE("a file that changes on disk is read again, with the edits on top", "[knobs]") {
  SmallFile file;
  OpenWindow window(run_file);
  window.open(file.path());
  window->edits().set("service.db.threads", "12");
  window.wait_for_result();
  QSignalSpy shown(window.made.get(), &MainWindow::showed_result);
  file.write(QString(kSmallScenario).replace("A small shop", "Another shop"));
  REQUIRE(shown.wait(5000));
  CHECK(window->result()->scenario == "Another shop");
  CHECK(*window->edits().value_of("service.db.threads") == "12");
  QSignalSpy mistakes(window.made.get(), &MainWindow::showed_mistakes);
  file.write("faultline = 1\nnonsense = 3\n");
  REQUIRE(mistakes.wait(5000));
  CHECK(*window->edits().value_of("service.db.threads") == "12");
  file.write(kSmallScenario);
  REQUIRE(shown.wait(5000));
  CHECK(window->result()->scenario == "A small shop");
  window->edits().clear();
}
