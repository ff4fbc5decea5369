// What the program says when all is well: the JSON of the contract key by key, a fingerprint and
// nothing else, no colours where none are wanted, the same on every CPU.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/cli/program.hpp"

using namespace faultline::test;
using Json = nlohmann::json;

namespace {

// The contract's example (contract §3), with one entry where names are the user's.
const char* const kContract = R"({ "schema_version": 1, "scenario": "", "variant": "", "seed": 7,
  "duration_s": 0.0, "warmup_s": 0.0, "fingerprint": "", "events": 1, "wall_s": 0.0,
  "ledger": { "offered": 0, "ok": 0, "failed": 0, "in_flight": 0, "balanced": true },
  "clients": { "shoppers": { "offered": 0, "ok": 0, "degraded": 0, "failed": 0, "in_flight": 0,
      "success_rate": 0.0,
      "errors": { "timeout": 0, "deadline": 0, "refused": 0, "unavailable": 0, "unreachable": 0,
        "crash": 0, "rate_limited": 0, "shed": 0, "breaker_open": 0, "bulkhead_full": 0,
        "server_error": 0, "client_error": 0, "wrong_data": 0, "cancelled": 0 },
      "goodput_per_s": 0.0, "quality_mean": 1.0,
      "latency_s": { "mean": 0.0, "p50": 0.0, "p95": 0.0, "p99": 0.0, "p999": 0.0, "max": 0.0 } } },
  "services": { "db": { "arrivals": 0, "completed": 0, "rejected": 0, "thread_utilization": 0.0,
      "cpu_utilization": 0.0, "queue_length_mean": 0.0, "in_system_mean": 0.0,
      "wait_s": { "mean": 0.0, "p50": 0.0, "p95": 0.0, "p99": 0.0 },
      "latency_s": { "mean": 0.0, "p50": 0.0, "p95": 0.0, "p99": 0.0 },
      "wasted_work_s": 0.0, "instances_mean": 0.0 } },
  "edges": { "shop->db": { "calls": 0, "attempts": 0, "amplification": 1.0, "breaker_opened": 0 } },
  "slos": { "buying": { "target": 0.99, "good": 0, "total": 0, "availability": 0.0,
      "budget_left": 0.0, "burn_rate": 0.0 } },
  "expectations": [ { "metric": "", "variant": "", "window_s": [0.0, 0.0], "op": "", "bound": 0.0,
      "observed": 0.0, "verdict": "", "line": 12 } ],
  "timeline": [ { "t_s": 180.0, "kind": "fault", "what": "" } ],
  "series": { "step_s": 1.0,
    "clients": { "shoppers": { "offered": [], "ok": [], "failed": [], "p50_s": [], "p99_s": [] } },
    "services": { "db": { "arrivals": [], "queue": [], "busy": [], "instances": [] } } } })";

// Every key of `wanted` is in `found`, with a value of the same kind.
void check_shape(const Json& wanted, const Json& found, const std::string& path) {
  INFO(path);
  if (wanted.is_object()) {
    REQUIRE(found.is_object());
    for (const auto& [key, value] : wanted.items()) {
      INFO("key " << key);
      REQUIRE(found.contains(key));
      check_shape(value, found[key], path + "." + key);
    }
  } else if (wanted.is_array()) {
    REQUIRE(found.is_array());
    if (!wanted.empty()) {
      REQUIRE_FALSE(found.empty());
      check_shape(wanted[0], found[0], path + "[0]");
    }
  } else if (wanted.is_number_float()) {
    CHECK(found.is_number());
  } else if (wanted.is_number()) {
    CHECK(found.is_number_integer());
  } else {
    CHECK(wanted.type() == found.type());
  }
}

}  // namespace

TEST_CASE("the JSON result has the contract's keys", "[cli]") {
  const Ran ran = shell("$F run " + write_file("good.toml", kScenario) + " --json -");
  REQUIRE(ran.status == 0);
  const Json j = Json::parse(ran.out);
  check_shape(Json::parse(kContract), j, "");
  CHECK(j["variant"] == "base");
  CHECK(std::regex_match(j["fingerprint"].get<std::string>(), std::regex("[0-9a-f]{16}")));
  CHECK(j["ledger"]["balanced"] == true);
  CHECK(j["series"]["clients"]["shoppers"]["offered"].size() == 20);
  CHECK(j["series"]["services"]["db"]["busy"].size() == 20);
  CHECK(j["expectations"][0]["window_s"] == Json::array({10.0, 20.0}));
  const std::string before = kScenario.substr(0, kScenario.find("[[expect]]"));
  CHECK(j["expectations"][0]["line"] == 1 + std::count(before.begin(), before.end(), '\n'));
  CHECK(j["partial"] == false);
}

TEST_CASE("--quiet says the fingerprint and nothing else", "[cli]") {
  const std::string file = write_file("good.toml", kScenario);
  const Ran ran = shell("$F run " + file + " --quiet");
  CHECK(ran.status == 0);
  CHECK(std::regex_match(ran.out, std::regex("[0-9a-f]{16}\n")));
  CHECK(ran.err.empty());
  CHECK(shell("$F run - --quiet < " + file).out == ran.out);
  CHECK(shell("$F run " + file + " --quiet --seed 4").out != ran.out);
  CHECK(shell("$F run " + file + " --quiet --trace-request 5").out == ran.out);
  CHECK(shell("$F run " + file + " --quiet --variant bare").out !=
        shell("$F run " + file + " --quiet").out);
  const Ran json = shell("$F run " + file + " --quiet --json " + scratch() + "/q.json");
  CHECK(json.out.empty());
  CHECK(slurp(scratch() + "/q.json").find(ran.out.substr(0, 16)) != std::string::npos);
}

TEST_CASE("colours are for terminals, and NO_COLOR turns them off", "[cli]") {
  const std::string file = write_file("good.toml", kScenario);
  CHECK(shell("$F run " + file).out.find('\x1b') == std::string::npos);
  if (shell("command -v script").status != 0) {
    WARN("skipped: there is no `script` here to make a terminal");
    return;
  }
  const std::string in_terminal = "TERM=xterm script -qec \"$F run " + file + "\" /dev/null";
  CHECK(shell(in_terminal).out.find("\x1b[1;32m") != std::string::npos);
  const std::string plain = shell("NO_COLOR=1 " + in_terminal + " 2>/dev/null").out;
  CHECK_FALSE(std::regex_search(plain, std::regex("\x1b\\[[0-9;]*m")));
}

// The C library chooses its exp, log, pow and sin by the CPU; a run must not notice.
TEST_CASE("a run is the same without the CPU's special instructions", "[cli]") {
  const std::string off = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F ";
  const std::string helper = std::string(FAULTLINE_BINARY_DIR) + "/bin/libm_hash";
  if (shell(helper).out == shell(off + helper).out) WARN("skipped: this CPU has no FMA variants");
  const std::string file = write_file("good.toml", kScenario);
  std::string many = kScenario;
  many.replace(many.find("exp(20ms)"), 9, "lognormal(20ms, cv=1.5)");
  many.replace(many.find("exp(5ms)"), 8, "weibull(5ms, shape=0.7)");
  for (const std::string& f : {file, write_file("laws.toml", many)})
    CHECK(shell(off + "$F run " + f + " --quiet").out == shell("$F run " + f + " --quiet").out);
}
