#include "tests/trust/random_world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::test {
namespace {

class Author {
 public:
  Author(std::uint64_t seed, const WorldOptions& options)
      : dice_(seed), seed_(seed), options_(options) {}

  std::string write() {
    duration_ms_ = options_.steady ? 2'000'000 : dice_.between(4'000, 20'000);
    services_ = dice_.between(1, 5);
    clients_ = options_.steady ? 1 : dice_.between(1, 3);
    policies_ = options_.steady ? 0 : dice_.between(1, 4);
    add("faultline = 1\ntitle = \"Random world {}\"\nseed = {}\nduration = \"{}\"\n", seed_,
        seed_ % 1000, time(duration_ms_ * 1000));
    if (!options_.steady && dice_.chance(0.3))
      add("warmup = \"{}\"\n", time(duration_ms_ / 4 * 1000));
    add("\n");
    for (int i = 0; i < clients_; ++i) client(i);
    for (int i = 0; i < services_; ++i) service(i);
    if (uses_cache_) cache();
    for (int i = 0; i < policies_; ++i) policy(i);
    if (!options_.steady) {
      network();
      for (int i = dice_.below(7); i > 0; --i) fault();
      if (!options_.scalable && dice_.chance(0.4)) autoscaler();
      if (!options_.scalable && dice_.chance(0.4)) rollout();
    }
    return std::move(text_);
  }

 private:
  template <class... T>
  void add(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(values)...);
  }
  std::string time(std::int64_t us) const { return fmt::format("{}us", us * options_.factor); }
  std::string some_time(int low_us, int high_us) { return time(dice_.between(low_us, high_us)); }
  std::string rate(int per_minute) const {
    return fmt::format("{:.1f}/min", per_minute / static_cast<double>(options_.factor));
  }

  std::string law(int mean_us) {
    const std::string mean = time(std::max(1, mean_us));
    switch (dice_.below(options_.scalable ? 3 : 8)) {
      case 0:
        return options_.steady ? fmt::format("exp({})", mean) : mean;
      case 1:
        return fmt::format("lognormal({}, cv=0.{})", mean, dice_.between(1, 9));
      case 2:
        return fmt::format("exp({})", mean);
      case 3:
        return fmt::format("gamma({}, cv=0.5)", mean);
      case 4:
        return fmt::format("weibull({}, shape=1.5)", mean);
      case 5:
        return fmt::format("bounded_pareto({}, alpha=1.5, ratio=100)", mean);
      case 6:
        return fmt::format("hyperexp({}, cv=2)", mean);
      default:
        return fmt::format("uniform(0s, {})", time(2 * mean_us));
    }
  }

  std::string some_policy() {
    return policies_ > 0 && dice_.chance(0.6)
               ? fmt::format(", policy = \"p{}\"", dice_.below(policies_))
               : "";
  }
  // A service behind number i, known as a leg of it.
  std::string callee(const std::string& caller, int i) {
    const int s = dice_.between(i + 1, services_ - 1);
    edges_.push_back(fmt::format("{}->s{}", caller, s));
    return fmt::format("s{}", s);
  }

