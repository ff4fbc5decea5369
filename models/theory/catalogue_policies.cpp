// Catalogue, part three: retries, guards and overload.
#include "models/theory/limiters.hpp"
#include "models/theory/multi_server.hpp"
#include "models/theory/overload.hpp"
#include "models/theory/question.hpp"
#include "models/theory/retrials.hpp"
#include "models/theory/retries.hpp"

namespace faultline::theory {
namespace {

Answer retrial(const Question& ask) {
  if (ask.whole("servers") != 1 || ask.whole("buffer") != 0) return std::nullopt;
  const Retrial queue{ask.number("lam"), ask.number("mu"), ask.number("retry_rate_each")};
  if (ask.asks("mean_orbit")) return mean_orbit(queue);
  if (ask.asks("mean_time_in_orbit")) return mean_time_in_orbit(queue);
  if (ask.asks("mean_retries_per_request")) return mean_retries_per_request(queue);
  if (ask.asks("P_first_attempt_blocked")) return queue.arrival_rate / queue.service_rate;
  return std::nullopt;
}

Answer paced_retrial(const Question& ask) {
  if (!ask.asks("mean_orbit")) return std::nullopt;
  return mean_orbit_paced({ask.number("lam"), ask.number("mu"), ask.number("retry_rate_orbit")});
}

Answer persistent_retrial(const Question& ask) {
  const auto means = steady_means(
      PersistentRetrial{ask.number("lam"), ask.number("mu"), ask.whole("c"), ask.whole("K_total"),
                        ask.number("retry_delay_mean"), ask.share("P_retry_after_each_block")});
  if (!means) return std::nullopt;
  if (ask.asks("P_lost")) return means->lost_share;
  if (ask.asks("attempts_per_request")) return means->attempts_per_request;
  if (ask.asks("P_first_attempt_rejected")) return means->first_refused_share;
  return std::nullopt;
}

TokenBucket bucket_of(const Question& ask) {
  return {ask.number("arrival_rate"), ask.number("refill_rate"), ask.whole("bucket_size")};
}

Answer trickling_bucket(const Question& ask) {
  return ask.asks("P_drop") ? Answer(dropped_share_continuous(bucket_of(ask))) : std::nullopt;
}

Answer ticking_bucket(const Question& ask) {
  return ask.asks("P_drop") ? Answer(dropped_share_ticked(bucket_of(ask))) : std::nullopt;
}

Answer consecutive_breaker(const Question& ask) {
  const ConsecutiveBreaker breaker{
      ask.number("lam"), ask.share("fail_prob"), ask.whole("trip_after_consecutive_failures"),
      ask.number("open_duration"), ask.whole("half_open_successes_to_close")};
  if (ask.asks("fraction_rejected_fast") || ask.asks("fraction_time_open"))
    return open_share(breaker);
  if (ask.asks("fraction_success")) return success_share(breaker);
  if (ask.asks("mean_time_closed_before_trip")) return mean_time_to_trip(breaker);
  return std::nullopt;
}

Answer window_breaker(const Question& ask) {
  if (!ask.asks("mean_calls_to_trip")) return std::nullopt;
  if (ask.whole("window") != ask.whole("min_calls")) return std::nullopt;
  return mean_calls_to_trip(ask.whole("window"), ask.whole("trip_when_failures_at_least"),
                            ask.share("fail_prob"));
}

Answer client_throttle(const Question& ask) {
  const AdaptiveThrottle throttle{ask.number("demand"), ask.number("backend_capacity"),
                                  ask.number("K")};
  if (ask.asks("backend_offered_rate")) return throttle.sent();
  if (ask.asks("local_reject_fraction")) return throttle.rejected_share();
  if (ask.asks("goodput")) return throttle.goodput();
  return std::nullopt;
}

Answer amplification(const Question& ask) {
  const double failure = ask.share("fail_prob");
  if (ask.asks("leaf_attempts_per_request"))
    return leaf_attempts(failure, ask.whole("max_attempts_per_layer"),
                         ask.whole("retrying_layers"));
  if (ask.asks("attempts_per_request")) return mean_attempts(failure, ask.whole("max_attempts"));
  if (ask.asks("P_request_fails")) return request_failure(failure, ask.whole("max_attempts"));
  return std::nullopt;
}

Answer hop_amplification(const Question& ask) {
  const LayeredCall call =
      layered_call(ask.share("hop_fail_prob"), ask.whole("max_attempts_per_layer"),
                   ask.whole("retrying_layers"));
  if (ask.asks("leaf_attempts_per_request")) return call.leaf_attempts;
  if (ask.asks("P_request_fails")) return call.failure;
  return std::nullopt;
}

Answer budgeted(const Question& ask, double failure, double ratio) {
  if (ask.asks("load_amplification")) return budgeted_attempts(failure, ratio);
  if (ask.asks("success_fraction")) return budgeted_success(failure, ratio);
  return std::nullopt;
}

Answer retry_budget(const Question& ask) {
  return budgeted(ask, ask.share("fail_prob"), ask.number("budget_ratio"));
}

// "no retries", "3 retries", "token bucket: +0.1 per request, ...".
Answer retry_policy(const Question& ask) {
  const std::string policy = ask.text("policy");
  const double failure = ask.share("fail_prob");
  if (const auto ratio = number_after(policy, "bucket: +")) return budgeted(ask, failure, *ratio);
  int attempts = 1;
  if (policy != "no retries") {
    const auto retries = number_after(policy, "");
    if (!retries) return std::nullopt;
    attempts = static_cast<int>(*retries) + 1;
  }
  if (ask.asks("load_amplification")) return mean_attempts(failure, attempts);
  if (ask.asks("success_fraction")) return 1.0 - request_failure(failure, attempts);
  return std::nullopt;
}

Answer linkerd_budget(const Question& ask) {
  if (!ask.asks("retry_rate")) return std::nullopt;
  return retry_rate_within_budget(ask.number("request_rate"), ask.share("attempt_fail_prob"),
                                  ask.number("percentCanRetry"), ask.number("minRetriesPerSec"));
}

Answer grpc_throttle(const Question& ask) {
  if (!ask.asks("critical_failure_fraction")) return std::nullopt;
  return critical_failure_share(ask.number("tokenRatio"), ask.number("fail_cost"));
}

Answer backoff_totals(const Question& ask) {
  const Backoff backoff{ask.number("base"), ask.number("cap"), ask.whole("retries")};
  if (ask.asks("total_delay_no_jitter")) return total_delay(backoff);
  if (ask.asks("mean_total_full_jitter")) return mean_total_full_jitter(backoff);
  if (ask.asks("mean_total_equal_jitter")) return mean_total_equal_jitter(backoff);
  if (ask.asks("mean_total_decorrelated_jitter")) return mean_total_decorrelated_jitter(backoff);
  return std::nullopt;
}

Answer retry_storm(const Question& ask) {
  if (ask.flag("cancel")) return std::nullopt;
  const RetryStorm storm{ask.number("mu"), ask.number("timeout"), ask.whole("max_attempts")};
  if (ask.asks("lambda_metastable_lower")) return storm.metastable_from();
  if (ask.asks("lambda_fold")) return storm.fold();
  if (ask.asks("healthy_effective_load")) return storm.healthy_load(ask.number("lam"));
  if (ask.asks("unstable_effective_load")) return storm.unstable_load(ask.number("lam"));
  // In the saturated state every attempt waits longer than the timeout.
  if (ask.asks("saturated_goodput") && ask.number("lam") >= storm.metastable_from()) return 0.0;
  return std::nullopt;
}

Answer storm_recovery(const Question& ask) {
  if (!ask.asks("time_until_wait_below_timeout")) return std::nullopt;
  if (ask.whole("c") != 1 || ask.number("retry_delay") != 0.0) return std::nullopt;
  const double rate = ask.number("mu");
  return storm_recovery_time(ask.number("lam"), rate, ask.number("timeout"),
                             ask.whole("max_attempts"), ask.number("initial_backlog_jobs") / rate);
}

// Which of its two states a storm ends in: a verdict (1 or 0), not a mean.
Answer storm_threshold(const Question& ask) {
  if (!ask.asks("P_recovers_at_least_once")) return std::nullopt;
  const double capacity = ask.whole("c") * ask.number("mu");
  return storm_sustains_itself(ask.number("lam"), ask.whole("max_attempts"), capacity) ? 0.0 : 1.0;
}

Answer storm_branch(const Question& ask) {
  if (!ask.asks("goodput_fraction")) return std::nullopt;
  const int servers = ask.whole("c");
  const double rate = ask.number("mu");
  const double load = ask.number("lam_over_c") * servers;
  // The table writes "expired requests dropped at dequeue" where the work is cancelled.
  const bool cancels = ask.flag("cancel") || ask.inputs.text("cancel").has_value();
  const bool pushed = ask.number("initial_backlog_jobs") / (servers * rate) > ask.number("timeout");
  const bool stuck =
      pushed && !cancels && storm_sustains_itself(load, ask.whole("max_attempts"), servers * rate);
  return stuck ? 0.0 : 1.0;
}

Answer spike(const Question& ask) {
  const Spike wave{ask.number("mu"), ask.number("base_rate"), ask.number("spike_rate"),
                   ask.number("spike_duration")};
  if (ask.asks("peak_backlog")) return wave.peak_backlog();
  if (ask.asks("drain_time_after_spike")) return wave.drain_time();
  const double timeout = ask.number("client_timeout");
  if (ask.asks("duration_of_timeouts_by_arrival_time")) return wave.late_span(timeout);
  if (ask.asks("timed_out_requests")) return wave.late_requests(timeout);
  return std::nullopt;
}

// "100+60 sin(0.5 t)".
Answer moving_load(const Question& ask) {
  if (!ask.asks("mean_in_flight")) return std::nullopt;
  const std::string rate = ask.text("rate");
  const auto base = number_after(rate, "");
  const auto swing = number_after(rate, "+");
  const auto frequency = number_after(rate, "sin(");
  if (!base || !swing || !frequency) return std::nullopt;
  return moving_load_in_flight(*base, *swing, *frequency, ask.number("mu"), ask.number("t"));
}

// Threads that mostly answer fast, and sometimes hang until the deadline (SRE book, ch. 22).
Answer stuck_threads(const Question& ask) {
  const double stuck = ask.share("stuck_fraction");
  const double held =
      stuck * ask.number("deadline_s") + (1.0 - stuck) * ask.number("normal_service_s");
  const double refused = erlang_b(ask.whole("threads"), ask.number("rate_qps") * held);
  if (ask.asks("P_rejected")) return refused;
  if (ask.asks("P_error_total")) return 1.0 - (1.0 - refused) * (1.0 - stuck);
  return std::nullopt;
}

Answer full_queue(const Question& ask) {
  if (!ask.asks("latency_of_last_in_queue_s")) return std::nullopt;
  return (ask.number("queue") / ask.number("threads") + 1.0) * ask.number("service_s");
}

}  // namespace

const std::vector<Entry>& policy_families() {
  static const std::vector<Entry> families = {
      {"retrial M/M/1/1", retrial},
      {"retrial M/M/1/1 constant", paced_retrial},
      {"retrial M/M/c/K, geometric persistence", persistent_retrial},
      {"token bucket policer", trickling_bucket},
      {"token bucket policer, ticked refill", ticking_bucket},
      {"circuit breaker (consecutive)", consecutive_breaker},
      {"circuit breaker (count window)", window_breaker},
      {"SRE adaptive client throttling", client_throttle},
      {"retry amplification", amplification},
      {"retry amplification, per-hop failures", hop_amplification},
      {"retry budget (ratio of first attempts)", retry_budget},
      {"retry policies, load-independent failure", retry_policy},
      {"Finagle/Linkerd retry budget", linkerd_budget},
      {"gRPC retry throttle", grpc_throttle},
      {"backoff totals", backoff_totals},
      {"retry storm fixed point", retry_storm},
      {"retry storm recovery", storm_recovery},
      {"metastability threshold", storm_threshold},
      {"bistability, 20 servers", storm_branch},
      {"fluid overload spike", spike},
      {"Mt/M/inf sinusoidal load", moving_load},
      {"bimodal latency thread exhaustion", stuck_threads},
      {"full queue latency", full_queue},
  };
  return families;
}

}  // namespace faultline::theory
