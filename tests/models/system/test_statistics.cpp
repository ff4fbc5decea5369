// What the world counts in passing, against the plain way to count it.
#include "models/system/statistics.hpp"

#include "sim/random.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

TEST_CASE("the integral of a number is the sum over its steps, also after days", "[statistics]") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    INFO("seed " << seed);
    Draws draws(seed);
    StepIntegral number;
    long double expected = 0;
    std::int64_t value = 0, last = 0;
    for (int n = 0; n < 200; ++n) {
      const std::int64_t now = last + static_cast<std::int64_t>(draws.below(86'400'000'000'000));
      expected += static_cast<long double>(value) * static_cast<long double>(now - last);
      last = now;
      REQUIRE(number.area(Instant{now}) ==
              Approx(static_cast<double>(expected / 1e9L)).epsilon(1e-14));
      const std::int64_t change =
          n % 3 == 0 ? static_cast<std::int64_t>(draws.below(20'000'000)) - value : n % 2 * 2 - 1;
      value += change;
      number.add(Instant{now}, change);
      REQUIRE(number.value() == value);
    }
  }
}
