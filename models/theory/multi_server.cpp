#include "models/theory/multi_server.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "models/theory/birth_death.hpp"
#include "models/theory/numeric.hpp"

namespace faultline::theory {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

double spare_rate(const Station& station) {
  return station.servers * station.service_rate - station.arrival_rate;
}

double offered_load(const Station& station) {
  return station.arrival_rate / station.service_rate;
}

std::vector<double> distribution(const BoundedStation& bounded) {
  const Station& station = bounded.station;
  std::vector<double> births, deaths;
  for (int n = 0; n < bounded.places; ++n) {
    births.push_back(station.arrival_rate);
    deaths.push_back(std::min(n + 1, station.servers) * station.service_rate);
  }
  return stationary(births, deaths);
}

// Distribution of the number of users at the station.
std::vector<double> distribution(const FinitePopulation& closed) {
  std::vector<double> births, deaths;
  for (int n = 0; n < closed.users; ++n) {
    births.push_back((closed.users - n) / closed.mean_think);
    deaths.push_back(std::min(n + 1, closed.servers) * closed.service_rate);
  }
  return stationary(births, deaths);
}

}  // namespace

double erlang_b(int servers, double offered_load) {
  // The recursion in the number of servers never leaves [0, 1], unlike the factorials it replaces.
  double blocked = 1.0;
  for (int n = 1; n <= servers; ++n)
    blocked = offered_load * blocked / (n + offered_load * blocked);
  return blocked;
}

double erlang_c(int servers, double offered_load) {
  if (offered_load >= servers) return 1.0;
  const double blocked = erlang_b(servers, offered_load);
  return blocked / (1.0 - offered_load / servers * (1.0 - blocked));
}

double mean_wait(const Station& station) {
  if (!station.stable()) return infinite;
  return erlang_c(station.servers, offered_load(station)) / spare_rate(station);
}

double mean_sojourn(const Station& station) {
  return mean_wait(station) + 1.0 / station.service_rate;
}

double mean_in_system(const Station& station) {
  return station.arrival_rate * mean_sojourn(station);
}

double mean_queue_length(const Station& station) {
  return station.arrival_rate * mean_wait(station);
}

double wait_quantile(const Station& station, double probability) {
  if (!station.stable()) return infinite;
  const double waits = erlang_c(station.servers, offered_load(station));
  return std::max(0.0, std::log(waits / (1.0 - probability)) / spare_rate(station));
}

double sojourn_tail(const Station& station, double time) {
  if (!station.stable()) return 1.0;
  const double waits = erlang_c(station.servers, offered_load(station));
  const double mu = station.service_rate;
  // Wait (exponential at the spare rate, if any) plus service; written with expm1 so that the two
  // rates may be equal or nearly so.
  const double gap = spare_rate(station) - mu;
  const double extra =
      std::abs(gap * time) < 1e-12 ? mu * time : -mu * std::expm1(-gap * time) / gap;
  return std::exp(-mu * time) * (1.0 + waits * extra);
}

double sojourn_quantile(const Station& station, double probability) {
  if (!station.stable()) return infinite;
  return quantile_of_tail([&](double t) { return sojourn_tail(station, t); }, probability,
                          mean_sojourn(station));
}

double probability_at_least(const Station& station, int in_system) {
  if (!station.stable()) return 1.0;
  if (in_system <= 0) return 1.0;
  if (in_system >= station.servers) {
    return erlang_c(station.servers, offered_load(station)) *
           std::pow(station.utilization(), in_system - station.servers);
  }
  const auto distribution = stationary_unbounded(
      [&](int) { return station.arrival_rate; },
      [&](int n) { return std::min(n, station.servers) * station.service_rate; });
  return tail_mass(distribution, in_system);
}

double mean_busy_period(double arrival_rate, double mean_service) {
  const double utilization = arrival_rate * mean_service;
  return utilization < 1.0 ? mean_service / (1.0 - utilization) : infinite;
}

double probability_blocked(const BoundedStation& bounded) {
  return distribution(bounded).back();
}

double throughput(const BoundedStation& bounded) {
  return bounded.station.arrival_rate * (1.0 - probability_blocked(bounded));
}

double mean_sojourn_accepted(const BoundedStation& bounded) {
  return mean_state(distribution(bounded)) / throughput(bounded);
}

double throughput(const FinitePopulation& closed) {
  const double at_station = mean_state(distribution(closed));
  return (closed.users - at_station) / closed.mean_think;
}

double mean_sojourn(const FinitePopulation& closed) {
  return mean_state(distribution(closed)) / throughput(closed);
}

double sojourn_quantile(const FinitePopulation& closed, double probability) {
  if (closed.servers != 1) return std::numeric_limits<double>::quiet_NaN();
  FinitePopulation others = closed;
  others.users -= 1;
  const std::vector<double> seen =
      others.users > 0 ? distribution(others) : std::vector<double>{1.0};
  // Behind n others the sojourn is the sum of n+1 services.
  const auto tail = [&](double time) {
    double mass = 0.0;
    for (std::size_t n = 0; n < seen.size(); ++n)
      mass +=
          seen[n] * boost::math::gamma_q(static_cast<double>(n + 1), closed.service_rate * time);
    return mass;
  };
  return quantile_of_tail(tail, probability, 1.0 / closed.service_rate);
}

double probability_in_flight_above(double mean_in_flight, int threshold) {
  // P(Poisson(a) > k) is the regularized incomplete gamma function P(k+1, a).
  return boost::math::gamma_p(threshold + 1.0, mean_in_flight);
}

}  // namespace faultline::theory
