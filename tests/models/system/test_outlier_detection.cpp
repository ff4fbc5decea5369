// Hosts that misbehave are taken out of a caller's rotation, and come back at a sweep.
#include "models/system/outlier_detection.hpp"

#include <set>

#include "tests/support/run.hpp"

using namespace faultline;

namespace {

Instant at_s(double s) {
  return Instant{} + from_seconds(s);
}

// 100 a second, in turn over `replicas`, of which every second is in zone b, where the fault is.
Result watched(const std::string& outliers, int replicas = 2, const std::string& more = "",
               const std::string& fault = "kind = \"errors\"\nshare = \"100%\"") {
  return run_text(
      "duration = \"100s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = "
      "\"constant\"\n" +
      works("s", "\"unbounded\"", "1ms",
            "replicas = " + std::to_string(replicas) + "\nzones = [\"a\", \"b\"]\n" + more +
                "outlier_detection = { " + outliers + " }") +
      "[[fault]]\nat = \"0s\"\nservice = \"s\"\nzone = \"b\"\n" + fault + "\n");
}

}  // namespace

TEST_CASE("five failures in a row eject, for longer each time", "[world][outliers]") {
  const Result r = watched("max_ejection_percent = \"50%\"");
  // Out at 0.1 s for 30 s, so until the sweep at 40 s; then for 60 s, to the end.
  CHECK(moments(r, "breaker", "ejected for 30 s").size() == 1);
  CHECK(moments(r, "breaker", "ejected for 30 s")[0] == Approx(0.1).margin(0.02));
  CHECK(moments(r, "breaker", "may be called again")[0] == Approx(40).margin(0.02));
  CHECK(moments(r, "breaker", "ejected for 60 s")[0] == Approx(40.1).margin(0.02));
  CHECK(client(r).failed == 10);
  CHECK(edge(r).ejections == 2);
}

TEST_CASE("by default a tenth may be out, of two hosts none", "[world][outliers]") {
  CHECK(edge(watched("")).ejections == 0);
  CHECK(edge(watched("always_eject_one_host = true")).ejections == 2);
  CHECK(edge(watched("consecutive_5xx = false, always_eject_one_host = true")).ejections == 0);
}

TEST_CASE("with too few left, those ejected are used again", "[world][outliers]") {
  // All but one of four are out: a quarter is below a half.
  const std::string fault = "kind = \"errors\"\nshare = \"100%\"";
  const auto failed = [&](const std::string& balancer) {
    const Result r = run_text(
        "duration = \"30s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\n" +
        works("s", "\"unbounded\"", "1ms",
              "replicas = 4\nzones = [\"a\", \"b\", \"b\", \"b\"]\nbalancer = " + balancer +
                  "\noutlier_detection = { max_ejection_percent = \"100%\" }") +
        "[[fault]]\nat = \"0s\"\nservice = \"s\"\nzone = \"b\"\n" + fault + "\n");
    return static_cast<double>(client(r).failed) / static_cast<double>(client(r).offered);
  };
  CHECK(failed("{ panic_threshold = \"50%\" }") > 0.7);
  CHECK(failed("{ panic_threshold = \"20%\" }") < 0.02);
}

TEST_CASE("timeouts and crashes count as the host's", "[world][outliers]") {
  const std::string half = "max_ejection_percent = \"50%\"";
  CHECK(edge(watched(half, 2, "", "kind = \"crash\"")).ejections > 0);
  const Result slow = run_text(
      "duration = \"100s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\npolicy = \"p\"\n" +
      works("s", "\"unbounded\"", "1ms",
            "replicas = 2\nzones = [\"a\", \"b\"]\noutlier_detection = { " + half + " }") +
      "[policy.p]\ntimeout = \"50ms\"\n"
      "[[fault]]\nat = \"0s\"\nservice = \"s\"\nzone = \"b\"\nkind = \"slow\"\nfactor = 100\n");
  CHECK(edge(slow).ejections >= 2);
  CHECK(errors(client(slow), Error::Timeout) < 50);
}

TEST_CASE("rates are judged at sweeps", "[world][outliers]") {
  // Ten hosts; those in b fail two times in five: no five in a row to speak of, but a rate.
  const std::string rule = "consecutive_5xx = false, max_ejection_percent = \"50%\"";
  const std::string some = "kind = \"errors\"\nshare = \"40%\"";
  // Half of the hosts fail alike: nobody is 1.9 standard deviations below the mean.
  CHECK(edge(watched(rule, 10, "", some)).ejections == 0);
  CHECK(edge(watched(rule + ", success_rate = { stdev_factor = 0.5 }", 10, "", some)).ejections >=
        5);
  CHECK(edge(watched(rule + ", success_rate = false, failure_percentage = { threshold = \"30%\" }",
                     10, "", some))
            .ejections >= 5);
  CHECK(edge(watched(rule + ", success_rate = false, failure_percentage = {}", 10, "", some))
            .ejections == 0);
}

TEST_CASE("the multiplier sinks with every healthy sweep", "[outliers]") {
  OutlierSettings s;
  s.consecutive_5xx = 1;
  s.max_ejection_percent = {1};
  OutlierDetector d(s, {}, 0);
  d.set_hosts({0, 1});
  const auto out = [&](double t) {
    d.report(at_s(t), 0, HostResult::ServerError);
    double length = -1;
    for (const auto& told : d.take_told()) length = told.out.ns >= 0 ? told.out.seconds() : length;
    return length;
  };
  CHECK(out(0) == 30);
  CHECK(out(1) == -1);    // is out already
  CHECK(out(30) == 60);   // back at the sweep at 30 s
  CHECK(out(95) == 90);   // back at 90 s
  CHECK(out(215) == 60);  // back at 190 s; one less at 200 and at 210 s
}

TEST_CASE("jitter makes an ejection longer by chance, the same each time", "[outliers]") {
  OutlierSettings s;
  s.consecutive_5xx = 1;
  s.max_ejection_percent = {1};
  s.max_ejection_time_jitter = milliseconds(10'000);
  std::set<std::int64_t> lengths;
  for (std::uint64_t key = 0; key < 200; ++key) {
    OutlierDetector d(s, {}, key);
    d.set_hosts({0, 1});
    d.report({}, 0, HostResult::ServerError);
    const Duration length = d.take_told().at(0).out;
    CHECK(length >= milliseconds(30'000));
    CHECK(length <= milliseconds(40'000));
    lengths.insert(length.ns);
  }
  CHECK(lengths.size() > 150);
}

TEST_CASE("local failures are counted apart if asked", "[outliers]") {
  OutlierSettings s;
  s.consecutive_local_origin_failure = 2;
  s.consecutive_5xx = 3;
  s.max_ejection_percent = {1};
  OutlierDetector d(s, {}, 0);
  d.set_hosts({0, 1});
  for (const HostResult r : {HostResult::ServerError, HostResult::LocalOrigin,
                             HostResult::ServerError, HostResult::LocalOrigin})
    d.report({}, 0, r);
  CHECK_FALSE(d.ejected(0));  // never two local ones in a row, and two of the others
  d.report({}, 0, HostResult::LocalOrigin);
  CHECK(d.ejected(0));
}
