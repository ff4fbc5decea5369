#pragma once
// A law of service (or response) times as the formulas see it: three moments and the tail.
// Times in one unit of the caller's choice. Shapes follow the usual parametrizations of
// Harchol-Balter, "Performance Modeling and Design of Computer Systems" (2013).

#include <functional>

namespace faultline::theory {

struct ServiceLaw {
  double mean = 1.0;
  double second_moment = 2.0;
  double third_moment = 6.0;
  std::function<double(double)> tail;  // P(S > t), t >= 0
  // A length of which every jump or kink of the tail is a multiple; 0 when the tail is smooth.
  double lattice = 0.0;
  bool constant = false;

  double squared_variation() const { return second_moment / (mean * mean) - 1.0; }
  double quantile(double probability) const;
};

ServiceLaw exponential_law(double mean);
ServiceLaw constant_law(double value);
ServiceLaw uniform_law(double high);                      // on [0, high]
ServiceLaw lognormal_law(double mean, double variation);  // variation = sd / mean
// Two exponential phases with balanced means (each carries half of the load); variation^2 > 1.
ServiceLaw hyperexponential_law(double mean, double squared_variation);
ServiceLaw weibull_law(double mean, double shape);
// Pareto with index `alpha` cut at low and high, where `range` = high / low.
ServiceLaw bounded_pareto_law(double mean, double alpha, double range);
// With probability `share` exponential of the first mean, else of the second.
ServiceLaw exponential_mixture_law(double share, double first_mean, double second_mean);

}  // namespace faultline::theory
