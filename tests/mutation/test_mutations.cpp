// Would `faultline verify` notice? The world with one mistake at a time, held against theory. Each
// is tried in a process of its own, because a mistaken world may well stop at an assertion or never
// end; both count as noticed.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "lab/study/verify.hpp"
#include "models/system/mutations.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

using theory::Inputs;

Inputs closed() {
  Inputs inputs;
  inputs.set("users", 50.0).set("think_mean", 10.0).set("mu", 1.0).set("c", 4.0);
  return inputs;
}
Inputs bounded() {
  Inputs inputs;
  inputs.set("lam", 0.8).set("mu", 1.0).set("c", 1.0).set("K_total_in_system", 5.0);
  return inputs;
}
Inputs impatient() {
  Inputs inputs;
  inputs.set("lam", 0.8).set("mu", 1.0).set("c", 1.0).set("client_timeout", 5.0);
  inputs.set("server_cancels", false).set("retries", 0.0);
  return inputs;
}

constexpr int kNothingNoticed = 0, kNoticed = 1;

int verify_some() {
  const std::vector<TheoryCheck> checks = {
      {"closed", "closed M/M/c//N", closed(), "throughput"},
      {"bounded", "M/M/c/K", bounded(), "P_block"},
      {"impatient", "timeout, zombie work", impatient(), "P_client_timeout"},
  };
  Effort effort;
  effort.budget = 6e6;
  effort.threads = 1;
  for (const TheoryAnswer& a : verify(checks, effort)) {
    if (a.verdict != TheoryVerdict::Holds && a.verdict != TheoryVerdict::Vague) return kNoticed;
  }
  return kNothingNoticed;
}

// Whether verify notices when `mistake` is made.
bool noticed(bool* mistake) {
  std::fflush(nullptr);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    for (int signal : {SIGABRT, SIGSEGV, SIGALRM, SIGTERM}) std::signal(signal, SIG_DFL);
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(kNothingNoticed);
    alarm(300);
    if (mistake != nullptr) *mistake = true;
    _exit(verify_some());
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return !WIFEXITED(status) || WEXITSTATUS(status) != kNothingNoticed;
}

}  // namespace

TEST_CASE("without a mistake verify has nothing to say", "[mutation]") {
  CHECK_FALSE(noticed(nullptr));
}

TEST_CASE("a lost answer is noticed", "[mutation]") {
  CHECK(noticed(&mutation::loses_answers));
}

TEST_CASE("a thread left idle while somebody waits is noticed", "[mutation]") {
  CHECK(noticed(&mutation::leaves_threads_idle));
}

TEST_CASE("a timer that fires on what has ended is noticed", "[mutation]") {
  CHECK(noticed(&mutation::keeps_timers));
}

TEST_CASE("a queue with one place too many is noticed", "[mutation]") {
  CHECK(noticed(&mutation::one_place_too_many));
}
