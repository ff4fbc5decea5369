// Histogram, series and fingerprint: what a run keeps of itself.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "sim/distribution.hpp"
#include "sim/fingerprint.hpp"
#include "sim/histogram.hpp"
#include "sim/series.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

std::vector<Duration> sample(const Distribution& d, std::uint64_t key, int n) {
  Draws draws(key);
  std::vector<Duration> values;
  for (int i = 0; i < n; ++i) values.push_back(d.sample(draws));
  return values;
}

void check_same(const Histogram& a, const Histogram& b) {
  CHECK(a.count() == b.count());
  CHECK(a.mean() == b.mean());
  CHECK(a.min() == b.min());
  CHECK(a.max() == b.max());
  for (double q = 0; q <= 1; q += 0.01) CHECK(a.quantile(q) == b.quantile(q));
}

const std::vector<Distribution> shapes{
    Distribution::exponential(0.005),
    Distribution::lognormal(0.1, 3),
    Distribution::pareto(0.01, 1.2),
    Distribution::uniform({0}, {700}),
    Distribution::constant({12345678}),
    Distribution::hyperexp(3600, 10),
    Distribution::mixture(
        {{0.5, Distribution::constant({5'000'000})}, {0.5, Distribution::constant({50'000'001})}})};

}  // namespace

TEST_CASE("histogram quantiles are within half a percent of the true order statistic",
          "[histogram]") {
  for (const Distribution& d : shapes) {
    INFO(d.text());
    for (int n : {1, 2, 10, 999, 20'000}) {
      std::vector<Duration> values = sample(d, static_cast<std::uint64_t>(n), n);
      Histogram h;
      for (Duration v : values) h.record(v);
      std::sort(values.begin(), values.end());
      for (double q : {0.0, 0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
        const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(q * n)));
        const double truth = values[rank - 1].seconds();
        CHECK(std::abs(h.quantile(q) - truth) <= 0.005 * truth);
      }
      std::int64_t sum = 0;
      for (Duration v : values) sum += v.ns;
      CHECK(h.mean() == Approx(static_cast<double>(sum) / 1e9 / n).epsilon(1e-14));
      CHECK(h.min() == values.front());
      CHECK(h.max() == values.back());
    }
  }
}

TEST_CASE("several quantiles in one pass are those that one gets singly", "[histogram]") {
  constexpr std::array shares{-1.0, 0.0, 1e-9, 0.01, 0.5, 0.5, 0.501, 0.99, 0.999, 1.0, 2.0};
  for (const Distribution& d : shapes) {
    INFO(d.text());
    for (int n : {0, 1, 3, 1000}) {
      Histogram h;
      for (Duration v : sample(d, 5, n)) h.record(v);
      const auto together = h.quantiles(shares);
      for (std::size_t i = 0; i < shares.size(); ++i) CHECK(together[i] == h.quantile(shares[i]));
    }
  }
}

TEST_CASE("merging histograms is recording everything in one", "[histogram]") {
  Histogram all, merged;
  std::uint64_t key = 0;
  for (const Distribution& d : shapes) {
    Histogram part;
    for (Duration v : sample(d, ++key, 1000)) {
      part.record(v);
      all.record(v);
    }
    merged.merge(part);
  }
  check_same(merged, all);
  merged.merge(Histogram());
  check_same(merged, all);
}

TEST_CASE("a histogram less its earlier state is what came in between", "[histogram]") {
  const auto values = sample(shapes[1], 9, 5000);
  Histogram h, later;
  for (int i = 0; i < 2000; ++i) h.record(values[static_cast<std::size_t>(i)]);
  const Histogram earlier = h;
  for (int i = 2000; i < 5000; ++i) {
    h.record(values[static_cast<std::size_t>(i)]);
    later.record(values[static_cast<std::size_t>(i)]);
  }
  h.subtract(earlier);
  CHECK(h.count() == later.count());
  CHECK(h.mean() == later.mean());
  for (double q : {0.1, 0.5, 0.99})
    CHECK(h.quantile(q) == Approx(later.quantile(q)).epsilon(0.004));
  CHECK(h.max().seconds() == Approx(later.max().seconds()).epsilon(0.004));
}

TEST_CASE("what is new in a histogram is what came since it was last asked", "[histogram]") {
  const auto values = sample(shapes[1], 11, 9000);
  Histogram h, before, fresh;
  for (std::size_t from = 0; from < values.size(); from += 3000) {
    Histogram expected;
    for (std::size_t i = from; i < from + 3000; ++i) {
      h.record(values[i]);
      expected.record(values[i]);
    }
    h.since(before, fresh);
    CHECK(fresh.count() == expected.count());
    CHECK(fresh.sum() == expected.sum());
    for (double q : {0.01, 0.5, 0.9, 0.99})
      CHECK(fresh.quantile(q) == Approx(expected.quantile(q)).epsilon(0.004));
    check_same(before, h);
  }
  h.since(before, fresh);
  CHECK(fresh.empty());
}

