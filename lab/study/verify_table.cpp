// What `faultline verify` asks. The values are computed by models/theory when it runs; none is
// written down here.
#include "lab/study/verify.hpp"

namespace faultline {
namespace {

using theory::Inputs;

class Table {
 public:
  Table& add(std::string about, std::string family, const Inputs& inputs,
             const std::vector<std::string>& quantities) {
    for (const std::string& quantity : quantities)
      checks_.push_back({about, family, inputs, quantity});
    return *this;
  }
  std::vector<TheoryCheck> take() { return std::move(checks_); }

 private:
  std::vector<TheoryCheck> checks_;
};

Inputs in() {
  return {};
}
Inputs station(double rate, double servers) {
  return in().set("lam", rate).set("mu", 1.0).set("c", servers);
}
Inputs general(const char* service, double rate) {
  return in().set("service", service).set("lam", rate).set("mean_service", 1.0).set("c", 1.0);
}
Inputs loss(double rate, double servers, const char* service) {
  return in()
      .set("lam", rate)
      .set("mean_service", 1.0)
      .set("c", servers)
      .set("queue", 0.0)
      .set("service", service);
}
Inputs closed(double users, double think, double servers) {
  return in().set("users", users).set("think_mean", think).set("mu", 1.0).set("c", servers);
}
Inputs held(double rate, double threads, double local) {
  return in()
      .set("lam", rate)
      .set("gateway_threads", threads)
      .set("gateway_local_mu", local)
      .set("backend_mu", 1.0)
      .set("backend_servers", 1.0);
}

void one_station(Table& t) {
  t.add("One thread, random arrivals, load 80 %", "M/M/1", station(0.8, 1),
        {"mean_sojourn", "mean_wait", "sojourn_p50", "sojourn_p95", "sojourn_p99", "utilization",
         "mean_number_in_system_time_avg", "P_at_least_10_in_system", "mean_busy_period"});
  t.add("Four threads, one queue, load 80 %", "M/M/c", station(3.2, 4),
        {"P_wait", "mean_wait", "sojourn_p95", "wait_p99"});
  t.add("Sixteen threads, one queue, load 80 %", "M/M/c", station(12.8, 16),
        {"P_wait", "mean_wait", "sojourn_p99"});
  t.add("Four threads and room for six to wait, overloaded", "M/M/c/K",
        station(4.8, 4).set("K_total_in_system", 10.0),
        {"P_block", "throughput", "mean_sojourn_accepted"});
  t.add("One thread and room for four to wait", "M/M/c/K",
        station(0.8, 1).set("K_total_in_system", 5.0), {"P_block", "mean_sojourn_accepted"});
  for (const char* service : {"exponential", "deterministic", "H2(cv2=4,balanced)"})
    t.add(std::string("Ten threads and no queue; work ") + service + ": only its mean may matter",
          "M/G/c/c", loss(8, 10, service), {"P_block"});
  for (const char* service : {"deterministic", "lognormal(cv=0.5)", "H2(cv2=4,balanced)"})
    t.add(std::string("One thread, work ") + service + ", load 50 %", "M/G/1 FCFS",
          general(service, 0.5), {"mean_wait", "mean_sojourn", "sojourn_p95", "wait_variance"});
  t.add("Four threads, every job takes the same time", "M/D/c",
        general("deterministic", 3.2).set("c", 4.0), {"P_wait", "mean_wait"});
  t.add("Evenly spaced arrivals", "GI/M/1 FCFS", station(0.8, 1).set("arrivals", "deterministic"),
        {"mean_sojourn", "P_wait"});
  t.add("Four instances behind a round robin", "GI/M/1 FCFS",
        station(0.8, 1).set("arrivals", "erlang-4 (round-robin LB over 4 M/M/1 servers)"),
        {"mean_sojourn", "sojourn_p95"});
  t.add("Bursty arrivals", "GI/M/1 FCFS", station(0.5, 1).set("arrivals", "H2 (scv=4, balanced)"),
        {"mean_sojourn", "P_wait"});
  t.add("Ten at a time", "M^X/M/1 (batch)",
        in().set("batch", "fixed")
            .set("mean_batch", 10.0)
            .set("batch_rate", 0.05)
            .set("mu", 1.0)
            .set("c", 1.0),
        {"mean_sojourn"});
  t.add("As many threads as are needed", "M/G/inf",
        in().set("lam", 10.0).set("mean_service", 1.0).set("c", "inf"),
        {"mean_in_flight", "var_in_flight", "P_in_flight_gt_12"});
  t.add("The newest first", "M/M/1 LCFS non-preemptive", station(0.5, 1),
        {"mean_wait", "wait_second_moment"});
  t.add("Three classes, the important ones first", "M/G/1 non-preemptive priority",
        in().set("lam", Inputs::List{0.3, 0.3, 0.2})
            .set("mean_service", Inputs::List{1, 1, 1})
            .set("second_moment", Inputs::List{2, 2, 2})
            .set("service", "exponential same mu")
            .set("c", 1.0),
        {"class1_mean_wait", "class2_mean_wait", "class3_mean_wait"});
  t.add("Two classes, four threads", "M/M/c non-preemptive priority",
        in().set("lam", Inputs::List{1.2, 2.0}).set("mu", 1.0).set("c", 4.0),
        {"class1_mean_wait", "class2_mean_wait"});
  t.add("Begun empty, seen after ten service times", "M/M/1 transient",
        in().set("rho", 0.8).set("mu", 1.0).set("start", "empty").set("t", 10.0),
        {"mean_number_at_t", "P_empty_at_t"});
  t.add("Fifty users who wait for their answers, four threads", "closed M/M/c//N",
        closed(50, 10, 4), {"mean_sojourn", "throughput"});
}

void impatience(Table& t) {
  t.add("Each loses patience in the queue after a random time", "M/M/c+M (Erlang A)",
        station(12, 10).set("patience_mean", 2.0), {"P_abandon", "mean_wait_all", "P_wait"});
  t.add("A queue that refuses who has waited for three service times", "M/M/c+D (queue timeout)",
        station(3.6, 4).set("queue_timeout", 3.0),
        {"P_timeout_in_queue", "mean_wait_of_served", "throughput"});
  t.add("Callers give up; the server doesn't know and works on", "timeout, zombie work",
        station(0.8, 1).set("client_timeout", 5.0).set("server_cancels", false).set("retries", 0.0),
        {"P_client_timeout", "goodput"});
  t.add("The same overloaded, newest first: some good comes of it", "LIFO + timeout, zombie work",
        station(1.5, 1)
            .set("client_timeout", 5.0)
            .set("server_cancels", false)
            .set("discipline", "LIFO non-preemptive"),
        {"goodput_fraction", "goodput"});
}

void networks(Table& t) {
  t.add("Three stations in a row", "tandem M/M/1",
        in().set("lam", 0.5)
            .set("mu", Inputs::List{1.0, 1.25, 2.0})
            .set("servers", Inputs::List{1, 1, 1}),
        {"mean_total_sojourn", "total_sojourn_p95", "total_sojourn_p99"});
  t.add("Web, application and database, with a way back", "Jackson open network",
        in().set("external", Inputs::List{2.0, 0.0, 0.0})
            .set("routing", Inputs::Table{{0.0, 0.8, 0.0}, {0.0, 0.0, 0.6}, {0.0, 0.3, 0.0}})
            .set("mu", Inputs::List{1.0, 0.5, 1.2})
            .set("servers", Inputs::List{4, 8, 2}),
        {"mean_total_sojourn", "station1_throughput", "station1_mean_sojourn_per_visit",
         "station2_mean_sojourn_per_visit"});
  t.add("A gateway that holds its thread while it waits for its backend", "nested RPC thread-hold",
        held(0.6, 2, 1.0),
        {"mean_total_sojourn", "P_all_threads_busy", "mean_gateway_queue_wait",
         "mean_backend_sojourn", "saturation_throughput"});
  t.add("Thirty-five users and three stations", "closed network MVA",
        in().set("users", 35.0)
            .set("think_mean", 5.0)
            .set("demands", Inputs::List{0.1, 0.3, 0.2})
            .set("stations", "single-server FCFS exponential"),
        {"throughput", "mean_response", "bottleneck_utilization"});
  t.add("Three servers, always the one with the fewest", "JSQ(d) finite N",
        in().set("N", 3.0)
            .set("d", 3.0)
            .set("rho", 0.8)
            .set("mu", 1.0)
            .set("sampling", "without replacement"),
        {"mean_sojourn"});
  t.add("Three servers, the better of two at random", "JSQ(d) finite N",
        in().set("N", 3.0)
            .set("d", 2.0)
            .set("rho", 0.8)
            .set("mu", 1.0)
            .set("sampling", "without replacement"),
        {"mean_sojourn"});
  t.add("Every request goes to both servers; the first answer calls off the other",
        "redundancy, cancel-on-completion",
        in().set("N", 2.0)
            .set("d", 2.0)
            .set("lam", 1.0)
            .set("mu", 1.0)
            .set("copies", "independent service times"),
        {"mean_sojourn"});
  t.add("Ten at once, all needed", "fan-out max of n",
        in().set("leg", "exponential mean 1, independent, no queueing").set("fanout", 10.0),
        {"mean", "p50", "p99"});
  t.add("Ten at once, nine needed", "quorum k of n",
        in().set("leg", "exponential mean 1").set("n", 10.0).set("k", 9.0), {"mean"});
  t.add("The first of two", "quorum k of n",
        in().set("leg", "exponential mean 1").set("n", 2.0).set("k", 1.0), {"mean"});
  t.add("Two queues, both needed", "fork-join n M/M/1 queues",
        in().set("n", 2.0).set("lam", 0.5).set("mu", 1.0), {"mean_response"});
  t.add("A second attempt after twice the mean", "hedged request",
        in().set("leg", "bimodal 0.99 exp(1) + 0.01 exp(mean 50)").set("hedge_delay", 5.0),
        {"mean", "p99", "extra_load"});
}

void policies(Table& t) {
  t.add("Up to three attempts, half of all fail", "retry amplification",
        in().set("independent", true).set("max_attempts", 3.0).set("fail_prob", 0.5),
        {"attempts_per_request", "P_request_fails"});
  t.add("Three layers that each try three times", "retry amplification",
        in().set("failures", "only at the leaf, independent per attempt")
            .set("max_attempts_per_layer", 3.0)
            .set("retrying_layers", 3.0)
            .set("fail_prob", 0.5),
        {"leaf_attempts_per_request"});
  t.add("Two layers of which each may fail", "retry amplification, per-hop failures",
        in().set("failures",
                 "each hop independently fails before calling downstream; leaf fails w.p. q")
            .set("max_attempts_per_layer", 3.0)
            .set("retrying_layers", 2.0)
            .set("hop_fail_prob", 0.3),
        {"leaf_attempts_per_request", "P_request_fails"});
  t.add("Retries within a budget of 10 %", "retry budget (ratio of first attempts)",
        in().set("budget_ratio", 0.1)
            .set("fail_prob", 0.3)
            .set("max_attempts", "unlimited")
            .set("bucket", "steady state, burst credit excluded"),
        {"success_fraction"});  // the amplification has hardly any spread to judge it by
  t.add("The refused come back after a random pause", "retrial M/M/1/1",
        in().set("lam", 0.5)
            .set("mu", 1.0)
            .set("servers", 1.0)
            .set("buffer", 0.0)
            .set("retry_rate_each", 1.0)
            .set("policy",
                 "linear (each orbiting request retries independently, exponential backoff time "
                 "mean 1/theta, unlimited retries)"),
        {"mean_time_in_orbit", "mean_retries_per_request", "P_first_attempt_blocked"});
  t.add("A token bucket of ten", "token bucket policer",
        in().set("arrival_rate", 1.0).set("refill_rate", 1.0).set("bucket_size", 10.0), {"P_drop"});
  t.add("A breaker that opens after five failures in a row", "circuit breaker (consecutive)",
        in().set("lam", 10.0)
            .set("fail_prob", 0.5)
            .set("trip_after_consecutive_failures", 5.0)
            .set("open_duration", 5.0)
            .set("half_open_successes_to_close", 1.0)
            .set("half_open", "one probe at a time, any failure re-opens; zero latency"),
        {"fraction_rejected_fast", "fraction_success", "mean_time_closed_before_trip"});
  t.add("A breaker that opens at five failures in ten", "circuit breaker (count window)",
        in().set("window", 10.0)
            .set("min_calls", 10.0)
            .set("trip_when_failures_at_least", 5.0)
            .set("fail_prob", 0.3),
        {"mean_calls_to_trip"});
}

void caches(Table& t) {
  t.add("An answer kept for five arrivals' time", "TTL cache (per key, Poisson)",
        in().set("lam", 1.0).set("ttl", 5.0).set("fill_time", 0.0).set("renew_on_hit", false),
        {"hit_ratio"});
  t.add("Three of ten answers kept, the most recently used", "LRU cache, IRM",
        in().set("items", 10.0).set("zipf_alpha", 0.8).set("capacity", 3.0), {"hit_ratio"});
  for (const char* protection : {"none", "single-flight coalescing"})
    t.add(std::string("A hot key expires; protection: ") + protection, "cache stampede",
          in().set("lam", 10.0)
              .set("recompute_time", 3.0)
              .set("ttl", 60.0)
              .set("protection", protection),
          {protection[0] == 'n' ? "mean_regenerations_per_expiry"
                                : "mean_requests_coalesced_per_expiry"});
}

}  // namespace

std::vector<TheoryCheck> theory_checks() {
  Table table;
  one_station(table);
  impatience(table);
  networks(table);
  policies(table);
  caches(table);
  return table.take();
}

}  // namespace faultline
