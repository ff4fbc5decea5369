// Autoscalers and rollouts at work.
#include <algorithm>

#include "models/controllers/hpa_rules.hpp"
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

std::string steady(const std::string& more) {
  return "[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = \"constant\"\n" + more + "\n";
}
std::string rollout(const std::string& keys) {
  return "[[rollout]]\nservice = \"s\"\nat = \"10s\"\n" + keys + "\n";
}
std::vector<double> instances(const Result& r) {
  return r->service_series[0].value.instances;
}

}  // namespace

TEST_CASE("the HPA grows by its policies, and shrinks after its window", "[world][PP4]") {
  // 100/s for a minute at 10/s each: 1 → 5 (+4) at 15 s → 10 at 30 s. Its last recommendation of
  // ten is of 60 s; 300 s later that is forgotten.
  const Result r =
      run_text("duration = \"500s\"\n" + steady("stops = \"60s\"") + works("s", "9", "1ms") +
               "[autoscaler.s]\nkind = \"hpa\"\nmetric = \"rate\"\ntarget = \"10/s\"\nmax = 20\n"
               "start_up = \"5s\"\n");
  CHECK(moments(r, "scale") == std::vector<double>{15, 30, 360});
  const auto series = instances(r);
  CHECK(series[19] == Approx(1));
  CHECK(series[21] == Approx(5));
  CHECK(series[36] == Approx(10));
  CHECK(series[359] == Approx(10));
  CHECK(series[361] == Approx(1));
}

TEST_CASE("near its target the HPA leaves things as they are, starting instances or not",
          "[controllers][PP4]") {
  using State = PodSample::State;
  const std::vector<PodSample> pods = {
      {State::Ready, 50, 100}, {State::Ready, 50, 100}, {State::Unready, 0, 100}};
  CHECK(replicas_for(3, pods, 50, 0.1, true).replicas == 3);
}

TEST_CASE("a rolling update replaces instances within its fences", "[world][DS1]") {
  const Result r =
      run_text("duration = \"100s\"\n" + steady("") + works("s", "9", "1ms", "replicas = 4") +
               rollout("strategy = \"rolling\"\nstart_up = \"5s\""));
  CHECK(client(r).failed == 0);
  const auto series = instances(r);
  CHECK(*std::min_element(series.begin(), series.end()) >= 3 - 1e-9);
  CHECK(*std::max_element(series.begin(), series.end()) <= 5 + 1e-9);
  CHECK(series.back() == Approx(4));
  CHECK(named(service(r).parts, "version.v2").arrivals > 5000);
  CHECK(moments(r, "rollout", "v2 is everywhere").size() == 1);
}

TEST_CASE("a bad canary is taken back", "[world][DS3]") {
  const Result r = run_text(
      "duration = \"200s\"\n" + steady("") + works("s", "9", "1ms", "replicas = 4") +
      rollout("strategy = \"canary\"\nversion = { name = \"v2\", errors = \"50%\" }\n"
              "steps = [{ weight = \"10%\", for = \"60s\" }, { weight = \"50%\", for = \"60s\" }]\n"
              "gates = [{ metric = \"error_rate\", at_most = \"2%\" }]\ninterval = \"10s\""));
  const auto& figures = r->rollouts[0].value;
  CHECK(figures.rolled_back);
  CHECK(figures.rollback_s <= 20 + 5 + 1);
  CHECK(static_cast<double>(figures.bad_answers) == Approx(client(r).failed));
  CHECK(client(r).success_rate > 0.99);
  CHECK(instances(r).back() == Approx(4));
}

TEST_CASE("a good canary is promoted", "[world][DS3]") {
  const Result r = run_text(
      "duration = \"200s\"\n" + steady("") + works("s", "9", "1ms", "replicas = 4") +
      rollout("strategy = \"canary\"\nsteps = [{ weight = \"25%\", for = \"60s\" }]\n"
              "gates = [{ metric = \"error_rate\", at_most = \"2%\" }]\ninterval = \"10s\""));
  CHECK_FALSE(r->rollouts[0].value.rolled_back);
  CHECK(client(r).failed == 0);
  CHECK(moments(r, "rollout", "promoted").size() == 1);
  CHECK(instances(r).back() == Approx(4));
  // A quarter for a minute from 15 s on, then all of it.
  const double share = static_cast<double>(named(service(r).parts, "version.v2").arrivals) / 19'999;
  CHECK(share == Approx((0.25 * 60 + 120) / 200).margin(0.04));
}

