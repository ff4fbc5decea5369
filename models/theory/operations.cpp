#include "models/theory/operations.hpp"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "models/theory/birth_death.hpp"

namespace faultline::theory {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double day_s = 86400.0;

double normal_quantile(double probability) {
  return -boost::math::constants::root_two<double>() * boost::math::erfc_inv(2.0 * probability);
}

double alert_ratio(const BurnAlert& alert) {
  return alert.threshold * (1.0 - alert.objective.target);
}

}  // namespace

double budget_minutes(const Objective& objective) {
  return (1.0 - objective.target) * objective.period_days * 1440.0;
}

double budget_exhaustion_hours(const Objective& objective, double error_ratio) {
  return objective.period_days * 24.0 * (1.0 - objective.target) / error_ratio;
}

double budget_share_spent(const Objective& objective, double traffic_share, double error_ratio,
                          double duration_s) {
  return traffic_share * error_ratio * duration_s /
         ((1.0 - objective.target) * objective.period_days * day_s);
}

double detection_time_s(const BurnAlert& alert, double error_ratio) {
  // The errors must fill the required share of each window; the longer window decides.
  if (error_ratio <= alert_ratio(alert)) return infinite;
  return std::max(alert.long_window_s, alert.short_window_s) * alert_ratio(alert) / error_ratio;
}

double budget_consumed_at_detection(const BurnAlert& alert) {
  return alert.threshold * alert.long_window_s / (alert.objective.period_days * day_s);
}

double short_window_reset_time_s(const BurnAlert& alert, double error_ratio) {
  return std::max(0.0, alert.short_window_s * (1.0 - alert_ratio(alert) / error_ratio));
}

double desired_replicas(double current, double metric, double target, double tolerance) {
  const double ratio = metric / target;
  // The controller compares in floating point; the slack keeps 1.1 within a tolerance of 0.1.
  if (std::abs(ratio - 1.0) <= tolerance + 1e-12) return current;
  return std::ceil(current * ratio - 1e-9);
}

double availability(const NodeGroup& group, bool single_repair) {
  const double up =
      group.mean_time_to_failure / (group.mean_time_to_failure + group.mean_time_to_repair);
  if (!single_repair) {
    // P(Binomial(n, up) >= k) as an incomplete beta function.
    return boost::math::ibeta(static_cast<double>(group.needed), group.nodes - group.needed + 1.0,
                              up);
  }
  std::vector<double> failures, repairs;  // state: nodes down
  for (int down = 0; down < group.nodes; ++down) {
    failures.push_back((group.nodes - down) / group.mean_time_to_failure);
    repairs.push_back(1.0 / group.mean_time_to_repair);
  }
  return 1.0 - tail_mass(stationary(failures, repairs), group.nodes - group.needed + 1);
}

double heartbeat_detection_delay(double interval, double timeout, double network_delay) {
  // The crash falls anywhere between two beats; the clock started at the last arrival.
  return timeout + network_delay - 0.5 * interval;
}

double health_check_detection_delay(double interval, int threshold, double probe_timeout) {
  return 0.5 * interval + (threshold - 1) * interval + probe_timeout;
}

double canary_requests_per_arm(double control_errors, double canary_errors, double alpha,
                               double power) {
  const double pooled = 0.5 * (control_errors + canary_errors);
  const double under_null = std::sqrt(2.0 * pooled * (1.0 - pooled));
  const double under_change =
      std::sqrt(control_errors * (1.0 - control_errors) + canary_errors * (1.0 - canary_errors));
  const double sum =
      normal_quantile(1.0 - alpha) * under_null + normal_quantile(power) * under_change;
  const double gap = canary_errors - control_errors;
  return sum * sum / (gap * gap);
}

}  // namespace faultline::theory
