// What the world counts in passing, against the plain way to count it.
#include "models/system/statistics.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "sim/random.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

TEST_CASE("a peak is the most that came in a tenth of a second of its stretch", "[statistics]") {
  constexpr std::int64_t bin = 100'000'000;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    Draws draws(seed);
    const auto reach = static_cast<std::int64_t>(1 + draws.below(20)) * bin;
    const auto begin = static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(reach)));
    const auto end = seed % 3 == 0
                         ? Instant::max().ns
                         : begin + static_cast<std::int64_t>(draws.below(3 * std::uint64_t{bin}));
    std::vector<std::int64_t> times;
    for (int n = 0; n < 400; ++n)
      times.push_back(static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(reach))));
    for (std::int64_t edge : {begin, begin - 1, end, end - 1, bin, bin - 1, std::int64_t{0}}) {
      if (edge >= 0 && edge < Instant::max().ns - 1) times.push_back(edge);
    }
    std::sort(times.begin(), times.end());

    PeakCounter peak(Instant{begin}, Instant{end});
    std::map<std::int64_t, std::uint64_t> in_bin;
    std::uint64_t expected = 0;
    for (const std::int64_t t : times) {
      peak.count(Instant{t});
      const std::uint64_t here = ++in_bin[t / bin];
      if (t >= begin && t < end) expected = std::max(expected, here);
      REQUIRE(peak.peak() == expected);
    }
  }
}

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
