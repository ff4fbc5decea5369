// Sweeps, shards and comparisons as a user meets them.
#include <nlohmann/json.hpp>
#include <random>
#include <regex>

#include "tests/cli/program.hpp"

using namespace faultline::test;

namespace {

std::string small_sweep() {
  static const std::string file = write_file("sweep.toml", R"toml(faultline = 1
title = "Small"
duration = "20s"
[client.c]
calls = "s"
rate = "190/s"
policy = "p"
[service.s]
threads = 2
work = "exp(10ms)"
[policy.p]
timeout = "200ms"
retry = { attempts = 2 }
[variant.once]
title = "No retries"
set = { "policy.p.retry.attempts" = 1 }
[variant.twice]
set = { "policy.p.retry.attempts" = 2 }
[sweep]
axes = { "service.s.threads" = [1, 2, 4], "policy.p.timeout" = "log(50ms, 800ms, 3)" }
replications = 3
)toml");
  return file;
}

std::string at(const std::string& name) {
  return scratch() + "/" + name;
}

// The results of a sweep that nothing has disturbed.
struct Reference {
  std::string csv, sqlite;
};
const Reference& reference() {
  static const Reference r = [] {
    const Ran ran = shell("$F sweep " + small_sweep() + " -o " + at("reference") + " --jobs 1");
    REQUIRE(ran.status == 0);
    CHECK(ran.out.find("9 points × 3 replications = 27 runs") != std::string::npos);
    CHECK(ran.out.find("service.s.threads × policy.p.timeout") != std::string::npos);
    return Reference{slurp(at("reference.csv")), slurp(at("reference.sqlite"))};
  }();
  return r;
}

void check_same(const std::string& name) {
  INFO(name);
  CHECK((slurp(at(name + ".csv")) == reference().csv));
  CHECK((slurp(at(name + ".sqlite")) == reference().sqlite));
}

void says(const std::string& command, int status, const std::string& pattern) {
  const Ran ran = shell(command);
  INFO(command << "\nstdout: " << ran.out.substr(0, 800) << "\nstderr: " << ran.err.substr(0, 800));
  CHECK(ran.status == status);
  CHECK(std::regex_search(ran.err + ran.out, std::regex(pattern)));
}

}  // namespace

TEST_CASE("a sweep's results are tidy, and the same however many threads", "[cli][US4]") {
  const std::string& csv = reference().csv;
  CHECK(csv.starts_with(
      "point,replication,seed,service.s.threads,policy.p.timeout,metric,value,fingerprint,"
      "version\n0,0,1,1,50ms,client.c.offered,"));
  CHECK(std::count(csv.begin(), csv.end(), '\n') > 27 * 10);
  for (const char* jobs : {"2", "5"}) {
    const std::string name = std::string("jobs") + jobs;
    REQUIRE(shell("$F sweep " + small_sweep() + " -o " + at(name) + ".csv --jobs " + jobs).status ==
            0);
    check_same(name);
  }
}

TEST_CASE("shards merge to the same bytes for every n, and only when complete", "[cli][US4]") {
  for (const int n : {1, 3, 8}) {
    const std::string name = fmt::format("shards{}", n);
    for (int i = 1; i <= n; ++i) {
      if (n == 8 && i == 5) continue;
      REQUIRE(shell(fmt::format("$F sweep {} -o {} --shard {}/{} --quiet", small_sweep(), at(name),
                                i, n))
                  .status == 0);
    }
    if (n == 8) {
      says("$F sweep merge " + at(name), 4, "3 of 27 runs are missing:[^]*point 1, replication 1");
      says("$F sweep status " + at(name), 4, "24 of 27 runs");
      CHECK(slurp(at(name + ".csv")).empty());
      // The fifth comes as an array task of Slurm.
      REQUIRE(shell(fmt::format("SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_MIN=1 "
                                "SLURM_ARRAY_TASK_MAX=8 $F sweep {} -o {} --shard auto --quiet",
                                small_sweep(), at(name)))
                  .status == 0);
    }
    REQUIRE(shell("$F sweep merge " + at(name)).status == 0);
    check_same(name);
  }
  says("$F sweep merge " + at("shards3"), 2, "exists; --force");
  // One of another sweep among them.
  REQUIRE(shell("$F sweep " + small_sweep() +
                " --axis service.s.threads=1,2 --axis "
                "policy.p.timeout=50ms,60ms -o " +
                at("other") + " --shard 1/3 --quiet")
              .status == 0);
  REQUIRE(
      shell("cp " + at("other.shard-1-of-3.part") + " " + at("shards3.shard-1-of-3.part")).status ==
      0);
  says("$F sweep merge --force " + at("shards3"), 2, "don't belong together[^]*other axes");
}

