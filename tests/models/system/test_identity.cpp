// Who a request is for: rows "identity" of the call path, [CB4].

#include <cmath>
#include <cstdlib>
#include <map>

#include "lab/run/build.hpp"
#include "models/system/world.hpp"
#include "tests/support/run.hpp"

namespace faultline {
namespace {

const std::string kShop = R"(
duration = "40s"
[client.c]
calls = "s"
rate = "500/s"
)";
const std::string kServer = R"(
[service.s]
threads = "unbounded"
work = "1ms"
)";

// How often each user of client c asked, by the story of every request.
std::map<int, int> who_asked(const std::string& text) {
  const auto loaded = load_text("faultline = 1\n" + text, "test.toml");
  REQUIRE(loaded);
  const WorldSpec spec = build_world(loaded->scenario);
  Measuring measuring;
  measuring.trace_all = true;
  World world(spec, 3, measuring);
  world.run_until(Instant{} + loaded->scenario.duration, ~std::uint64_t{0});
  std::map<int, int> asked;
  for (const std::string& line : world.trace()) {
    const std::string words = "asks for its user ";
    if (const auto at = line.find(words); at != std::string::npos)
      ++asked[std::atoi(line.c_str() + at + words.size())];
  }
  return asked;
}

}  // namespace

TEST_CASE("a population asks as Zipf's law says", "[identity][CB4]") {
  const auto asked =
      who_asked(kShop + "population = { users = 1000, skew = \"zipf(1.1)\" }" + kServer);
  double sum = 0, all = 0;
  for (int i = 1; i <= 1000; ++i) sum += std::pow(i, -1.1);
  for (const auto& [user, times] : asked) {
    CHECK(user < 1000);
    all += times;
  }
  CHECK(all == Approx(20'000).margin(600));  // ± 4 standard deviations
  for (const int user : {0, 1, 9}) {
    const double expected = all * std::pow(user + 1, -1.1) / sum;
    CHECK(asked.at(user) == Approx(expected).margin(4.5 * std::sqrt(expected)));
  }
}

TEST_CASE("without skew all users ask alike", "[identity][CB4]") {
  const auto asked = who_asked(kShop + "population = { users = 100 }" + kServer);
  REQUIRE(asked.size() == 100);
  for (const auto& [user, times] : asked) CHECK(times == Approx(200).margin(70));  // ± 5 σ
}

TEST_CASE("having users changes nobody's fate", "[identity]") {
  const Result without = run_text(kShop + kServer);
  const Result with = run_text(kShop +
                               "population = { users = 50, tiers = [{ name = \"gold\", "
                               "share = \"20%\" }] }" +
                               kServer);
  CHECK(with->fingerprint == without->fingerprint);
}

TEST_CASE("a tier's requests have its priority", "[identity]") {
  // One thread, taken by priority: gold overtakes.
  const std::string text = R"toml(
duration = "200s"
[client.c]
calls = "s"
rate = "900/s"
population = { users = 1000, tiers = [{ name = "gold", share = "100%", priority = "P0" }] }
priority = "P3"
[client.d]
calls = "s"
rate = "50/s"
priority = "P1"
[service.s]
threads = 1
queue = { discipline = "priority" }
work = "exp(1ms)"
)toml";
  const Result result = run_text(text);
  CHECK(client(result, "d").latency.mean > 3 * client(result, "c").latency.mean);
}

TEST_CASE("populations that make no sense are refused", "[identity]") {
  CHECK(refusal(kShop + "population = { skew = \"zipf(1)\" }" + kServer).find("needs `users`") !=
        std::string::npos);
  CHECK(
      refusal(kShop + "population = { users = 10, skew = \"pareto\" }" + kServer).find("zipf(s)") !=
      std::string::npos);
  CHECK(refusal(kShop +
                "population = { users = 10, tiers = [{ name = \"a\", share = \"70%\" }, { name = "
                "\"b\", share = \"40%\" }] }" +
                kServer)
            .find("add up to more") != std::string::npos);
}

}  // namespace faultline