TEST_CASE("a bucket counts beyond two bytes", "[histogram]") {
  constexpr std::uint64_t many = 200'000;
  Histogram h, before, fresh;
  for (std::uint64_t i = 0; i < many; ++i) h.record(milliseconds(2));
  h.record(milliseconds(1), 70'000);
  CHECK(h.count() == many + 70'000);
  CHECK(h.quantile(0.25) == Approx(0.001).epsilon(0.004));
  CHECK(h.quantile(0.27) == Approx(0.002).epsilon(0.004));
  CHECK(h.share_above(milliseconds(1)) == Approx(200.0 / 270));
  h.since(before, fresh);
  CHECK(fresh.count() == h.count());
  CHECK(fresh.quantile(0.27) == h.quantile(0.27));
  for (std::uint64_t i = 0; i < 100; ++i) h.record(milliseconds(2));
  h.since(before, fresh);
  CHECK(fresh.count() == 100);
  CHECK(fresh.min().seconds() == Approx(0.002).epsilon(0.004));

  Histogram twice = h;
  twice.merge(h);
  CHECK(twice.count() == 2 * h.count());
  CHECK(twice.share_above(milliseconds(1)) == Approx(h.share_above(milliseconds(1))));
  twice.subtract(h);
  check_same(twice, h);
  // A wider range moves what is counted apart, too.
  h.record(milliseconds(500));
  h.record(nanoseconds(3));
  CHECK(h.share_above(milliseconds(1)) == Approx(200.101 / 270.102));
  h.clear();
  h.record(milliseconds(2));
  CHECK(h.count() == 1);
  CHECK(h.share_above(milliseconds(1)) == 1);
}

TEST_CASE("a histogram costs little and grows only to the range used", "[histogram]") {
  Histogram h;
  CHECK(sizeof(h) <= 80);
  CHECK(h.memory_bytes() <= 80);
  CHECK(h.quantile(0.5) == 0);
  CHECK(h.mean() == 0);
  for (int i = 0; i < 1000; ++i) h.record({5'000'000 + i});
  CHECK(h.memory_bytes() < 1200);
  h.record(Duration::max());
  h.record({0});
  CHECK(h.memory_bytes() < 120'000);
  CHECK(h.max() == Duration::max());
  CHECK(h.quantile(1) == Duration::max().seconds());
  for (int i = 0; i < 10; ++i) h.record(Duration::max());
  CHECK(h.sum() > 1e11);  // beyond 64 bits of nanoseconds
  const std::size_t memory = h.memory_bytes();
  h.clear();
  CHECK(h.empty());
  CHECK(h.memory_bytes() == memory);
  h.record(milliseconds(3), 5);
  CHECK(h.count() == 5);
  CHECK(h.quantile(0.5) == 0.003);
  Histogram copy = h;
  copy.record(milliseconds(4));
  CHECK(h.count() == 5);
  Histogram moved = std::move(copy);
  CHECK(moved.count() == 6);
}

TEST_CASE("a series coarsens and conserves its sums", "[series]") {
  Series s(milliseconds(100), 64);
  CHECK(s.values().empty());
  Draws draws(4);
  std::vector<std::pair<std::int64_t, double>> added;
  double total = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Instant t{
        static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(i + 1) * 10'000'000))};
    const auto amount = static_cast<double>(draws.below(10));
    s.add(t, amount);
    added.emplace_back(t.ns, amount);
    total += amount;
  }
  CHECK(s.step() > milliseconds(100));
  CHECK(s.step().ns % 100'000'000 == 0);
  CHECK(s.values().size() <= 64);
  CHECK(s.values().size() > 32);
  CHECK(std::accumulate(s.values().begin(), s.values().end(), 0.0) == total);
  std::vector<double> direct(s.values().size());
  for (const auto& [t, amount] : added) direct[static_cast<std::size_t>(t / s.step().ns)] += amount;
  CHECK(std::equal(direct.begin(), direct.end(), s.values().begin()));
}

TEST_CASE("series bins are closed below and open above", "[series]") {
  Series s({10}, 5);  // an odd capacity leaves a bin without a neighbour
  for (std::int64_t t : {0, 9, 10, 49}) s.add({t}, 1);
  CHECK(std::vector<double>(s.values().begin(), s.values().end()) ==
        std::vector<double>{2, 1, 0, 0, 1});
  s.add({50}, 7);
  CHECK(s.step().ns == 20);
  CHECK(std::vector<double>(s.values().begin(), s.values().end()) == std::vector<double>{3, 0, 8});
  s.add({1'000'000}, 1);
  CHECK(s.values().size() <= 5);
  s.add({3}, 1);
  CHECK(s.values()[0] == 12);
  s.clear();
  CHECK(s.values().empty());
}

TEST_CASE("a fingerprint notices order, count and single bits", "[fingerprint]") {
  const auto of = [](std::vector<std::uint64_t> words) {
    Fingerprint f;
    for (std::uint64_t w : words) f.add(w);
    return f.hex();
  };
  CHECK(of({}).size() == 16);
  CHECK(of({1, 2}) == of({1, 2}));
  CHECK(of({1, 2}) != of({2, 1}));
  CHECK(of({}) != of({0}));
  CHECK(of({0}) != of({0, 0}));
  std::vector<std::string> seen;
  for (int bit = 0; bit < 64; ++bit)
    for (int other = 0; other < 64; ++other) seen.push_back(of({1ULL << bit, 1ULL << other, 5}));
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  CHECK(of({1, 2, 3}) == "a711f20c4fc21728");
}
