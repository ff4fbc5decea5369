// Known values beyond one station: networks, balancers, retries, guards, caches, operations.
#include <cmath>
#include <numeric>

#include "models/theory/balancing.hpp"
#include "models/theory/caches.hpp"
#include "models/theory/catalogue.hpp"
#include "models/theory/limiters.hpp"
#include "models/theory/networks.hpp"
#include "models/theory/operations.hpp"
#include "models/theory/order_statistics.hpp"
#include "models/theory/overload.hpp"
#include "models/theory/retrials.hpp"
#include "models/theory/retries.hpp"
#include "models/theory/single_server.hpp"
#include "tests/support/catch.hpp"

using namespace faultline::theory;

TEST_CASE("one held thread is one server with both services in a row", "[theory]") {
  const HeldThreads gateway{0.3, 1, 1.0, 2.0};
  const auto means = steady_means(gateway);
  REQUIRE(means);
  // E[S] = 1.5, E[S^2] = 2 + 2 * 0.5 + 0.5; Pollaczek-Khinchine gives the wait.
  const double wait = 0.3 * 3.5 / (2.0 * (1.0 - 0.45));
  CHECK(means->gateway_wait == Approx(wait));
  CHECK(means->total_sojourn == Approx(wait + 1.5));
  CHECK(saturation_throughput(gateway) == Approx(1.0 / 1.5));
}

TEST_CASE("with many threads nobody waits for one", "[theory]") {
  const auto means = steady_means(HeldThreads{0.5, 40, 1.0, 1.0});
  REQUIRE(means);
  CHECK(means->total_sojourn == Approx(1.0 + 2.0).epsilon(1e-6));
  CHECK(steady_means(HeldThreads{0.5, 120, 1.0, 1.0})->total_sojourn == Approx(3.0));
  CHECK_FALSE(steady_means(HeldThreads{2.0, 4, 1.0, 1.0}));
}

TEST_CASE("networks reduce to their parts", "[theory]") {
  CHECK(mean_sojourn(Tandem{0.5, {1.0, 1.0}}) == Approx(4.0));
  CHECK(sojourn_quantile(Tandem{0.5, {1.0}}, 0.5) == Approx(2.0 * std::log(2.0)));
  const OpenNetwork loop{{0.4}, {{0.5}}, {1.0}, {1}};  // half of all requests come back once more
  CHECK(throughputs(loop)[0] == Approx(0.8));
  CHECK(mean_sojourn(loop) == Approx(10.0));
  const ClosedNetwork closed{10, 5.0, {1.0}};
  const FinitePopulation same{10, 5.0, 1.0};
  CHECK(throughput(closed) == Approx(throughput(same)));
  CHECK(mean_response(closed) == Approx(mean_sojourn(same)));
}

TEST_CASE("balancers between random and all-seeing", "[theory]") {
  CHECK(supermarket_mean_sojourn(1, 0.9, 1.0) == Approx(10.0));
  CHECK(supermarket_mean_sojourn(2, 0.9, 1.0) == Approx(2.6141).epsilon(1e-4));
  CHECK(*shortest_of_sampled_mean_sojourn(2, 1, 0.5, 1.0) == Approx(2.0));
  CHECK(*shortest_of_sampled_mean_sojourn(1, 1, 0.5, 1.0) == Approx(2.0));
  CHECK_FALSE(shortest_of_sampled_mean_sojourn(50, 2, 0.9, 1.0));
  CHECK(redundancy_mean_sojourn(2, 1e-9, 1.0) == Approx(0.5));
}

TEST_CASE("waiting for the slowest, the fastest, and a second copy", "[theory]") {
  const ServiceLaw leg = exponential_law(1.0);
  CHECK(mean_time(Gather{leg, 3, 3}) == Approx(1.0 + 0.5 + 1.0 / 3.0));
  CHECK(mean_time(Gather{leg, 3, 1}) == Approx(1.0 / 3.0));
  CHECK(mean_time(Gather{leg, 3, 2}) == Approx(0.5 + 1.0 / 3.0));
  CHECK(probability_any_slow(100, 0.01) == Approx(0.634).epsilon(1e-3));
  CHECK(mean_time(Hedge{leg, 0.0}) == Approx(0.5));
  CHECK(fork_join_mean(2, 0.5, 1.0) == Approx(2.875));
}

TEST_CASE("refused requests that never return are simply lost", "[theory]") {
  const auto means = steady_means(PersistentRetrial{1.5, 1.0, 2, 4, 3.0, 0.0});
  REQUIRE(means);
  CHECK(means->lost_share == Approx(probability_blocked({{1.5, 1.0, 2}, 4})));
  CHECK(means->attempts_per_request == Approx(1.0));
  CHECK(mean_orbit({0.5, 1.0, 1.0}) == Approx(1.0));
  CHECK(mean_orbit_paced({0.5, 1.0, 1.0}) == Approx(2.5));
  CHECK(std::isinf(mean_orbit_paced({0.8, 1.0, 1.0})));
}

