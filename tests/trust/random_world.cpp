#include "tests/trust/random_world.hpp"

#include "tests/trust/author.hpp"

namespace faultline::test {

std::string Author::write() {
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
  if (!options_.steady) degradation();
  for (int i = 0; i < policies_; ++i) policy(i);
  if (!options_.steady) {
    network();
    for (int i = dice_.below(7); i > 0; --i) fault();
    if (!options_.scalable && dice_.chance(0.4)) autoscaler();
    if (!options_.scalable && dice_.chance(0.4)) rollout();
  }
  return std::move(text_);
}

void Author::client(int i) {
  const std::string name = fmt::format("c{}", i);
  const int s = options_.steady ? 0 : dice_.below(std::min(services_, 2));
  edges_.push_back(fmt::format("{}->s{}", name, s));
  add("[client.{}]\ncalls = \"s{}\"\n", name, s);
  const int way = options_.steady ? 0 : dice_.below(3);
  switch (way) {
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
  zones();
  if (dice_.chance(0.3)) add("priority = \"P{}\"\n", dice_.below(4));
  if (dice_.chance(0.2)) add("idempotent = false\n");
  if (policies_ > 0 && dice_.chance(0.7)) add("policy = \"p{}\"\n", dice_.below(policies_));
  if (limits_.chance(0.3)) population(way == 1);
  add("\n");
}

void Author::service(int i) {
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
    bounded_.push_back(i);
    add("threads = {}\n", dice_.between(1, 8));
  }
  if (dice_.chance(0.6)) {
    const int limit = dice_.pick<int>({0, 1, 5, 50});
    const auto order = dice_.pick<std::string>({"fifo", "lifo", "priority"});
    const bool odd = !options_.scalable && limits_.chance(0.5);
    add("queue = {{ {} }}\n",
        odd ? queue() : fmt::format("limit = {}, discipline = \"{}\"", limit, order));
  }
  balancing();
  if (dice_.chance(0.2)) add("idempotent = false\n");
  if (unscaled(0.15)) add("contention = \"{}%\"\n", dice_.between(1, 40));
  if (unscaled(0.2))
    add("idempotency_keys = {{ ttl = \"{}\", in_flight = \"{}\", keeps_errors = {} }}\n",
        some_time(1'000, 9'000'000), dice_.pick<std::string>({"conflict", "race"}),
        dice_.chance(0.5));
  if (unscaled(0.3))
    add("request_size = \"{}B\"\nresponse_size = \"{}B\"\n", dice_.between(0, 5'000),
        dice_.between(0, 50'000));
  std::string steps;
  for (int n = dice_.between(1, 3); n > 0; --n) steps += (steps.empty() ? "" : ", ") + step(i);
  if (unscaled(0.2))
    steps += fmt::format(", {{ read = \"r\" }}, {{ work = \"{}\" }}, {{ write = \"r\" }}",
                         law(dice_.between(500, 20'000)));
  machine(steps);
  add("steps = [{}]\n\n", steps);
  door(i);
}

std::string Author::step(int i) {
  const std::string me = fmt::format("s{}", i);
  if (dice_.chance(0.05)) return "{ flush = true }";
  if (i + 1 >= services_ || dice_.chance(0.4))
    return fmt::format("{{ work = \"{}\"{} }}",
                       dice_.chance(0.1) ? "0s" : law(dice_.between(500, 60'000)),
                       maybe_missing(false));
  if (dice_.chance(0.5))
    return fmt::format("{{ call = \"{}\"{}{} }}", callee(me, i), some_policy(),
                       maybe_missing(true));
  if (dice_.chance(0.4)) {
    uses_cache_ = true;
    return fmt::format("{{ cache = \"k\", keys = {}, zipf = 0.{}, miss = \"{}\"{} }}",
                       dice_.between(1, 50), dice_.below(10), callee(me, i), some_policy());
  }
  const int legs = dice_.between(1, 4);
  std::string list;
  for (int leg = 0; leg < legs; ++leg)
    list += fmt::format("{}{{ call = \"{}\", optional = {} }}", leg > 0 ? ", " : "", callee(me, i),
                        dice_.chance(0.2));
  return fmt::format("{{ parallel = [{}], need = {}, wait = \"{}\"{}{} }}", list,
                     dice_.between(1, legs), dice_.pick<std::string>({"all", "need"}),
                     dice_.chance(0.4) ? ", timeout = \"" + some_time(1'000, 300'000) + "\"" : "",
                     some_policy());
}

void Author::cache() {
  add("[cache.k]\n");
  const bool ttl = dice_.chance(0.8);
  if (ttl) add("ttl = \"{}\"\n", some_time(10'000, 5'000'000));
  if (dice_.chance(0.6))
    add("capacity = {}\neviction = \"{}\"\n", dice_.between(1, 30),
        dice_.pick<std::string>({"lru", "fifo", "random"}));
  if (ttl && dice_.chance(0.4))
    add("stale_while_revalidate = \"{}\"\n", some_time(10'000, 5'000'000));
  if (ttl && dice_.chance(0.4)) add("stale_if_error = \"{}\"\n", some_time(10'000, 5'000'000));
  if (ttl && dice_.chance(0.3)) add("early_refresh = {}\n", dice_.between(1, 3));
  if (ttl && dice_.chance(0.3)) add("ttl_jitter = \"{}%\"\n", dice_.between(1, 90));
  if (ttl && dice_.chance(0.2)) add("sliding = true\n");
  add("coalesce = {}\n\n", dice_.chance(0.6));
}

// What the service runs on; its steps may get one that uses it.
void Author::machine(std::string& steps) {
  const int i = services_written_++;
  if (options_.scalable) return;  // quotas, operations per second and kills don't stretch
  if (dice_.chance(0.2)) {
    add("cpu = {{ cores = \"{}\", scheduler = \"{}\"{} }}\n",
        dice_.pick<std::string>({"500m", "1", "2", "3"}),
        dice_.pick<std::string>({"fair", "lifo", "srpt", "priority"}),
        dice_.chance(0.3) ? ", limit = \"400m\"" : "");
    steps += fmt::format(", {{ cpu = \"{}\" }}", law(dice_.between(500, 40'000)));
    with_cpu_.push_back(i);
  }
  if (dice_.chance(0.2)) {
    add("disk = {{ iops = \"{}/s\", bandwidth = \"50MB/s\"{}, latency = \"{}\" }}\n",
        dice_.between(20, 2'000), dice_.chance(0.3) ? ", queue = 5" : "",
        law(dice_.between(10, 5'000)));
    steps += fmt::format(", {{ disk = \"{}kB\", operations = {}{} }}", dice_.between(1, 1'000),
                         dice_.between(1, 4), maybe_missing(false));
    with_disk_.push_back(i);
  }
  if (dice_.chance(0.2)) {
    add("memory = {{ limit = \"100MiB\", per_request = \"{}MiB\"{} }}\n", dice_.between(1, 30),
        dice_.chance(0.5) ? ", when_full = \"refuse\""
                          : fmt::format(", restart = \"{}\"", some_time(1'000, 4'000'000)));
    with_memory_.push_back(i);
  }
}

std::string Author::maybe_missing(bool call) {
  std::string keys;
  if (call && dice_.chance(0.15)) keys += ", optional = true";
  if (!options_.steady && dice_.chance(0.15)) {
    keys += ", flag = \"f\"";
    uses_flag_ = true;
  }
  return keys.empty() ? keys : keys + fmt::format(", without = 0.{}", dice_.between(0, 9));
}

void Author::degradation() {
  if (uses_flag_) {
    add("[flag.f]\non = {}\n", dice_.chance(0.8));
    if (!options_.scalable && !bounded_.empty() && dice_.chance(0.3))
      add("off_when = {{ service = \"s{}\", above = \"{}%\", period = \"{}\", dwell = \"{}\" }}\n",
          dice_.pick(bounded_), dice_.between(5, 95), some_time(100'000, 1'000'000),
          some_time(100'000, 3'000'000));
    add("\n");
    for (int n = dice_.below(4); n > 0; --n)
      add("[[action]]\nat = \"{}\"\nflag = \"f\"\non = {}\n\n",
          time(dice_.below(duration_ms_) * std::int64_t{1000}), dice_.chance(0.5));
  }
  if (!options_.scalable && !bounded_.empty() && dice_.chance(0.3)) {
    add("[ladder.l]\nservice = \"s{}\"\nperiod = \"{}\"\ndwell = \"{}\"\nsignal = \"{}\"\n"
        "rungs = [{{ above = \"{}%\", quality = 0.8{} }}, {{ above = \"90%\", cache_age = \"{}\" "
        "}}]\n\n",
        dice_.pick(bounded_), some_time(100'000, 1'000'000), some_time(0, 3'000'000),
        dice_.pick<std::string>({"threads", "errors"}), dice_.between(5, 90),
        uses_flag_ ? ", off = [\"f\"]" : "", some_time(10'000, 5'000'000));
  }
}

std::string random_world(std::uint64_t seed, const WorldOptions& options) {
  return Author(seed, options).write();
}

}  // namespace faultline::test