TEST_CASE("all at once has a gap while the new version starts", "[world][DS5]") {
  const Result r =
      run_text("duration = \"100s\"\n" + steady("") + works("s", "9", "1ms", "replicas = 4") +
               rollout("strategy = \"all_at_once\"\nstart_up = \"5s\"\nbake = \"20s\""));
  CHECK(errors(client(r), Error::Unavailable) == Approx(500).margin(2));
  CHECK(instances(r)[12] == Approx(0));
  CHECK(instances(r).back() == Approx(4));
}

TEST_CASE("round robin turns for each caller of its own", "[world]") {
  const Result r = run_text("duration = \"1s\"\n" + once("c", "s", 4) + once("d", "s", 4) +
                            works("s", "1", "10ms", "replicas = 4"));
  CHECK(client(r).latency.max == Approx(0.010));
  CHECK(client(r, "d").latency.mean == Approx(0.020));
}

TEST_CASE("least request avoids the busy, as far as its caller knows", "[world]") {
  for (const char* balancer : {"least_request", "power_of_two"}) {
    INFO(balancer);
    const Result r = run_text(
        "duration = \"1s\"\n" + once("c", "s", 2) +
        works("s", "1", "10ms", "replicas = 2\nbalancer = \"" + std::string(balancer) + "\""));
    CHECK(client(r).latency.max == Approx(0.010));
  }
}

TEST_CASE("a cache answers what it knows, for its time to live", "[world][GD4]") {
  const auto with = [](const std::string& cache, const std::string& step, const std::string& who) {
    return run_text("duration = \"10s\"\n" + who +
                    "[service.s]\nthreads = 99\nsteps = [{ cache = \"k\", miss = \"db\"" + step +
                    " }]\n[cache.k]\n" + cache + "\n" + works("db", "99", "10ms"));
  };
  const std::string even = steady("stops = \"3s\"");
  // At 10 ms it misses and knows from 20 ms on (the next, at 20 ms, comes first).
  const Result kept = with("coalesce = true", "", even);
  CHECK(service(kept, "db").arrivals == 1);
  const Result brief = with("ttl = \"1s\"\ncoalesce = true", "", even);
  CHECK(service(brief, "db").arrivals == 3);
  const Result herd = with("", "", once("c", "s", 50));
  CHECK(service(herd, "db").arrivals == 50);
  const Result calm = with("coalesce = true", "", once("c", "s", 50));
  CHECK(service(calm, "db").arrivals == 1);
  CHECK(client(calm).ok == 50);
  CHECK(client(calm).latency.max == Approx(0.010));
  CHECK(named(calm->caches, "k").counts.coalesced == 49);
  // Four keys, two places: under uniform demand half of the requests find theirs.
  const Result small = with("capacity = 2", ", keys = 4",
                            "[client.c]\ncalls = \"s\"\nrate = \"10/s\"\narrivals = \"constant\"\n"
                            "instances = 1\n");
  CHECK(named(small->caches, "k").hit_ratio == Approx(0.5).margin(0.15));
}

TEST_CASE("an instance that went leaves its abandoned calls to themselves", "[world]") {
  // Both services are replaced while slow calls of the old instances go on for nobody; the rows of
  // the gone instances are used again by the other service.
  const Result r = run_text(
      "duration = \"60s\"\n[client.c]\ncalls = \"a\"\nrate = \"50/s\"\n"
      "[service.a]\nthreads = 99\nreplicas = 3\nsteps = [{ call = \"s\", policy = \"p\" }]\n"
      "[policy.p]\ntimeout = \"100ms\"\npropagation = \"deadline\"\n" +
      works("s", "5", "2s", "replicas = 3\nqueue = { limit = 50 }") +
      "[[rollout]]\nservice = \"a\"\nat = \"5s\"\nstrategy = \"all_at_once\"\nstart_up = \"0s\"\n"
      "bake = \"1s\"\n"
      "[[rollout]]\nservice = \"s\"\nat = \"6s\"\nstrategy = \"rolling\"\nstart_up = \"1s\"\n"
      "bake = \"1s\"\n"
      "[[rollout]]\nname = \"again\"\nservice = \"a\"\nat = \"20s\"\nstrategy = "
      "\"rolling\"\nstart_up = \"1s\"\n"
      "bake = \"1s\"\n");
  CHECK(client(r).offered > 2000);
}
