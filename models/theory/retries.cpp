#include "models/theory/retries.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace faultline::theory {

double mean_attempts(double failure_probability, int max_attempts) {
  double attempts = 0.0;
  double reached = 1.0;
  for (int i = 0; i < max_attempts; ++i) {
    attempts += reached;
    reached *= failure_probability;
  }
  return attempts;
}

double request_failure(double failure_probability, int max_attempts) {
  return std::pow(failure_probability, max_attempts);
}

double leaf_attempts(double failure_probability, int max_attempts_per_layer, int layers) {
  // The layers together try r^L times in sequence until one succeeds: the product telescopes.
  const double most = std::pow(max_attempts_per_layer, layers);
  if (failure_probability >= 1.0) return most;
  return (1.0 - std::pow(failure_probability, most)) / (1.0 - failure_probability);
}

LayeredCall layered_call(double hop_failure_probability, int max_attempts_per_layer, int layers) {
  LayeredCall call{1.0, hop_failure_probability};  // one attempt at the leaf
  for (int layer = 0; layer < layers; ++layer) {
    // This layer retries the call below, and is itself reached only if its own hop works.
    const double reached = 1.0 - hop_failure_probability;
    const double tries = mean_attempts(call.failure, max_attempts_per_layer);
    const double fails = request_failure(call.failure, max_attempts_per_layer);
    call = {reached * tries * call.leaf_attempts, hop_failure_probability + reached * fails};
  }
  return call;
}

double budgeted_attempts(double failure_probability, double ratio) {
  if (failure_probability >= 1.0) return 1.0 + ratio;
  return 1.0 + std::min(failure_probability / (1.0 - failure_probability), ratio);
}

double budgeted_success(double failure_probability, double ratio) {
  return budgeted_attempts(failure_probability, ratio) * (1.0 - failure_probability);
}

double retry_rate_within_budget(double request_rate, double failure_probability, double percent,
                                double floor_rate) {
  const double budget = percent * request_rate + floor_rate;
  if (failure_probability >= 1.0) return budget;
  return std::min(request_rate * failure_probability / (1.0 - failure_probability), budget);
}

double critical_failure_share(double token_ratio, double failure_cost) {
  return token_ratio / (token_ratio + failure_cost);
}

double total_delay(const Backoff& backoff) {
  double total = 0.0;
  for (int i = 0; i < backoff.retries; ++i)
    total += std::min(backoff.cap, std::ldexp(backoff.base, i));
  return total;
}

double mean_total_full_jitter(const Backoff& backoff) {
  return 0.5 * total_delay(backoff);
}

double mean_total_equal_jitter(const Backoff& backoff) {
  return 0.75 * total_delay(backoff);
}

double mean_total_decorrelated_jitter(const Backoff& backoff) {
  // The expected rest of the total, given the previous delay, goes backwards over the retries. It
  // is kept on a grid of previous delays; the error is of the order of the square of the step.
  constexpr std::size_t points = 40001;
  const double step = (backoff.cap - backoff.base) / static_cast<double>(points - 1);
  const auto delay_at = [&](std::size_t n) { return backoff.base + step * static_cast<double>(n); };
  std::vector<double> rest(points, 0.0);
  for (int left = 0; left < backoff.retries; ++left) {
    std::vector<double> area(points, 0.0);  // integral of (delay + rest after it) from base
    for (std::size_t n = 1; n < points; ++n)
      area[n] = area[n - 1] + 0.5 * step * (delay_at(n - 1) + rest[n - 1] + delay_at(n) + rest[n]);
    const double at_cap = backoff.cap + rest.back();
    std::vector<double> longer(points);
    for (std::size_t n = 0; n < points; ++n) {
      const double high = 3.0 * delay_at(n);
      double sum;
      if (high >= backoff.cap) {
        sum = area.back() + (high - backoff.cap) * at_cap;
      } else {
        const double place = (high - backoff.base) / step;
        const auto below = std::min(static_cast<std::size_t>(place), points - 2);
        const double part = place - static_cast<double>(below);
        sum = area[below] + part * (area[below + 1] - area[below]);
      }
      longer[n] = sum / (high - backoff.base);
    }
    rest = longer;
  }
  return rest.front();  // the first delay is drawn as if the previous one had been `base`
}

}  // namespace faultline::theory
