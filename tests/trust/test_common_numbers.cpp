// Common random numbers: what is added to a world changes no arrival and no draw of the requests it
// doesn't touch.
#include <map>
#include <set>

#include "tests/trust/random_world.hpp"
#include "tests/trust/running.hpp"

using namespace faultline;
using namespace faultline::test;

namespace {

// What was drawn, by (call, edge): when requests arrived, and how long each step of work took.
struct Drawn {
  std::multiset<std::string> arrivals;
  // In order of the steps: a call makes no two attempts of one number.
  std::map<std::string, std::vector<std::string>> work;  // by lineage, edge and attempt
  std::vector<std::string> everything;                   // every line
};

Drawn draws_of(const std::string& text) {
  RunOptions options;
  options.trace_all = true;
  Drawn d;
  const auto result = run_text(text, options);
  d.everything = result->trace;
  for (const std::string& line : result->trace) {
    if (line.ends_with(" wants something")) d.arrivals.insert(line);
    const std::size_t works = line.find("  works for ");
    if (works == std::string::npos) continue;
    const std::string edge = line.substr(line.find(" s  ") + 4, works - line.find(" s  ") - 4);
    const std::size_t attempt = line.find(" on attempt ");
    d.work[line.substr(0, 16) + edge + line.substr(attempt)].push_back(
        line.substr(works, attempt - works));
  }
  return d;
}

// Every draw of `before` that is made in `after` too is the same there; answers how many were.
std::size_t compare_work(const Drawn& before, const Drawn& after) {
  std::size_t shared = 0, different = 0;
  for (const auto& [key, steps] : before.work) {
    const auto found = after.work.find(key);
    if (found == after.work.end()) continue;
    const std::size_t n = std::min(steps.size(), found->second.size());
    for (std::size_t i = 0; i < n; ++i) different += steps[i] != found->second[i];
    shared += n;
  }
  CHECK(different == 0);
  return shared;
}

// A base of which every part can be added to: an open world, so that answers don't move arrivals.
std::string base_world(std::uint64_t seed) {
  Dice dice(seed);
  const auto law = [&](int mean_ms) {
    return fmt::format(fmt::runtime(dice.pick<std::string>(
                           {"exp({}ms)", "lognormal({}ms, cv=0.8)", "gamma({}ms, cv=0.5)"})),
                       mean_ms);
  };
  return fmt::format(R"(faultline = 1
seed = {}
duration = "10s"
[client.a]
calls = "front"
rate = "{}/s"
policy = "p"
[client.b]
calls = "front"
gaps = "{}"
policy = "p"
[service.front]
replicas = {}
threads = {}
queue = {{ limit = {} }}
steps = [{{ work = "{}" }}, {{ call = "back", policy = "p" }}, {{ work = "{}" }}]
[service.back]
replicas = 2
threads = {}
balancer = "{}"
work = "{}"
[network]
latency = "{}"
)",
                     seed, dice.between(5, 60), law(50), dice.between(1, 3), dice.between(1, 6),
                     dice.between(0, 20), law(5), law(3), dice.between(1, 6),
                     dice.pick<std::string>({"round_robin", "random", "least_request"}),
                     law(dice.between(5, 40)), law(1));
}

const std::string kPolicy = R"(
[policy.p]
timeout = "100ms"
retry = { attempts = 2, backoff = "20ms", jitter = "full" }
)";

}  // namespace

TEST_CASE("what is added draws for itself alone", "[common]") {
  const std::uint64_t worlds = from_environment("FAULTLINE_FUZZ_WORLDS", 25);
  const std::uint64_t first = from_environment("FAULTLINE_FUZZ_SEED", 1);
  std::size_t shared = 0;
  for (std::uint64_t seed = first; seed < first + worlds; ++seed) {
    const std::string text = base_world(seed);
    const std::string plain = text + kPolicy;
    INFO(replay(plain, seed, "common"));
    const Drawn before = draws_of(plain);
    const std::vector<std::pair<std::string, std::string>> additions = {
        {"a breaker", text + kPolicy +
                          "breaker = { window = 10, min_calls = 5, failure_rate = \"20%\", "
                          "open_for = \"1s\" }\n"},
        {"a hedge", text + kPolicy + "hedge = { after = \"30ms\" }\n"},
        {"a bulkhead", text + kPolicy + "bulkhead = { concurrent = 2 }\n"},
        {"a crash", plain + "[[fault]]\nkind = \"crash\"\nat = \"3s\"\nfor = \"2s\"\nservice = "
                            "\"back\"\ninstances = 1\n"},
        {"a client", plain + "[client.c]\ncalls = \"back\"\nrate = \"20/s\"\n"},
        {"a service", plain + "[service.other]\nthreads = 1\nwork = \"exp(5ms)\"\n"
                              "[client.d]\ncalls = \"other\"\nrate = \"50/s\"\n"},
    };
    for (const auto& [what, changed] : additions) {
      INFO(what);
      const Drawn after = draws_of(changed);
      std::size_t kept = 0;
      for (const std::string& arrival : before.arrivals) kept += after.arrivals.count(arrival);
      CHECK(kept == before.arrivals.size());
      shared += compare_work(before, after);
    }
  }
  CHECK(shared > worlds * 1000);
}

TEST_CASE("what doesn't touch a request changes nothing about it", "[common]") {
  const std::uint64_t worlds = from_environment("FAULTLINE_FUZZ_WORLDS", 25);
  const std::uint64_t first = from_environment("FAULTLINE_FUZZ_SEED", 1);
  for (std::uint64_t seed = first; seed < first + worlds; ++seed) {
    const std::string plain = base_world(seed) + kPolicy;
    INFO(replay(plain, seed, "common"));
    const std::vector<std::string> before = draws_of(plain).everything;
    const std::vector<std::pair<std::string, std::string>> additions = {
        {"a breaker that never opens",
         plain + "breaker = { window = 1000000, min_calls = 1000000 }\n"},
        {"a fault that never fires",
         plain + "[[fault]]\nkind = \"errors\"\nat = \"1s\"\nservice = \"back\"\nshare = \"0%\"\n"},
        {"a fault without effect",
         plain + "[[fault]]\nkind = \"slow\"\nat = \"1s\"\nservice = \"back\"\nfactor = 1\n"},
        {"a client of another service", plain +
                                            "[service.other]\nthreads = 1\nwork = \"exp(5ms)\"\n"
                                            "[client.aa]\ncalls = \"other\"\nrate = \"50/s\"\n"},
        {"a fault elsewhere",
         plain +
             "[service.other]\nthreads = 1\nwork = \"exp(5ms)\"\n[client.d]\ncalls = \"other\"\n"
             "users = 5\nthink = \"exp(50ms)\"\n"
             "[[fault]]\nkind = \"crash\"\nat = \"2s\"\nservice = \"other\"\n"},
    };
    for (const auto& [what, changed] : additions) {
      INFO(what);
      std::vector<std::string> after = draws_of(changed).everything;
      std::erase_if(after, [](const std::string& line) {
        return line.find("->other  ") != std::string::npos;
      });
      CHECK((after == before));
    }
  }
}
