// Threads and queues: who waits, who is refused, who is next. All times are constant, so that the
// answers can be worked out by hand.
#include "tests/support/run.hpp"

using namespace faultline;

TEST_CASE("one thread serves one after the other", "[world]") {
  const Result r = run_text("duration = \"100ms\"\n" + once("c", "s", 3) + works("s", "1", "10ms"));
  CHECK(client(r).ok == 3);
  CHECK(client(r).latency.mean == Approx(0.020));
  CHECK(client(r).latency.max == Approx(0.030));
  CHECK(service(r).wait.mean == Approx(0.010));
  CHECK(service(r).thread_utilization == Approx(0.3));
  CHECK(service(r).queue_length_mean == Approx((2 * 10 + 1 * 10) / 100.0));
  CHECK(service(r).in_system_mean == Approx(0.3 + 0.3));
}

TEST_CASE("an unbounded number of threads makes nobody wait", "[world]") {
  const Result r = run_text("duration = \"100ms\"\n" + once("c", "s", 100) +
                            works("s", "\"unbounded\"", "10ms"));
  CHECK(client(r).ok == 100);
  CHECK(client(r).latency.max == Approx(0.010));
}

TEST_CASE("a queue's limit counts those who wait, and the rest is refused at once", "[world]") {
  const auto with_limit = [](int limit) {
    return run_text("duration = \"1s\"\n" + once("c", "s", 7) +
                    works("s", "2", "10ms", "queue = { limit = " + std::to_string(limit) + " }"));
  };
  for (int limit : {0, 1, 3, 5}) {
    const Result r = with_limit(limit);
    CHECK(client(r).ok == static_cast<std::uint64_t>(2 + limit));
    CHECK(errors(client(r), Error::Refused) == static_cast<std::uint64_t>(5 - limit));
    CHECK(service(r).rejected == static_cast<std::uint64_t>(5 - limit));
  }
  CHECK(client(with_limit(100)).ok == 7);
}

TEST_CASE("fifo, lifo and priority take the next as they say", "[world][GD6]") {
  // x holds the thread until 10 ms; y comes at 1 ms, z at 2 ms.
  const auto with = [](const std::string& discipline) {
    return run_text("duration = \"1s\"\n" + once("x", "s") +
                    once_at("y", "s", 1, "priority = \"P2\"") +
                    once_at("z", "s", 2, "priority = \"P0\"") +
                    works("s", "1", "10ms", "queue = { discipline = \"" + discipline + "\" }"));
  };
  const Result fifo = with("fifo");
  CHECK(client(fifo, "y").latency.max == Approx(0.019));
  CHECK(client(fifo, "z").latency.max == Approx(0.028));
  for (const char* other : {"lifo", "priority"}) {
    const Result r = with(other);
    CHECK(client(r, "z").latency.max == Approx(0.018));
    CHECK(client(r, "y").latency.max == Approx(0.029));
  }
}

TEST_CASE("equal priorities are served in order of arrival", "[world][GD6]") {
  const Result r =
      run_text("duration = \"1s\"\n" + once("x", "s") + once_at("y", "s", 1, "priority = \"P1\"") +
               once_at("z", "s", 2, "priority = \"P1\"") +
               works("s", "1", "10ms", "queue = { discipline = \"priority\" }"));
  CHECK(client(r, "y").latency.max == Approx(0.019));
  CHECK(client(r, "z").latency.max == Approx(0.028));
}

TEST_CASE("a thread is held while its job calls another service", "[world]") {
  const Result r = run_text("duration = \"40ms\"\n" + once("c", "gateway", 2) +
                            "[service.gateway]\nthreads = 1\nsteps = [{ call = \"db\" }]\n" +
                            works("db", "10", "10ms"));
  CHECK(client(r).latency.mean == Approx(0.015));
  CHECK(client(r).latency.max == Approx(0.020));
  CHECK(service(r, "gateway").thread_utilization == Approx(0.5));
  CHECK(service(r, "gateway").cpu_utilization == 0);  // it only waits
  CHECK(service(r, "db").thread_utilization == Approx(0.05));
}

TEST_CASE("steps are done one after the other", "[world]") {
  const Result r = run_text(
      "duration = \"1s\"\n" + once("c", "gateway/buy") +
      "[service.gateway]\nthreads = 1\n[service.gateway.endpoint.buy]\n"
      "steps = [{ work = \"1ms\" }, { call = \"db\" }, { work = \"2ms\" }, { call = \"db\" }]\n"
      "[service.gateway.endpoint.look]\nwork = \"1ms\"\n" +
      works("db", "1", "10ms"));
  CHECK(client(r).latency.max == Approx(0.023));
  CHECK(service(r, "db").arrivals == 2);
  CHECK(named(service(r, "gateway").parts, "endpoint.buy").arrivals == 1);
  CHECK(named(service(r, "gateway").parts, "endpoint.look").arrivals == 0);
}
