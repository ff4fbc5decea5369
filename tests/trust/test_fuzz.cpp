// Random worlds and what has to hold in each of them.
#include <atomic>
#include <cmath>

#include "tests/trust/invariants.hpp"
#include "tests/trust/random_world.hpp"
#include "tests/trust/running.hpp"

using namespace faultline;
using namespace faultline::test;

namespace {

// A world that is too much work is left alone; one whose clock stands still is a failure.
class Watchman {
 public:
  RunOptions options() {
    RunOptions o;
    o.stop = &stop_;
    o.progress = [this](double share) {
      looks_ = share > share_ ? 0 : looks_ + 1;
      share_ = share;
      if (++total_ > kBins + 60 || looks_ > 10) stop_ = true;
    };
    return o;
  }
  bool stuck() const { return looks_ > 10; }

 private:
  static constexpr int kBins = 100;  // at most, in a world of less than 20 s: a look after each
  std::atomic<bool> stop_{false};
  double share_ = -1;
  int looks_ = 0, total_ = 0;
};

}  // namespace

TEST_CASE("random worlds lose nothing and run twice alike", "[fuzz]") {
  const std::uint64_t worlds = from_environment("FAULTLINE_FUZZ_WORLDS", 300);
  const std::uint64_t first = from_environment("FAULTLINE_FUZZ_SEED", 1);
  std::uint64_t events = 0, most = 0, too_much = 0;
  for (std::uint64_t seed = first; seed < first + worlds; ++seed) {
    const std::string text = random_world(seed);
    // Kept while it runs, so that a crash leaves it behind.
    const std::string again = replay(text, seed, "fuzz");
    INFO(again);
    const Scenario scenario = scenario_of(text);
    Watchman patience;
    const auto once = run(scenario, patience.options());
    events += once->events;
    most = std::max(most, once->events);
    CHECK_FALSE(patience.stuck());
    const auto problems = violations(*once);
    for (const std::string& problem : problems) {
      INFO(problem);
      CHECK(false);
    }
    bool same = true;
    too_much += once->partial;
    if (!once->partial) {
      const auto twice = run(scenario);
      same = once->fingerprint == twice->fingerprint && once->ledger.ok == twice->ledger.ok;
      CHECK(same);
    }
    if (problems.empty() && same && !patience.stuck())
      std::filesystem::remove(std::filesystem::path(FAULTLINE_BINARY_DIR) / "fuzz" /
                              fmt::format("fuzz-{}.toml", seed));
  }
  WARN(worlds << " worlds, " << events << " events, at most " << most << " in one");
  CHECK(too_much <= worlds / 20);
}

// Whether two runs tell the same story, one of them at a tenth of the speed.
bool same_story(const RunResult& fast, const RunResult& slow) {
  const auto near = [](double a, double b, double share, double least) {
    return std::abs(a - b) <= share * std::abs(b) + least;
  };
  bool same = fast.ledger.offered == slow.ledger.offered && fast.ledger.ok == slow.ledger.ok &&
              fast.ledger.failed == slow.ledger.failed;
  for (std::size_t i = 0; i < fast.clients.size(); ++i) {
    const Latency &a = fast.clients[i].value.latency, &b = slow.clients[i].value.latency;
    same = same && near(b.mean, 10 * a.mean, 1e-6, 1e-8) && near(b.max, 10 * a.max, 1e-6, 1e-8) &&
           near(b.p99, 10 * a.p99, 0.01, 1e-8);
  }
  for (std::size_t i = 0; i < fast.services.size(); ++i) {
    const ServiceFigures &a = fast.services[i].value, &b = slow.services[i].value;
    same = same && a.arrivals == b.arrivals && a.errors == b.errors &&
           near(b.thread_utilization, a.thread_utilization, 1e-6, 1e-8) &&
           near(b.in_system_mean, a.in_system_mean, 1e-6, 1e-6);
  }
  return same;
}

// Draws are rounded to the nanosecond, so two things a few nanoseconds apart may change places, and
// from then on the worlds differ: about one in fifty of these. A forgotten unit parts them all.
TEST_CASE("ten times slower clocks show ten times the time", "[scale]") {
  const std::uint64_t worlds = from_environment("FAULTLINE_FUZZ_WORLDS", 60);
  const std::uint64_t first = from_environment("FAULTLINE_FUZZ_SEED", 1);
  std::string apart;
  std::uint64_t differing = 0;
  for (std::uint64_t seed = first; seed < first + worlds; ++seed) {
    WorldOptions options;
    options.scalable = true;
    const std::string text = random_world(seed, options);
    options.factor = 10;
    Watchman patience;
    const auto fast = run(scenario_of(text), patience.options());
    INFO("stuck: " << replay(text, seed, "scale"));
    CHECK_FALSE(patience.stuck());
    if (fast->partial) continue;  // too much work
    if (same_story(*fast, *run_text(random_world(seed, options)))) continue;
    ++differing;
    apart += replay(text, seed, "scale") + "\n";
  }
  INFO(apart);
  CHECK(differing <= worlds / 20);
}

TEST_CASE("in a steady state, what is in a service is its rate times its latency", "[little]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const std::string text = random_world(seed, {.steady = true});
    const auto result = run_text(text);
    INFO(replay(text, seed, "little"));
    for (const auto& [name, s] : result->services) {
      INFO(name);
      const double rate = static_cast<double>(s.completed) / result->duration_s;
      CHECK(s.in_system_mean == Approx(rate * s.latency.mean).epsilon(1e-3));
      CHECK(s.queue_length_mean == Approx(rate * s.wait.mean).epsilon(1e-2).margin(1e-4));
    }
  }
}
