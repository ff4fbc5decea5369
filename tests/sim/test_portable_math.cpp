// Our exp, log and pow against libm's long double versions, which serve as the truth here.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "sim/portable_math.hpp"
#include "sim/random.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The error in units in the last place of the nearest double to `truth`.
double ulps(double value, long double truth) {
  const double size = std::abs(static_cast<double>(truth));
  const double ulp = std::nextafter(size, infinity) - size;
  return static_cast<double>(std::abs(static_cast<long double>(value) - truth) / ulp);
}

}  // namespace

TEST_CASE("exp, log and pow stay within two ulp over their whole range", "[portable]") {
  Draws draws(1);
  double worst_exp = 0, worst_log = 0, worst_pow = 0, worst_expm1 = 0;
  for (int i = 0; i < 300'000; ++i) {
    const double x = (draws.uniform() - 0.5) * (i % 2 ? 1416.0 : 4.0);
    worst_exp = std::max(worst_exp, ulps(portable::exp(x), std::exp(static_cast<long double>(x))));
    if (std::abs(x) < 30)
      worst_expm1 =
          std::max(worst_expm1, ulps(portable::expm1(x), std::expm1(static_cast<long double>(x))));
    const double near_one = 1 + (draws.uniform() - 0.5) * std::exp(-20 * draws.uniform());
    const double y = i % 2 ? std::exp(x) : near_one;
    worst_log = std::max(worst_log, ulps(portable::log(y), std::log(static_cast<long double>(y))));
    const double power = (draws.uniform() - 0.5) * (i % 3 ? 20 : 1e4);
    const long double truth =
        std::pow(static_cast<long double>(y), static_cast<long double>(power));
    if (truth > 1e-305L && truth < 1e305L)
      worst_pow = std::max(worst_pow, ulps(portable::pow(y, power), truth));
  }
  CHECK(worst_exp < 0.6);
  CHECK(worst_log < 1.2);
  CHECK(worst_pow < 0.6);
  CHECK(worst_expm1 < 3);
}

TEST_CASE("portable math at the edges of its domain", "[portable]") {
  CHECK(portable::exp(0) == 1);
  CHECK(portable::exp(710) == infinity);
  CHECK(portable::exp(infinity) == infinity);
  CHECK(portable::exp(-infinity) == 0);
  CHECK(portable::exp(-746) == 0);
  CHECK(portable::exp(-745) == std::numeric_limits<double>::denorm_min());
  CHECK(ulps(portable::exp(-720.5), std::exp(-720.5L)) <= 1);
  CHECK(ulps(portable::exp(709.7), std::exp(static_cast<long double>(709.7))) < 1);
  CHECK(std::isnan(portable::exp(std::nan(""))));
  CHECK(portable::log(1) == 0);
  CHECK(portable::log(0) == -infinity);
  CHECK(portable::log(infinity) == infinity);
  CHECK(std::isnan(portable::log(-1)));
  CHECK(std::isnan(portable::log(std::nan(""))));
  const double smallest = std::numeric_limits<double>::denorm_min();
  CHECK(ulps(portable::log(smallest), std::log(static_cast<long double>(smallest))) < 1);
  CHECK(portable::pow(2, 10) == 1024);
  CHECK(portable::pow(10, 15) == 1e15);
  CHECK(portable::pow(0.25, 0.5) == 0.5);
  CHECK(portable::pow(smallest, 0.5) == std::sqrt(smallest));
  CHECK(portable::pow(0, 0) == 1);
  CHECK(portable::pow(0, 2) == 0);
  CHECK(portable::pow(0, -1) == infinity);
  CHECK(portable::pow(0.5, infinity) == 0);
  CHECK(portable::pow(2, 5000) == infinity);
  CHECK(portable::pow(2, -5000) == 0);
  CHECK(portable::pow(1, infinity) == 1);
  CHECK(std::isnan(portable::pow(-2, 3)));
  CHECK(std::isnan(portable::pow(2, std::nan(""))));
}

TEST_CASE("the gamma function agrees with the C library's", "[portable]") {
  for (double x = 0.05; x < 160; x *= 1.07)
    CHECK(portable::gamma_function(x) == Approx(std::tgamma(x)).epsilon(1e-13));
}

// Bits, not values: these must never change, on any machine (libm has no part in them).
TEST_CASE("portable math has known bits", "[portable][golden]") {
  std::uint64_t hash = 0;
  Draws draws(2);
  for (int i = 0; i < 1000; ++i) {
    const double x = draws.uniform() * 100;
    for (double y : {portable::exp(x - 50), portable::log(x), portable::pow(x, 0.7)})
      hash = derive(hash, std::bit_cast<std::uint64_t>(y));
  }
  CHECK(hash == 0xf8b9d3adcded80fdULL);
}
