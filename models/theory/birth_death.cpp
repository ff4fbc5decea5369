#include "models/theory/birth_death.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace faultline::theory {
namespace {

// Weights may span hundreds of orders of magnitude; they are rescaled before they overflow.
void append_weight(std::vector<double>& weights, double ratio) {
  weights.push_back(weights.back() * ratio);
  if (weights.back() > 1e250) {
    for (double& weight : weights) weight *= 1e-250;
  }
}

void normalize(std::vector<double>& weights) {
  // Summing from the light end keeps the last digits of a heavy head.
  std::vector<double> sorted = weights;
  std::sort(sorted.begin(), sorted.end());
  const double total = std::accumulate(sorted.begin(), sorted.end(), 0.0);
  for (double& weight : weights) weight /= total;
}

struct Rates {
  std::vector<double> births, deaths;
};

Rates rates_of(const DegradingServer& server) {
  Rates rates;
  for (int n = 0; n < server.room; ++n) {
    rates.births.push_back(server.arrival_rate);
    rates.deaths.push_back(n + 1 < server.slow_from ? server.fast_rate : server.slow_rate);
  }
  return rates;
}

}  // namespace

std::vector<double> stationary(const std::vector<double>& births,
                               const std::vector<double>& deaths) {
  std::vector<double> weights{1.0};
  for (std::size_t n = 0; n < births.size(); ++n) append_weight(weights, births[n] / deaths[n]);
  normalize(weights);
  return weights;
}

std::vector<double> stationary_unbounded(const std::function<double(int)>& birth,
                                         const std::function<double(int)>& death) {
  std::vector<double> weights{1.0};
  double heaviest = 1.0;
  for (int n = 0; n < 200000; ++n) {
    const double ratio = birth(n) / death(n + 1);
    append_weight(weights, ratio);
    if (!std::isfinite(weights.back())) break;  // a rate of zero: the sum below turns into NaN
    heaviest = std::max(heaviest, weights.back());
    // Bounding the rest by a geometric series is safe because the ratio does not grow again.
    if (ratio < 1.0 && weights.back() * ratio / (1.0 - ratio) < 1e-17 * heaviest) break;
  }
  normalize(weights);
  return weights;
}

double mean_passage(const std::vector<double>& births, const std::vector<double>& deaths, int from,
                    int to) {
  const auto at = [](const std::vector<double>& list, int index) {
    return list[static_cast<std::size_t>(index)];
  };
  double total = 0.0;
  double step = 0.0;
  if (from < to) {
    // One step up from n: either the birth comes first, or a death and two steps up.
    for (int n = 0; n < to; ++n) {
      step = (1.0 + (n > 0 ? at(deaths, n - 1) * step : 0.0)) / at(births, n);
      if (n >= from) total += step;
    }
  } else {
    for (int n = static_cast<int>(births.size()); n > to; --n) {
      const bool top = n == static_cast<int>(births.size());
      step = (1.0 + (top ? 0.0 : at(births, n) * step)) / at(deaths, n - 1);
      if (n <= from) total += step;
    }
  }
  return total;
}

double mean_state(const std::vector<double>& probability) {
  return mean_excess(probability, 0);
}

double mean_excess(const std::vector<double>& probability, int threshold) {
  double mean = 0.0;
  for (int n = static_cast<int>(probability.size()) - 1; n > threshold; --n)
    mean += (n - threshold) * probability[static_cast<std::size_t>(n)];
  return mean;
}

double tail_mass(const std::vector<double>& probability, int threshold) {
  double mass = 0.0;
  for (int n = static_cast<int>(probability.size()) - 1; n >= threshold; --n)
    mass += probability[static_cast<std::size_t>(n)];
  return mass;
}

double mean_escape_time(const DegradingServer& server, int from, int to) {
  const Rates rates = rates_of(server);
  return mean_passage(rates.births, rates.deaths, from, to);
}

double probability_slow(const DegradingServer& server) {
  const Rates rates = rates_of(server);
  return tail_mass(stationary(rates.births, rates.deaths), server.slow_from);
}

}  // namespace faultline::theory
