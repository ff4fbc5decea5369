// What service level objectives count.
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

std::string steady(const std::string& more = "") {
  return "[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = \"constant\"\n" + more + "\n";
}
std::string slo(const std::string& keys) {
  return "[slo.o]\nclient = \"c\"\ntarget = \"99%\"\n" + keys + "\n";
}
const SloFigures& objective(const Result& r) {
  return named(r->slos, "o");
}
const std::string kThroughput = "kind = \"throughput\"\nrate = \"80/s\"\nslice = \"10s\"\n";

}  // namespace

TEST_CASE("throughput counts slices in which enough was served", "[world][SL1]") {
  // The service is away from 30 s to 40 s: of the slices up to 90 s one is bad. The last is not
  // judged: its requests might still be answered.
  const Result r =
      run_text("duration = \"100s\"\n" + steady() + works("s", "9", "10ms") + slo(kThroughput) +
               "[[fault]]\nat = \"30s\"\nfor = \"10s\"\nkind = \"errors\"\nservice = "
               "\"s\"\nshare = \"100%\"\nerror = \"server_error\"\n");
  CHECK(objective(r).total == 9);
  CHECK(objective(r).good == 8);
}

TEST_CASE("a slice is good that serves the rate, or all there was", "[world][SL1]") {
  const auto with = [](const std::string& share, const std::string& rate) {
    return run_text("duration = \"100s\"\n" + steady() + works("s", "9", "10ms") +
                    slo("kind = \"throughput\"\nrate = \"" + rate + "\"\n") +
                    "[[fault]]\nat = \"0s\"\nkind = \"errors\"\nservice = \"s\"\nshare = \"" +
                    share + "\"\nerror = \"server_error\"\n");
  };
  CHECK(objective(with("10%", "80/s")).availability == 1);  // 90/s ≥ 80/s
  CHECK(objective(with("10%", "99/s")).availability == 0);  // 90/s < 99/s, and 100/s were offered
  CHECK(objective(with("0%", "500/s")).availability == 1);  // all that was offered
  CHECK(objective(with("0%", "500/s")).total == 9);
}

TEST_CASE("what is answered too late was not served; nothing asked is nothing missed",
          "[world][SL1]") {
  const Result late =
      run_text("duration = \"100s\"\n" + steady() + works("s", "5000", "15s") + slo(kThroughput));
  CHECK(objective(late).availability == 0);
  const Result silent = run_text("duration = \"100s\"\n" + once("c", "s", 3) +
                                 works("s", "9", "10ms") + slo(kThroughput));
  CHECK(objective(silent).good == 9);
  const Result sparse =
      run_text("duration = \"100s\"\n[client.c]\ncalls = \"s\"\ngaps = \"25s\"\n" +
               works("s", "9", "10ms") + slo(kThroughput));
  CHECK(objective(sparse).availability == 1);
  CHECK(objective(sparse).total == 9);
}

TEST_CASE("correctness is a share of the answers", "[world][SL1]") {
  const auto with = [](const std::string& error) {
    return run_text("duration = \"100s\"\n" + steady() + works("s", "9", "10ms") +
                    slo("kind = \"correctness\"\n") +
                    "[[fault]]\nat = \"0s\"\nkind = \"errors\"\nservice = \"s\"\nshare = \"20%\"\n"
                    "error = \"" +
                    error + "\"\n");
  };
  const Result wrong = with("wrong_data");
  CHECK(objective(wrong).total == client(wrong).ok + errors(client(wrong), Error::WrongData));
  CHECK(objective(wrong).availability == Approx(0.8).margin(0.02));
  const Result failed = with("server_error");  // no answer, so none that is wrong
  CHECK(objective(failed).total == client(failed).ok);
  CHECK(objective(failed).availability == 1);
}

TEST_CASE("keys of another kind of objective are refused", "[world][SL1]") {
  const auto problem = [](const std::string& keys) {
    return refusal(steady() + works("s", "9", "10ms") + slo(keys));
  };
  CHECK(problem("kind = \"throughput\"").find("needs a rate") != std::string::npos);
  CHECK(problem("rate = \"80/s\"").find("is about throughput") != std::string::npos);
  CHECK(problem("threshold = \"1s\"").find("is about latency") != std::string::npos);
}
