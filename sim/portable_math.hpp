#pragma once
// exp, log and pow that give the same bits on every CPU and with every compiler: only + − × ÷, bit
// casts and tables computed while compiling (with -ffp-contract=off and without -ffast-math).
// libm's differ in last bits between CPUs, which would change a run's fingerprint.
//
// Errors: exp and pow within 0.6 ulp, log within 1.2 ulp; subnormals, infinities and NaN as in C.
// Method: table and short polynomial, after P. T. P. Tang, "Table-driven implementation of the
// exponential function" (ACM TOMS 15, 1989) and "… of the logarithm function" (ACM TOMS 16, 1990).

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

namespace faultline::portable {

// An unevaluated sum high + low, |low| ≤ ulp(high) / 2: about 106 bits.
struct Double2 {
  double high = 0;
  double low = 0;
};

namespace detail {

inline constexpr int exp_steps = 128;                 // 2^(i/128) for i in [0, 128)
inline constexpr int log_first = 90, log_last = 182;  // log(j/128) for j in [90, 182]
extern const std::array<Double2, exp_steps> exp_table;
extern const std::array<Double2, log_last - log_first + 1> log_table;

// ln 2 split so that `high` times any exponent, or exponent × 128, is exact (35 bits).
extern const Double2 ln2;
inline constexpr double steps_per_unit = 184.6649652337873;  // 128 / ln 2

double exp_edge(double x);                                  // overflow, underflow, NaN
double exp_scaled(double fraction, std::int64_t exponent);  // fraction · 2^exponent, any exponent
double log_edge(double x);  // zero, negative, infinite, subnormal, NaN

// exp(x + tail) for |x| < 745.2 and a tail below an ulp or two of x.
inline double exp_core(double x, double tail) {
  constexpr double to_integer = 0x1.8p52;  // adding and subtracting it rounds to an integer
  const double k = (x * steps_per_unit + to_integer) - to_integer;
  const auto ki = static_cast<std::int64_t>(k);
  const double r = (x - k * (ln2.high / exp_steps)) - k * (ln2.low / exp_steps) + tail;
  const double r2 = r * r;
  // |r| < 0.0028: the first Taylor term left out, r⁶/720, is below 2^-60.
  const double p = r + (r2 * (0.5 + r * (1.0 / 6)) + (r2 * r2) * (1.0 / 24 + r * (1.0 / 120)));
  const Double2 t = exp_table[static_cast<std::size_t>(ki & (exp_steps - 1))];
  const double fraction = t.high + (t.low + t.high * p);
  const std::int64_t exponent = ki >> 7;
  if (exponent > -1022 && exponent < 1023) [[likely]]
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(fraction) +
                                 (static_cast<std::uint64_t>(exponent) << 52));
  return exp_scaled(fraction, exponent);
}

// x = 2^exponent · (center + rest), center = index/128, center + rest in [0.707, 1.415).
struct Reduced {
  double exponent;
  double center;
  double rest;  // exact
  std::size_t index;
};

inline Reduced reduce(std::uint64_t bits) {
  constexpr std::uint64_t sqrt_half = 0x3fe6a09e667f3bcdULL;
  const std::uint64_t offset = bits - sqrt_half;
  const std::int64_t exponent = static_cast<std::int64_t>(offset) >> 52;
  const double z = std::bit_cast<double>(bits - (offset & 0xfff0000000000000ULL));
  const auto j = static_cast<std::int64_t>(z * 128 + 0.5);
  const double center = static_cast<double>(j) * 0x1p-7;
  return {static_cast<double>(exponent), center, z - center,
          static_cast<std::size_t>(j - log_first)};
}

// log(1 + r) − r, for |r| < 0.0057.
inline double log1p_rest(double r) {
  const double r2 = r * r;
  return r2 * (-0.5 + r * (1.0 / 3) + r2 * ((-0.25 + r * 0.2) + r2 * (-1.0 / 6 + r * (1.0 / 7))));
}

}  // namespace detail

inline double exp(double x) {
  if (!(x > -708.0 && x < 709.0)) [[unlikely]]
    return detail::exp_edge(x);
  return detail::exp_core(x, 0);
}

inline double log(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  constexpr std::uint64_t smallest_normal = 0x0010000000000000ULL;
  constexpr std::uint64_t infinity = 0x7ff0000000000000ULL;
  if (bits - smallest_normal >= infinity - smallest_normal) [[unlikely]]
    return detail::log_edge(x);
  const detail::Reduced z = detail::reduce(bits);
  const Double2 t = detail::log_table[z.index];
  const double r = z.rest / z.center;
  const double head = z.exponent * detail::ln2.high + t.high;  // exact: both on the same grid
  const double tail = z.exponent * detail::ln2.low + t.low;
  return head + (r + (detail::log1p_rest(r) + tail));
}

// x to the power y, for x ≥ 0; NaN for negative x, even when y is whole.
double pow(double x, double y);

// exp(x) − 1 without cancellation near 0 (within 3 ulp).
double expm1(double x);

// The gamma function for x > 0, relative error below 1e-13.
double gamma_function(double x);

}  // namespace faultline::portable
