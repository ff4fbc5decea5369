// Published results about caches: a cold start before a store that admits little (Brooker, "Caches,
// modes, and unstable systems"), and early refresh (Vattani et al., VLDB 2015).

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "tests/lab/published/outcome.hpp"

using namespace faultline;

namespace {

// Hit ratio over [from, to) seconds, a mean over bins of as many lookups each.
double hit_ratio(const RunResult& r, int from, int to) {
  double sum = 0;
  for (int s = from; s < to; ++s)
    sum += r.cache_series[0].value.hit_ratio[static_cast<std::size_t>(s)];
  return sum / (to - from);
}

}  // namespace

TEST_CASE("P04: how long a flushed cache stays cold", "[published][GD4]") {
  // 1000 requests a second, keys by Zipf(1.3), an LRU of 1000; flushed at 4 s. The store admits so
  // many fetches a second; what it refuses is not stored. Keys end at a million instead of never:
  // 1.34 % of the requests would ask for the rest, and miss. The original prints a second's figure
  // at its end and names the second after that, so that "5–8 s" are the seconds from 4 to 8. Just
  // after the flush, at 10/s, it is luck which ten keys come back first: one of its runs differs
  // from the next by 0.031 (standard deviation of 60 runs of a program of our own with its rules,
  // whose mean is .533), and 0.516 is of few runs.
  constexpr double kWithinReach = 1 - 0.0134;
  struct Row {
    int admitted;
    double from_5, from_10, from_25, from_50, luck;
  };
  for (const Row row :
       {Row{10, .516, .689, .764, .820, .031}, Row{100, .747, .839, .851, .854, .015}}) {
    CAPTURE(row.admitted);
    std::array<double, 4> found{};
    constexpr int kSeeds = 20;
    for (int seed = 1; seed <= kSeeds; ++seed) {
      const auto r = outcome(
          fmt::format(
              "duration = \"60s\"\n[client.c]\ncalls = \"front\"\nrate = \"1k/s\"\n"
              "arrivals = \"constant\"\n[service.front]\nthreads = \"unbounded\"\n"
              "steps = [{{ cache = \"k\", keys = 1000000, zipf = 1.3, miss = \"store\" }}]\n"
              "[service.store]\nthreads = \"unbounded\"\nwork = \"0s\"\n"
              "[service.store.door]\nrate_limit = {{ kind = \"fixed_window\", rate = \"{0}/s\", "
              "window = \"1s\" }}\n"
              "[cache.k]\ncapacity = 1000\n"
              "[[fault]]\nat = \"4s\"\nkind = \"flush\"\ncache = \"k\"\n",
              row.admitted),
          seed);
      found[0] += hit_ratio(*r, 4, 8) / kSeeds * kWithinReach;
      found[1] += hit_ratio(*r, 9, 15) / kSeeds * kWithinReach;
      found[2] += hit_ratio(*r, 24, 30) / kSeeds * kWithinReach;
      found[3] += hit_ratio(*r, 49, 60) / kSeeds * kWithinReach;
    }
    CHECK(found[0] == Approx(row.from_5).margin(row.luck));
    CHECK(found[1] == Approx(row.from_10).margin(0.015));
    CHECK(found[2] == Approx(row.from_25).margin(0.015));
    CHECK(found[3] == Approx(row.from_50).margin(0.015));
  }
}

TEST_CASE("P17: a stampede, and how many refresh early", "[published][GD4]") {
  // Ten requests a second, three seconds to make the answer: 1 + Poisson(30) make it each time.
  const auto stampede = outcome(
      "duration = \"40000s\"\nwarmup = \"100s\"\n[client.c]\ncalls = \"front\"\nrate = \"10/s\"\n"
      "[service.front]\nthreads = \"unbounded\"\nsteps = [{ cache = \"k\", miss = \"store\" }]\n"
      "[service.store]\nthreads = \"unbounded\"\nwork = \"3s\"\n[cache.k]\nttl = \"60s\"\n",
      1);
  const CacheCounts& herd = stampede->caches[0].value.counts;
  CHECK(static_cast<double>(herd.misses) / static_cast<double>(herd.misses - herd.redundant) ==
        Approx(31).epsilon(0.02));
  // XFetch: e^(1/β) each time, whatever the traffic.
  struct Row {
    double beta;
    int rate;
  };
  for (const Row row : {Row{1, 100}, Row{1, 1000}, Row{2, 300}}) {
    CAPTURE(row.beta, row.rate);
    const auto early =
        outcome(fmt::format("duration = \"{}s\"\nwarmup = \"100s\"\n[client.c]\ncalls = \"front\"\n"
                            "rate = \"{}/s\"\n[service.front]\nthreads = \"unbounded\"\n"
                            "steps = [{{ cache = \"k\", miss = \"store\" }}]\n[service.store]\n"
                            "threads = \"unbounded\"\nwork = \"1s\"\n[cache.k]\nttl = \"30s\"\n"
                            "early_refresh = {}\n",
                            3'000'000 / row.rate, row.rate, row.beta),
                1);
    const CacheCounts& c = early->caches[0].value.counts;
    CHECK(c.misses == 0);
    CHECK(static_cast<double>(c.early) / static_cast<double>(c.cycles) ==
          Approx(std::exp(1 / row.beta)).epsilon(0.1));
    CHECK(c.earliness_s / static_cast<double>(c.cycles) ==
          Approx(row.beta * (std::log(row.rate * row.beta) + 0.5772)).epsilon(0.03));
  }
}
