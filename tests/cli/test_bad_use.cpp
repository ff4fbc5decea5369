// What can go wrong at the command line: the exit code, and a message that says what and where.
#include <regex>

#include "tests/cli/program.hpp"

using namespace faultline::test;

namespace {

struct Case {
  std::string command;
  int status;
  std::string says;  // on stderr, a regular expression
};

void check_all(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const Ran ran = shell(c.command);
    INFO(c.command << "\nstdout: " << ran.out.substr(0, 500)
                   << "\nstderr: " << ran.err.substr(0, 2000));
    CHECK(ran.status == c.status);
    CHECK(std::regex_search(ran.err, std::regex(c.says)));
    CHECK(ran.err.size() < 4000);
  }
}

std::string with(const std::string& changed, const std::string& by) {
  std::string text = kScenario;
  text.replace(text.find(changed), changed.size(), by);
  return text;
}

}  // namespace

TEST_CASE("files that can't be read are I/O errors", "[cli]") {
  write_file("good.toml", kScenario);
  write_file("locked.toml", kScenario);
  const std::string at = scratch();
  std::filesystem::permissions(at + "/locked.toml", std::filesystem::perms::none);
  std::vector<Case> cases = {
      {"$F run " + at + "/none.toml", 3, "none.toml: .*no such file"},
      {"$F check " + at + "/none.toml", 3, "none.toml: .*no such file"},
      {"$F run " + at, 3, "is a directory"},
      {"head -c 100000000 /dev/zero | tr '\\0' '#' | $F run -", 3, "at most 10 MB"},
      {"truncate -s 100M " + at + "/huge.toml; $F run " + at + "/huge.toml", 3, "at most 10 MB"},
      {"$F run " + at + "/good.toml --json /dev/full", 3, "cannot write /dev/full: No space"},
      {"$F run " + at + "/good.toml --json " + at + "/no/such/x.json", 3, "cannot write .*No such"},
      {"$F run " + at + "/good.toml --csv /dev/full/x", 3, "/dev/full/x"},
      {"$F run " + at + "/good.toml > /dev/full", 3, "cannot write standard output: No space"},
      {"$F run " + at + "/good.toml --quiet > /dev/full", 3, "cannot write standard output"},
      {"$F check " + at + "/good.toml > /dev/full", 3, "cannot write standard output"},
      {"bash -c 'sleep 0.5; $0 run " + at + "/good.toml --json - ; echo status $? >&2' $F | true",
       0, "cannot write standard output: Broken pipe\\nstatus 3"},
  };
  if (getuid() != 0) cases.push_back({"$F run " + at + "/locked.toml", 3, "ermission"});
  check_all(cases);
}

TEST_CASE("mistakes in a scenario are told with their place", "[cli]") {
  const auto run = [](const std::string& name, const std::string& text) {
    return "$F run " + write_file(name + ".toml", text);
  };
  check_all({
      {run("empty", ""), 2, "needs `faultline`"},
      {run("key", with("threads = 4", "thread = 4")), 2, ":\\d+:1: .*`thread`[^]*\"threads\""},
      {run("rate", with("50/s", "1000000000000/s")), 2, "rate must be at most"},
      {run("exponent", with("50/s", "1e12/s")), 2, "of a rate"},
      {run("zero", with("cpu = \"2\"", "replicas = 0")), 2, "replicas must be at least 1"},
      {run("minutes", with("\"20s\"", "\"2m\"")), 2, "minutes are \"min\""},
      {run("bare", with("\"20s\"", "20")), 2, "duration"},
      {run("newer", with("faultline = 1", "faultline = 9")), 2, "9"},
      {run("circle", with("work = \"exp(20ms)\"", "steps = [{ call = \"shop/buy\" }]")), 2,
       "E402|circle|each other"},
      {run("toml", with("threads = 4", "threads = = 4")), 2, "not TOML"},
      {run("binary", std::string("\xff\xfe\x00garbage", 10)), 2, "UTF-8"},
  });
}

TEST_CASE("mistakes on the command line are usage errors", "[cli]") {
  const std::string run = "$F run " + write_file("good.toml", kScenario);
  check_all({
      {"$F", 2, "a command is due: run, check"},
      {"$F frobnicate", 2, "no command \"frobnicate\"; there are run, check"},
      {"$F run", 2, "FILE is required"},
      {run + " --frob", 2, "--frob"},
      {run + " --variant nope", 2, "no variant \"nope\"[^]*base, bare"},
      {run + " --set service.db.thread=3", 2, "unknown key `thread`[^]*\"threads\""},
      {run + " --set service.db.threads=0", 2, "at least 1"},
      {run + " --set novalue", 2, "KEY=VALUE"},
      {run + " --seed x", 2, "--seed: \"x\" is not a whole number"},
      {run + " --seed -1", 2, "\"-1\" is not a whole number"},
      {run + " --seed 99999999999999999999", 2, "is not a whole number from 0 to"},
      {run + " --trace-request -1", 2, "\"-1\" is not a whole number"},
      {run + " --duration 2m", 2, "minutes are \"min\""},
      {run + " --duration 0s", 2, "duration must be more than 0s"},
  });
}

TEST_CASE("an interrupted run keeps what it has, and says that it is partial", "[cli]") {
  std::string text = with("\"20s\"", "\"3000h\"");
  text = text.substr(0, text.find("[[expect]]"));
  const std::string file = write_file("long.toml", text);
  const std::string json = scratch() + "/partial.json";
  // A shell without job control starts its children deaf to Ctrl-C; `timeout` sends it all the
  // same.
  const Ran ran = shell("timeout --foreground -s INT 1 bash -c 'trap - INT; exec $0 run " + file +
                        " --json " + json + "' $F; echo status $?");
  INFO(ran.out.substr(0, 600) << ran.err);
  CHECK(ran.out.find("Interrupted at") != std::string::npos);
  CHECK(ran.out.find("partial") != std::string::npos);
  CHECK(ran.out.find("shoppers") != std::string::npos);
  CHECK(slurp(json).find("\"partial\": true") != std::string::npos);
  CHECK(slurp(json).find("\"balanced\": true") != std::string::npos);
  const Ran code = shell("bash -c '$0 run " + file +
                         " --quiet & pid=$!; sleep 0.5; kill -INT $pid; wait $pid' $F");
  INFO(code.err);
  CHECK(code.status == 130);
}
