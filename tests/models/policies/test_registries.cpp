// What every kind on every shelf has promised: it can be explained, and a mistaken scenario is
// refused.
#include <set>

#include "models/controllers/controller.hpp"
#include "models/faults/fault.hpp"
#include "models/policies/policy.hpp"
#include "tests/support/field_list.hpp"
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

const std::string kBase = "duration = \"10s\"\n" + once("c", "s", 1, "policy = \"p\"") +
                          "[service.s]\nthreads = 1\ncpu = \"1\"\n"
                          "disk = { iops = \"100/s\" }\n"
                          "memory = { limit = \"1GiB\", per_request = \"1MiB\" }\n"
                          "steps = [{ cpu = \"1ms\" }, { disk = \"1KiB\" }]\n"
                          "[cache.k]\n"
                          "[policy.p]\n";

template <class Interface>
void check_descriptions(std::span<const Kind<Interface>> shelf) {
  std::set<std::string_view> names;
  for (const auto& kind : shelf) {
    INFO(kind.name);
    CHECK(names.insert(kind.name).second);
    CHECK(kind.summary.size() > 10);
    CHECK(kind.summary.back() == '.');
    const auto made = kind.make();
    FieldList list;
    made->describe(list);
    std::set<std::string> keys;
    for (const auto& field : list.fields) {
      INFO(field.key << ": " << field.help);
      REQUIRE_FALSE(field.help.empty());
      CHECK(field.help.back() == '.');
      if (field.depth == 0) CHECK(keys.insert(field.key).second);
    }
    CHECK(made->clone() != nullptr);
  }
}

// What has to be written for a policy to be one.
std::string required(std::string_view kind) {
  if (kind == "deadline" || kind == "timeout" || kind == "hedge") return "after = \"1s\"";
  if (kind == "retry") return "attempts = 2";
  if (kind == "rate_limit") return "rate = \"5/s\"";
  if (kind == "concurrency") return "limit = 5";
  return "";
}
std::string fault_keys(std::string_view kind) {
  if (kind == "slow") return "service = \"s\"\nfactor = 2";
  if (kind == "crash") return "service = \"s\"";
  if (kind == "errors") return "service = \"s\"\nshare = \"5%\"";
  if (kind == "flush") return "cache = \"k\"";
  if (kind == "latency") return "link = \"c->s\"\nadd = \"1ms\"";
  if (kind == "duplicate" || kind == "corrupt" || kind == "black_hole")
    return "link = \"c->s\"\nshare = \"5%\"";
  if (kind == "bandwidth") return "link = \"c->s\"\nlimit = \"1MB/s\"";
  if (kind == "loss") return "link = \"c->s\"\nshare = \"5%\"";
  if (kind == "cpu_stress") return "service = \"s\"\nworkers = 2";
  if (kind == "memory_stress") return "service = \"s\"\nsize = \"1MiB\"";
  if (kind == "disk_latency") return "service = \"s\"\nadd = \"1ms\"";
  if (kind == "disk_errors") return "service = \"s\"\nshare = \"5%\"";
  return "link = \"c->s\"";
}
std::string rollout_keys(std::string_view kind) {
  return kind == "canary" || kind == "flag" ? "steps = [{ weight = \"50%\", for = \"1s\" }]" : "";
}

// Scenarios end in a table of the kind: whatever is appended is one of its keys.
void check_refusals(const std::string& scenario) {
  INFO(scenario);
  CHECK(refusal(scenario) == "");
  CHECK(refusal(scenario + "surprise = 1\n").find("surprise") != std::string::npos);
}

}  // namespace

TEST_CASE("every kind is explained", "[contract]") {
  check_descriptions(policy_kinds());
  check_descriptions(fault_kinds());
  check_descriptions(autoscaler_kinds());
  check_descriptions(rollout_kinds());
}

TEST_CASE("every kind refuses what it doesn't know", "[contract]") {
  for (const auto& kind : policy_kinds()) {
    const std::string name(kind.name);
    check_refusals(kBase + "[policy.p." + name + "]\n" + required(kind.name) + "\n");
    CHECK(refusal(kBase + name + " = [1]\n") != "");
    CHECK(refusal(kBase + name + " = false\n") == "");
  }
  for (const auto& kind : fault_kinds())
    check_refusals(kBase + "[[fault]]\nat = \"1s\"\nkind = \"" + std::string(kind.name) + "\"\n" +
                   fault_keys(kind.name) + "\n");
  for (const auto& kind : autoscaler_kinds())
    check_refusals(kBase + "[autoscaler.s]\nkind = \"" + std::string(kind.name) + "\"\nmax = 3\n");
  for (const auto& kind : rollout_kinds())
    check_refusals(kBase + "[[rollout]]\nservice = \"s\"\nat = \"1s\"\nstrategy = \"" +
                   std::string(kind.name) + "\"\n" + rollout_keys(kind.name) + "\n");
}

TEST_CASE("wrong types and ranges are refused, not mended", "[contract]") {
  for (const char* line :
       {"timeout = 5", "timeout = \"0s\"", "retry = { attempts = 0 }",
        "retry = { attempts = \"x\" }", "retry = { attempts = 2, jitter = \"some\" }",
        "bulkhead = { concurrent = 0 }", "breaker = { failure_rate = 50 }",
        "breaker = { failure_rate = \"0%\" }", "breaker = { window = 10, min_calls = 11 }",
        "breaker = { window = \"1500ms\" }", "fallback = { quality = 2 }",
        "rate_limit = { rate = 5 }", "hedge = { after = \"p101\" }"}) {
    INFO(line);
    CHECK(refusal(kBase + line + "\n") != "");
  }
}

TEST_CASE("every policy survives every outcome, and answers the same again", "[contract]") {
  for (const auto& kind : policy_kinds()) {
    INFO(kind.name);
    const auto loaded = load_text("faultline = 1\n" + kBase + "[policy.p." +
                                      std::string(kind.name) + "]\n" + required(kind.name) + "\n",
                                  "test.toml");
    REQUIRE(loaded);
    const PolicyConfig* config = nullptr;
    for (const auto& pattern : loaded->scenario.policies[0].value.patterns) {
      if (pattern) config = pattern.get();
    }
    REQUIRE(config != nullptr);
    const auto story = [&] {
      const auto policy = config->make();
      std::vector<std::int64_t> answers;
      for (std::size_t e = 0; e < faultline::kErrors; ++e) {
        CallView call;
        call.now = call.born = Instant{static_cast<std::int64_t>(e) * 1'000'000};
        call.lineage = e;
        call.tries = call.live = 1;
        call.attempt = static_cast<AttemptId>(e);
        const Before before = policy->before(call);
        answers.push_back(static_cast<std::int64_t>(before.verdict) + before.timer.ns * 10);
        if (before.verdict != Before::Verdict::Proceed) continue;
        const auto error = static_cast<Error>(e);
        const After after =
            policy->after(call, error == Error::None ? Outcome{} : Outcome::failed(error));
        answers.push_back(static_cast<std::int64_t>(after.verdict) + after.delay.ns * 10);
      }
      CHECK(policy->permits_held() == 0);
      return answers;
    };
    CHECK(story() == story());
  }
}
