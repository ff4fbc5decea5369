#include "models/theory/impatience.hpp"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <vector>

#include "models/theory/birth_death.hpp"
#include "models/theory/numeric.hpp"

namespace faultline::theory {
namespace {

std::vector<double> distribution(const ErlangA& queue) {
  const Station& station = queue.station;
  return stationary_unbounded([&](int) { return station.arrival_rate; },
                              [&](int n) {
                                return std::min(n, station.servers) * station.service_rate +
                                       std::max(0, n - station.servers) / queue.mean_patience;
                              });
}

// The wait a patient arrival would be offered, M/M/c+D. Its density at w is
// rate * P(c-1 busy) * exp(rate * min(w, timeout) - c * mu * w); the atom at 0 is P(a server idle).
struct OfferedWait {
  double served_mass;    // P(offered wait within (0, timeout])
  double served_moment;  // integral of w over that part
  double late_mass;      // P(offered wait > timeout)
  double idle_mass;
};

OfferedWait offered_wait(const QueueTimeout& queue) {
  const Station& station = queue.station;
  const double rate = station.arrival_rate;
  const double capacity = station.servers * station.service_rate;
  const double timeout = queue.timeout;
  double idle = 0.0;
  double state = 1.0;  // weight of n busy servers, up to c-1
  for (int n = 0; n < station.servers; ++n) {
    if (n > 0) state *= rate / (n * station.service_rate);
    idle += state;
  }
  const double slope = rate - capacity;
  const double flat = std::abs(slope * timeout) < 1e-6 ? timeout * (1.0 + 0.5 * slope * timeout)
                                                       : std::expm1(slope * timeout) / slope;
  const double moment = std::abs(slope * timeout) < 1e-6
                            ? timeout * timeout * (0.5 + slope * timeout / 3.0)
                            : (timeout * std::exp(slope * timeout) - flat) / slope;
  const double late = std::exp(slope * timeout) / capacity;
  const double total = idle + rate * state * (flat + late);
  return {rate * state * flat / total, rate * state * moment / total, rate * state * late / total,
          idle / total};
}

// Density of the M/M/1 busy period (Takacs). The exponential is kept out of the Bessel function,
// which would overflow for long times.
double busy_period_density(double arrival_rate, double service_rate, double time) {
  const double root = std::sqrt(arrival_rate * service_rate);
  const double argument = 2.0 * time * root;
  if (argument < 1e-8) return service_rate;
  const double gap = std::sqrt(service_rate) - std::sqrt(arrival_rate);
  double scaled;  // I_1(argument) * exp(-argument)
  if (argument < 600.0) {
    scaled = boost::math::cyl_bessel_i(1, argument) * std::exp(-argument);
  } else {
    scaled = (1.0 - 3.0 / (8.0 * argument) - 15.0 / (128.0 * argument * argument)) /
             std::sqrt(boost::math::constants::two_pi<double>() * argument);
  }
  return std::sqrt(service_rate / arrival_rate) / time * scaled * std::exp(-gap * gap * time);
}

}  // namespace

double probability_abandon(const ErlangA& queue) {
  return mean_wait_all(queue) / queue.mean_patience;
}

double mean_wait_all(const ErlangA& queue) {
  return mean_excess(distribution(queue), queue.station.servers) / queue.station.arrival_rate;
}

double probability_wait(const ErlangA& queue) {
  return tail_mass(distribution(queue), queue.station.servers);
}

double probability_timeout(const QueueTimeout& queue) {
  return offered_wait(queue).late_mass;
}

double mean_wait_of_served(const QueueTimeout& queue) {
  const OfferedWait offered = offered_wait(queue);
  return offered.served_moment / (offered.served_mass + offered.idle_mass);
}

double throughput(const QueueTimeout& queue) {
  return queue.station.arrival_rate * (1.0 - probability_timeout(queue));
}

double fifo_goodput(const Station& station, double client_timeout) {
  return station.arrival_rate * (1.0 - sojourn_tail(station, client_timeout));
}

double lifo_goodput_share(double arrival_rate, double service_rate, double client_timeout) {
  const double at_once = -std::expm1(-service_rate * client_timeout);
  const double behind = integral(
      [&](double wait) {
        return busy_period_density(arrival_rate, service_rate, wait) *
               -std::expm1(-service_rate * (client_timeout - wait));
      },
      0.0, client_timeout);
  const double busy = std::min(1.0, arrival_rate / service_rate);
  return (1.0 - busy) * at_once + busy * behind;
}

}  // namespace faultline::theory