  void client(int i) {
    const std::string name = fmt::format("c{}", i);
    const int s = options_.steady ? 0 : dice_.below(std::min(services_, 2));
    edges_.push_back(fmt::format("{}->s{}", name, s));
    add("[client.{}]\ncalls = \"s{}\"\n", name, s);
    switch (options_.steady ? 0 : dice_.below(3)) {
      case 0:
        add("rate = \"{}\"\n", rate(options_.steady ? 3000 : dice_.between(60, 6000)));
        if (!options_.steady && dice_.chance(0.3)) add("arrivals = \"constant\"\n");
        if (!options_.steady && dice_.chance(0.3))
          add("shape = [[\"0s\", 1.0], [\"{}\", {}.5], [\"{}\", 0.{}]]\n", time(duration_ms_ * 300),
              dice_.below(3), time(duration_ms_ * 600), dice_.between(0, 9));
        break;
      case 1:
        add("users = {}\n", dice_.between(1, 30));
        if (options_.scalable || dice_.chance(0.8))
          add("think = \"{}\"\n", law(dice_.between(20'000, 500'000)));
        break;
      default:
        add("gaps = \"{}\"\n", law(dice_.between(5'000, 500'000)));
    }
    if (options_.steady) return add("\n");
    if (dice_.chance(0.2)) add("batch = {}\n", dice_.between(2, 5));
    if (dice_.chance(0.2)) add("at_start = {}\n", dice_.between(1, 50));
    if (dice_.chance(0.3)) add("instances = {}\n", dice_.between(2, 5));
    if (dice_.chance(0.3)) add("priority = \"P{}\"\n", dice_.below(4));
    if (dice_.chance(0.2)) add("idempotent = false\n");
    if (policies_ > 0 && dice_.chance(0.7)) add("policy = \"p{}\"\n", dice_.below(policies_));
    add("\n");
  }

  void service(int i) {
    add("[service.s{}]\n", i);
    if (options_.steady) {
      add("replicas = {}\nthreads = {}\n", dice_.between(1, 3), dice_.between(2, 4));
      return add("steps = [{{ work = \"{}\" }}{}]\n\n", law(dice_.between(2'000, 12'000)),
                 i + 1 < services_ ? fmt::format(", {{ call = \"s{}\" }}", i + 1) : "");
    }
    add("replicas = {}\n", dice_.between(1, 4));
    if (dice_.chance(0.1)) {
      add("threads = \"unbounded\"\n");
    } else {
      add("threads = {}\n", dice_.between(1, 8));
    }
    if (dice_.chance(0.6)) {
      add("queue = {{ limit = {}, discipline = \"{}\" }}\n", dice_.pick<int>({0, 1, 5, 50}),
          dice_.pick<std::string>({"fifo", "lifo", "priority"}));
    }
    add("balancer = \"{}\"\n",
        dice_.pick<std::string>({"round_robin", "random", "least_request", "power_of_two"}));
    if (dice_.chance(0.2)) add("cpu = \"500m\"\n");
    std::string steps;
    for (int n = dice_.between(1, 3); n > 0; --n) steps += (steps.empty() ? "" : ", ") + step(i);
    add("steps = [{}]\n\n", steps);
  }

