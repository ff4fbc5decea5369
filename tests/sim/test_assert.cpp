#include "sim/assert.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

// What a child process writes to stderr before it aborts.
template <class Action>
std::string last_words(Action action) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    signal(SIGABRT, SIG_DFL);  // not the test framework's handler
    action();
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[256];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  return text;
}

}  // namespace

TEST_CASE("a failed assertion says what, where and when in the run", "[assert]") {
  FL_ASSERT(1 + 1 == 2, "arithmetic");
  const std::string text = last_words([] {
    RunContext run{7, {1500}, 42};
    AssertContext guard(&run);
    { AssertContext inner(nullptr); }
    run.event = 43;
    FL_ASSERT(run.seed == 8, "the permit was given back twice");
  });
  CHECK(text.find("the permit was given back twice (run.seed == 8)") != std::string::npos);
  CHECK(text.find("test_assert.cpp:") != std::string::npos);
  CHECK(text.find("seed 7, simulated time 1500 ns, event 43") != std::string::npos);
  const std::string outside = last_words([] { FL_ASSERT(false, "no run"); });
  CHECK(outside.find("no run") != std::string::npos);
  CHECK(outside.find("seed") == std::string::npos);
}
