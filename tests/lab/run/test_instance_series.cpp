// The series of single instances: what a window shows of one of several.

#include <cmath>

#include "lab/run/run.hpp"
#include "lab/scenario/load.hpp"
#include "tests/support/run.hpp"

namespace faultline {
namespace {

const char* const kThree = R"(
faultline = 1
duration = "60s"
[client.c]
calls = "s"
rate = "90/s"
policy = "p"
[policy.p]
timeout = "1s"
[service.s]
replicas = 3
threads = 4
work = "20ms"
[[fault]]
at = "20s"
for = "20s"
kind = "slow"
service = "s"
factor = 5
instances = 1
)";

Result with_instances(const std::string& text, bool wanted = true) {
  const auto loaded = load_text(text, "test.toml");
  INFO((loaded ? "" : render(loaded.error())));
  REQUIRE(loaded);
  RunOptions options;
  options.instances = wanted;
  return run(loaded->scenario, options);
}

double sum(const std::vector<double>& values) {
  double all = 0;
  for (const double value : values) all += std::isnan(value) ? 0 : value;
  return all;
}

}  // namespace

TEST_CASE("instances answer together what their service answers", "[series][US2]") {
  const Result r = with_instances(kThree);
  const ServiceSeries& whole = named(r->service_series, "s");
  REQUIRE(whole.each_instance.size() == 3);
  CHECK(whole.each_instance[2].name == "s/2");
  for (std::size_t bin = 0; bin < whole.ok.size(); ++bin) {
    double ok = 0, busy = 0;
    for (const auto& one : whole.each_instance) {
      REQUIRE(one.value.ok.size() == whole.ok.size());
      ok += one.value.ok[bin];
      busy += one.value.utilization[bin];
    }
    CHECK(ok == whole.ok[bin]);
    // Ten looks a second at a share of a dozen threads.
    CHECK(busy / 3 == Approx(whole.utilization[bin]).margin(0.25));
  }
}

TEST_CASE("the one instance that is slow is seen to be", "[series][US2]") {
  const Result r = with_instances(kThree);
  const ServiceSeries& whole = named(r->service_series, "s");
  REQUIRE(whole.each_instance.size() == 3);
  int slow = 0;
  for (const auto& one : whole.each_instance) {
    CHECK(one.value.p50_s[10] == Approx(0.02).epsilon(0.01));
    slow += one.value.p50_s[30] > 0.09;
    CHECK((one.value.p50_s[30] > 0.09) == (one.value.utilization[30] > 0.4));
  }
  CHECK(slow == 1);
}

TEST_CASE("an instance that comes later has nothing to show before", "[series][US2]") {
  const Result r = with_instances(std::string(kThree) + R"(
[[rollout]]
service = "s"
at = "30s"
strategy = "blue_green"
version = { name = "v2" }
)");
  const ServiceSeries& whole = named(r->service_series, "s");
  REQUIRE(whole.each_instance.size() == 6);
  const InstanceSeries& old = whole.each_instance[0].value;
  const InstanceSeries& young = whole.each_instance[5].value;
  CHECK(std::isnan(young.ok[10]));
  CHECK(old.ok[10] > 0);
  CHECK(sum(young.ok) > 0);
  double all = 0;
  for (const auto& one : whole.each_instance) all += sum(one.value.ok);
  CHECK(all == sum(whole.ok));
}

TEST_CASE("looking at instances changes nothing, and nobody looks unasked", "[series][crn]") {
  const Result with = with_instances(kThree), without = with_instances(kThree, false);
  CHECK(with->fingerprint == without->fingerprint);
  CHECK(with->services[0].value.ok == without->services[0].value.ok);
  CHECK(named(without->service_series, "s").each_instance.empty());
  const Result many = with_instances(R"(
faultline = 1
duration = "2s"
[client.c]
calls = "s"
rate = "90/s"
[service.s]
replicas = 300
threads = 4
work = "20ms"
)");
  CHECK(named(many->service_series, "s").each_instance.empty());
}

}  // namespace faultline
