// Who is chosen: by weight, by load, by round trip, by zone. Two zones tell the instances apart: a
// fault in one of them counts what was sent there.
#include <cmath>
#include <utility>
#include <vector>

#include "models/system/balancing_rules.hpp"
#include "models/system/parts.hpp"
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

// A client that asks every 10 ms, `n` instances in zones a and b in turn; those in b do `fault`.
Result two_zones(const std::string& balancer, int n, const std::string& fault,
                 const std::string& more = "") {
  return run_text(
      "duration = \"40s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = \"constant\"\n"
      "zones = [\"a\"]\n" +
      works(
          "s", "\"unbounded\"", "20ms",
          "replicas = " + std::to_string(n) + "\nzones = [\"a\", \"b\"]\nbalancer = " + balancer) +
      (fault.empty() ? ""
                     : "[[fault]]\nat = \"0s\"\nservice = \"s\"\nzone = \"b\"\n" + fault + "\n") +
      more);
}
constexpr const char* kFails = "kind = \"errors\"\nshare = \"100%\"";

double share_of_b(const std::string& balancer, int n) {
  const Result r = two_zones(balancer, n, kFails);
  return static_cast<double>(client(r).failed) / static_cast<double>(client(r).offered);
}

// The mean latency where instances in b take ten times as long.
double mean_with_slow(const std::string& balancer, int n = 4) {
  return client(two_zones(balancer, n, "kind = \"slow\"\nfactor = 10")).latency.mean;
}

}  // namespace

TEST_CASE("a service says whether there is a choice among its instances", "[balancing]") {
  ServiceSpec spec;
  ServiceState service;
  service.spec = &spec;
  const auto with = [&](std::vector<InstanceId> ready, double weight) {
    service.ready = std::move(ready);
    service.weight = weight;
    service.judge();
    return std::pair{service.only, service.in_turn};
  };
  CHECK(with({}, -1) == std::pair{kNone, false});
  CHECK(with({7}, -1) == std::pair{InstanceId{7}, false});
  CHECK(with({7, 8}, -1) == std::pair{kNone, true});
  CHECK(with({7}, 0.5) == std::pair{kNone, false});  // between versions
  CHECK(with({7, 8}, 0) == std::pair{kNone, false});
  spec.balancing = Balancing::Random;
  CHECK(with({7}, -1) == std::pair{InstanceId{7}, false});
  CHECK(with({7, 8}, -1) == std::pair{kNone, false});
  spec.balancer.emplace();  // learns from all there are
  CHECK(with({7}, -1) == std::pair{kNone, false});
}

TEST_CASE("turns follow the weights", "[world][balancing]") {
  CHECK(share_of_b("\"round_robin\"", 2) == Approx(0.5).margin(0.001));
  CHECK(share_of_b("{ weights = [3, 1] }", 2) == Approx(0.25).margin(0.001));
  CHECK(share_of_b("{ kind = \"round_robin\", weights = [1, 1, 1, 5] }", 4) ==
        Approx(0.75).margin(0.001));
  CHECK(share_of_b("{ kind = \"random\" }", 2) == Approx(0.5).margin(4 * 0.5 / std::sqrt(4000)));
}

TEST_CASE("a weighted least request without load follows the weights", "[world][balancing]") {
  // Errors are answered at once, so b is never loaded: the bias can't move it below its share.
  CHECK(share_of_b("{ kind = \"least_request\", weights = [3, 1], bias = 0 }", 2) ==
        Approx(0.25).margin(0.001));
  CHECK(share_of_b("{ kind = \"least_request\", weights = [3, 1] }", 2) > 0.3);
}

TEST_CASE("who looks at loads or round trips avoids the slow", "[world][balancing]") {
  const double blind = mean_with_slow("\"round_robin\"");
  CHECK(blind == Approx(0.110).margin(0.002));
  const double all = mean_with_slow("\"least_request\"");
  const double two = mean_with_slow("\"power_of_two\"");
  const double drawn = mean_with_slow("{ kind = \"least_request\", choice_count = 2 }");
  const double ewma = mean_with_slow("\"peak_ewma\"");
  CHECK(all < two);
  CHECK(two < drawn);  // which may draw the same one twice
  CHECK(drawn < blind);
  CHECK(ewma < drawn);
  const double many = mean_with_slow("{ kind = \"least_request\", choice_count = 20 }");
  CHECK(many < two);
}

TEST_CASE("failover keeps to the zone; awareness gives each its due", "[world][balancing]") {
  const auto crossing = [](const std::string& balancer, int n) {
    const Result r = two_zones(balancer, n, "");
    return static_cast<double>(edge(r).cross_zone) / static_cast<double>(edge(r).attempts);
  };
  CHECK(crossing("\"round_robin\"", 8) == Approx(0.5).margin(0.001));
  CHECK(crossing("{ zones = \"failover\" }", 8) == 0);
  // All callers are in a, half of the hosts: half of the traffic belongs to b.
  const double fair = crossing("{ zones = \"aware\" }", 8);
  CHECK(fair == Approx(0.5).margin(4 * 0.5 / std::sqrt(4000)));
  CHECK(crossing("{ zones = \"aware\" }", 4) == Approx(0.5).margin(0.001));  // too few: no zones
  // Callers in both zones, as many as hosts: each keeps to its own.
  const Result r = run_text(
      "duration = \"10s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\ninstances = 4\n"
      "zones = [\"a\", \"b\"]\n" +
      works("s", "\"unbounded\"", "1ms",
            "replicas = 8\nzones = [\"a\", \"b\"]\nbalancer = { zones = \"aware\" }"));
  CHECK(edge(r).cross_zone == 0);
}

