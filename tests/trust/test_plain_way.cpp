// The plain way (models/system/plain.cpp) and the one with all the questions: a request whose story
// is told goes the latter, so a run that tells all stories must have the same figures to the bit.
// The worlds are such that most requests go the plain way for a part of it, and are disturbed
// there.
#include "lab/export/json.hpp"
#include "tests/trust/invariants.hpp"
#include "tests/trust/random_world.hpp"
#include "tests/trust/running.hpp"

using namespace faultline;
using namespace faultline::test;

namespace {

class PlainWorld {
 public:
  explicit PlainWorld(std::uint64_t seed) : dice_(seed) {}

  std::string write(std::uint64_t seed) {
    services_ = dice_.between(1, 4);
    add("faultline = 1\ntitle = \"Plain {}\"\nseed = {}\nduration = \"{}s\"\n", seed % 1000, seed,
        dice_.between(2, 4));
    if (dice_.chance(0.3)) add("warmup = \"1s\"\n");
    for (int i = dice_.between(1, 2); i > 0; --i) client(i - 1);
    for (int i = 0; i < services_; ++i) service(i);
    policies();
    for (int i = dice_.below(5); i > 0; --i) fault();
    if (dice_.chance(0.3))
      add("\n[autoscaler.{}]\nkind = \"hpa\"\nmin = 1\nmax = 5\nmetric = \"threads\"\ntarget = "
          "\"60%\"\n"
          "period = \"500ms\"\n",
          some_service());
    return std::move(text_);
  }

 private:
  template <class... T>
  void add(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(values)...);
  }
  std::string some_service() { return fmt::format("s{}", dice_.below(services_)); }
  // Most have none, or one that only sets timers.
  std::string policy() {
    const auto name = dice_.pick<std::string>(
        {"", "", "", "long", "long", "short", "both", "again", "frank", "lesser", "lesser"});
    return name.empty() ? name : fmt::format("policy = \"{}\"", name);
  }
  std::string work() {
    return dice_.pick<std::string>(
        {"exp(4ms)", "exp(4ms)", "2ms", "10ms", "0s", "exp(20ms)", "lognormal(5ms, cv=2)"});
  }

  void client(int i) {
    add("\n[client.c{}]\ncalls = \"s0\"\n{}\n", i, policy());
    if (dice_.chance(0.6)) {
      add("rate = \"{}/s\"\n", dice_.between(10, 400));
      if (dice_.chance(0.3)) add("batch = {}\n", dice_.between(2, 6));
    } else {
      add("users = {}\nthink = \"{}\"\n", dice_.between(1, 40), work());
    }
    if (dice_.chance(0.3)) add("instances = {}\n", dice_.between(2, 3));
  }

  void service(int i) {
    add("\n[service.s{}]\nreplicas = {}\nthreads = {}\nbalancer = \"{}\"\n", i, dice_.between(1, 3),
        dice_.between(1, 6),
        dice_.pick<std::string>({"round_robin", "random", "least_request", "power_of_two"}));
    if (dice_.chance(0.4)) add("queue = {{ limit = {} }}\n", dice_.pick<int>({0, 1, 4, 30}));
    std::string steps;
    for (int n = dice_.between(0, 3); n > 0; --n) steps += (steps.empty() ? "" : ", ") + step(i);
    add("steps = [{}]\n", steps.empty() ? fmt::format("{{ work = \"{}\" }}", work()) : steps);
  }

  std::string step(int i) {
    if (i + 1 >= services_ || dice_.chance(0.3)) return fmt::format("{{ work = \"{}\" }}", work());
    const int s = dice_.chance(0.8) ? i + 1 : dice_.between(i + 1, services_ - 1);
    if (dice_.chance(0.15))
      return fmt::format(
          "{{ parallel = [{{ call = \"s{}\" }}, {{ call = \"s{}\" }}], need = 1, wait = \"{}\" }}",
          s, s, dice_.pick<std::string>({"all", "need"}));
    const std::string how = policy();
    return fmt::format("{{ call = \"s{}\"{}{} }}", s, how.empty() ? "" : ", ", how);
  }

  void policies() {
    add("\n[policy.short]\ntimeout = \"{}ms\"\n", dice_.between(5, 60));
    add("[policy.long]\ntimeout = \"2s\"\n");
    add("[policy.both]\ntimeout = \"30ms\"\ndeadline = \"50ms\"\n");
    add("[policy.again]\ntimeout = \"25ms\"\nretry = {{ attempts = 3, backoff = \"5ms\" }}\n");
    add("[policy.lesser]\ntimeout = \"20ms\"\nfallback = {{ quality = 0.5 }}\n");
    add("[policy.frank]\ntimeout = \"40ms\"\npropagation = \"{}\"\n",
        dice_.pick<std::string>({"deadline", "cancel"}));
  }

  void fault() {
    const auto what = dice_.pick<std::string>(
        {"kind = \"slow\"\nfactor = 8", "kind = \"crash\"", "kind = \"errors\"\nshare = \"30%\"",
         "kind = \"latency\"\nadd = \"3ms\"", "kind = \"partition\""});
    const bool on_link = what.find("latency") != what.npos || what.find("partition") != what.npos;
    add("\n[[fault]]\nat = \"{}ms\"\n{}{}\n{}\n", dice_.between(100, 1900),
        fmt::format("for = \"{}ms\"\n", dice_.between(10, 1500)), what,
        on_link ? "link = \"c0->s0\"" : fmt::format("service = \"{}\"", some_service()));
  }

  Dice dice_;
  int services_ = 0;
  std::string text_;
};

// All that a result says, but for how long it took and the stories it tells.
std::string figures_of(RunResult result) {
  result.wall_s = 0;
  result.trace.clear();
  result.steps.clear();
  std::string json;
  write_json(result, [&](std::string_view piece) { json += piece; });
  return json;
}

}  // namespace

TEST_CASE("the plain way leads to the same figures as the one with all the questions", "[plain]") {
  const std::uint64_t worlds = from_environment("FAULTLINE_FUZZ_WORLDS", 120);
  const std::uint64_t first = from_environment("FAULTLINE_FUZZ_SEED", 1);
  std::uint64_t events = 0;
  for (std::uint64_t seed = first; seed < first + worlds; ++seed) {
    const std::string text = PlainWorld(seed).write(seed);
    INFO(replay(text, seed, "plain"));
    const Scenario scenario = scenario_of(text);
    const auto plain = run(scenario);
    RunOptions telling;
    telling.trace_all = true;
    const auto told = run(scenario, telling);
    events += plain->events;
    CHECK(violations(*plain).empty());
    REQUIRE(plain->fingerprint == told->fingerprint);
    REQUIRE(figures_of(*plain) == figures_of(*told));
  }
  WARN(worlds << " worlds, " << events << " events");
}
