// The same run has the same fingerprint: again, on other threads, whatever is recorded, and in
// whatever order the file says it. (Other builds: script/fingerprints. Other CPUs: tests/cli.)
#include <algorithm>
#include <set>
#include <thread>

#include "tests/trust/invariants.hpp"
#include "tests/trust/random_world.hpp"
#include "tests/trust/running.hpp"

using namespace faultline;
using namespace faultline::test;

namespace {

// The tables of a text, the head (everything before the first one) apart.
std::vector<std::string> tables_of(const std::string& text, std::string& head) {
  std::vector<std::string> tables;
  std::size_t from = text.find("\n[");
  head = text.substr(0, from + 1);
  while (from != std::string::npos) {
    const std::size_t next = text.find("\n[", from + 1);
    tables.push_back(text.substr(from + 1, next == std::string::npos ? next : next - from));
    from = next;
  }
  return tables;
}

std::string joined(const std::string& head, const std::vector<std::string>& tables) {
  std::string text = head;
  for (const std::string& t : tables) text += t + "\n";
  return text;
}

constexpr int kWorlds = 24;

}  // namespace

TEST_CASE("a run has the same fingerprint on one thread and on four", "[fingerprint]") {
  std::vector<std::uint64_t> alone;
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed)
    alone.push_back(run_text(random_world(seed))->fingerprint);
  CHECK(std::set<std::uint64_t>(alone.begin(), alone.end()).size() == kWorlds);

  std::vector<std::vector<std::uint64_t>> together(4, std::vector<std::uint64_t>(kWorlds));
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < together.size(); ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < kWorlds; ++i) {
        const std::uint64_t seed = (i + t * 7) % kWorlds;  // each in an order of its own
        const auto loaded = load_text(random_world(seed), "test.toml");
        if (loaded) together[t][seed] = run(loaded->scenario)->fingerprint;
      }
    });
  }
  for (std::thread& t : threads) t.join();
  for (const auto& found : together) CHECK(found == alone);
}

TEST_CASE("what is recorded has no influence on what happens", "[fingerprint]") {
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    const std::string text = random_world(seed);
    INFO(replay(text, seed, "fingerprint"));
    const Scenario scenario = scenario_of(text);
    const std::uint64_t expected = run(scenario)->fingerprint;
    for (std::uint64_t n : {0, 1, 50}) {
      RunOptions traced;
      traced.trace_request = n;
      CHECK(run(scenario, traced)->fingerprint == expected);
    }
    RunOptions everything;
    everything.trace_all = true;
    everything.progress = [](double) {};
    CHECK(run(scenario, everything)->fingerprint == expected);
  }
}

TEST_CASE("words for people are not part of a fingerprint", "[fingerprint]") {
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    const std::string text = random_world(seed);
    INFO(replay(text, seed, "fingerprint"));
    std::string told = text;
    const std::size_t title = told.find("title = ");
    told.replace(title, told.find('\n', title) - title,
                 "title = \"Another\"\nstory = \"# It *fails*\"\nx-mine = 5");
    told += R"(
[slo.good]
client = "c0"
kind = "latency"
threshold = "20ms"
target = "99%"
[[note]]
at = "1s"
text = "Look."
[[expect]]
metric = "client.c0.success_rate"
window = ["333ms", "2500ms"]
above = "0%"
[[expect]]
metric = "service.s0.peak_per_100ms"
window = ["1s", "2s"]
above = 0
[variant.other]
title = "Not run"
set = { "service.s0.threads" = 3 }
)";
    CHECK(run_text(told)->fingerprint == run_text(text)->fingerprint);
    RunOptions another;
    another.seed = 12345;
    CHECK(run_text(told, another)->fingerprint != run_text(text)->fingerprint);
  }
}

TEST_CASE("the order of tables in the file is not part of a fingerprint", "[fingerprint]") {
  for (std::uint64_t seed = 0; seed < 2 * kWorlds; ++seed) {
    const std::string text = random_world(seed);
    INFO(replay(text, seed, "fingerprint"));
    std::string head;
    std::vector<std::string> tables = tables_of(text, head);
    const std::uint64_t expected = run_text(text)->fingerprint;
    CHECK(run_text(joined(head, tables))->fingerprint == expected);
    std::vector<std::string> turned = tables;
    std::reverse(turned.begin(), turned.end());
    // Lists ([[fault]], [[rollout]]) mean what they say in their order.
    const auto is_list = [](const std::string& t) { return t.starts_with("[["); };
    std::vector<std::string> lists;
    std::copy_if(tables.begin(), tables.end(), std::back_inserter(lists), is_list);
    auto next = lists.begin();
    for (std::string& t : turned) {
      if (is_list(t)) t = *next++;
    }
    CHECK(run_text(joined(head, turned))->fingerprint == expected);
  }
}

// So that every build that runs the tests (Debug, sanitizers, another compiler) is held to the
// table.
TEST_CASE("the short golden scenarios have their fingerprints in this build", "[fingerprint]") {
  const std::string root = std::string(FAULTLINE_SOURCE_DIR) + "/";
  std::ifstream table(root + "tests/golden/fingerprints.csv");
  int found = 0;
  for (std::string line; std::getline(table, line);) {
    if (!line.starts_with("tests/golden/scenarios/")) continue;
    const std::string file = line.substr(0, line.find(','));
    INFO(file);
    const auto loaded = load_scenario(root + file);
    REQUIRE(loaded);
    const auto result = run(loaded->scenario);
    CHECK(fmt::format("{:016x}", result->fingerprint) == line.substr(line.find(',') + 1));
    CHECK(violations(*result).empty());
    ++found;
  }
  CHECK(found > 0);
}
