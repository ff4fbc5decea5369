#include "models/system/arrivals.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "sim/random.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

constexpr std::int64_t kBin = 100'000'000;

struct Stretch {
  std::int64_t begin, end;
  std::uint64_t count = 0, peak = 0;
};

Instant at(std::int64_t ns) {
  return Instant{ns};
}

}  // namespace

TEST_CASE(
    "arrivals in a stretch, and the most in a tenth of a second of it, are as counted one by one",
    "[statistics]") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    Draws draws(seed);
    const auto below = [&](std::int64_t n) {
      return static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(n)));
    };
    const std::int64_t reach = (1 + below(20)) * kBin;
    std::vector<Stretch> stretches{{below(reach), Instant::max().ns}};
    for (std::uint64_t n = seed % 4; n > 0; --n) {
      const std::int64_t begin = below(reach);
      stretches.push_back({begin, begin + below(3 * kBin)});
    }
    std::vector<std::int64_t> times;
    for (int n = 0; n < 400; ++n) times.push_back(below(reach));
    std::vector<std::int64_t> edges = {kBin, kBin - 1, 0};
    for (const Stretch& s : stretches)
      edges.insert(edges.end(), {s.begin, s.begin - 1, s.end, s.end - 1});
    for (const std::int64_t edge : edges)
      if (edge >= 0 && edge < Instant::max().ns - 1) times.push_back(edge);
    std::sort(times.begin(), times.end());

    Arrivals arrivals;
    for (const Stretch& s : stretches) arrivals.watch(at(s.begin), at(s.end));
    std::map<std::int64_t, std::uint64_t> in_bin;
    std::uint64_t total = 0;
    for (const std::int64_t t : times) {
      arrivals.count(at(t));
      const std::uint64_t here = ++in_bin[t / kBin];
      REQUIRE(arrivals.total() == ++total);
      for (Stretch& s : stretches) {
        if (t >= s.begin && t < s.end) {
          ++s.count;
          s.peak = std::max(s.peak, here);
        }
        const Arrivals::Stretch seen = arrivals.in(at(s.begin), at(s.end));
        REQUIRE(seen.count == s.count);
        REQUIRE(seen.peak == s.peak);
      }
    }
  }
}

TEST_CASE("of a stretch that isn't watched nothing is known", "[statistics]") {
  Arrivals arrivals;
  arrivals.watch(at(0), at(10));
  arrivals.count(at(5));
  CHECK(arrivals.in(at(0), at(10)).count == 1);
  CHECK(arrivals.in(at(0), at(11)).count == 0);
}
