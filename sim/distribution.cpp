#include "sim/distribution.hpp"

#include <fmt/format.h>

#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <cmath>
#include <limits>

#include "sim/assert.hpp"
#include "sim/notation.hpp"
#include "sim/portable_math.hpp"

namespace faultline {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double unit_uniform(Draws& draws) {
  return boost::random::uniform_01<double>()(draws);
}
double unit_exponential(Draws& draws) {
  return boost::random::exponential_distribution<double>()(draws);
}
double unit_normal(Draws& draws) {
  return boost::random::normal_distribution<double>()(draws);
}

// φ(x) / (1 − Φ(x)) of the standard normal: by Laplace's continued fraction for the upper tail
// (Abramowitz & Stegun 26.2.14), by the series 26.2.11 elsewhere.
double normal_hazard(double x) {
  if (x < -38) return 0;
  if (x >= 2) {
    double t = x;
    for (int k = 300; k >= 1; --k) t = x + k / t;
    return t;
  }
  const double density = 0.3989422804014327 * portable::exp(-0.5 * x * x);
  double term = x, total = x;
  for (int n = 3; term * density > 1e-18 || term * density < -1e-18; n += 2) {
    term *= x * x / n;
    total += term;
  }
  return density / (0.5 - density * total);
}

// A normal redrawn below 0, α = −μ/σ standing for where 0 is. With h the hazard at α, its mean is
// σ·(h − α) and its variance σ²·(1 + α·h − h²) (Johnson, Kotz, Balakrishnan, vol. 1, 13.10).
double truncated_normal_cv(double alpha) {
  const double h = normal_hazard(alpha);
  return std::sqrt(1 + alpha * h - h * h) / (h - alpha);
}

// The α whose truncated normal has this cv; cv grows with α from 0 towards 1.
double solve_normal(double cv) {
  double low = -1 / cv - 1, high = 12;
  if (cv < 0.02) return -1 / cv;  // 50 σ from 0: nothing is ever redrawn
  for (int i = 0; i < 100; ++i) {
    const double middle = 0.5 * (low + high);
    (truncated_normal_cv(middle) < cv ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

// The n-th moment of the bounded Pareto on [1, ratio].
double bounded_pareto_moment(int n, double alpha, double ratio) {
  const double log_ratio = portable::log(ratio);
  const double s = n - alpha;
  const double integral = s == 0 ? log_ratio : portable::expm1(s * log_ratio) / s;
  return alpha * integral / -portable::expm1(-alpha * log_ratio);
}

}  // namespace

struct Distribution::Table {
  std::vector<double> cumulative;  // shares of the parts up to and including each; the last is 1
  std::vector<double> weights;     // as given
  std::vector<Distribution> parts;
  std::vector<Duration> values;
  std::string file;

  friend bool operator==(const Table& a, const Table& b) {
    return a.weights == b.weights && a.parts == b.parts && a.values == b.values && a.file == b.file;
  }
};

Distribution Distribution::constant(Duration value) {
  FL_ASSERT(value.ns >= 0, "a negative duration");
  Distribution d(Kind::constant, value.seconds(), 0);
  d.constant_ns_ = value.ns;
  return d;
}

Distribution Distribution::exponential(double mean_s) {
  FL_ASSERT(mean_s > 0, "exponential: mean");
  Distribution d(Kind::exponential, mean_s, mean_s * mean_s);
  d.scale_ns_ = mean_s * 1e9;
  return d;
}

Distribution Distribution::uniform(Duration low, Duration high) {
  FL_ASSERT(low.ns >= 0 && low <= high, "uniform: bounds");
  const double width = (high - low).seconds();
  Distribution d(Kind::uniform, low.seconds() + 0.5 * width, width * width / 12);
  d.constant_ns_ = low.ns;
  d.scale_ns_ = static_cast<double>((high - low).ns);
  return d;
}

Distribution Distribution::normal(double mean_s, double cv) {
  FL_ASSERT(mean_s > 0 && cv >= 0 && cv <= 0.99, "normal: mean, cv");
  Distribution d(Kind::normal, mean_s, cv * mean_s * cv * mean_s);
  d.first_ = cv;
  if (cv == 0) {
    d.spare_ = mean_s * 1e9;
    return d;
  }
  const double alpha = solve_normal(cv);
  const double sigma_ns = mean_s * 1e9 / (normal_hazard(alpha) - alpha);
  d.scale_ns_ = sigma_ns;
  d.shape_ = alpha;
  d.spare_ = -alpha * sigma_ns;
  return d;
}

Distribution Distribution::lognormal(double mean_s, double cv) {
  FL_ASSERT(mean_s > 0 && cv >= 0, "lognormal: mean, cv");
  Distribution d(Kind::lognormal, mean_s, cv * mean_s * cv * mean_s);
  d.scale_ns_ = mean_s * 1e9 / std::sqrt(1 + cv * cv);  // the median
  d.shape_ = std::sqrt(portable::log(1 + cv * cv));
  d.first_ = cv;
  return d;
}

Distribution Distribution::gamma(double mean_s, double cv) {
  FL_ASSERT(mean_s > 0 && cv >= 0, "gamma: mean, cv");
  Distribution d(Kind::gamma, mean_s, cv * mean_s * cv * mean_s);
  d.first_ = cv;
  d.shape_ = cv > 0 ? 1 / (cv * cv) : infinity;
  d.scale_ns_ = cv > 0 ? mean_s * 1e9 / d.shape_ : mean_s * 1e9;
  return d;
}

Distribution Distribution::erlang(double mean_s, int k) {
  FL_ASSERT(mean_s > 0 && k >= 1, "erlang: mean, k");
  Distribution d(Kind::erlang, mean_s, mean_s * mean_s / k);
  d.first_ = k;
  d.shape_ = k;
  d.scale_ns_ = mean_s * 1e9 / k;
  return d;
}

Distribution Distribution::weibull(double mean_s, double shape) {
  FL_ASSERT(mean_s > 0 && shape > 0, "weibull: mean, shape");
  const double g1 = portable::gamma_function(1 + 1 / shape);
  const double g2 = portable::gamma_function(1 + 2 / shape);
  Distribution d(Kind::weibull, mean_s, mean_s * mean_s * (g2 / (g1 * g1) - 1));
  d.first_ = shape;
  d.shape_ = 1 / shape;
  d.scale_ns_ = mean_s * 1e9 / g1;
  return d;
}

Distribution Distribution::pareto(double mean_s, double alpha) {
  FL_ASSERT(mean_s > 0 && alpha > 1, "pareto: mean, alpha");
  const double variance = alpha > 2 ? mean_s * mean_s / (alpha * (alpha - 2)) : infinity;
  Distribution d(Kind::pareto, mean_s, variance);
  d.first_ = alpha;
  d.shape_ = 1 / alpha;
  d.scale_ns_ = mean_s * 1e9 * (alpha - 1) / alpha;  // the minimum
  return d;
}

Distribution Distribution::bounded_pareto(double mean_s, double alpha, double ratio) {
  FL_ASSERT(mean_s > 0 && alpha > 0 && ratio > 1, "bounded_pareto: mean, alpha, ratio");
  const double m1 = bounded_pareto_moment(1, alpha, ratio);
  const double m2 = bounded_pareto_moment(2, alpha, ratio);
  Distribution d(Kind::bounded_pareto, mean_s, mean_s * mean_s * (m2 / (m1 * m1) - 1));
  d.first_ = alpha;
  d.second_ = ratio;
  d.shape_ = -1 / alpha;
  d.spare_ = -portable::expm1(-alpha * portable::log(ratio));  // 1 − ratio^−alpha
  d.scale_ns_ = mean_s * 1e9 / m1;                             // the minimum
  return d;
}

// Balanced means: both phases carry half of the mean (Whitt, "Approximating a point process by a
// renewal process", Operations Research 30, 1982).
Distribution Distribution::hyperexp(double mean_s, double cv) {
  FL_ASSERT(mean_s > 0 && cv >= 1, "hyperexp: mean, cv");
  Distribution d(Kind::hyperexp, mean_s, cv * mean_s * cv * mean_s);
  const double c2 = cv * cv;
  const double skew = std::sqrt((c2 - 1) / (c2 + 1));
  d.first_ = cv;
  d.shape_ = 0.5 * (1 + skew);  // probability of the fast phase
  d.scale_ns_ = mean_s * 1e9 / (1 + skew);
  // 1 − skew without cancellation, as skew nears 1 for large cv.
  d.spare_ = mean_s * 1e9 * (1 + skew) * (c2 + 1) * 0.5;
  return d;
}

Distribution Distribution::mixture(std::vector<std::pair<double, Distribution>> parts) {
  FL_ASSERT(!parts.empty(), "mixture: parts");
  auto table = std::make_shared<Table>();
  double total = 0;
  for (const auto& [weight, part] : parts) {
    FL_ASSERT(weight > 0, "mixture: weight");
    total += weight;
  }
  double sum = 0, mean = 0, square = 0;
  for (auto& [weight, part] : parts) {
    sum += weight;
    mean += weight / total * part.mean();
    square += weight / total * (part.variance() + part.mean() * part.mean());
    table->cumulative.push_back(sum / total);
    table->weights.push_back(weight);
    table->parts.push_back(std::move(part));
  }
  table->cumulative.back() = 1;
  Distribution d(Kind::mixture, mean, square - mean * mean);
  d.table_ = std::move(table);
  return d;
}

Distribution Distribution::empirical(std::vector<Duration> values, std::string file) {
  FL_ASSERT(!values.empty(), "empirical: values");
  double mean = 0, square = 0;
  const auto n = static_cast<double>(values.size());
  for (Duration v : values) {
    FL_ASSERT(v.ns >= 0, "empirical: a negative duration");
    mean += v.seconds() / n;
  }
  for (Duration v : values) square += (v.seconds() - mean) * (v.seconds() - mean) / n;
  Distribution d(Kind::empirical, mean, square);
  auto table = std::make_shared<Table>();
  table->values = std::move(values);
  table->file = std::move(file);
  d.table_ = std::move(table);
  return d;
}

Duration Distribution::sample_other(Draws& draws) const {
  switch (kind_) {
    case Kind::constant:
    case Kind::exponential:
      return sample(draws);
    case Kind::uniform:
      return Duration{constant_ns_} + rounded(scale_ns_ * unit_uniform(draws));
    case Kind::normal:
      return rounded(sample_normal(draws));
    case Kind::lognormal:
      return rounded(scale_ns_ * portable::exp(shape_ * unit_normal(draws)));
    case Kind::gamma:
    case Kind::erlang:
      return rounded(scale_ns_ * sample_gamma(draws));
    case Kind::weibull:  // by inversion, as are the Paretos; −log of a uniform is an exponential
      return rounded(scale_ns_ * portable::pow(unit_exponential(draws), shape_));
    case Kind::pareto:
      return rounded(scale_ns_ * portable::exp(shape_ * unit_exponential(draws)));
    case Kind::bounded_pareto:
      return rounded(scale_ns_ * portable::pow(1 - spare_ * unit_uniform(draws), shape_));
    case Kind::hyperexp: {
      const double phase_ns = unit_uniform(draws) < shape_ ? scale_ns_ : spare_;
      return rounded(phase_ns * unit_exponential(draws));
    }
    case Kind::mixture: {
      const double u = unit_uniform(draws);
      std::size_t i = 0;
      while (table_->cumulative[i] <= u) ++i;
      return table_->parts[i].sample(draws);
    }
    case Kind::empirical:
      return table_->values[draws.below(table_->values.size())];
  }
  return {};
}

// Marsaglia and Tsang, "A simple method for generating gamma variables" (ACM TOMS 26, 2000), with
// their boost for shapes below 1: Gamma(a) = Gamma(a + 1) · U^(1/a).
double Distribution::sample_gamma(Draws& draws) const {
  if (shape_ == infinity) return 1;
  double boost = 1;
  double shape = shape_;
  if (shape < 1) {
    boost = portable::exp(-unit_exponential(draws) / shape);
    shape += 1;
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = unit_normal(draws);
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    const double u = unit_uniform(draws);
    const double x2 = x * x;
    if (u < 1 - 0.0331 * x2 * x2) return boost * d * v;
    if (portable::log(u) < 0.5 * x2 + d * (1 - v + portable::log(v))) return boost * d * v;
  }
}

// Redrawing is cheap while 0 lies in the lower half. Beyond, the same law by rejection from a
// shifted exponential (C. P. Robert, "Simulation of truncated normal variables", Stat. Comp. 5,
// 1995).
double Distribution::sample_normal(Draws& draws) const {
  if (shape_ < 0.4) {
    while (true) {
      const double ns = spare_ + scale_ns_ * unit_normal(draws);
      if (ns >= 0) return ns;
    }
  }
  const double rate = 0.5 * (shape_ + std::sqrt(shape_ * shape_ + 4));
  while (true) {
    const double beyond = unit_exponential(draws) / rate;
    const double gap = shape_ + beyond - rate;
    if (unit_exponential(draws) >= 0.5 * gap * gap) return scale_ns_ * beyond;
  }
}

std::string Distribution::text() const {
  const double mean_ns = mean_s_ * 1e9;
  const double whole = std::round(mean_ns);
  // A mean that is a whole number of nanoseconds but for rounding is written as one.
  const std::string mean = std::abs(mean_ns - whole) <= 1e-12 * whole && whole < 9e18
                               ? exact_text(Duration{static_cast<std::int64_t>(whole)})
                               : exact_text(mean_ns) + "ns";
  const std::string first = exact_text(first_);
  switch (kind_) {
    case Kind::constant:
      return exact_text(Duration{constant_ns_});
    case Kind::exponential:
      return fmt::format("exp({})", mean);
    case Kind::uniform:
      return fmt::format("uniform({}, {})", exact_text(Duration{constant_ns_}),
                         exact_text(Duration{constant_ns_ + static_cast<std::int64_t>(scale_ns_)}));
    case Kind::normal:
      return fmt::format("normal({}, cv={})", mean, first);
    case Kind::lognormal:
      return fmt::format("lognormal({}, cv={})", mean, first);
    case Kind::gamma:
      return fmt::format("gamma({}, cv={})", mean, first);
    case Kind::erlang:
      return fmt::format("erlang({}, k={})", mean, first);
    case Kind::weibull:
      return fmt::format("weibull({}, shape={})", mean, first);
    case Kind::pareto:
      return fmt::format("pareto({}, alpha={})", mean, first);
    case Kind::bounded_pareto:
      return fmt::format("bounded_pareto({}, alpha={}, ratio={})", mean, first,
                         exact_text(second_));
    case Kind::hyperexp:
      return fmt::format("hyperexp({}, cv={})", mean, first);
    case Kind::empirical:
      return fmt::format("empirical(\"{}\")", table_->file);
    case Kind::mixture:
      break;
  }
  std::string list;
  for (std::size_t i = 0; i < table_->parts.size(); ++i)
    list += fmt::format("{}{}: {}", i ? ", " : "", exact_text(table_->weights[i]),
                        table_->parts[i].text());
  return "mixture(" + list + ")";
}

bool operator==(const Distribution& a, const Distribution& b) {
  if (a.kind_ != b.kind_ || a.constant_ns_ != b.constant_ns_ || a.scale_ns_ != b.scale_ns_ ||
      a.first_ != b.first_ || a.second_ != b.second_ || a.mean_s_ != b.mean_s_)
    return false;
  return a.table_ == b.table_ || (a.table_ && b.table_ && *a.table_ == *b.table_);
}

}  // namespace faultline
