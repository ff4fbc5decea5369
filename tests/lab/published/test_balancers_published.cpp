// Published results on balancers and breakers, with the numbers they were published with.

#include <fmt/format.h>

#include "tests/support/run.hpp"

using namespace faultline;

namespace {

// Mean sojourn in mean service times of `n` servers at `load`, for `units` service times.
double sojourn(const std::string& balancer, int n, double load, int units, double stale = 0) {
  const std::string refresh =
      stale > 0 ? fmt::format(", refresh = \"{}ms\"", static_cast<int>(stale * 10)) : "";
  const Result r = run_text(fmt::format(
      "duration = \"{}ms\"\nwarmup = \"{}ms\"\nseed = 1\n[client.c]\ncalls = \"s\"\nrate = "
      "\"{}/s\"\n[service.s]\nreplicas = {}\nthreads = 1\nwork = \"exp(10ms)\"\nbalancer = {{ "
      "kind = {}{} }}\n",
      units * 10, units, load * n * 100, n, balancer, refresh));
  return client(r).latency.mean / 0.010;
}

constexpr const char* kTwo = "\"power_of_two\"";
constexpr const char* kThree = "\"power_of_two\", choice_count = 3";
constexpr const char* kAll = "\"least_request\"";

}  // namespace

// Mitzenmacher, "The power of two choices in randomized load balancing" (2001): the mean-field
// limit is 2.614; a hundred servers measured 2.641 ± 0.014.
TEST_CASE("the power of two choices among a hundred servers", "[published][P06]") {
  CHECK(sojourn(kTwo, 100, 0.9, 20'000) == Approx(2.641).margin(0.042));
}

// Brooker, "The power of two random choices" (2012), after Mitzenmacher's "How useful is old
// information?" (2000): ten servers at 80 %, the counts of all looked up every T service times.
TEST_CASE("stale counts: two choices outlive three, and three all", "[published][P06]") {
  struct Row {
    double stale;
    int units;
    double two, three, all;
  };
  for (const Row& row :
       {Row{0, 100'000, 2.077, 1.715, 1.367}, Row{1, 100'000, 2.348, 2.179, 2.866},
        Row{5, 100'000, 3.190, 3.665, 7.734}, Row{20, 200'000, 5.571, 8.346, 28.58}}) {
    CAPTURE(row.stale);
    CHECK(sojourn(kTwo, 10, 0.8, row.units, row.stale) == Approx(row.two).epsilon(0.05));
    CHECK(sojourn(kThree, 10, 0.8, row.units, row.stale) == Approx(row.three).epsilon(0.05));
    CHECK(sojourn(kAll, 10, 0.8, row.units, row.stale) == Approx(row.all).epsilon(0.05));
  }
  // Random takes 5: "all" loses to it between T = 1 and 5, two between 10 and 20.
  CHECK(sojourn(kTwo, 10, 0.8, 100'000, 10) < 5);
}

// The circuit breaker demonstration of MiSim: ten requests a second; the middle service is down
// from 30 to 120 s of 180.
TEST_CASE("a breaker before a dead service", "[published][P20][CB1]") {
  const auto demo = [](const std::string& breaker, const std::string& fault) {
    return run_text(
        "duration = \"180s\"\nseed = 3\n[client.users]\ncalls = \"gateway\"\nrate = \"10/s\"\n"
        "arrivals = \"constant\"\n"
        "[service.gateway]\nthreads = \"unbounded\"\n"
        "steps = [{ call = \"example\", policy = \"guarded\" }]\n"
        "[service.example]\nthreads = \"unbounded\"\nsteps = [{ call = \"inner\" }]\n"
        "[service.inner]\nthreads = \"unbounded\"\nwork = \"1ms\"\n"
        "[network]\nlatency = \"normal(20ms, cv=0.5)\"\nretransmit = \"0s\"\n"
        "[policy.guarded]\ntimeout = \"8s\"\n" +
        breaker + "[[fault]]\nat = \"30s\"\nfor = \"90s\"\n" + fault);
  };
  const std::string guarded =
      "breaker = { like = \"hystrix\", failure_rate = \"75%\", open_for = \"500ms\" }\n";
  const std::string dead = "kind = \"crash\"\nservice = \"example\"\n";
  const std::string silent = "kind = \"partition\"\nlink = \"gateway->example\"\n";
  // 900 of 1800 requests fail; the breaker adds at most the 5 that come within a sleep window.
  const auto bare = client(demo("", dead), "users");
  const auto with = client(demo(guarded, dead), "users");
  CHECK(bare.offered == Approx(1800).margin(1));
  CHECK(bare.failed == Approx(900).margin(2));
  CHECK(with.failed >= 898);
  CHECK(with.failed <= 907);
  // Of a service that doesn't even refuse, every failure costs the timeout; with a breaker few do.
  const auto failures = [](const Result& r, Error why) {
    return edge(r, "gateway->example").errors[static_cast<std::size_t>(why)];
  };
  CHECK(failures(demo("", silent), Error::Timeout) == Approx(900).margin(2));
  const Result spared = demo(guarded, silent);
  CHECK(failures(spared, Error::Timeout) < 200);
  CHECK(failures(spared, Error::BreakerOpen) > 700);
}
