// Every distribution against Boost.Math's: moments, Kolmogorov–Smirnov, and known draws.
#include "sim/distribution.hpp"

#include <algorithm>
#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/pareto.hpp>
#include <boost/math/distributions/weibull.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <functional>

#include "tests/support/catch.hpp"

using namespace faultline;
namespace bm = boost::math;

namespace {

using Cdf = std::function<double(double)>;

struct Case {
  Distribution distribution;
  Cdf cdf;  // of seconds
  double mean_s;
  double cv;
};

// The normal on [0, ∞), its parameters found here by Newton's method on Boost's functions.
Cdf truncated_normal(double mean, double cv) {
  const bm::normal unit;
  double mu = mean, sigma = cv * mean;
  for (int i = 0; i < 20000; ++i) {
    const double a = -mu / sigma, h = bm::pdf(unit, a) / bm::cdf(bm::complement(unit, a));
    const double m = mu + sigma * h, s = sigma * std::sqrt(1 + a * h - h * h);
    mu += 0.3 * (mean - m);
    sigma *= 1 + 0.3 * (cv * mean / s - 1);
  }
  return [=](double x) {
    const double below = bm::cdf(unit, -mu / sigma);
    return (bm::cdf(unit, (x - mu) / sigma) - below) / (1 - below);
  };
}

std::vector<Case> cases() {
  const double m = 0.005;
  const auto lognormal = [&](double cv) {
    const double s2 = std::log(1 + cv * cv);
    const bm::lognormal d(std::log(m) - s2 / 2, std::sqrt(s2));
    return Cdf([d](double x) { return bm::cdf(d, x); });
  };
  const auto gamma = [&](double cv) {
    const bm::gamma_distribution<> d(1 / (cv * cv), m * cv * cv);
    return Cdf([d](double x) { return bm::cdf(d, x); });
  };
  const auto weibull = [&](double shape) {
    const bm::weibull d(shape, m / bm::tgamma(1 + 1 / shape));
    return Cdf([d](double x) { return bm::cdf(d, x); });
  };
  const auto weibull_cv = [](double k) {
    const double g = bm::tgamma(1 + 1 / k);
    return std::sqrt(bm::tgamma(1 + 2 / k) / (g * g) - 1);
  };
  const bm::exponential e(1 / m);
  const bm::pareto p(m * 4 / 5, 5);
  // Bounded Pareto on [l, r·l], alpha 1.5, r = 100, its mean by the textbook formula.
  const double r = 100, a = 1.5;
  const double k = a / (1 - std::pow(r, -a));
  const double m1 = k * (1 - std::pow(r, 1 - a)) / (a - 1),
               m2 = k * (std::pow(r, 2 - a) - 1) / (2 - a);
  const double l = m / m1;
  const double c2 = 9, q = (1 + std::sqrt((c2 - 1) / (c2 + 1))) / 2;
  const auto hyperexp = [=](double x) {
    return 1 - q * std::exp(-2 * q * x / m) - (1 - q) * std::exp(-2 * (1 - q) * x / m);
  };
  return {
      {Distribution::exponential(m), [e](double x) { return bm::cdf(e, x); }, m, 1},
      {Distribution::uniform(milliseconds(2), milliseconds(8)),
       [](double x) { return (x - 0.002) / 0.006; }, m, 0.006 / std::sqrt(12) / m},
      {Distribution::normal(m, 0.1), truncated_normal(m, 0.1), m, 0.1},
      {Distribution::normal(m, 0.6), truncated_normal(m, 0.6), m, 0.6},
      {Distribution::normal(m, 0.85), truncated_normal(m, 0.85), m, 0.85},
      {Distribution::lognormal(m, 0.5), lognormal(0.5), m, 0.5},
      {Distribution::gamma(m, 0.5), gamma(0.5), m, 0.5},
      {Distribution::gamma(m, 1.7), gamma(1.7), m, 1.7},
      {Distribution::erlang(m, 3), gamma(1 / std::sqrt(3)), m, 1 / std::sqrt(3)},
      {Distribution::weibull(m, 0.8), weibull(0.8), m, weibull_cv(0.8)},
      {Distribution::weibull(m, 2), weibull(2), m, weibull_cv(2)},
      {Distribution::pareto(m, 5), [p](double x) { return x < p.scale() ? 0 : bm::cdf(p, x); }, m,
       1 / std::sqrt(15.0)},
      {Distribution::bounded_pareto(m, a, r),
       [=](double x) { return (1 - std::pow(l / x, a)) / (1 - std::pow(r, -a)); }, m,
       std::sqrt(m2 / (m1 * m1) - 1)},
      {Distribution::hyperexp(m, 3), hyperexp, m, 3},
      {Distribution::mixture(
           {{0.9, Distribution::exponential(0.004)}, {0.1, Distribution::exponential(0.014)}}),
       [](double x) { return 1 - 0.9 * std::exp(-x / 0.004) - 0.1 * std::exp(-x / 0.014); }, m,
       std::sqrt(2 * (0.9 * 16 + 0.1 * 196) / 25 - 1)},
  };
}

std::vector<double> draw(const Distribution& d, std::uint64_t key, int n) {
  Draws draws(key);
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(d.sample(draws).seconds());
  return x;
}

}  // namespace