TEST_CASE("submit runs all shards here and merges them", "[cli][US4]") {
  REQUIRE(shell("$F sweep submit " + small_sweep() + " --shards 2 -o " + at("submitted")).status ==
          0);
  check_same("submitted");
  says("$F sweep submit " + small_sweep() + " --engine slurm --shards 4 --dry-run -o x", 0,
       "#SBATCH --array=1-4\n[^]*FAULTLINE_SHARDS=4[^]*--shard auto --resume");
  says("$F sweep submit " + small_sweep() + " --shards 28 -o x", 2,
       "28 shards are more than the 27");
}

TEST_CASE("a sweep killed at fifty moments ends with the same bytes", "[cli][US4][slow]") {
  // A longer one, so that there is something to kill.
  const std::string sweep =
      "$F sweep " + small_sweep() +
      " --axis 'service.s.threads=range(1, 8, 8)' --axis 'policy.p.timeout=log(50ms, 800ms, 6)' "
      "--replications 8 --set duration=2min --jobs 2 --quiet ";
  REQUIRE(shell(sweep + "-o " + at("whole")).status == 0);
  const std::string csv = slurp(at("whole.csv")), sqlite = slurp(at("whole.sqlite"));
  std::mt19937 dice(4);  // which moments are hit differs from run to run all the same
  int kills = 0, rounds = 0;
  while (kills < 50 && rounds++ < 400) {
    const double wait = std::uniform_real_distribution<double>(0.02, 0.6)(dice);
    const Ran ran = shell(
        fmt::format("timeout -s KILL {:.3f} {}", wait, sweep + "-o " + at("killed") + " --resume"));
    INFO(ran.err);
    if (ran.status == 137) {
      ++kills;
      continue;
    }
    REQUIRE(ran.status == 0);
    CHECK((slurp(at("killed.csv")) == csv));
    CHECK((slurp(at("killed.sqlite")) == sqlite));
    shell("rm -f " + at("killed") + ".*");
  }
  CHECK(kills == 50);
  REQUIRE(shell(sweep + "-o " + at("killed") + " --resume").status == 0);
  CHECK((slurp(at("killed.csv")) == csv));
  CHECK((slurp(at("killed.sqlite")) == sqlite));
}

TEST_CASE("a torn file is repaired, and it is said how", "[cli][US4]") {
  const std::string sweep = "$F sweep " + small_sweep() + " --shard 1/1 --quiet -o ";
  for (const int lost : {100, 4000, 9000, 1}) {
    const std::string name = fmt::format("torn{}", lost), part = at(name + ".shard-1-of-1.part");
    REQUIRE(shell(sweep + at(name)).status == 0);
    if (lost == 1) {
      REQUIRE(shell("printf garbage > " + part).status == 0);
    } else {
      REQUIRE(shell(fmt::format("truncate -s -{} {}", lost, part)).status == 0);
    }
    says("$F sweep merge " + at(name), 3, "torn|malformed|not a database");
    says(sweep + at(name) + " --resume", 0, "was torn and has been repaired: \\d+ runs");
    REQUIRE(shell("$F sweep merge " + at(name)).status == 0);
    check_same(name);
  }
}

