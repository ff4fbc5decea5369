// Breakers of all dialects; balancers, zones, and who is put out of rotation.
#include "tests/trust/author.hpp"

namespace faultline::test {

std::string Author::breaker() {
  const std::string open_for = some_time(100'000, 5'000'000);
  switch (dice_.below(8)) {
    case 0:
      return fmt::format(
          "like = \"hystrix\", min_calls = {}, open_for = \"{}\", snapshot = \"{}\", "
          "window = \"{}\"",
          dice_.between(1, 10), open_for, time(100'000), time(1'000'000));
    case 1:
      return fmt::format("like = \"polly\", min_calls = {}, open_for = \"{}\", window = \"{}\"",
                         dice_.between(2, 10), open_for, some_time(100'000, 5'000'000));
    case 2:
      return fmt::format(
          "like = \"envoy\", max_connections = {}, max_pending = {}, max_requests = "
          "{}, max_retries = {}",
          dice_.between(1, 10), dice_.below(10), dice_.between(1, 20), dice_.below(4));
    case 3:
      return fmt::format("like = \"guide\", open_for = \"{}\"", open_for);
    default:
      return fmt::format(
          "window = {}, min_calls = {}, failure_rate = \"{}%\", open_for = \"{}\", "
          "half_open_calls = {}, slow_after = \"{}\"",
          dice_.between(10, 50), dice_.between(1, 10), dice_.between(10, 90), open_for,
          dice_.between(1, 5), some_time(1'000, 900'000));
  }
}

void Author::zones() {
  if (dice_.chance(0.5)) add("zones = [{}]\n", dice_.pick<std::string>({"\"a\", \"b\"", "\"a\""}));
}

void Author::balancing() {
  const bool zoned = dice_.chance(0.5);
  if (zoned) add("zones = [\"a\", \"b\", \"a\"]\n");
  zoned_ = zoned_ || zoned;
  const std::string kind = dice_.pick<std::string>(
      {"round_robin", "random", "least_request", "power_of_two", "peak_ewma"});
  std::string more;
  const bool weighs = kind == "round_robin" || kind == "least_request";
  if (weighs && dice_.chance(0.3)) {
    more += dice_.chance(0.5) ? ", weights = [1, 3]" : ", weights = [2]";
    if (dice_.chance(0.3)) more += ", slow_start = \"" + some_time(500'000, 5'000'000) + "\"";
  } else if (kind == "least_request" && dice_.chance(0.5)) {
    more += fmt::format(", choice_count = {}", dice_.between(1, 4));
  }
  if (kind == "peak_ewma")
    more += fmt::format(", default_rtt = \"{}\", decay = \"{}\"", time(30'000), time(10'000'000));
  if (zoned && dice_.chance(0.6))
    more +=
        dice_.chance(0.5) ? ", zones = \"failover\"" : ", zones = \"aware\", min_zone_hosts = 1";
  if (dice_.chance(0.3)) more += fmt::format(", panic_threshold = \"{}%\"", dice_.below(101));
  add("balancer = {{ kind = \"{}\"{} }}\n", kind, more);
  if (dice_.chance(0.3)) {
    add("outlier_detection = {{ consecutive_5xx = {}, interval = \"{}\", base_ejection_time = "
        "\"{}\", max_ejection_percent = \"{}%\", success_rate = {{ min_hosts = 1, min_requests = "
        "5 }} }}\n",
        dice_.between(1, 5), some_time(100'000, 2'000'000), some_time(100'000, 3'000'000),
        dice_.between(10, 100));
  }
  if (dice_.chance(0.3)) add("warm_up = {{ for = \"{}\", factor = 4 }}\n", time(2'000'000));
}

}  // namespace faultline::test
