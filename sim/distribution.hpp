#pragma once
// A distribution of durations: what a scenario writes as "5ms", "exp(8ms)" or
// "lognormal(3ms, cv=0.5)". Samples are whole nanoseconds, never negative, at most 285 years. Means
// are seconds and are those of the samples; cv is the coefficient of variation, σ/mean.
//
// The same draws give the same sample on every machine: uniform, exponential and normal variates
// come from Boost.Random (stateless ziggurats), the rest is built on them with portable math. A
// value holds no state between draws; copying it is cheap (tables are shared).

#include <boost/random/exponential_distribution.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/random.hpp"
#include "sim/time.hpp"

namespace faultline {

class Distribution {
 public:
  Distribution() = default;  // always 0s

  // The parameters must be valid as said here; the scenario's parser judges what users write.
  static Distribution constant(Duration value);              // value ≥ 0
  static Distribution exponential(double mean_s);            // mean > 0 from here on
  static Distribution uniform(Duration low, Duration high);  // 0 ≤ low ≤ high
  static Distribution normal(double mean_s, double cv);      // redrawn below 0; 0 ≤ cv ≤ 0.99
  static Distribution lognormal(double mean_s, double cv);   // cv ≥ 0
  static Distribution gamma(double mean_s, double cv);       // cv ≥ 0
  static Distribution erlang(double mean_s, int k);          // k ≥ 1
  static Distribution weibull(double mean_s, double shape);  // shape > 0
  static Distribution pareto(double mean_s, double alpha);   // alpha > 1
  static Distribution bounded_pareto(double mean_s, double alpha,
                                     double ratio);        // alpha > 0, max/min = ratio > 1
  static Distribution hyperexp(double mean_s, double cv);  // two phases, balanced means; cv ≥ 1
  static Distribution mixture(std::vector<std::pair<double, Distribution>> parts);  // weights > 0
  static Distribution empirical(std::vector<Duration> values, std::string file = {});  // not empty

  Duration sample(Draws& draws) const {
    if (kind_ == Kind::exponential)
      return rounded(scale_ns_ * boost::random::exponential_distribution<double>()(draws));
    if (kind_ == Kind::constant) return {constant_ns_};
    return sample_other(draws);
  }

  double mean() const { return mean_s_; }  // seconds
  double variance() const {
    return variance_s2_;
  }  // seconds²; infinite for a Pareto with alpha ≤ 2
  bool is_constant() const { return kind_ == Kind::constant; }
  bool is_constant_zero() const { return kind_ == Kind::constant && constant_ns_ == 0; }

  // As a scenario file would write it; parsing it gives an equal distribution.
  std::string text() const;

  friend bool operator==(const Distribution& a, const Distribution& b);

 private:
  enum class Kind : std::uint8_t {
    constant,
    exponential,
    uniform,
    normal,
    lognormal,
    gamma,
    erlang,
    weibull,
    pareto,
    bounded_pareto,
    hyperexp,
    mixture,
    empirical
  };
  struct Table;

  Distribution(Kind kind, double mean_s, double variance_s2)
      : kind_(kind), mean_s_(mean_s), variance_s2_(variance_s2) {}

  static Duration rounded(double ns) {
    if (ns >= 9e18) [[unlikely]]
      return {std::int64_t{9'000'000'000'000'000'000}};
    return {static_cast<std::int64_t>(ns + 0.5)};
  }

  Duration sample_other(Draws& draws) const;
  double sample_gamma(Draws& draws) const;
  double sample_normal(Draws& draws) const;

  Kind kind_ = Kind::constant;
  std::int64_t constant_ns_ = 0;
  double scale_ns_ = 0;            // multiplies a variate of the standard form
  double shape_ = 0;               // of the standard form; its meaning depends on the kind
  double spare_ = 0;               // a second number of the kind's own
  double first_ = 0, second_ = 0;  // what stands after the mean in the notation
  double mean_s_ = 0, variance_s2_ = 0;
  std::shared_ptr<const Table> table_;  // mixture and empirical
};

}  // namespace faultline