TEST_CASE("results that are there are neither overwritten nor mixed with others", "[cli][US4]") {
  const std::string sweep = "$F sweep " + small_sweep() + " -o " + at("kept");
  REQUIRE(shell(sweep).status == 0);
  says(sweep, 2, "kept.sqlite exists; --resume[^]*--force");
  says(sweep + " --resume", 0, "is complete");
  says(sweep + " --resume --replications 4", 2, "other results: [^]*other replications");
  says(sweep + " --resume --set duration=10s", 2, "other settings");
  says(sweep + " --resume --axis service.s.threads=1,2", 2, "other axes");
  const std::string changed = write_file("changed.toml", slurp(small_sweep()) + "\n# changed\n");
  says("$F sweep " + changed + " --resume -o " + at("kept"), 2, "another scenario");
  REQUIRE(shell(sweep + " --force").status == 0);
  check_same("kept");
}

TEST_CASE("a sweep that can't be run says why", "[cli][US4]") {
  const std::string sweep = "$F sweep " + small_sweep() + " -o " + at("bad");
  says(sweep + " --axis service.s.thread=1,2", 2, "unknown key `thread`[^]*\"threads\"");
  says(sweep + " --axis service.s.threads=0,2", 2, "must be at least 1");
  says(sweep + " --axis service.s.threads=", 2, "has no values");
  says(sweep + " --axis service.s.threads", 2, "no axis; write KEY=V1,V2");
  says(sweep + " --axis 'service.s.threads=range(1,9)'", 2, "has no count");
  says(sweep + " --axis 'service.s.threads=range(9,1,3)'", 2, "ends where it begins");
  says(sweep + " --axis 'service.s.threads=log(0,8,3)'", 2, "begins above 0");
  says(sweep + " --axis 'policy.p.timeout=range(1ms,5,3)'", 2, "two dimensions");
  says(sweep + " --axis seed=1,2", 2, "seed can't be an axis");
  says(sweep +
           " --axis 'service.s.threads=range(1,1000,1000)' --axis "
           "'policy.p.timeout=range(1ms,1000ms,1000)' --axis "
           "'policy.p.retry.attempts=range(1,1000,1000)'",
       2, "the grid has 1000000000 points");
  says(sweep + " --replications 1000000 --axis service.s.threads=1,2,3,4,5,6,7,8,9,10,11", 2,
       "11000000 runs");
  says(sweep + " --axis service.s.threads=1,2 --where 'service.s.threads > 5'", 2,
       "the grid is empty");
  says(sweep + " --where 'service.s.threads > 5ms'", 2, "compares 1 with 5ms");
  says(sweep + " --where '3 > 2'", 2, "names no axis");
  says(sweep + " --metric 'client.*.nothing'", 2, "is no metric");
  says(sweep + " --shard 4/3", 2, "shard 4 of 3");
  says(sweep + " --shard auto", 2, "neither a Slurm array");
  says("JOB_COMPLETION_INDEX=1 " + std::string("$F sweep ") + small_sweep() + " -o x --shard auto",
       2, "but not of how many");
  says("$F sweep " + small_sweep(), 2, "-o OUT is required");
  says("$F sweep", 2, "FILE is required");
  says("$F sweep " + small_sweep() + " -o " + at("no/such/folder"), 3, "cannot write");
  says("$F sweep status " + at("nothing"), 2, "no sweep at");
  // A disk that is full: no file of this process may grow beyond 16 kB.
  says("bash -c 'trap \"\" XFSZ; ulimit -f 16; $0 sweep " + small_sweep() + " -o " + at("full") +
           "' $F",
       3, "cannot write");
}

TEST_CASE("an interrupted sweep keeps what it has", "[cli][US4]") {
  const std::string sweep =
      "$F sweep " + small_sweep() + " --replications 4000 --quiet -o " + at("interrupted");
  says("timeout --foreground --preserve-status -s INT 3 " + sweep, 130,
       "interrupted; [^]*--resume");
  says("$F sweep status " + at("interrupted"), 4, "[1-9]\\d* of 36000 runs");
}

