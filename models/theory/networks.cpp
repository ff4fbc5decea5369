#include "models/theory/networks.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

#include "models/theory/markov.hpp"
#include "models/theory/numeric.hpp"

namespace faultline::theory {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

// P(a sum of independent exponentials with these rates > time), by uniformization of its phases;
// equal rates need no special case.
double sum_tail(const std::vector<double>& rates, double time) {
  const double clock = *std::max_element(rates.begin(), rates.end());
  const double expected = clock * time;
  std::vector<double> phase(rates.size(), 0.0);
  phase[0] = 1.0;
  const int steps = static_cast<int>(expected + 12.0 * std::sqrt(expected) + 60.0);
  double tail = 0.0;
  for (int step = 0; step <= steps; ++step) {
    const double weight =
        expected > 0.0 ? std::exp(-expected + step * std::log(expected) - std::lgamma(step + 1.0))
                       : (step == 0 ? 1.0 : 0.0);
    tail += weight * std::accumulate(phase.begin(), phase.end(), 0.0);
    for (std::size_t i = phase.size(); i-- > 0;) {
      phase[i] *= 1.0 - rates[i] / clock;
      if (i > 0) phase[i] += phase[i - 1] * rates[i - 1] / clock;
    }
  }
  return tail;
}

struct MeanValues {
  double throughput, response;
};

// Mean value analysis: an arriving user sees the network with one user fewer.
MeanValues mean_values(const ClosedNetwork& network) {
  std::vector<double> queue(network.demands.size(), 0.0);
  MeanValues values{0.0, 0.0};
  for (int users = 1; users <= network.users; ++users) {
    values.response = 0.0;
    for (std::size_t i = 0; i < queue.size(); ++i)
      values.response += network.demands[i] * (1.0 + queue[i]);
    values.throughput = users / (network.mean_think + values.response);
    for (std::size_t i = 0; i < queue.size(); ++i)
      queue[i] = values.throughput * network.demands[i] * (1.0 + queue[i]);
  }
  return values;
}

double largest_demand(const ClosedNetwork& network) {
  return *std::max_element(network.demands.begin(), network.demands.end());
}

// Level: requests at the gateway. Phase: how many of the held threads wait for the backend.
Level gateway_level(const HeldThreads& gateway, int requests, bool same_phases_below) {
  const int held = std::min(requests, gateway.threads);
  const int above = std::min(requests + 1, gateway.threads);
  const int below = same_phases_below ? held : std::min(std::max(requests - 1, 0), gateway.threads);
  Level level;
  level.up = Eigen::MatrixXd::Zero(held + 1, above + 1);
  level.local = Eigen::MatrixXd::Zero(held + 1, held + 1);
  level.down = Eigen::MatrixXd::Zero(held + 1, below + 1);
  for (int blocked = 0; blocked <= held; ++blocked) {
    level.up(blocked, blocked) = gateway.arrival_rate;
    if (blocked < held) level.local(blocked, blocked + 1) = (held - blocked) * gateway.local_rate;
    if (blocked > 0) level.down(blocked, blocked - 1) = gateway.backend_rate;
  }
  return level;
}

}  // namespace

double mean_sojourn(const Tandem& tandem) {
  double total = 0.0;
  for (double rate : tandem.service_rates)
    total += mean_sojourn(Station{tandem.arrival_rate, rate});
  return total;
}

double sojourn_quantile(const Tandem& tandem, double probability) {
  const double mean = mean_sojourn(tandem);
  if (!std::isfinite(mean)) return infinite;
  // Sojourns of one request at successive FIFO single servers are independent (Reich).
  std::vector<double> spare;
  for (double rate : tandem.service_rates) spare.push_back(rate - tandem.arrival_rate);
  return quantile_of_tail([&](double t) { return sum_tail(spare, t); }, probability, mean);
}

std::vector<double> throughputs(const OpenNetwork& network) {
  const auto size = static_cast<Eigen::Index>(network.external.size());
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(size, size);
  Eigen::VectorXd external(size);
  for (Eigen::Index i = 0; i < size; ++i) {
    const auto from = static_cast<std::size_t>(i);
    external(i) = network.external[from];
    for (Eigen::Index j = 0; j < size; ++j)
      system(j, i) -= network.routing[from][static_cast<std::size_t>(j)];
  }
  const Eigen::VectorXd rates = system.partialPivLu().solve(external);
  return {rates.data(), rates.data() + size};
}

Station station_of(const OpenNetwork& network, int station) {
  const auto index = static_cast<std::size_t>(station);
  return {throughputs(network)[index], network.service_rates[index], network.servers[index]};
}

double mean_sojourn(const OpenNetwork& network) {
  double inside = 0.0;
  for (std::size_t i = 0; i < network.external.size(); ++i)
    inside += mean_in_system(station_of(network, static_cast<int>(i)));
  return inside / std::accumulate(network.external.begin(), network.external.end(), 0.0);
}

double throughput(const ClosedNetwork& network) {
  return mean_values(network).throughput;
}

double mean_response(const ClosedNetwork& network) {
  return mean_values(network).response;
}

double bottleneck_utilization(const ClosedNetwork& network) {
  return throughput(network) * largest_demand(network);
}

double saturation_population(const ClosedNetwork& network) {
  const double total = std::accumulate(network.demands.begin(), network.demands.end(), 0.0);
  return (network.mean_think + total) / largest_demand(network);
}

double saturation_throughput(const HeldThreads& gateway) {
  if (std::isinf(gateway.local_rate)) return gateway.backend_rate;
  // With work always waiting, the threads are a closed population whose "think" is local work.
  return throughput(
      FinitePopulation{gateway.threads, 1.0 / gateway.local_rate, gateway.backend_rate});
}

std::optional<HeldThreadsMeans> steady_means(const HeldThreads& gateway) {
  if (std::isinf(gateway.local_rate)) {
    // The gateway only splits the queue of one M/M/1 into a part before and a part behind it.
    const Station backend{gateway.arrival_rate, gateway.backend_rate};
    if (!backend.stable()) return std::nullopt;
    const double busy = std::pow(backend.utilization(), gateway.threads);
    const double wait = busy * mean_sojourn(backend);
    return HeldThreadsMeans{mean_sojourn(backend), wait, mean_sojourn(backend) - wait, busy};
  }
  if (gateway.threads < 1 || gateway.threads > 250) return std::nullopt;
  LevelChain chain;
  for (int requests = 0; requests <= gateway.threads; ++requests)
    chain.boundary.push_back(gateway_level(gateway, requests, false));
  chain.repeating = gateway_level(gateway, gateway.threads + 1, true);
  const auto solution = solve(chain);
  if (!solution) return std::nullopt;

  const auto blocked = [](const Eigen::RowVectorXd& by_phase) {
    double mean = 0.0;
    for (Eigen::Index phase = 1; phase < by_phase.size(); ++phase)
      mean += static_cast<double>(phase) * by_phase(phase);
    return mean;
  };
  double at_backend = blocked(solution->from_last);
  for (int n = 0; n < gateway.threads; ++n)
    at_backend += blocked(solution->boundary[static_cast<std::size_t>(n)]);
  const double rate = gateway.arrival_rate;
  return HeldThreadsMeans{solution->mean_level() / rate, solution->beyond_last.sum() / rate,
                          at_backend / rate, solution->from_last.sum()};
}

}  // namespace faultline::theory