TEST_CASE("what crosses zones takes longer", "[world][balancing]") {
  const Result r = two_zones("\"round_robin\"", 2, "", "[network]\ncross_zone = \"5ms\"\n");
  CHECK(client(r).latency.mean == Approx(0.025).margin(0.0005));  // 10 ms for every other one
  CHECK(client(r).latency.max == Approx(0.030).margin(0.0005));
  const Result local =
      two_zones("{ zones = \"failover\" }", 2, "", "[network]\ncross_zone = \"5ms\"\n");
  CHECK(client(local).latency.max == Approx(0.020).margin(0.0005));
}

TEST_CASE("a cold instance is slow, and slow start spares it", "[world][balancing]") {
  // Crashed at the start, back at 2 s: cold for 10 s, by a factor that sinks from 20 to 1.
  const auto after_restart = [](const std::string& balancer) {
    return client(two_zones(balancer, 2, "kind = \"crash\"\nrestart = \"2s\"\n",
                            "[service.s.warm_up]\nfor = \"10s\"\nfactor = 20\n"))
        .latency;
  };
  const double plain = after_restart("\"round_robin\"").mean;
  const double gentle = after_restart("{ slow_start = \"10s\" }").mean;
  CHECK(after_restart("\"round_robin\"").max == Approx(0.4).margin(0.01));
  CHECK(gentle < 0.8 * plain);
  // Without a restart nobody is cold.
  const Result calm =
      two_zones("\"round_robin\"", 2, "", "[service.s.warm_up]\nfor = \"10s\"\nfactor = 20\n");
  CHECK(client(calm).latency.max == Approx(0.02).margin(0.0005));
}

TEST_CASE("a scaled-up instance warms up", "[world][balancing]") {
  const Result r = run_text(
      "duration = \"40s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = \"constant\"\n" +
      works("s", "\"unbounded\"", "20ms", "replicas = 1") +
      "[service.s.warm_up]\nfor = \"10s\"\nfactor = 5\n"
      "[[rollout]]\nservice = \"s\"\nat = \"10s\"\nstrategy = \"rolling\"\nstart_up = \"1s\"\n");
  CHECK(client(r).latency.max == Approx(0.1).margin(0.002));
}

TEST_CASE("deadlines schedule by weight, whatever changes", "[balancing]") {
  const std::vector<double> even{1, 1};
  DeadlineSchedule schedule(even);
  std::array<int, 2> picked{};
  for (int i = 0; i < 900; ++i) {
    const std::size_t who = schedule.pick([](std::size_t w) { return w == 0 ? 2.0 : 1.0; });
    ++picked[who];
  }
  CHECK(picked[0] == Approx(600).margin(1));
}

TEST_CASE("a peak is remembered and forgotten", "[balancing]") {
  PeakEwma estimate(milliseconds(30), {});
  estimate.observe(Instant{} + milliseconds(100), milliseconds(200), milliseconds(10'000));
  CHECK(estimate.estimate_ns() == 200e6);  // at once
  CHECK(estimate.cost(Instant{} + milliseconds(10'100), milliseconds(10'000), 1) ==
        Approx(2 * 200e6 * std::exp(-1)));
}

TEST_CASE("what a balancer can't do is refused", "[scenario][balancing]") {
  const auto refused = [](const std::string& balancer, const std::string& more = "") {
    return refusal("duration = \"10s\"\n" + once("c", "s") +
                   works("s", "1", "1ms", "balancer = " + balancer + "\n" + more));
  };
  CHECK(refused("\"random\"") == "");
  CHECK(refused("\"fastest\"").find("E202") != std::string::npos);
  CHECK(refused("{ kind = \"random\", weights = [1] }").find("`weights`") != std::string::npos);
  CHECK(refused("{ choice_count = 2 }").find("is about least_request") != std::string::npos);
  CHECK(refused("{ zones = \"aware\" }").find("add `zones`") != std::string::npos);
  CHECK(refused("{ zones = \"aware\" }", "zones = [\"a\"]") == "");
  CHECK(refused("{ weights = [0] }") != "");
  CHECK(refused("{ slow_start = \"0s\" }") != "");
  CHECK(refused("{ decay = \"1s\" }").find("peak_ewma") != std::string::npos);
  const std::string zone = refusal(
      "duration = \"10s\"\n" + once("c", "s") + works("s", "1", "1ms", "zones = [\"east\"]") +
      "[[fault]]\nat = \"1s\"\nkind = \"crash\"\nservice = \"s\"\nzone = \"eest\"\n");
  CHECK(zone.find("did you mean \"east\"?") != std::string::npos);
}