TEST_CASE("points that don't work are told, and the others counted", "[cli][US4]") {
  says("$F sweep " + small_sweep() +
           " --axis 'policy.p.breaker.min_calls=5,50' --axis 'policy.p.breaker.window=10,100' -o " +
           at("partly"),
       4, "3 runs gave no result:[^]*min_calls=50 policy.p.breaker.window=10: E306");
}

TEST_CASE("on a terminal a sweep tells how far it is, at which rate, and how long it will take",
          "[cli][US4]") {
  // `script` gives it a terminal; one of the four breakers can never have enough calls to judge.
  const std::string sweep = "$F sweep " + small_sweep() +
                            " --axis 'policy.p.breaker.min_calls=5,50' --axis "
                            "'policy.p.breaker.window=10,100' -o " +
                            at("told");
  const Ran ran = shell("script -qec \"" + sweep + "\" /dev/null");
  INFO(ran.out.substr(0, 2000) << ran.err);
  CHECK(std::regex_search(
      ran.out, std::regex("\r\\d+ of 12 runs, [0-9.]+/s(, [1-3] failed)?, \\d+ s left\x1b\\[K")));
  CHECK(std::regex_search(ran.out, std::regex("12 of 12 runs, [0-9.]+/s, 3 failed, 0 s left")));
  // Elsewhere there is none.
  CHECK(shell(sweep + " --force").err.find(" left") == std::string::npos);
}

TEST_CASE("compare: paired differences in four forms", "[cli][US2]") {
  const std::string json = at("compare.json"), csv = at("compare.csv"), md = at("compare.md");
  const Ran ran = shell("$F compare " + small_sweep() + " --replications 6 --json " + json +
                        " --csv " + csv + " --markdown " + md);
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  CHECK(ran.out.find("base = twice") != std::string::npos);  // the same settings run once
  CHECK(ran.out.find("6 replications, seeds 1 to 6") != std::string::npos);
  const auto j = nlohmann::json::parse(slurp(json));
  const auto& metric = j["metrics"][0];
  CHECK(metric["metric"] == "client.c.success_rate");
  const auto& once = metric["variants"]["once"];
  CHECK(once["delta"]["ci95"][0] < once["delta"]["mean"]);
  CHECK(once["difference"] == "clear difference");
  CHECK(j["variants"][0]["also"][0] == "twice");
  CHECK(slurp(csv).starts_with("metric,unit,variant,"));
  CHECK(slurp(md).find("| once |") != std::string::npos);
  for (const char* jobs : {"1", "7"}) {  // the same, however many threads
    const std::string again = at(std::string("compare") + jobs + ".json");
    REQUIRE(shell("$F compare " + small_sweep() + " --replications 6 --jobs " + jobs + " --json " +
                  again)
                .status == 0);
    CHECK((slurp(again) == slurp(json)));
  }
  says("$F compare " + small_sweep() + " --variants base,twice", 2, "nothing to compare with");
  says("$F compare " + small_sweep() + " --variants base,nope", 2, "no variant \"nope\"");
  says("$F compare " + small_sweep() + " --metric client.c.sucess_rate", 2, "success_rate");
  says("$F compare " + small_sweep() + " --until-ci much", 2, "is a share such as 5%");
  says("$F compare " + small_sweep() + " --until-ci 0.0001% --most 3 --replications 2", 4, "no\n");
}

TEST_CASE("check: the reason with the failure, and a summary in Markdown", "[cli][CE1]") {
  const std::string file =
      write_file("reasons.toml",
                 slurp(small_sweep()) +
                     "[[expect]]\nmetric = \"client.c.success_rate\"\nabove = \"99.99%\"\nwhy = "
                     "\"Two threads are | not enough.\"\n");
  says("$F check " + file + " --markdown " + at("check.md"), 1, "not enough");
  CHECK(slurp(at("check.md")).find("## Faultline: 0 hold, 1 fail") != std::string::npos);
  CHECK(slurp(at("check.md")).find("are \\| not enough.") != std::string::npos);
}
