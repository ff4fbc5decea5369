// Instances die: what is in flight, what comes meanwhile, what comes after.
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

const std::string kCrash =
    "[[fault]]\nat = \"5ms\"\nkind = \"crash\"\nservice = \"s\"\nrestart = \"1s\"\n";

}  // namespace

TEST_CASE("a crash ends what is in flight, and nobody is there until the restart", "[world][CE3]") {
  const Result r = run_text("duration = \"10s\"\n" + once("c", "s", 2) + once_at("mid", "s", 500) +
                            once_at("edge", "s", 1004) + once_at("late", "s", 1005) +
                            works("s", "1", "10ms") + kCrash);
  CHECK(errors(client(r), Error::Crash) == 2);  // the one at work and the one in the queue
  CHECK(errors(client(r, "mid"), Error::Unavailable) == 1);
  CHECK(errors(client(r, "edge"), Error::Unavailable) == 1);
  CHECK(client(r, "late").ok == 1);  // the restart counts from the crash
  CHECK(service(r).thread_utilization == Approx(0.0015));
  CHECK(moments(r, "crash") == std::vector<double>{0.005});
  CHECK(moments(r, "ready") == std::vector<double>{1.005});
}

TEST_CASE("a crash of some instances leaves the others", "[world][CE3]") {
  const Result r = run_text("duration = \"10s\"\n" + once("c", "s", 4) +
                            works("s", "1", "10ms", "replicas = 4") + kCrash + "instances = 1\n");
  CHECK(errors(client(r), Error::Crash) == 1);
  CHECK(client(r).ok == 3);
}

TEST_CASE("a crash takes with it the calls that its jobs were making", "[world][CE3]") {
  const Result r =
      run_text("duration = \"1s\"\n" + once("c", "s") +
               "[service.s]\nthreads = 1\nsteps = [{ call = \"db\", policy = \"p\" }]\n"
               "[policy.p]\npropagation = \"cancel\"\n" +
               works("db", "1", "100ms") + kCrash);
  CHECK(errors(client(r), Error::Crash) == 1);
  CHECK(service(r, "db").thread_utilization == Approx(0.005));
}

TEST_CASE("one crash may end jobs that call each other off", "[world][CE3]") {
  // Both legs are at work where it crashes; the first to fail calls the other off.
  const Result r =
      run_text("duration = \"1s\"\n" + once("c", "gateway", 3) +
               "[service.gateway]\nthreads = 8\n"
               "steps = [{ parallel = [\"s\", \"s\", \"s\"], wait = \"need\", policy = \"p\" }]\n"
               "[policy.p]\npropagation = \"cancel\"\n" +
               works("s", "4", "10ms") + kCrash);
  CHECK(errors(client(r), Error::ServerError) == 3);
  CHECK(service(r).thread_utilization == Approx(0.005));
}

TEST_CASE("a hedge that dies with its twin is counted once", "[world][CE3][RT7]") {
  const Result r = run_text("duration = \"1s\"\n" + once("c", "s", 2, "policy = \"p\"") +
                            "[policy.p]\npropagation = \"cancel\"\nhedge = { after = \"1ms\" }\n" +
                            works("s", "3", "10ms") + kCrash);
  CHECK(errors(client(r), Error::Crash) == 2);
}

TEST_CASE("who was given up before a crash is no error of the crash", "[world][CE3]") {
  const Result r = run_text("duration = \"1s\"\n" + once("c", "s", 1, "policy = \"p\"") +
                            "[policy.p]\ntimeout = \"2ms\"\n" + works("s", "1", "10ms") + kCrash);
  CHECK(errors(client(r), Error::Timeout) == 1);
  CHECK(service(r).wasted_work_s == Approx(0.003));
}

TEST_CASE("the dead don't answer over a slow link", "[world][CE3]") {
  // Killed at 5 ms; its word that the connection is gone arrives after the work would have ended.
  const Result r = run_text("duration = \"1s\"\n" + once("c", "s") + works("s", "1", "3ms") +
                            "[network]\nlatency = \"4ms\"\n" + kCrash);
  CHECK(errors(client(r), Error::Crash) == 1);
}