  std::string step(int i) {
    const std::string me = fmt::format("s{}", i);
    if (i + 1 >= services_ || dice_.chance(0.4))
      return fmt::format("{{ work = \"{}\" }}",
                         dice_.chance(0.1) ? "0s" : law(dice_.between(500, 60'000)));
    if (dice_.chance(0.5))
      return fmt::format("{{ call = \"{}\"{} }}", callee(me, i), some_policy());
    if (dice_.chance(0.4)) {
      uses_cache_ = true;
      return fmt::format("{{ cache = \"k\", keys = {}, zipf = 0.{}, miss = \"{}\"{} }}",
                         dice_.between(1, 50), dice_.below(10), callee(me, i), some_policy());
    }
    const int legs = dice_.between(1, 4);
    std::string list;
    for (int leg = 0; leg < legs; ++leg)
      list += fmt::format("{}\"{}\"", leg > 0 ? ", " : "", callee(me, i));
    return fmt::format("{{ parallel = [{}], need = {}, wait = \"{}\"{}{} }}", list,
                       dice_.between(1, legs), dice_.pick<std::string>({"all", "need"}),
                       dice_.chance(0.4) ? ", timeout = \"" + some_time(1'000, 300'000) + "\"" : "",
                       some_policy());
  }

  void cache() {
    add("[cache.k]\n");
    if (dice_.chance(0.8)) add("ttl = \"{}\"\n", some_time(10'000, 5'000'000));
    if (dice_.chance(0.6)) add("capacity = {}\n", dice_.between(1, 30));
    add("coalesce = {}\n\n", dice_.chance(0.6));
  }

  void policy(int i) {
    add("[policy.p{}]\n", i);
    std::vector<std::string> order;
    const auto has = [&](double share, const char* name) {
      if (!dice_.chance(share)) return false;
      order.push_back(name);
      return true;
    };
    if (has(0.6, "timeout")) add("timeout = \"{}\"\n", some_time(500, 400'000));
    if (has(0.4, "deadline")) add("deadline = \"{}\"\n", some_time(1'000, 900'000));
    add("propagation = \"{}\"\n",
        dice_.pick<std::string>({"none", "none", "deadline", "cancel", "cancel"}));
    if (has(0.5, "retry")) {
      add("retry = {{ attempts = {}, backoff = \"{}\", jitter = \"{}\"", dice_.between(1, 3),
          dice_.chance(0.2) ? "0s" : some_time(100, 100'000),
          dice_.pick<std::string>({"none", "full", "equal", "decorrelated", "20%"}));
      if (dice_.chance(0.3)) add(", cap = \"{}\"", some_time(1'000, 200'000));
      if (dice_.chance(0.4))
        add(", budget = {{ ratio = \"{}%\", ttl = \"{}\" }}", dice_.between(1, 50),
            time(dice_.between(1, 10) * 1'000'000));
      if (dice_.chance(0.3))
        add(", on = [\"timeout\", \"breaker_open\", \"bulkhead_full\", \"server_error\"]");
      add(" }}\n");
    }
    if (has(0.4, "breaker"))
      add("breaker = {{ window = {}, min_calls = {}, failure_rate = \"{}%\", open_for = \"{}\", "
          "half_open_calls = {}, slow_after = \"{}\" }}\n",
          dice_.between(10, 50), dice_.between(1, 10), dice_.between(10, 90),
          some_time(100'000, 5'000'000), dice_.between(1, 5), some_time(1'000, 900'000));
    if (has(0.4, "bulkhead"))
      add("bulkhead = {{ concurrent = {}, waiting = {} }}\n", dice_.between(1, 10),
          dice_.between(0, 10));
    if (has(0.2, "rate_limit"))
      add("rate_limit = {{ kind = \"token_bucket\", rate = \"{}\", burst = {} }}\n",
          rate(dice_.between(60, 6000)), dice_.between(1, 20));
    if (has(0.3, "hedge"))
      add("hedge = {{ after = \"{}\", max = {} }}\n",
          dice_.chance(0.2) ? "p90" : some_time(500, 100'000), dice_.between(1, 3));
    if (has(0.2, "fallback")) add("fallback = {{ quality = 0.5 }}\n");
    if (dice_.chance(0.5) && !order.empty()) {
      for (std::size_t n = order.size(); n > 1; --n)
        std::swap(order[n - 1], order[static_cast<std::size_t>(dice_.below(static_cast<int>(n)))]);
      std::string names;
      for (const std::string& name : order)
        names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", name);
      add("order = [{}]\n", names);
    }
    if (dice_.chance(0.3)) add("scope = \"shared\"\n");
    add("\n");
  }

  void network() {
    std::sort(edges_.begin(), edges_.end());
    edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
    add("[network]\n");
    if (dice_.chance(0.4)) add("latency = \"{}\"\n", law(dice_.between(50, 5'000)));
    add("retransmit = \"{}\"\nunreachable_after = \"{}\"\n\n",
        dice_.chance(0.2) ? "0s" : some_time(1'000, 300'000), some_time(100'000, 9'000'000));
    for (const std::string& edge : edges_) {
      if (!dice_.chance(0.3)) continue;
      add("[link.\"{}\"]\nlatency = \"{}\"\nloss = \"{}%\"\n\n", edge,
          law(dice_.between(50, 20'000)), dice_.pick<int>({0, 1, 5, 30}));
    }
  }

  void fault() {
    const std::string kind = dice_.pick<std::string>(
        {"slow", "crash", "crash", "errors", "latency", "loss", "partition"});
    add("[[fault]]\nkind = \"{}\"\nat = \"{}\"\n", kind,
        time(dice_.below(duration_ms_) * std::int64_t{1000}));
    if (dice_.chance(0.85))
      add("for = \"{}\"\n", time(dice_.between(1, duration_ms_ / 2) * std::int64_t{1000}));
    const bool of_service = kind == "slow" || kind == "crash" || kind == "errors";
    if (of_service) {
      add("service = \"s{}\"\n", dice_.below(services_));
      if (dice_.chance(0.4))
        add("instances = {}\n", dice_.pick<std::string>({"1", "2", "\"50%\""}));
    } else {
      add("link = \"{}\"\n", dice_.pick(edges_));
    }
    if (kind == "slow") add("factor = {}\n", dice_.between(2, 30));
    if (kind == "errors")
      add("share = \"{}%\"\nerror = \"{}\"\n", dice_.between(1, 100),
          dice_.pick<std::string>({"server_error", "client_error", "wrong_data", "refused"}));
    if (kind == "latency") add("add = \"{}\"\n", law(dice_.between(500, 200'000)));
    if (kind == "loss") add("share = \"{}%\"\n", dice_.between(1, 100));
    if (kind == "partition")
      add("direction = \"{}\"\n", dice_.pick<std::string>({"both", "to", "from"}));
    add("\n");
  }

  void autoscaler() {
    const int target = dice_.between(20, 80);
    add("[autoscaler.s{}]\nkind = \"hpa\"\nmin = 1\nmax = {}\nmetric = \"threads\"\ntarget = "
        "\"{}%\"\nperiod = \"{}\"\nstart_up = \"{}\"\n",
        dice_.below(services_), dice_.between(2, 8), target, some_time(300'000, 3'000'000),
        dice_.chance(0.3) ? "0s" : some_time(100'000, 4'000'000));
    add("scale_down = {{ window = \"{}\" }}\nscale_up = {{ window = \"0s\" }}\n\n",
        time(dice_.between(0, 3) * 1'000'000));
  }

  void rollout() {
    const std::string strategy = dice_.pick<std::string>({"all_at_once", "rolling", "canary"});
    add("[[rollout]]\nservice = \"s{}\"\nat = \"{}\"\nstrategy = \"{}\"\nstart_up = \"{}\"\n",
        dice_.below(services_), time(dice_.below(duration_ms_) * std::int64_t{1000}), strategy,
        dice_.chance(0.3) ? "0s" : some_time(100'000, 2'000'000));
    add("version = {{ name = \"v2\", errors = \"{}%\", slow = {{ share = \"30%\", factor = 3 }} "
        "}}\ninterval = \"{}\"\n",
        dice_.pick<int>({0, 5, 50}), some_time(200'000, 2'000'000));
    if (strategy == "canary")
      add("steps = [{{ weight = \"5%\", for = \"{}\" }}, {{ weight = \"50%\", for = \"{}\" }}]\n",
          some_time(500'000, 4'000'000), some_time(500'000, 4'000'000));
    if (strategy == "rolling")
      add("max_surge = {}\nmax_unavailable = \"{}%\"\n", dice_.between(1, 2),
          dice_.pick<int>({0, 25, 50}));
    if (dice_.chance(0.7)) add("gates = [{{ metric = \"error_rate\", at_most = \"20%\" }}]\n");
    add("\n");
  }

  Dice dice_;
  std::uint64_t seed_;
  WorldOptions options_;
  std::string text_;
  int duration_ms_ = 0, services_ = 0, clients_ = 0, policies_ = 0;
  bool uses_cache_ = false;
  std::vector<std::string> edges_;
};

}  // namespace

std::string random_world(std::uint64_t seed, const WorldOptions& options) {
  return Author(seed, options).write();
}

}  // namespace faultline::test