TEST_CASE("distributions have the moments they promise", "[distribution]") {
  for (const Case& c : cases()) {
    INFO(c.distribution.text());
    CHECK(c.distribution.mean() == Approx(c.mean_s).epsilon(1e-12));
    CHECK(std::sqrt(c.distribution.variance()) == Approx(c.cv * c.mean_s).epsilon(1e-9));
    const int n = 400'000;
    const std::vector<double> x = draw(c.distribution, 11, n);
    double mean = 0, square = 0, fourth = 0;
    for (double v : x) mean += v / n;
    for (double v : x) {
      const double d2 = (v - mean) * (v - mean);
      square += d2 / n;
      fourth += d2 * d2 / n;
    }
    // Four standard errors: at this fixed seed nothing is left to luck, in 1e4 seeds one would
    // fail.
    CHECK(std::abs(mean - c.mean_s) < 4 * std::sqrt(square / n));
    CHECK(std::abs(square - c.distribution.variance()) <
          4 * std::sqrt((fourth - square * square) / n));
    CHECK(*std::min_element(x.begin(), x.end()) >= 0);
  }
}

TEST_CASE("distributions follow their law (Kolmogorov–Smirnov)", "[distribution]") {
  for (const Case& c : cases()) {
    INFO(c.distribution.text());
    for (std::uint64_t seed : {21, 22, 23}) {
      const int n = 100'000;
      std::vector<double> x = draw(c.distribution, seed, n);
      std::sort(x.begin(), x.end());
      double distance = 0;
      for (int i = 0; i < n; ++i) {
        const double f = c.cdf(x[static_cast<std::size_t>(i)]);
        distance = std::max(
            {distance, f - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - f});
      }
      CHECK(distance * std::sqrt(n) < 1.95);  // exceeded by one true sample in a thousand
    }
  }
}

TEST_CASE("first draws of neighbouring keys are independent", "[distribution]") {
  // The first draw of each of many keys, as requests take them, must follow the law as well.
  const int n = 100'000;
  const Distribution d = Distribution::exponential(1);
  std::vector<double> x;
  for (int i = 0; i < n; ++i) {
    Draws draws(derive(5, static_cast<std::uint64_t>(i)));
    x.push_back(d.sample(draws).seconds());
  }
  double product = 0;
  for (std::size_t i = 1; i < x.size(); ++i) product += (x[i] - 1) * (x[i - 1] - 1) / n;
  CHECK(std::abs(product) < 4 / std::sqrt(n));
  std::sort(x.begin(), x.end());
  double distance = 0;
  for (int i = 0; i < n; ++i)
    distance =
        std::max(distance, std::abs(1 - std::exp(-x[static_cast<std::size_t>(i)]) - (i + 0.5) / n));
  CHECK(distance * std::sqrt(n) < 1.95);
}

