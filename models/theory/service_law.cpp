#include "models/theory/service_law.hpp"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>

#include "models/theory/numeric.hpp"

namespace faultline::theory {

double ServiceLaw::quantile(double probability) const {
  if (constant) return mean;
  return quantile_of_tail(tail, probability, mean);
}

ServiceLaw exponential_law(double mean) {
  return {mean, 2.0 * mean * mean, 6.0 * mean * mean * mean,
          [mean](double t) { return std::exp(-t / mean); }};
}

ServiceLaw constant_law(double value) {
  return {value,
          value * value,
          value * value * value,
          [value](double t) { return t < value ? 1.0 : 0.0; },
          value,
          true};
}

ServiceLaw uniform_law(double high) {
  return {high / 2.0, high * high / 3.0, high * high * high / 4.0,
          [high](double t) { return t < high ? 1.0 - t / high : 0.0; }, high};
}

ServiceLaw lognormal_law(double mean, double variation) {
  const double spread = std::log1p(variation * variation);  // variance of the logarithm
  const double centre = std::log(mean) - 0.5 * spread;
  const double growth = std::exp(spread);
  return {mean, mean * mean * growth, mean * mean * mean * growth * growth * growth, [=](double t) {
            if (t <= 0.0) return 1.0;
            return 0.5 * boost::math::erfc((std::log(t) - centre) / std::sqrt(2.0 * spread));
          }};
}

ServiceLaw hyperexponential_law(double mean, double squared_variation) {
  const double share =
      0.5 * (1.0 + std::sqrt((squared_variation - 1.0) / (squared_variation + 1.0)));
  return exponential_mixture_law(share, mean / (2.0 * share), mean / (2.0 * (1.0 - share)));
}

ServiceLaw weibull_law(double mean, double shape) {
  const double scale = mean / std::tgamma(1.0 + 1.0 / shape);
  return {mean, scale * scale * std::tgamma(1.0 + 2.0 / shape),
          scale * scale * scale * std::tgamma(1.0 + 3.0 / shape),
          [=](double t) { return std::exp(-std::pow(t / scale, shape)); }};
}

ServiceLaw bounded_pareto_law(double mean, double alpha, double range) {
  const double cut = std::pow(range, -alpha);
  // The k-th moment in units of the lower end.
  const auto moment = [&](double k) {
    const double rest =
        k == alpha ? std::log(range) : (std::pow(range, k - alpha) - 1.0) / (k - alpha);
    return alpha * rest / (1.0 - cut);
  };
  const double low = mean / moment(1.0);
  return {mean, low * low * moment(2.0), low * low * low * moment(3.0),
          [=](double t) {
            if (t <= low) return 1.0;
            if (t >= low * range) return 0.0;
            return (std::pow(low / t, alpha) - cut) / (1.0 - cut);
          },
          low};
}

ServiceLaw exponential_mixture_law(double share, double first_mean, double second_mean) {
  const double rest = 1.0 - share;
  return {share * first_mean + rest * second_mean,
          2.0 * (share * first_mean * first_mean + rest * second_mean * second_mean),
          6.0 * (share * std::pow(first_mean, 3) + rest * std::pow(second_mean, 3)), [=](double t) {
            return share * std::exp(-t / first_mean) + rest * std::exp(-t / second_mean);
          }};
}

}  // namespace faultline::theory
