// What a server does under load before a request gets as far as its queue: [GD6].

#include "models/policies/shedding.hpp"
#include "tests/support/run.hpp"

namespace faultline {
namespace {

// Four classes of 100/s each; the server can do 200/s.
std::string classes(const std::string& door, const std::string& service = "") {
  std::string text = "duration = \"60s\"\nwarmup = \"10s\"\n";
  for (const std::string p : {"0", "1", "2", "3"})
    text += "[client.p" + p + "]\ncalls = \"s\"\nrate = \"100/s\"\npriority = \"P" + p + "\"\n";
  return text + "[service.s]\nthreads = 4\nwork = \"exp(20ms)\"\nqueue = { limit = 96 }\n" +
         service + "[service.s.door]\n" + door + "\n";
}

}  // namespace

TEST_CASE("the least important is shed first", "[shed][GD6]") {
  const Result r = run_text(classes("shed = { by = \"concurrency\" }"));
  // 100 places: P2 and P3 go at 70, P1 would at 85. P0 and P1 fill the server.
  CHECK(client(r, "p0").success_rate == 1);
  CHECK(client(r, "p1").success_rate > 0.8);
  CHECK(client(r, "p3").success_rate < 0.2);
  CHECK(client(r, "p2").success_rate < 0.2);
  CHECK(errors(client(r, "p3"), Error::Shed) == client(r, "p3").failed);
  const Result bare = run_text(classes("concurrency = 100"));
  CHECK(client(bare, "p0").success_rate < 0.6);
}

TEST_CASE("those who are shed may be answered from memory", "[shed][GD6]") {
  const Result r =
      run_text(classes("shed = { by = \"queue\", answer = \"cached\", quality = 0.25 }"));
  CHECK(client(r, "p3").success_rate == 1);
  CHECK(client(r, "p3").degraded > 3000);
  CHECK(client(r, "p3").quality_mean < 0.5);
  CHECK(client(r, "p0").quality_mean == 1);
}

TEST_CASE("above the last level everybody gets the maintenance page", "[shed][GD6]") {
  const Result r =
      run_text(classes("shed = { by = \"threads\", maintenance = \"95%\", period = \"2s\" }"));
  CHECK(client(r, "p0").success_rate < 0.9);
  CHECK(errors(client(r, "p0"), Error::Shed) > 300);
}

TEST_CASE("shedding goes on until the load is well below the level", "[shed][GD6]") {
  ShedSettings s;
  s.hysteresis = {0.1};
  Shedder shedder(s);
  using Says = Shedder::Verdict;
  CHECK(shedder.ask(0.69, 3, 0) == Says::Serve);
  CHECK(shedder.ask(0.70, 3, 0) == Says::Shed);
  CHECK(shedder.ask(0.65, 3, 0) == Says::Shed);
  CHECK(shedder.ask(0.59, 3, 0) == Says::Serve);
  CHECK(shedder.ask(0.65, 3, 0) == Says::Serve);
  CHECK(shedder.ask(2.0, 0, 0) == Says::Serve);  // P0: never
}

TEST_CASE("with a ramp the share rises evenly", "[shed][GD6]") {
  ShedSettings s;
  s.ramp = {0.1};
  Shedder shedder(s);
  int shed = 0;
  for (int i = 0; i < 1000; ++i) shed += shedder.ask(0.75, 2, i / 1000.0) == Shedder::Verdict::Shed;
  CHECK(shed == Approx(500).margin(1));
}

TEST_CASE("a door that paces lets in evenly, and loses nobody", "[door][CB3]") {
  const Result r = run_text(
      "duration = \"20s\"\n[client.c]\ncalls = \"s\"\nrate = \"200/s\"\npolicy = \"p\"\n"
      "[policy.p]\ntimeout = \"70ms\"\npropagation = \"cancel\"\n"
      "[service.s]\nthreads = 4\nwork = \"1ms\"\n[service.s.door]\n"
      "rate_limit = { kind = \"leaky_bucket\", rate = \"100/s\", burst = 10 }\n"
      "[[fault]]\nat = \"5s\"\nkind = \"crash\"\nservice = \"s\"\nrestart = \"2s\"\n");
  // Up to ten wait, so up to 100 ms: who has been given up by then is called back from the door.
  CHECK(errors(client(r), Error::Timeout) > 100);
  CHECK(errors(client(r), Error::RateLimited) > 500);
  CHECK(errors(client(r), Error::Unavailable) > 300);
  CHECK(service(r).peak_per_100ms > 15);
}

TEST_CASE("a door that learns keeps the queue short", "[door][GD6]") {
  const auto p99 = [](const std::string& door) {
    return run_text(
        "duration = \"60s\"\nwarmup = \"20s\"\n[client.c]\ncalls = \"s\"\nrate = \"1500/s\"\n"
        "[service.s]\nthreads = 10\nwork = \"exp(10ms)\"\nqueue = { limit = 2000 }\n" +
        door);
  };
  const Result bare = p99("");
  for (const std::string kind : {"vegas", "gradient2", "envoy"}) {
    INFO(kind);
    const Result r = p99("[service.s.door]\nconcurrency = { kind = \"" + kind + "\" }\n");
    CHECK(client(r).goodput_per_s > (kind == "vegas" ? 750 : 850));
    CHECK(client(r).latency.p99 < client(bare).latency.p99 / 4);
  }
}

}  // namespace faultline
