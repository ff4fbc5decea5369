// Catalogue, part four: caches, and the arithmetic of operations.
#include <boost/math/constants/constants.hpp>
#include <cmath>

#include "models/theory/caches.hpp"
#include "models/theory/operations.hpp"
#include "models/theory/question.hpp"

namespace faultline::theory {
namespace {

Answer ttl_cache(const Question& ask) {
  if (!ask.asks("hit_ratio") || ask.number("fill_time") != 0.0) return std::nullopt;
  return ttl_hit_ratio(ask.number("lam"), ask.number("ttl"), ask.flag("renew_on_hit"));
}

Answer lru_cache(const Question& ask) {
  if (!ask.asks("hit_ratio")) return std::nullopt;
  return lru_hit_ratio(zipf(ask.whole("items"), ask.number("zipf_alpha")), ask.whole("capacity"));
}

Answer fifo_cache(const Question& ask) {
  if (!ask.asks("hit_ratio")) return std::nullopt;
  return fifo_hit_ratio(zipf(ask.whole("items"), ask.number("zipf_alpha")), ask.whole("capacity"));
}

Answer stampede(const Question& ask) {
  const double rate = ask.number("lam");
  const double fill_time = ask.number("recompute_time");
  if (ask.asks("mean_regenerations_per_expiry")) return stampede_fills(rate, fill_time);
  if (ask.asks("mean_requests_coalesced_per_expiry")) return coalesced_requests(rate, fill_time);
  return std::nullopt;
}

Answer early_expiration(const Question& ask) {
  if (ask.asks("mean_regenerations_per_cycle")) return early_refresh_fills(ask.number("beta"));
  if (ask.asks("mean_earliness_before_ttl"))
    return mean_earliness(ask.number("lam"), ask.number("delta"), ask.number("beta"));
  return std::nullopt;
}

Objective objective_of(const Question& ask) {
  return {ask.share("slo"), ask.number("period_days")};
}

Answer burn_rate(const Question& ask) {
  const Objective objective = objective_of(ask);
  if (ask.asks("budget_minutes")) return budget_minutes(objective);
  const double errors = ask.share("error_ratio");
  if (ask.asks("budget_exhaustion_time_h")) return budget_exhaustion_hours(objective, errors);
  const BurnAlert alert{objective, ask.number("long_window_h") * 3600.0,
                        ask.number("short_window_min") * 60.0, ask.number("burn_threshold")};
  if (ask.asks("detection_time_s")) return detection_time_s(alert, errors);
  if (ask.asks("budget_consumed_at_detection")) return budget_consumed_at_detection(alert);
  if (ask.asks("short_window_reset_time_s")) return short_window_reset_time_s(alert, errors);
  return std::nullopt;
}

Answer autoscaler(const Question& ask) {
  if (!ask.asks("desired_replicas")) return std::nullopt;
  return desired_replicas(ask.number("current_replicas"), ask.number("metric"),
                          ask.number("target"), ask.number("tolerance"));
}

Answer node_group(const Question& ask) {
  if (!ask.asks("availability")) return std::nullopt;
  return availability({ask.whole("n"), ask.whole("k"), ask.number("mttf"), ask.number("mttr")},
                      ask.text("repair") == "single");
}

Answer heartbeat(const Question& ask) {
  if (!ask.asks("mean_detection_delay")) return std::nullopt;
  // A timeout below the interval suspects the living.
  if (ask.number("timeout_since_last") < ask.number("interval")) return std::nullopt;
  return heartbeat_detection_delay(ask.number("interval"), ask.number("timeout_since_last"),
                                   ask.number("net_delay"));
}

Answer health_check(const Question& ask) {
  if (!ask.asks("mean_detection_delay")) return std::nullopt;
  if (ask.number("probe_timeout") >= ask.number("interval")) return std::nullopt;
  return health_check_detection_delay(ask.number("interval"), ask.whole("unhealthy_threshold"),
                                      ask.number("probe_timeout"));
}

Answer canary_size(const Question& ask) {
  if (!ask.asks("requests_per_arm")) return std::nullopt;
  return canary_requests_per_arm(ask.share("p_control"), ask.share("p_canary"),
                                 ask.share("alpha_one_sided"), ask.share("power"));
}

Answer canary_budget(const Question& ask) {
  if (!ask.asks("budget_fraction_spent")) return std::nullopt;
  return budget_share_spent(objective_of(ask), ask.share("canary_share"),
                            ask.share("canary_error_ratio"), ask.number("duration_s"));
}

// Clients that write one row optimistically (AWS backoff study). One client needs one write and
// four hops of |N(10, 2)| ms; of two, the loser needs exactly one more write.
Answer optimistic_writes(const Question& ask) {
  const int clients = ask.whole("clients");
  if (ask.asks("write_calls")) {
    if (clients == 1) return 1.0;
    return clients == 2 ? Answer(3.0) : std::nullopt;
  }
  if (!ask.asks("completion_time_ms") || clients != 1) return std::nullopt;
  const auto centre = number_after(ask.text("net"), "N(");
  const auto spread = number_after(ask.text("net"), ",");
  if (!centre || !spread) return std::nullopt;
  const double ratio = *centre / *spread;
  const double hop = *spread * std::sqrt(2.0 / boost::math::constants::pi<double>()) *
                         std::exp(-0.5 * ratio * ratio) +
                     *centre * std::erf(ratio / boost::math::constants::root_two<double>());
  return 4.0 * hop;
}

}  // namespace

const std::vector<Entry>& operation_families() {
  static const std::vector<Entry> families = {
      {"TTL cache (per key, Poisson)", ttl_cache},   {"LRU cache, IRM", lru_cache},
      {"FIFO/RANDOM cache, IRM", fifo_cache},        {"cache stampede", stampede},
      {"XFetch early expiration", early_expiration}, {"SLO burn-rate alert", burn_rate},
      {"Kubernetes HPA formula", autoscaler},        {"k-of-n availability", node_group},
      {"heartbeat failure detector", heartbeat},     {"health-check ejection", health_check},
      {"canary two-proportion test", canary_size},   {"canary budget impact", canary_budget},
      {"AWS OCC backoff", optimistic_writes},
  };
  return families;
}

}  // namespace faultline::theory
