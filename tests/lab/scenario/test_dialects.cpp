// `like`: a dialect's defaults stand until a key says otherwise.

#include "lab/scenario/catalogue.hpp"
#include "lab/scenario/reference.hpp"
#include "tests/support/run.hpp"

namespace faultline {
namespace {

std::string with(const std::string& policy) {
  return "duration = \"10s\"\n" + once("c", "s", 1, "policy = \"p\"") + works("s", "1", "1ms") +
         "[policy.p]\n" + policy + "\n";
}

// What a file that fails every call makes of it: its attempts, told by the edge.
std::uint64_t tries(const std::string& policy) {
  return edge(run_text("duration = \"2min\"\n" + once("c", "s", 1, "policy = \"p\"") +
                       works("s", "1", "1ms") + "[policy.p]\n" + policy +
                       "\n[[fault]]\nat = \"0s\"\nkind = \"errors\"\nservice = \"s\"\n"
                       "share = \"100%\"\n"))
      .attempts;
}

}  // namespace

TEST_CASE("a dialect gives defaults, and a key beside it changes them", "[scenario][RT1]") {
  CHECK(tries("retry = { like = \"guide\" }") == 1);  // its budget pays for one in five calls
  CHECK(tries("retry = { like = \"guide\", budget = false }") == 5);
  CHECK(tries("retry = { like = \"guide\", budget = false, attempts = 2 }") == 2);
}

TEST_CASE("without a dialect a required key stays required", "[scenario]") {
  CHECK(refusal(with("retry = {}")).find("needs `attempts`") != std::string::npos);
  CHECK(refusal(with("retry = { like = \"guide\" }")) == "");
  CHECK(refusal(with("rate_limit = { like = \"guide\" }")) == "");
}

TEST_CASE("a dialect that doesn't exist is one complaint with a hint", "[scenario]") {
  const std::string text = refusal(with("retry = { like = \"giude\" }"));
  INFO(text);
  CHECK(text.find("E202") != std::string::npos);
  CHECK(text.find("guide") != std::string::npos);
  CHECK(text.find("E305") == std::string::npos);
}

TEST_CASE("false leaves out what a dialect has put there", "[scenario]") {
  // Without its cap the guide's sixth wait would be 32 s ± 50 %; with a cap of 1 s all are ≤ 1 s.
  const std::string base =
      "retry = { like = \"guide\", budget = false, jitter = \"none\", attempts = 9, factor = 9";
  CHECK(tries(base + ", cap = \"1s\" }") == 9);
  CHECK(tries(base + ", cap = false }") == 4);  // 1 + 9 + 81 s, then 729 s
}

TEST_CASE("an objective's dialect depends on its kind", "[scenario]") {
  const auto slo = [](const std::string& keys) {
    const auto loaded =
        load_text("faultline = 1\n" + with("") + "[slo.x]\nclient = \"c\"\n" + keys, "t.toml");
    REQUIRE(loaded);
    return loaded->scenario.slos[0].value;
  };
  CHECK(slo("like = \"guide\"").target.value == 0.999);
  const Slo latency = slo("like = \"guide\"\nkind = \"latency\"");
  CHECK(latency.target.value == 0.99);
  CHECK(latency.threshold == milliseconds(200));
}

TEST_CASE("dialects are explained with the defaults that they change", "[scenario]") {
  const std::string text = explain("retry").value_or("");
  INFO(text);
  CHECK(text.find("like = \"guide\": attempts 5, backoff 1s, cap 1min, jitter 50%") !=
        std::string::npos);
  CHECK(text.find("attempts: count, ≥ 1, ≤ 1000; required without like") != std::string::npos);
  CHECK(scenario_reference_markdown().find("| `guide` |") != std::string::npos);
}

}  // namespace faultline
