// What callers do about failure, and what goes wrong.
#include "tests/trust/author.hpp"

namespace faultline::test {

std::string Author::budget() {
  switch (dice_.below(5)) {
    case 0:
      return fmt::format("{{ kind = \"linkerd\", ratio = \"{}%\" }}", dice_.between(5, 50));
    case 1:
      return fmt::format("{{ kind = \"grpc\", tokens = {} }}", dice_.between(2, 20));
    case 2:
      return fmt::format("{{ kind = \"aws\", tokens = {} }}", dice_.between(10, 500));
    case 3:
      return fmt::format("{{ kind = \"envoy\", min_concurrent = {} }}", dice_.below(4));
    default:
      return fmt::format("{{ ratio = \"{}%\", ttl = \"{}\" }}", dice_.between(1, 50),
                         time(dice_.between(1, 10) * 1'000'000));
  }
}

void Author::policy(int i) {
  add("[policy.p{}]\n", i);
  std::vector<std::string> order;
  const auto has = [&](double share, const char* name) {
    if (!dice_.chance(share)) return false;
    order.push_back(name);
    return true;
  };
  if (has(0.6, "timeout")) {
    if (dice_.chance(0.3)) {
      add("timeout = {{ connect = \"{}\", header = \"{}\", read = \"{}\"{} }}\n",
          some_time(500, 400'000), some_time(500, 400'000), some_time(500, 100'000),
          dice_.chance(0.5) ? ", after = \"" + some_time(500, 400'000) + "\"" : "");
    } else {
      add("timeout = \"{}\"\n", some_time(500, 400'000));
    }
  }
  if (has(0.4, "deadline")) add("deadline = \"{}\"\n", some_time(1'000, 900'000));
  add("propagation = \"{}\"\n",
      dice_.pick<std::string>({"none", "none", "deadline", "cancel", "cancel"}));
  if (has(0.5, "retry")) {
    add("retry = {{ attempts = {}, backoff = \"{}\", jitter = \"{}\"", dice_.between(1, 3),
        dice_.chance(0.2) ? "0s" : some_time(100, 100'000),
        unscaled(0.3) ? dice_.pick<std::string>({"grpc", "envoy", "resilience4j", "polly"})
                      : dice_.pick<std::string>({"none", "full", "equal", "decorrelated", "20%"}));
    if (dice_.chance(0.3)) add(", cap = \"{}\"", some_time(1'000, 200'000));
    if (dice_.chance(0.4)) add(", budget = {}", budget());
    if (unscaled(0.3))
      add(", retry_after = \"{}\"", dice_.pick<std::string>({"honour", "grpc", "envoy", "aws"}));
    if (dice_.chance(0.2)) add(", unsafe = true");
    if (dice_.chance(0.3))
      add(", on = [\"timeout\", \"breaker_open\", \"bulkhead_full\", \"server_error\"]");
    add(" }}\n");
  }
  if (has(0.4, "breaker")) add("breaker = {{ {} }}\n", breaker());
  if (has(0.4, "bulkhead"))
    add("bulkhead = {{ concurrent = {}, waiting = {} }}\n", dice_.between(1, 10),
        dice_.between(0, 10));
  if (has(0.2, "rate_limit")) {
    const std::string plain = rate(dice_.between(60, 6000));
    const int burst = dice_.between(1, 20);
    add("rate_limit = {}\n",
        options_.scalable || limits_.chance(0.3)
            ? fmt::format("{{ kind = \"token_bucket\", rate = \"{}\", burst = {} }}", plain, burst)
            : rate_limit());
  }
  if (has(0.3, "hedge")) {
    add("hedge = {{ after = \"{}\", max = {}", dice_.chance(0.2) ? "p90" : some_time(500, 100'000),
        dice_.between(1, 3));
    if (dice_.chance(0.3)) add(", nonfatal = [\"server_error\", \"refused\", \"crash\"]");
    if (unscaled(0.3)) add(", budget = {}", budget());
    add(" }}\n");
  }
  // Only policies of the first kind may be those of a fallback's call.
  if (has(0.25, "fallback")) {
    const bool calls = i > 0 && dice_.chance(0.5);
    add("fallback = {}\n",
        calls ? fmt::format("[{{ call = \"s{}\"{} }}, {{ quality = 0.5 }}]", services_ - 1,
                            dice_.chance(0.5) ? ", policy = \"p0\"" : "")
              : "{ quality = 0.5 }");
  }
  for (std::string& name : own_pace()) order.push_back(std::move(name));
  if (dice_.chance(0.5) && !order.empty()) {
    for (std::size_t n = order.size(); n > 1; --n)
      std::swap(order[n - 1], order[static_cast<std::size_t>(dice_.below(static_cast<int>(n)))]);
    // One that calls belongs outside a hedge.
    const auto fallback = std::find(order.begin(), order.end(), "fallback");
    if (fallback != order.end()) std::rotate(order.begin(), fallback, fallback + 1);
    std::string names;
    for (const std::string& name : order)
      names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", name);
    add("order = [{}]\n", names);
  }
  if (dice_.chance(0.3)) add("scope = \"shared\"\n");
  add("\n");
}

void Author::network() {
  std::sort(edges_.begin(), edges_.end());
  edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
  add("[network]\n");
  if (dice_.chance(0.4)) add("latency = \"{}\"\n", law(dice_.between(50, 5'000)));
  if (dice_.chance(0.2)) add("cross_zone = \"{}\"\n", some_time(50, 5'000));
  add("retransmit = \"{}\"\nunreachable_after = \"{}\"\n\n",
      dice_.chance(0.2) ? "0s" : some_time(1'000, 300'000), some_time(100'000, 9'000'000));
  for (const std::string& edge : edges_) {
    if (!dice_.chance(0.3)) continue;
    add("[link.\"{}\"]\nlatency = \"{}\"\nloss = \"{}%\"\n", edge, law(dice_.between(50, 20'000)),
        dice_.pick<int>({0, 1, 5, 30}));
    if (unscaled(0.4))
      add("connections = {{ kind = \"{}\", tls = {}, keep_alive = \"{}\" }}\n",
          dice_.pick<std::string>({"fresh", "pooled", "shared"}), dice_.below(3),
          some_time(10'000, 5'000'000));
    if (unscaled(0.2))
      add("dns = {{ lookup = \"{}\", ttl = \"{}\", gives_up = \"{}\" }}\n", some_time(100, 10'000),
          some_time(10'000, 5'000'000), some_time(10'000, 2'000'000));
    if (unscaled(0.3)) add("bandwidth = \"{}kB/s\"\n", dice_.between(20, 2'000));
    add("\n");
  }
}

void Author::fault() {
  std::vector<std::string> kinds = {"slow",    "crash", "crash",    "errors",
                                    "latency", "loss",  "partition"};
  if (!with_cpu_.empty()) kinds.push_back("cpu_stress");
  if (!with_memory_.empty()) kinds.push_back("memory_stress");
  if (!with_disk_.empty()) kinds.insert(kinds.end(), {"disk_latency", "disk_errors"});
  if (uses_cache_) kinds.push_back("flush");
  const std::string kind = unscaled(0.3)
                               ? dice_.pick<std::string>({"duplicate", "corrupt", "reset", "refuse",
                                                          "black_hole", "bandwidth", "dns"})
                               : dice_.pick(kinds);
  add("[[fault]]\nkind = \"{}\"\nat = \"{}\"\n", kind,
      time(dice_.below(duration_ms_) * std::int64_t{1000}));
  if (kind == "flush") return add("cache = \"k\"\n\n");
  if (dice_.chance(0.85)) {
    const int lasts = dice_.between(1, duration_ms_ / 2);
    add("for = \"{}\"\n", time(lasts * std::int64_t{1000}));
    if (kind != "crash" && dice_.chance(0.2))
      add("every = \"{}\"\n", time((lasts + dice_.between(200, 3'000)) * std::int64_t{1000}));
  }
  const bool of_machine =
      kind.starts_with("cpu_") || kind.starts_with("memory_") || kind.starts_with("disk_");
  if (of_machine) {
    add("service = \"s{}\"\n", dice_.pick(kind[0] == 'c'   ? with_cpu_
                                          : kind[0] == 'm' ? with_memory_
                                                           : with_disk_));
    if (kind == "cpu_stress") add("workers = {}\nload = \"70%\"\n", dice_.between(1, 4));
    if (kind == "memory_stress") add("size = \"{}MiB\"\n", dice_.between(1, 100));
    if (kind == "disk_latency") add("add = \"{}\"\n", law(dice_.between(500, 50'000)));
    if (kind == "disk_errors") add("share = \"{}%\"\n", dice_.between(1, 100));
    return add("\n");
  }
  const bool of_service = kind == "slow" || kind == "crash" || kind == "errors";
  if (of_service) {
    add("service = \"s{}\"\n", dice_.below(services_));
    if (dice_.chance(0.4)) add("instances = {}\n", dice_.pick<std::string>({"1", "2", "\"50%\""}));
    if (zoned_ && dice_.chance(0.2)) add("zone = \"b\"\n");
  } else {
    add("link = \"{}\"\n", dice_.pick(edges_));
  }
  if (kind == "slow") {
    add("factor = {}\n", dice_.between(2, 30));
    if (dice_.chance(0.3)) add("share = \"{}%\"\n", dice_.between(1, 100));
  }
  if (kind == "errors")
    add("share = \"{}%\"\nerror = \"{}\"\n", dice_.between(1, 100),
        dice_.pick<std::string>({"server_error", "client_error", "wrong_data", "refused"}));
  if (kind == "errors" && dice_.chance(0.3))
    // An outcome carries it as a float, which is not ten times as much to the nanosecond.
    if (const std::string wait = some_time(1'000, 900'000); !options_.scalable)
      add("retry_after = \"{}\"\n", wait);
  if (kind == "latency") {
    if (dice_.chance(0.3)) {
      add("add = \"{}\"\njitter = \"{}\"\n", some_time(500, 50'000), some_time(500, 90'000));
    } else {
      add("add = \"{}\"\n", law(dice_.between(500, 200'000)));
    }
  }
  if (kind == "loss" || kind == "duplicate" || kind == "corrupt" || kind == "black_hole")
    add("share = \"{}%\"\n", dice_.between(1, 100));
  if (kind == "loss" && dice_.chance(0.3)) add("correlation = \"{}%\"\n", dice_.between(1, 95));
  if (kind == "corrupt" && dice_.chance(0.3)) add("noticed = false\n");
  if (kind == "reset")
    add("share = \"{}%\"\nafter = \"{}\"\n", dice_.between(1, 100), some_time(100, 50'000));
  if (kind == "bandwidth") add("limit = \"{}kB/s\"\n", dice_.between(10, 500));
  if (kind == "partition" && dice_.chance(0.4))
    add("connections = \"{}\"\n", dice_.pick<std::string>({"new", "established"}));
  if (kind == "partition")
    add("direction = \"{}\"\n", dice_.pick<std::string>({"both", "to", "from"}));
  add("\n");
}

void Author::autoscaler() {
  const int target = dice_.between(20, 80);
  add("[autoscaler.s{}]\nkind = \"hpa\"\nmin = 1\nmax = {}\nmetric = \"threads\"\ntarget = "
      "\"{}%\"\nperiod = \"{}\"\nstart_up = \"{}\"\n",
      dice_.below(services_), dice_.between(2, 8), target, some_time(300'000, 3'000'000),
      dice_.chance(0.3) ? "0s" : some_time(100'000, 4'000'000));
  add("scale_down = {{ window = \"{}\" }}\nscale_up = {{ window = \"0s\" }}\n\n",
      time(dice_.between(0, 3) * 1'000'000));
}

void Author::rollout() {
  const std::string strategy =
      dice_.pick<std::string>({"all_at_once", "rolling", "canary", "blue_green", "flag"});
  add("[[rollout]]\nservice = \"s{}\"\nat = \"{}\"\nstrategy = \"{}\"\n", dice_.below(services_),
      time(dice_.below(duration_ms_) * std::int64_t{1000}), strategy);
  if (strategy != "flag")
    add("start_up = \"{}\"\n", dice_.chance(0.3) ? "0s" : some_time(100'000, 2'000'000));
  if (strategy == "blue_green")
    add("preview = \"{}\"\nscale_down_delay = \"{}\"\n", some_time(100'000, 2'000'000),
        some_time(100'000, 2'000'000));
  add("version = {{ name = \"v2\", errors = \"{}%\", slow = {{ share = \"30%\", factor = 3 }} "
      "}}\ninterval = \"{}\"\n",
      dice_.pick<int>({0, 5, 50}), some_time(200'000, 2'000'000));
  if (strategy == "canary" || strategy == "flag")
    add("steps = [{{ weight = \"5%\", for = \"{}\" }}, {{ weight = \"50%\", for = \"{}\" }}]\n",
        some_time(500'000, 4'000'000), some_time(500'000, 4'000'000));
  if (strategy == "rolling")
    add("max_surge = {}\nmax_unavailable = \"{}%\"\n", dice_.between(1, 2),
        dice_.pick<int>({0, 25, 50}));
  if (dice_.chance(0.7)) add("gates = [{{ metric = \"error_rate\", at_most = \"20%\" }}]\n");
  add("\n");
}

}  // namespace faultline::test
