#include "gui/words.hpp"
#include "tests/gui/synthetic_result.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;
using namespace faultline::gui;

TEST_CASE("times, numbers and shares as people say them", "[words]") {
  CHECK(clock_text(0) == "0:00");
  CHECK(clock_text(185) == "3:05");
  CHECK(clock_text(59.96) == "1:00");
  CHECK(clock_text(3723.4) == "1:02:03.4");
  CHECK(value_text(0.0124, Unit::Seconds) == "12.4 ms");
  CHECK(value_text(2, Unit::Seconds) == "2 s");
  CHECK(value_text(0.9995, Unit::Share) == "99.95 %");
  CHECK(value_text(0.5, Unit::Share) == "50 %");
  CHECK(value_text(12'345, Unit::PerSecond) == "12.3k/s");
  CHECK(value_text(std::nan(""), Unit::Count) == "–");
  CHECK(grouped(7) == "7");
  CHECK(grouped(1'234'567) == "1\u202f234\u202f567");
  CHECK(fingerprint_text(0x1234) == "0000000000001234");
}

TEST_CASE("a verdict in a sentence", "[words]") {
  const RunResult r = synthetic_result();
  CHECK(sentence(r.expectations.front()) ==
        "shoppers: success rate from 3:00 to 5:00 is 40.0 %, expected above 99.0 %");
  CHECK(metric_words("edge.\"orders->db\".amplification") == "orders->db: amplification");
  CHECK(metric_words("client.a.latency_s.p99") == "a: latency p99");
  CHECK(metric_words("client.a.recovered_s") == "a: time to recover");
  CHECK(headline(r) == "The expectation fails");
  CHECK(headline(synthetic_result("calm")) == "The expectation holds");
  RunResult stopped = r;
  stopped.partial = true;
  stopped.reached_s = 200;
  CHECK(headline(stopped) == "Stopped at 3:20: nothing is judged");
  RunResult none = r;
  none.expectations.clear();
  CHECK(headline(none) == "Nothing was expected of this run");
}

TEST_CASE("the budget in a sentence", "[words]") {
  SloFigures slo;
  slo.target = 0.999;
  slo.good = 900;
  slo.total = 1000;
  slo.availability = 0.9;
  slo.budget_left = -0.5;
  CHECK(budget_sentence(slo) ==
        "900 of 1\u202f000 were good: 90 %, target 99.9 %. The error budget is spent, 50 % over.");
  slo.budget_left = 0.25;
  CHECK(budget_sentence(slo).ends_with("25 % of the error budget is left."));
}

TEST_CASE("ticks are round numbers within the axis", "[words]") {
  CHECK(value_ticks(0, 1, 5) == std::vector<double>{0, 0.2, 0.4, 0.2 * 3, 0.8, 1});
  CHECK(time_ticks(0, 600, 6) == std::vector<double>{0, 120, 240, 360, 480, 600});
  CHECK(time_ticks(61, 125, 4) == std::vector<double>{90, 120});
  CHECK(decade_ticks(0.001, 1, 4) == std::vector<double>{0.001, 0.01, 0.1, 1});
  CHECK(decade_ticks(1, 10, 4) == std::vector<double>{1, 2, 5, 10});
  CHECK(value_ticks(1, 1, 5).empty());
  CHECK(nice_top(950) == 1000);
  CHECK(nice_top(0) == 1);
}
