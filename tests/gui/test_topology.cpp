// The picture of the system: its layers, what it says at an instant, and how it is used.

#include "gui/golden_signals.hpp"
#include "gui/topology_view.hpp"
#include "tests/gui/window_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;
using namespace faultline::gui;

TEST_CASE("callers stand to the left of whom they call", "[topology]") {
  const Topology t = topology_of({"web", "app"}, {"gateway", "orders", "stock", "db"},
                                 {"web->gateway", "app->gateway", "gateway->orders",
                                  "orders->stock", "stock->db", "orders->db", "gateway->nobody"});
  REQUIRE(t.lines.size() == 6);
  CHECK(t.layers == 5);
  for (const TopologyLine& line : t.lines) {
    for (std::size_t i = 0; i + 1 < line.boxes.size(); ++i) {
      CHECK(t.boxes[line.boxes[i]].layer + 1 == t.boxes[line.boxes[i + 1]].layer);
    }
  }
  // orders->db passes the layer of stock at another height than stock itself.
  const TopologyLine& past = t.lines[5];
  REQUIRE(past.boxes.size() == 3);
  CHECK(t.boxes[past.boxes[1]].name.empty());
  CHECK(t.boxes[past.boxes[1]].centre.y() != Approx(t.boxes[4].centre.y()));
}

TEST_CASE("calls that go round between services still find a place", "[topology]") {
  const Topology t = topology_of({"c"}, {"a", "b"}, {"c->a", "a->b", "b->a"});
  CHECK(t.layers == 3);
  CHECK(t.boxes[1].layer == 1);
  CHECK(t.boxes[2].layer == 2);
}

TEST_CASE("a state that went back is not told, and tellers are counted", "[topology]") {
  RunResult r;
  r.timeline = {{1, "breaker", "a->b", "breaker closed → open (caller 0)"},
                {2, "breaker", "a->b", "breaker closed → open (caller 1)"},
                {3, "breaker", "a->b", "breaker open → half-open (caller 1)"},
                {4, "breaker", "a->b", "breaker half-open → closed (caller 1)"},
                {5, "shedder", "a->b", "shedder calm → shedding"}};
  const auto text = [&](double t) {
    std::string all;
    for (const Badge& badge : badges_at(r, "a->b", t)) all += badge.text + ";";
    return all;
  };
  CHECK(text(0.5).empty());
  CHECK(text(1.5) == "breaker open;");
  CHECK(text(2.5) == "breaker 2 open;");
  CHECK(text(3.5) == "breaker 1 half-open, 1 open;");
  CHECK(text(4.5) == "breaker 1 open;");
  CHECK(text(5.5) == "breaker 1 open;shedder shedding;");  // a kind that nobody here knows
  CHECK(badges_at(r, "b->c", 5).empty());
}

TEST_CASE("the topology follows the clock, and a click chooses the subject", "[topology]") {
  OpenWindow window;
  window.open();
  auto* view = window.find<TopologyView>();
  REQUIRE(view->isVisible());
  const Topology& t = view->topology();
  const auto db = [&] {
    for (std::size_t i = 0; i < t.boxes.size(); ++i) {
      if (t.boxes[i].name == "db") return i;
    }
    return t.boxes.size();
  }();
  REQUIRE(db < t.boxes.size());
  window->time().set_cursor(100);
  CHECK(view->text_of_box(db).contains("threads busy 50"));
  CHECK_FALSE(view->text_of_box(db).contains("fault"));
  window->time().set_cursor(200);
  CHECK(view->text_of_box(db).contains("threads busy 100"));
  CHECK(view->text_of_box(db).contains("fault: db slower ×20"));
  CHECK(view->text_of_box(db).contains("queue 128"));
  CHECK(view->text_of_box(db).contains("broke as number"));
  REQUIRE(t.lines.size() == 2);
  CHECK(view->text_of_line(1).contains("breaker open"));
  QTest::mouseClick(view, Qt::LeftButton, {}, view->rect_of(db).center().toPoint());
  CHECK(window.find<GoldenSignals>()->subject() == Subject{Subject::Kind::Service, "db"});
  QTest::keyClick(view, Qt::Key_Up);
  CHECK(window.find<GoldenSignals>()->subject().name == "gateway");
  CHECK_FALSE(view->accessibleDescription().isEmpty());
}

TEST_CASE("boxes keep apart and within the picture, at any size", "[topology]") {
  OpenWindow window;
  TopologyView& view = *window.find<TopologyView>();
  RunResult r;
  r.step_s = 1;
  r.client_series = {{"web", {}}, {"mobile", {}}};
  for (const char* name : {"edge", "gateway", "orders", "stock", "prices", "users", "search",
                           "payments", "mail", "db", "cache", "queue"}) {
    r.service_series.push_back({name, {}});
  }
  for (const char* name :
       {"web->edge", "mobile->edge", "edge->gateway", "gateway->orders", "gateway->search",
        "gateway->users", "orders->stock", "orders->prices", "orders->payments", "payments->mail",
        "stock->db", "prices->cache", "users->db", "mail->queue", "search->cache"}) {
    r.edge_series.push_back({name, {}});
  }
  view.show_run(std::make_shared<const RunResult>(r));
  for (const QSize size : {QSize(640, 150), QSize(900, 190), QSize(2600, 600)}) {
    view.resize(size);
    std::vector<QRectF> rects;
    for (std::size_t i = 0; i < view.topology().boxes.size(); ++i) {
      if (!view.topology().boxes[i].name.empty()) rects.push_back(view.rect_of(i));
    }
    REQUIRE(rects.size() == 14);
    for (std::size_t i = 0; i < rects.size(); ++i) {
      CHECK(QRectF(QPointF(), QSizeF(size)).contains(rects[i]));
      CHECK(rects[i].width() >= 70);
      for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(rects[i].intersects(rects[j]));
    }
  }
}
