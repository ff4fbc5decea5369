#include "models/system/balancing_rules.hpp"

#include <algorithm>
#include <numeric>

#include "sim/portable_math.hpp"

namespace faultline {
namespace {

constexpr double kOverprovisioning = 1.4;

// For a heap whose front is the earliest.
constexpr auto kLater = [](const auto& a, const auto& b) {
  return a.deadline > b.deadline || (a.deadline == b.deadline && a.order > b.order);
};

}  // namespace

DeadlineSchedule::DeadlineSchedule(std::span<const double> weights) {
  for (std::size_t i = 0; i < weights.size(); ++i) push(i, weights[i]);
}

void DeadlineSchedule::push(std::size_t who, double weight) {
  heap_.push_back({now_ + 1 / weight, added_++, who});
  std::push_heap(heap_.begin(), heap_.end(), kLater);
}

DeadlineSchedule::Entry DeadlineSchedule::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), kLater);
  const Entry first = heap_.back();
  heap_.pop_back();
  return first;
}

std::size_t least_request(std::span<const std::uint32_t> drawn,
                          std::span<const std::uint32_t> active) {
  std::size_t best = drawn[0];
  for (const std::uint32_t next : drawn.subspan(1)) {
    if (active[next] < active[best]) best = next;
  }
  return best;
}

double least_request_weight(double weight, std::uint32_t active, double bias) {
  if (bias == 0) return weight;
  const double load = active + 1.0;
  return weight / (bias == 1 ? load : portable::pow(load, bias));
}

double slow_start_weight(double weight, Duration since_ready, const SlowStart& rule) {
  if (since_ready >= rule.window) return weight;
  const double along = since_ready.seconds() / rule.window.seconds();
  const double factor = rule.aggression == 1 ? along : portable::pow(along, 1 / rule.aggression);
  return weight * std::max(rule.min_weight, along > 0 ? factor : 0);
}

void PeakEwma::observe(Instant now, Duration took, Duration decay) {
  const auto rtt = static_cast<double>(took.ns);
  if (rtt > estimate_) {
    estimate_ = rtt;
  } else {
    const double old = portable::exp(-(now - last_).seconds() / decay.seconds());
    estimate_ = estimate_ * old + rtt * (1 - old);
  }
  last_ = now;
}

PriorityLoad priority_load(double first_healthy, double second_healthy, double panic_threshold) {
  const double first = std::min(1.0, kOverprovisioning * first_healthy);
  const double second = std::min(1.0, kOverprovisioning * second_healthy);
  PriorityLoad load;
  load.total_health = std::min(1.0, first + second);
  if (load.total_health == 0) {  // nobody is healthy: the first level takes it all
    load.first_panics = load.second_panics = panic_threshold > 0;
    return load;
  }
  load.first = std::min(1.0, first / load.total_health);
  if (load.total_health < 1) {
    load.first_panics = first_healthy < panic_threshold;
    load.second_panics = second_healthy < panic_threshold;
  }
  return load;
}

ZoneSplit zone_split(std::span<const std::uint32_t> hosts, std::span<const std::uint32_t> callers,
                     std::size_t zone) {
  const auto share = [](std::span<const std::uint32_t> of, std::size_t i) {
    const auto all = std::accumulate(of.begin(), of.end(), std::uint64_t{0});
    return all > 0 ? static_cast<double>(of[i]) / static_cast<double>(all) : 0;
  };
  ZoneSplit split;
  for (std::size_t z = 0; z < hosts.size(); ++z)
    split.residual.push_back(std::max(0.0, share(hosts, z) - share(callers, z)));
  const double here = share(hosts, zone), ours = share(callers, zone);
  split.local = here >= ours ? 1 : here / ours;
  return split;
}

}  // namespace faultline
