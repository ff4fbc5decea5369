// Thinning out and reading curves; no window.

#include <algorithm>
#include <cmath>

#include "gui/chart_series.hpp"
#include "tests/gui/synthetic_result.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;
using namespace faultline::gui;

namespace {

Curve wave(int samples) {
  Curve curve;
  for (int i = 0; i < samples; ++i) {
    curve.samples.push_back({i + 0.5, std::sin(i * 0.7) * ((i * 7919) % 1000)});
  }
  return curve;
}

const Subject kShoppers{Subject::Kind::Client, "shoppers"};
const Subject kDb{Subject::Kind::Service, "db"};

}  // namespace

TEST_CASE("every pixel keeps its smallest and its largest sample", "[chart_series]") {
  const Curve curve = wave(10'000);
  const int pixels = 300;
  const auto drawn = pieces(curve, 0, 10'000, pixels);
  REQUIRE(drawn.size() == 1);
  REQUIRE(drawn.front().size() <= 2 * pixels);
  CHECK(std::is_sorted(drawn.front().begin(), drawn.front().end(),
                       [](const Sample& a, const Sample& b) { return a.t < b.t; }));
  for (int pixel = 0; pixel < pixels; ++pixel) {
    const auto here = [&](const Sample& s) {
      return static_cast<int>(s.t / 10'000 * pixels) == pixel;
    };
    const auto ends = [&](const std::vector<Sample>& samples) {
      double low = 1e9, high = -1e9;
      for (const Sample& s : samples) {
        if (!here(s)) continue;
        low = std::min(low, s.y);
        high = std::max(high, s.y);
      }
      return std::pair(low, high);
    };
    REQUIRE(ends(drawn.front()) == ends(curve.samples));
  }
}

TEST_CASE("few samples are drawn as they are, with a neighbour on either side", "[chart_series]") {
  const auto drawn = pieces(wave(100), 10, 20, 500);
  REQUIRE(drawn.size() == 1);
  CHECK(drawn.front().size() == 12);
  CHECK(drawn.front().front().t == 9.5);
  CHECK(drawn.front().back().t == 20.5);
}

TEST_CASE("a curve breaks where there is nothing to say", "[chart_series]") {
  Curve curve = wave(10);
  curve.samples[3].y = curve.samples[5].y = std::nan("");
  const auto drawn = pieces(curve, 0, 10, 100);
  REQUIRE(drawn.size() == 3);
  REQUIRE(drawn[1].size() == 2);  // a value alone is as long as its bin
  CHECK(drawn[1][0].t == 4);
  CHECK(drawn[1][1].t == 5);
  CHECK(std::isnan(value_at(curve, 3.9)));
}

TEST_CASE("nothing is drawn of nothing", "[chart_series]") {
  CHECK(pieces(Curve{}, 0, 10, 100).empty());
  CHECK(std::isnan(value_at(Curve{}, 0)));
  CHECK_FALSE(extent(Curve{}, 0, 10));
}

TEST_CASE("the golden signals say what the result says", "[chart_series]") {
  const RunResult r = synthetic_result();
  const ChartContent latency = latency_of(r, kShoppers);
  REQUIRE(latency.curves.size() == 2);
  CHECK(value_at(latency.curves[0], 190) == 2.0);
  CHECK(std::isnan(value_at(latency.curves[0], 200.5)));
  const ChartContent traffic = traffic_of(r, kShoppers);
  CHECK(value_at(traffic.curves[0], 190) == 100);
  CHECK(value_at(traffic.curves[1], 190) == 40);
  CHECK(errors_of(r, kShoppers).aside == "after warm-up: timeout 7\u202f200");
  const ChartContent saturation = saturation_of(r, kDb);
  REQUIRE(saturation.curves.size() == 2);
  CHECK(value_at(saturation.curves[1], 200) == 128);
  CHECK(saturation.curves[1].right_axis);
  CHECK(saturation_of(r, kShoppers).curves.size() == 2);
}

TEST_CASE("a rate is per second whatever the bin", "[chart_series]") {
  RunResult r = synthetic_result();
  r.step_s = 10;
  CHECK(value_at(traffic_of(r, kShoppers).curves[0], 5) == 10);
}

TEST_CASE("an interrupted run says nothing about what it didn't reach", "[chart_series]") {
  RunResult r = synthetic_result();
  r.partial = true;
  r.reached_s = 100;
  CHECK(value_at(traffic_of(r, kShoppers).curves[0], 99) == 100);
  CHECK(std::isnan(value_at(traffic_of(r, kShoppers).curves[0], 101)));
}

TEST_CASE("a fault lasts until its end, or the run's", "[chart_series]") {
  RunResult r = synthetic_result();
  r.timeline.push_back({400, "fault", "link", "link loses half"});
  const auto spans = fault_spans(r);
  REQUIRE(spans.size() == 2);
  CHECK(spans[0].from == 180);
  CHECK(spans[0].to == 300);
  CHECK(spans[1].to == 600);
}
