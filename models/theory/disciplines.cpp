#include "models/theory/disciplines.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

#include "models/theory/numeric.hpp"

namespace faultline::theory {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

// Load of the classes with a number up to `last`.
double load_up_to(const std::vector<PriorityClass>& classes, int last) {
  double load = 0.0;
  for (int i = 0; i < last; ++i) {
    const PriorityClass& each = classes[static_cast<std::size_t>(i)];
    load += each.arrival_rate * each.mean_service;
  }
  return load;
}

// Mean remaining service of the classes with a number up to `last`, seen by an arrival.
double residual_up_to(const std::vector<PriorityClass>& classes, int last) {
  double residual = 0.0;
  for (int i = 0; i < last; ++i) {
    const PriorityClass& each = classes[static_cast<std::size_t>(i)];
    residual += 0.5 * each.arrival_rate * each.second_moment;
  }
  return residual;
}

bool has_class(std::size_t count, int number) {
  return number >= 1 && static_cast<std::size_t>(number) <= count;
}

// Exponential service, time in units of the mean: the load of jobs shorter than x, per unit load.
double short_share(double x) {
  return -std::expm1(-x) - x * std::exp(-x);
}

}  // namespace

double first_come_wait_second_moment(const Station& station) {
  if (!station.stable() || station.servers != 1) return infinite;
  const double spare = station.service_rate - station.arrival_rate;
  return 2.0 * station.utilization() / (spare * spare);
}

double last_come_wait_second_moment(const Station& station) {
  return first_come_wait_second_moment(station) / (1.0 - station.utilization());
}

double random_order_wait_second_moment(const Station& station) {
  return first_come_wait_second_moment(station) / (1.0 - 0.5 * station.utilization());
}

double shortest_remaining_mean_sojourn(double arrival_rate, double service_rate) {
  const double load = arrival_rate / service_rate;
  if (load >= 1.0) return infinite;
  const double whole = integral(
      [&](double x) {
        const double spare = 1.0 - load * short_share(x);
        // E[S^2; S < x] + x^2 P(S > x), for the wait until service starts; then the time in
        // service, stretched by shorter newcomers, integrated over all jobs that live past x.
        const double square = 2.0 * short_share(x);  // the terms x^2 P(S > x) cancel here
        const double waits = 0.5 * load * square / (spare * spare);
        return std::exp(-x) * (waits + 1.0 / spare);
      },
      0.0, 60.0);
  return whole / service_rate;
}

double shortest_job_mean_wait(double arrival_rate, double service_rate) {
  const double load = arrival_rate / service_rate;
  if (load >= 1.0) return infinite;
  const double whole = integral(
      [&](double x) {
        const double spare = 1.0 - load * short_share(x);
        return std::exp(-x) * load / (spare * spare);
      },
      0.0, 60.0);
  return whole / service_rate;
}

double priority_mean_wait(const std::vector<PriorityClass>& classes, int class_number) {
  if (!has_class(classes.size(), class_number)) return undefined;
  const int count = static_cast<int>(classes.size());
  const double before = 1.0 - load_up_to(classes, class_number - 1);
  const double with = 1.0 - load_up_to(classes, class_number);
  if (with <= 0.0 || load_up_to(classes, count) >= 1.0) return infinite;
  return residual_up_to(classes, count) / (before * with);
}

double preemptive_mean_sojourn(const std::vector<PriorityClass>& classes, int class_number) {
  if (!has_class(classes.size(), class_number)) return undefined;
  const double before = 1.0 - load_up_to(classes, class_number - 1);
  const double with = 1.0 - load_up_to(classes, class_number);
  if (with <= 0.0) return infinite;
  const PriorityClass& own = classes[static_cast<std::size_t>(class_number - 1)];
  return own.mean_service / before + residual_up_to(classes, class_number) / (before * with);
}

double pooled_priority_mean_wait(const std::vector<double>& arrival_rates, double service_rate,
                                 int servers, int class_number) {
  if (!has_class(arrival_rates.size(), class_number)) return undefined;
  const double capacity = servers * service_rate;
  const double total = std::accumulate(arrival_rates.begin(), arrival_rates.end(), 0.0);
  if (total >= capacity) return infinite;
  const auto upto = [&](int last) {
    return std::accumulate(arrival_rates.begin(), arrival_rates.begin() + last, 0.0) / capacity;
  };
  // All servers busy: the next departure comes after one c-th of a service.
  const double residual = erlang_c(servers, total / service_rate) / capacity;
  return residual / ((1.0 - upto(class_number - 1)) * (1.0 - upto(class_number)));
}

}  // namespace faultline::theory
