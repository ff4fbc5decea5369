// The rule of a degradation ladder.

#include "models/controllers/ladder_rules.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

Instant at(int s) {
  return Instant{} + milliseconds(s * 1000);
}

}  // namespace

TEST_CASE("everything → rung 1 → rung 2 → rung 1 → everything: up at once, down after a dwell",
          "[GD1]") {
  LadderRules rules;
  rules.above = {0.7, 0.9};
  rules.margin = 0.2;
  rules.dwell = milliseconds(10'000);
  Ladder ladder(rules);
  CHECK(ladder.look(at(0), 0.70) == 0);   // above, not at
  CHECK(ladder.look(at(5), 1.00) == 1);   // one at a time
  CHECK(ladder.look(at(10), 0.85) == 1);  // not above the second
  CHECK(ladder.look(at(15), 0.95) == 2);  // up without delay
  CHECK(ladder.look(at(24), 0.10) == 2);  // it dwells
  CHECK(ladder.look(at(30), 0.71) == 2);  // hysteresis: 0.9 − 0.2
  CHECK(ladder.look(at(35), 0.69) == 1);
  CHECK(ladder.look(at(40), 0.10) == 1);  // it dwells
  CHECK(ladder.look(at(45), 0.49) == 0);
  CHECK(ladder.look(at(46), 0.80) == 1);  // and up again at once
  CHECK(ladder.look(at(56), 0.00) == 0);
  CHECK(ladder.rung() == 0);
}

TEST_CASE("without rungs a ladder stays where it is", "[GD1]") {
  const LadderRules rules;
  Ladder ladder(rules);
  CHECK(ladder.look(at(5), 9) == 0);
}