TEST_CASE("retries multiply over layers", "[theory]") {
  CHECK(mean_attempts(0.1, 3) == Approx(1.11));
  CHECK(leaf_attempts(1.0, 4, 3) == 64.0);
  CHECK(leaf_attempts(0.5, 3, 3) == Approx(2.0).epsilon(1e-6));  // not 5.36: it telescopes
  CHECK(layered_call(1.0, 3, 2).leaf_attempts == 0.0);
  CHECK(budgeted_attempts(0.5, 0.1) == Approx(1.1));
  CHECK(total_delay({0.1, 10.0, 6}) == Approx(6.3));
  // Uniform on (1, 3), then on (1, 3 * previous): means 2 and (1 + 3 * 2) / 2.
  CHECK(mean_total_decorrelated_jitter({1.0, 1e4, 2}) == Approx(2.0 + 3.5).epsilon(1e-3));
}

TEST_CASE("storms: bounds, branches and recovery", "[theory]") {
  const RetryStorm storm{1.0, 10.0, 3};
  CHECK(storm.metastable_from() == Approx(1.0 / 3.0));
  CHECK(*storm.healthy_load(0.5) < *storm.unstable_load(0.5));
  CHECK_FALSE(storm.healthy_load(storm.fold() + 0.01));
  CHECK(storm_recovery_time(0.2, 1.0, 10.0, 3, 300.0) == Approx(710.0));
  CHECK(std::isinf(storm_recovery_time(0.4, 1.0, 10.0, 3, 300.0)));
  const Spike spike{1.0, 0.8, 1.5, 100.0};
  CHECK(spike.drain_time() == Approx(250.0));
  CHECK(spike.late_span(60.0) == 0.0);
}

TEST_CASE("guards in their simplest form", "[theory]") {
  CHECK(dropped_share_continuous({0.5, 1.0, 1}) == Approx(erlang_b(1, 0.5)));
  CHECK(dropped_share_continuous({1.0, 1.0, 10}) == Approx(0.05085).epsilon(1e-3));
  CHECK(dropped_share_ticked({1.0, 1.0, 10}) == Approx(0.04839).epsilon(1e-3));
  CHECK(*mean_calls_to_trip(1, 1, 0.2) == Approx(5.0));
  CHECK_FALSE(mean_calls_to_trip(40, 20, 0.2));
  CHECK(mean_time_to_trip({10.0, 0.5, 5, 5.0, 1}) == Approx(6.2));
  CHECK(AdaptiveThrottle{4.0, 1.0, 2.0}.rejected_share() == Approx(0.5));
}

TEST_CASE("caches of equally popular keys hold their share", "[theory]") {
  const auto flat = zipf(10, 0.0);
  CHECK(*lru_hit_ratio(flat, 3) == Approx(0.3));
  CHECK(fifo_hit_ratio(flat, 3) == Approx(0.3));
  CHECK(lru_hit_ratio_approximate(flat, 3) == Approx(0.3));
  // The steady hit ratio of Brooker's cache example: Zipf(1.3), 1000 entries; a million keys stand
  // for infinitely many, which costs a little more than one per cent.
  CHECK(lru_hit_ratio_approximate(zipf(1000000, 1.3), 1000) == Approx(0.8533).epsilon(0.02));
  CHECK(ttl_hit_ratio(1.0, 10.0, false) == Approx(10.0 / 11.0));
}

TEST_CASE("the arithmetic of operations", "[theory]") {
  CHECK(budget_minutes({0.999, 30.0}) == Approx(43.2));
  CHECK(std::isinf(detection_time_s({{0.999, 30.0}, 3600.0, 300.0, 14.4}, 0.01)));
  CHECK(desired_replicas(10, 55, 50, 0.1) == 10.0);  // exactly at the edge: no change
  CHECK(desired_replicas(10, 60, 50, 0.1) == 12.0);
  CHECK(availability({3, 2, 100.0, 5.0}, false) > availability({3, 2, 100.0, 5.0}, true));
}

TEST_CASE("the catalogue answers or stays silent", "[theory]") {
  Inputs inputs;
  inputs.set("lam", 0.5).set("mu", 1.0).set("c", 1.0);
  CHECK(*exact_value("M/M/1", inputs, "mean_sojourn") == Approx(2.0));
  CHECK(*exact_value("M/M/1", inputs, "sojourn_p99.9") == Approx(2.0 * std::log(1000.0)));
  CHECK_FALSE(exact_value("M/M/1", inputs, "colour"));
  CHECK_FALSE(exact_value("no such family", inputs, "mean_sojourn"));
  CHECK_FALSE(exact_value("M/M/1", Inputs{}, "mean_sojourn"));
  CHECK_FALSE(exact_value("M/M/1", inputs.set("lam", 2.0), "mean_sojourn"));
  CHECK_FALSE(exact_value("M/M/1", inputs.set("lam", -1.0), "mean_sojourn"));
  CHECK_FALSE(exact_value("M/M/1", inputs.set("lam", std::string("much")), "mean_sojourn"));
  CHECK(known_families().size() == 75);
}
