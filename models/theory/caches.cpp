#include "models/theory/caches.hpp"

#include <boost/math/constants/constants.hpp>
#include <cmath>
#include <cstddef>

#include "models/theory/numeric.hpp"

namespace faultline::theory {
namespace {

// Walks all ordered cache contents (most recent first). An ordering has the probability of drawing
// its keys one after the other without replacement.
class LruWalk {
 public:
  LruWalk(const std::vector<double>& popularity, int capacity)
      : popularity_(popularity), capacity_(capacity), cached_(popularity.size(), false) {}

  double hit_ratio(int depth = 0, double probability = 1.0, double held = 0.0) {
    if (depth == capacity_) return probability * held;
    double sum = 0.0;
    for (std::size_t key = 0; key < popularity_.size(); ++key) {
      if (cached_[key]) continue;
      cached_[key] = true;
      sum += hit_ratio(depth + 1, probability * popularity_[key] / (1.0 - held),
                       held + popularity_[key]);
      cached_[key] = false;
    }
    return sum;
  }

 private:
  const std::vector<double>& popularity_;
  int capacity_;
  std::vector<bool> cached_;
};

// Sum over all sets of `size` keys of the product of their popularities, for size 0..capacity,
// leaving out one key (or none, when `without` is past the end).
std::vector<double> set_weights(const std::vector<double>& popularity, int capacity,
                                std::size_t without) {
  std::vector<double> weights(static_cast<std::size_t>(capacity) + 1, 0.0);
  weights[0] = 1.0;
  for (std::size_t key = 0; key < popularity.size(); ++key) {
    if (key == without) continue;
    for (std::size_t size = weights.size() - 1; size > 0; --size)
      weights[size] += popularity[key] * weights[size - 1];
  }
  return weights;
}

}  // namespace

double ttl_hit_ratio(double request_rate, double lifetime, bool renewed_on_hit) {
  const double expected = request_rate * lifetime;
  return renewed_on_hit ? -std::expm1(-expected) : expected / (1.0 + expected);
}

std::vector<double> zipf(int items, double exponent) {
  std::vector<double> popularity;
  double total = 0.0;
  for (int rank = 1; rank <= items; ++rank) {
    popularity.push_back(std::pow(rank, -exponent));
    total += popularity.back();
  }
  for (double& share : popularity) share /= total;
  return popularity;
}

std::optional<double> lru_hit_ratio(const std::vector<double>& popularity, int capacity) {
  const int items = static_cast<int>(popularity.size());
  if (capacity < 1) return 0.0;
  if (capacity >= items) return 1.0;
  double contents = 1.0;
  for (int k = 0; k < capacity; ++k) contents *= items - k;
  if (contents > 2e7) return std::nullopt;
  return LruWalk(popularity, capacity).hit_ratio();
}

double fifo_hit_ratio(const std::vector<double>& popularity, int capacity) {
  if (capacity < 1) return 0.0;
  if (capacity >= static_cast<int>(popularity.size())) return 1.0;
  const double all = set_weights(popularity, capacity, popularity.size()).back();
  double hits = 0.0;
  for (std::size_t key = 0; key < popularity.size(); ++key) {
    const double holding = popularity[key] * set_weights(popularity, capacity - 1, key).back();
    hits += popularity[key] * holding / all;
  }
  return hits;
}

double lru_hit_ratio_approximate(const std::vector<double>& popularity, int capacity) {
  if (capacity < 1) return 0.0;
  if (capacity >= static_cast<int>(popularity.size())) return 1.0;
  // The characteristic time: how long a key survives without being asked for.
  const auto surplus = [&](double time) {
    double held = 0.0;
    for (double share : popularity) held -= std::expm1(-share * time);
    return held - capacity;
  };
  double high = capacity;
  while (surplus(high) < 0.0) high *= 2.0;
  const double time = root_between(surplus, 0.0, high);
  double hits = 0.0;
  for (double share : popularity) hits -= share * std::expm1(-share * time);
  return hits;
}

double stampede_fills(double request_rate, double fill_time) {
  return 1.0 + coalesced_requests(request_rate, fill_time);
}

double coalesced_requests(double request_rate, double fill_time) {
  return request_rate * fill_time;
}

double early_refresh_fills(double beta) {
  return std::exp(1.0 / beta);
}

double mean_earliness(double request_rate, double fill_time, double beta) {
  // The latest of many exponential head starts is Gumbel distributed.
  const double scale = beta * fill_time;
  return scale * (std::log(request_rate * scale) + boost::math::constants::euler<double>());
}

}  // namespace faultline::theory
