// What goes on at the server when the caller has gone: zombies, cancellation, deadlines passed on.
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

std::string policy(const std::string& keys, const std::string& name = "p") {
  return "[policy." + name + "]\n" + keys + "\n";
}
const std::string kUses = "policy = \"p\"";

}  // namespace

TEST_CASE("a timeout leaves the server working for nobody", "[world][RT5]") {
  const Result r = run_text("duration = \"200ms\"\n" + once("c", "s", 1, kUses) +
                            works("s", "1", "100ms") + policy("timeout = \"10ms\""));
  CHECK(errors(client(r), Error::Timeout) == 1);
  CHECK(service(r).thread_utilization == Approx(0.5));
  CHECK(service(r).wasted_work_s == Approx(0.090));
  CHECK(service(r).completed == 1);
}

TEST_CASE("work that begins after its caller has gone is all wasted", "[world][RT5]") {
  const Result r = run_text("duration = \"1s\"\n" + once("c", "s", 2, kUses) +
                            works("s", "1", "100ms") + policy("timeout = \"10ms\""));
  CHECK(errors(client(r), Error::Timeout) == 2);
  CHECK(service(r).wasted_work_s == Approx(0.090 + 0.100));
}

TEST_CASE("cancellation stops the work and empties the queue", "[world][RT5]") {
  const Result r =
      run_text("duration = \"1s\"\n" + once("c", "s", 1, kUses) + once_at("queued", "s", 1, kUses) +
               once_at("impatient", "s", 1, "policy = \"q\"") + works("s", "1", "100ms") +
               policy("timeout = \"10ms\"\npropagation = \"cancel\"") +
               policy("timeout = \"3ms\"\npropagation = \"cancel\"", "q"));
  CHECK(errors(client(r), Error::Timeout) == 1);
  CHECK(errors(client(r, "queued"), Error::Timeout) == 1);
  CHECK(errors(client(r, "impatient"), Error::Timeout) == 1);
  CHECK(service(r).wasted_work_s == 0);
  CHECK(service(r).thread_utilization ==
        Approx(0.011));  // the first till 10 ms, the second till 11
  CHECK(service(r).completed == 0);
}

TEST_CASE("the word of a cancellation takes the link's time", "[world][RT5]") {
  const Result r = run_text(
      "duration = \"1s\"\n" + once("c", "s", 1, kUses) + works("s", "1", "100ms") +
      policy("timeout = \"10ms\"\npropagation = \"cancel\"") + "[network]\nlatency = \"4ms\"\n");
  // Arrives at 4 ms, is given up at 10 ms, stops at 14 ms.
  CHECK(service(r).thread_utilization == Approx(0.010));
  CHECK(service(r).wasted_work_s == Approx(0.004));
}

TEST_CASE("a deadline that was passed on spares the server what nobody waits for", "[world][RT5]") {
  for (const char* keys : {"timeout = \"10ms\"", "deadline = \"10ms\""}) {
    INFO(keys);
    const Result r =
        run_text("duration = \"1s\"\n" + once("c", "s", 2, kUses) + works("s", "1", "100ms") +
                 policy(std::string(keys) + "\npropagation = \"deadline\""));
    CHECK(client(r).failed == 2);
    CHECK(service(r).thread_utilization == Approx(0.100));  // the second was never begun
    CHECK(service(r).wasted_work_s == Approx(0.090));
    CHECK(service(r).errors[static_cast<std::size_t>(Error::Deadline)] == 1);
  }
}

TEST_CASE("deadlines shrink down the hops", "[world][RT5]") {
  // The client waits 50 ms; a works 20 ms, so b is given 30 of its own 1000 ms.
  const Result r =
      run_text("duration = \"1s\"\n" + once("c", "a", 1, kUses) +
               "[service.a]\nthreads = 1\nsteps = [{ work = \"20ms\" }, { call = \"b\", policy = "
               "\"q\" }]\n" +
               works("b", "1", "100ms") + policy("timeout = \"50ms\"\npropagation = \"deadline\"") +
               policy("timeout = \"1s\"\npropagation = \"cancel\"", "q"));
  CHECK(errors(client(r), Error::Timeout) == 1);
  CHECK(edge(r, "a->b").errors[static_cast<std::size_t>(Error::Deadline)] == 1);
  CHECK(service(r, "a").thread_utilization == Approx(0.050));
  CHECK(service(r, "b").thread_utilization == Approx(0.030));
}

TEST_CASE("a job that outlives its deadline calls nobody", "[world][RT5]") {
  // c waits 50 ms for a, a passes that on to b, b works 100 ms and then wants to call d.
  const Result r =
      run_text("duration = \"1s\"\n" + once("c", "a", 1, kUses) +
               "[service.a]\nthreads = 1\nsteps = [{ call = \"b\", policy = \"p\" }]\n"
               "[service.b]\nthreads = 1\nsteps = [{ work = \"100ms\" }, { call = \"d\", policy = "
               "\"p\" }]\n" +
               works("d", "1", "10ms") + policy("timeout = \"50ms\"\npropagation = \"deadline\""));
  CHECK(client(r).failed == 1);
  CHECK(service(r, "b").thread_utilization == Approx(0.100));
  CHECK(service(r, "d").arrivals == 0);
  CHECK(edge(r, "b->d").calls == 1);
  CHECK(edge(r, "b->d").attempts == 0);
}

TEST_CASE("without propagation a job that nobody waits for calls on", "[world][RT5]") {
  const Result r =
      run_text("duration = \"1s\"\n" + once("c", "a", 1, kUses) +
               "[service.a]\nthreads = 1\nsteps = [{ work = \"100ms\" }, { call = \"b\" }]\n" +
               works("b", "1", "10ms") + policy("timeout = \"50ms\""));
  CHECK(service(r, "b").completed == 1);
  CHECK(service(r, "a").wasted_work_s == Approx(0.060));
}

TEST_CASE("cancellation goes down as many hops as pass it on", "[world][RT5]") {
  const Result r =
      run_text("duration = \"1s\"\n" + once("c", "a", 1, kUses) +
               "[service.a]\nthreads = 1\nsteps = [{ call = \"b\", policy = \"q\" }]\n" +
               works("b", "1", "100ms") + policy("timeout = \"10ms\"\npropagation = \"cancel\"") +
               policy("propagation = \"cancel\"", "q"));
  CHECK(service(r, "a").thread_utilization == Approx(0.010));
  CHECK(service(r, "b").thread_utilization == Approx(0.010));
}

TEST_CASE("a timeout counts from the try, a deadline from the call", "[world][RT5]") {
  const std::string base =
      "duration = \"10s\"\n" + once("c", "s", 1, kUses) + works("s", "\"unbounded\"", "1s");
  const Result tries = run_text(
      base + policy("timeout = \"100ms\"\nretry = { attempts = 3, backoff = \"50ms\" }"), 0);
  CHECK(edge(tries).attempts == 3);
  CHECK(traced(tries, "0.450000 s", "has failed"));  // 3 · 100 + 50 + 100
  const Result whole =
      run_text(base + policy("deadline = \"220ms\"\ntimeout = \"100ms\"\n"
                             "retry = { attempts = 9, backoff = \"50ms\", factor = 1 }"),
               0);
  CHECK(errors(client(whole), Error::Deadline) == 1);
  CHECK(edge(whole).attempts == 2);
  CHECK(traced(whole, "0.220000 s", "has failed"));
}