TEST_CASE("an empirical distribution draws each value equally often (chi-square)",
          "[distribution]") {
  std::vector<Duration> values;
  for (int i = 0; i < 20; ++i) values.push_back(milliseconds(i));
  const Distribution d = Distribution::empirical(values, "x.csv");
  CHECK(d.mean() == Approx(0.0095));
  CHECK(d.variance() == Approx(33.25e-6));
  std::vector<double> seen(20);
  Draws draws(3);
  const int n = 200'000;
  for (int i = 0; i < n; ++i) ++seen[static_cast<std::size_t>(d.sample(draws).ns / 1'000'000)];
  double chi2 = 0;
  for (double s : seen) chi2 += (s - n / 20.0) * (s - n / 20.0) / (n / 20.0);
  CHECK(chi2 < 43.8);  // 19 degrees of freedom, 0.1 %
}

TEST_CASE("degenerate parameters are still distributions", "[distribution]") {
  Draws draws(1);
  CHECK(Distribution().is_constant_zero());
  CHECK(Distribution::constant({0}).is_constant_zero());
  CHECK_FALSE(Distribution::constant({1}).is_constant_zero());
  CHECK(Distribution::constant(milliseconds(5)).sample(draws) == milliseconds(5));
  for (const Distribution& d : {Distribution::normal(0.005, 0), Distribution::lognormal(0.005, 0),
                                Distribution::gamma(0.005, 0)}) {
    CHECK(d.sample(draws) == milliseconds(5));
    CHECK(d.variance() == 0);
  }
  CHECK(Distribution::uniform(milliseconds(2), milliseconds(2)).sample(draws) == milliseconds(2));
  CHECK(std::isinf(Distribution::pareto(1, 2).variance()));
  for (int i = 0; i < 100'000; ++i)
    CHECK_FALSE(Distribution::pareto(9e9, 1.001).sample(draws).ns < 0);
  CHECK(std::isfinite(Distribution::weibull(1, 0.05).variance()));
  CHECK(Distribution::bounded_pareto(1, 1, 50).mean() == 1);
  CHECK(Distribution::normal(1, 0.99).sample(draws).ns >= 0);
}

TEST_CASE("distributions compare by what they draw", "[distribution]") {
  CHECK(Distribution::gamma(1, 0.5) == Distribution::gamma(1, 0.5));
  CHECK_FALSE(Distribution::gamma(1, 0.5) == Distribution::gamma(1, 0.6));
  CHECK_FALSE(Distribution::gamma(1, 0.5) == Distribution::lognormal(1, 0.5));
  const auto mix = [](double w) {
    return Distribution::mixture(
        {{w, Distribution::exponential(1)}, {1 - w, Distribution::constant(milliseconds(3))}});
  };
  CHECK(mix(0.25) == mix(0.25));
  CHECK_FALSE(mix(0.25) == mix(0.5));
  CHECK(mix(0.25).text() == "mixture(0.25: exp(1s), 0.75: 3ms)");
}

// These must never change, on any machine: a change alters every fingerprint ever published.
TEST_CASE("the first draws of each distribution are known", "[distribution][golden]") {
  std::vector<std::int64_t> first;
  for (const Case& c : cases()) {
    Draws draws(42);
    std::int64_t sum = 0;
    for (int i = 1; i <= 1000; ++i) sum += i * c.distribution.sample(draws).ns;
    first.push_back(sum);
  }
  const std::vector<std::int64_t> golden{2455239550062, 2438457421678, 2495949884928, 2533420116793,
                                         2520702278840, 2466067226279, 2530828283524, 2364946236117,
                                         2558814964558, 2451341186490, 2468723807125, 2490499721201,
                                         2348183051122, 2983891260779, 2713211778495};
  CHECK(first == golden);
}
