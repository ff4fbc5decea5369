#pragma once
// What retries cost and what they buy while failures do not depend on load: amplification, budgets,
// backoff. "Attempts" include the first. Sources: Brooker, "Fixing retries with token buckets and
// circuit breakers" (2022); Beyer et al., "Site Reliability Engineering" (2016), ch. 22; gRPC A6;
// Brooker, "Exponential Backoff and Jitter" (AWS, 2015).

namespace faultline::theory {

// Attempts per request when each fails with `failure_probability` on its own.
double mean_attempts(double failure_probability, int max_attempts);
double request_failure(double failure_probability, int max_attempts);

// Attempts that reach the leaf when `layers` layers retry, and only the leaf fails.
double leaf_attempts(double failure_probability, int max_attempts_per_layer, int layers);

// The same when every hop may fail before it calls downstream, the leaf too.
struct LayeredCall {
  double leaf_attempts, failure;
};
LayeredCall layered_call(double hop_failure_probability, int max_attempts_per_layer, int layers);

// Unlimited retries of one request, but at most `ratio` retries per request on average.
double budgeted_attempts(double failure_probability, double ratio);
double budgeted_success(double failure_probability, double ratio);

// Finagle and Linkerd: retries per time unit are at most percent * requests + a floor.
double retry_rate_within_budget(double request_rate, double failure_probability, double percent,
                                double floor_rate);

// gRPC retry throttling: the failure probability above which the tokens drift down.
double critical_failure_share(double token_ratio, double failure_cost);

// Exponential backoff: the delay before retry i = 0.. is min(cap, base * 2^i), times jitter.
struct Backoff {
  double base, cap;
  int retries;
};
double total_delay(const Backoff&);                     // without jitter
double mean_total_full_jitter(const Backoff&);          // uniform on (0, delay)
double mean_total_equal_jitter(const Backoff&);         // half fixed, half uniform
double mean_total_decorrelated_jitter(const Backoff&);  // min(cap, uniform on (base, 3 * previous))

}  // namespace faultline::theory
