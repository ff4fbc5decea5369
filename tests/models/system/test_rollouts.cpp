// Blue-green and feature flags.
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

std::string shop(const std::string& rollout, const std::string& more = "") {
  return "duration = \"200s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = "
         "\"constant\"\n" +
         works("s", "9", "1ms", "replicas = 4") + more +
         "[[rollout]]\nservice = \"s\"\nat = " + "\"10s\"\n" + rollout + "\n";
}
const std::string kGate =
    "gates = [{ metric = \"error_rate\", at_most = \"2%\" }]\ninterval = \"10s\"\n";
const std::string kBad = "version = { name = \"v2\", errors = \"50%\" }\n";
const ServiceFigures& fresh(const Result& r) {
  return named(service(r).parts, "version.v2");
}

}  // namespace

TEST_CASE("blue-green: preview, switch, and the old one leaves", "[world][DS2]") {
  const Result r =
      run_text(shop("strategy = \"blue_green\"\nstart_up = \"5s\"\npreview = \"20s\"\n"
                    "scale_down_delay = \"30s\"\n"));
  const auto& instances = r->service_series[0].value.instances;
  CHECK(instances[5] == Approx(4));
  CHECK(instances[20] == Approx(8));  // double resources from 15 s to 65 s
  CHECK(instances[60] == Approx(8));
  CHECK(instances.back() == Approx(4));
  CHECK(client(r).failed == 0);
  const auto switched = moments(r, "rollout", "all traffic goes to v2");
  REQUIRE(switched.size() == 1);
  CHECK(switched[0] == Approx(35));
  CHECK(static_cast<double>(fresh(r).arrivals) == Approx((200 - 35) * 100).margin(2));
}

TEST_CASE("blue-green: a bad version is switched back at once", "[world][DS2]") {
  const Result r = run_text(shop("strategy = \"blue_green\"\nstart_up = \"5s\"\n" + kBad + kGate));
  const auto& figures = r->rollouts[0].value;
  CHECK(figures.rolled_back);
  CHECK(figures.rollback_s == Approx(15).margin(1.01));  // ready after 5 s, ten of traffic
  CHECK(static_cast<double>(fresh(r).arrivals) == Approx(1000).margin(120));
  CHECK(figures.bad_answers == client(r).failed);
  CHECK(r->service_series[0].value.instances.back() == Approx(4));
  // Not one bad answer after the switch back: nothing has to start or drain.
  const auto back = moments(r, "rollout", "switched back");
  REQUIRE(back.size() == 1);
  const auto& failed = r->client_series[0].value.failed;
  for (std::size_t t = static_cast<std::size_t>(back[0]) + 1; t < failed.size(); ++t)
    CHECK(failed[t] == 0);
}

TEST_CASE("a flag is on for its share of the calls, without an instance", "[world][DS4]") {
  const Result r =
      run_text(shop("strategy = \"flag\"\nsteps = [{ weight = \"10%\", for = \"60s\" "
                    "}, { weight = \"50%\", for = \"60s\" }]\n"));
  const double expected = (0.1 * 60 + 0.5 * 60 + 70) * 100;
  CHECK(static_cast<double>(fresh(r).arrivals) == Approx(expected).epsilon(0.03));
  CHECK(fresh(r).completed == fresh(r).arrivals);
  for (double n : r->service_series[0].value.instances) CHECK(n == Approx(4));
  CHECK(moments(r, "rollout", "on for everybody") == std::vector<double>{130});
}

TEST_CASE("a bad flag is off at once", "[world][DS4]") {
  const Result r = run_text(shop("strategy = \"flag\"\n" + kBad + kGate +
                                 "steps = [{ weight = \"10%\", for = \"100s\" }]\n"));
  const auto& figures = r->rollouts[0].value;
  CHECK(figures.rolled_back);
  CHECK(figures.rollback_s == Approx(10).margin(1.01));
  CHECK(figures.bad_answers == client(r).failed);
  const auto& failed = r->client_series[0].value.failed;
  double late = 0;
  for (std::size_t t = 22; t < failed.size(); ++t) late += failed[t];
  CHECK(late == 0);
  CHECK(figures.bad_answers > 20);
}

TEST_CASE("a cohort meets the flag, others do not; all tries of a call agree", "[world][DS4]") {
  // v2 always fails: a call for which the flag is on fails however often it is tried.
  const std::string both =
      "[client.beta]\ncalls = \"s\"\nrate = \"50/s\"\npolicy = \"p\"\n[policy.p]\nretry = { "
      "attempts = 3 }\n";
  const std::string all_bad = "version = { name = \"v2\", errors = \"100%\" }\n";
  const Result r =
      run_text(shop("strategy = \"flag\"\n" + all_bad +
                        "steps = [{ weight = \"40%\", cohort = \"beta\", for = \"190s\" }]\n",
                    both));
  CHECK(client(r, "c").failed == 0);
  const auto& beta = client(r, "beta");
  CHECK(static_cast<double>(beta.failed) ==
        Approx(0.4 * static_cast<double>(beta.offered) * 190 / 200).epsilon(0.05));
  CHECK(edge(r, "beta->s").attempts == edge(r, "beta->s").calls + 2 * beta.failed);
  CHECK(refusal(shop("strategy = \"flag\"\nsteps = [{ weight = \"5%\", cohort = \"nobody\", for = "
                     "\"1s\" }]\n"))
            .find("nobody does not call s") != std::string::npos);
}
