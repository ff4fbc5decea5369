#pragma once
// Arithmetic of running a service: error budgets and burn-rate alerts, autoscaling, redundancy,
// failure detection, canaries. Units are in the names. Sources: Beyer et al., "The Site Reliability
// Workbook" (2018), ch. 5; the Kubernetes Horizontal Pod Autoscaler documentation; Fleiss,
// "Statistical Methods for Rates and Proportions" (1981), for the canary's sample size.

namespace faultline::theory {

// An objective: the good share promised over a period.
struct Objective {
  double target;  // e.g. 0.999
  double period_days;
};
double budget_minutes(const Objective&);  // of complete outage
double budget_exhaustion_hours(const Objective&, double error_ratio);
double budget_share_spent(const Objective&, double traffic_share, double error_ratio,
                          double duration_s);

// Fires when the error ratio over a long and a short window both exceed threshold * (1 - target).
struct BurnAlert {
  Objective objective;
  double long_window_s, short_window_s, threshold;
};
// From the start of a constant error ratio after clean traffic; infinite when it never fires.
double detection_time_s(const BurnAlert&, double error_ratio);
double budget_consumed_at_detection(const BurnAlert&);
// From the end of the errors until the short window is quiet again.
double short_window_reset_time_s(const BurnAlert&, double error_ratio);

// Replicas wanted by the Kubernetes formula, before stabilization windows and rate policies.
double desired_replicas(double current, double metric, double target, double tolerance);

// P(at least `needed` of `nodes` are up); one repair crew per node, or a single one for all.
struct NodeGroup {
  int nodes, needed;
  double mean_time_to_failure, mean_time_to_repair;
};
double availability(const NodeGroup&, bool single_repair);

// A heartbeat every `interval`, suspected `timeout` after the last: mean delay after a crash.
double heartbeat_detection_delay(double interval, double timeout, double network_delay);
// Probes on a fixed grid; ejected when `threshold` in a row have timed out (timeout < interval).
double health_check_detection_delay(double interval, int threshold, double probe_timeout);

// Requests in each arm so that a one-sided two-proportion test at level `alpha` sees the difference
// with probability `power` (normal approximation).
double canary_requests_per_arm(double control_errors, double canary_errors, double alpha,
                               double power);

}  // namespace faultline::theory
