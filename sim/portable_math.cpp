#include "sim/portable_math.hpp"

namespace faultline::portable {
namespace {

// Exact sums and products (Dekker, "A floating-point technique for extending the available
// precision", Numerische Mathematik 18, 1971; Knuth, TAOCP 2, 4.2.2).
constexpr Double2 sum_ordered(double a, double b) {
  const double s = a + b;
  return {s, b - (s - a)};
}

constexpr Double2 sum(double a, double b) {
  const double s = a + b;
  const double bb = s - a;
  return {s, (a - (s - bb)) + (b - bb)};
}

constexpr Double2 split(double a) {
  const double c = 0x1.0000002p27 * a;
  const double high = c - (c - a);
  return {high, a - high};
}

constexpr Double2 product(double a, double b) {
  const double p = a * b;
  const Double2 x = split(a), y = split(b);
  return {p, ((x.high * y.high - p) + x.high * y.low + x.low * y.high) + x.low * y.low};
}

constexpr Double2 add(Double2 a, Double2 b) {
  const Double2 s = sum(a.high, b.high);
  return sum_ordered(s.high, s.low + (a.low + b.low));
}

constexpr Double2 multiply(Double2 a, Double2 b) {
  const Double2 p = product(a.high, b.high);
  return sum_ordered(p.high, p.low + (a.high * b.low + a.low * b.high));
}

constexpr Double2 divide(Double2 a, double b) {
  const double q = a.high / b;
  const Double2 p = product(q, b);
  return sum_ordered(q, (((a.high - p.high) - p.low) + a.low) / b);
}

// log(a / b) = 2 artanh((a − b) / (a + b)), by its series.
constexpr Double2 exact_log_ratio(double a, double b) {
  const Double2 s = divide({a - b, 0}, a + b);
  const Double2 s2 = multiply(s, s);
  Double2 power = s, total = s;
  for (int n = 3; n < 80; n += 2) {
    power = multiply(power, s2);
    total = add(total, divide(power, n));
  }
  return {2 * total.high, 2 * total.low};
}

constexpr Double2 exact_exp(Double2 x) {
  Double2 term{1, 0}, total{1, 0};
  for (int n = 1; n < 32; ++n) {
    term = divide(multiply(term, x), n);
    total = add(total, term);
  }
  return total;
}

constexpr Double2 exact_ln2 = exact_log_ratio(2, 1);

// Moves all but the multiples of 2^-bits (of values below 1) from the high part to the low one.
constexpr Double2 on_grid(Double2 x, double grid) {
  const double shifter = 0x1.8p52 * grid;
  const double high = (x.high + shifter) - shifter;
  return {high, (x.high - high) + x.low};
}

constexpr auto make_exp_table() {
  std::array<Double2, detail::exp_steps> table{};
  for (int i = 0; i < detail::exp_steps; ++i) {
    const Double2 x = multiply(exact_ln2, {i * 0x1p-7, 0});
    table[static_cast<std::size_t>(i)] = exact_exp(x);
  }
  return table;
}

constexpr auto make_log_table() {
  std::array<Double2, detail::log_last - detail::log_first + 1> table{};
  for (int j = detail::log_first; j <= detail::log_last; ++j)
    table[static_cast<std::size_t>(j - detail::log_first)] =
        on_grid(exact_log_ratio(j, 128), 0x1p-42);
  return table;
}

// The logarithm with about 12 bits more than a double holds: pow multiplies its error by up to 709.
Double2 log_extended(double x) {
  double exponent_shift = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    exponent_shift = -54;
  }
  const detail::Reduced z = detail::reduce(std::bit_cast<std::uint64_t>(x));
  const double exponent = z.exponent + exponent_shift;
  const Double2 t = detail::log_table[z.index];
  const double r = z.rest / z.center;
  const Double2 half = split(r);
  // `center` has 8 bits, so these products are exact, and so is what the division left over.
  const double left = (z.rest - half.high * z.center) - half.low * z.center;
  const double r_low = left / z.center;
  const double square = -0.5 * (half.high * half.high);  // exact; the rest of −r²/2 is below
  const double square_low = -half.low * (half.high + 0.5 * half.low) - r * r_low;
  const double r2 = r * r;
  const double cubic =
      r2 *
      (r * (1.0 / 3) + r2 * ((-0.25 + r * 0.2) + r2 * ((-1.0 / 6 + r * (1.0 / 7)) + r2 * -0.125)));
  const Double2 a = sum(exponent * detail::ln2.high + t.high, r);
  const Double2 b = sum(a.high, square);
  const double low =
      (b.low + a.low) + (cubic + (square_low + (r_low + (exponent * detail::ln2.low + t.low))));
  return sum_ordered(b.high, low);
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double power_of_two(std::int64_t exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

// pow's corner cases, as in C (F.10.4.4) but for negative x.
double pow_edge(double x, double y) {
  if (y == 0 || x == 1) return 1;
  if (!(x >= 0) || y != y) return nan;
  if (x == 0) return y > 0 ? 0 : infinity;
  const bool grows = (x > 1) == (y > 0);
  return grows ? infinity : 0;
}

}  // namespace

namespace detail {

constinit const Double2 ln2 = on_grid(exact_ln2, 0x1p-35);
constinit const std::array<Double2, exp_steps> exp_table = make_exp_table();
constinit const std::array<Double2, log_last - log_first + 1> log_table = make_log_table();

double exp_scaled(double fraction, std::int64_t exponent) {
  if (exponent > 1023) return fraction * power_of_two(1023) * power_of_two(exponent - 1023);
  if (exponent < -1021) return fraction * power_of_two(exponent + 64) * 0x1p-64;
  return fraction * power_of_two(exponent);
}

double exp_edge(double x) {
  if (x != x) return x;
  if (x > 709.79) return infinity;
  if (x < -745.14) return 0;
  return exp_core(x, 0);
}

double log_edge(double x) {
  if (x == 0) return -infinity;
  if (x < 0) return nan;
  if (x >= infinity || x != x) return x;
  const Double2 l = log_extended(x);
  return l.high + l.low;
}

}  // namespace detail

double pow(double x, double y) {
  if (!(x > 0 && x < infinity) || !(y > -infinity && y < infinity) || y == 0 || x == 1)
    return pow_edge(x, y);
  const Double2 l = log_extended(x);
  const double rough = y * l.high;
  if (rough > 709.79) return infinity;
  if (rough < -745.14) return 0;
  if (y > 0x1p60 || y < -0x1p60) return 1 + rough;  // splitting y would overflow; log x is ~0 here
  const Double2 p = product(y, l.high);
  return detail::exp_core(p.high, p.low + y * l.low);
}

double expm1(double x) {
  if (x > 0.35 || x < -0.35 || x != x) return exp(x) - 1;
  double total = 0;
  for (int n = 15; n >= 2; --n) total = (total + 1) * x / n;
  return x + x * total;
}

// Stirling's series (Abramowitz & Stegun 6.1.41) at x + n ≥ 16, then Γ(x) = Γ(x + n) / (x)(x+1)….
double gamma_function(double x) {
  double divisor = 1;
  for (; x < 16; x += 1) divisor *= x;
  const double i = 1 / x, i2 = i * i;
  const double series =
      i * (1.0 / 12 - i2 * (1.0 / 360 - i2 * (1.0 / 1260 - i2 * (1.0 / 1680 - i2 * (1.0 / 1188)))));
  constexpr double sqrt_two_pi = 2.5066282746310002;
  // x^(x−½) e^−x as the square of x^(x/2−¼) e^(−x/2), which stays in range for longer.
  const double half = pow(x, 0.5 * x - 0.25) * exp(-0.5 * x);
  return sqrt_two_pi * half * half * exp(series) / divisor;
}

}  // namespace faultline::portable
