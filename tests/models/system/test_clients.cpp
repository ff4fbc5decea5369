// How clients ask: open and closed, in batches, in shapes; and what the warm-up leaves out.
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

const std::string kStation = works("s", "\"unbounded\"", "10ms");

Result asking(const std::string& keys, const std::string& more = "duration = \"10s\"\n") {
  return run_text(more + "[client.c]\ncalls = \"s\"\n" + keys + "\n" + kStation);
}

}  // namespace

TEST_CASE("an even client asks at 1/rate, 2/rate …", "[world]") {
  const Result r = asking("rate = \"100/s\"\narrivals = \"constant\"");
  CHECK(client(r).offered == 999);  // the thousandth would be due at the end
  CHECK(client(r).in_flight == 1);  // the one due at 9.99 s is answered at 10 s, which is too late
  CHECK(r->ledger.offered == 999);
}

TEST_CASE("a Poisson client asks at its rate on average", "[world]") {
  const Result r = asking("rate = \"100/s\"", "duration = \"1000s\"\n");
  CHECK(static_cast<double>(client(r).offered) == Approx(100'000).epsilon(0.01));
}

TEST_CASE("a shape is a factor on the rate, linear between its points", "[world]") {
  // 1 for 4 s, then 3 for 2 s, then down to 1 until 8 s: areas 4 + 6 + 4 + 2.
  const Result r = asking(
      "rate = \"100/s\"\narrivals = \"constant\"\n"
      "shape = [[\"0s\", 1], [\"4s\", 1], [\"4s\", 3], [\"6s\", 3], [\"8s\", 1]]");
  CHECK(client(r).offered == Approx(1600).margin(1));
  const auto& offered = r->client_series[0].value.offered;
  CHECK(offered[2] == Approx(100).margin(1));
  CHECK(offered[5] == Approx(300).margin(1));
  CHECK(offered[6] == Approx(250).margin(1));
  CHECK(offered[9] == Approx(100).margin(1));
}

TEST_CASE("a shape that comes to zero stops the client", "[world]") {
  const Result r = asking(
      "rate = \"100/s\"\narrivals = \"constant\"\nshape = [[\"0s\", 1], [\"2s\", 1], [\"2s\", 0]]");
  CHECK(client(r).offered == Approx(200).margin(1));
}

TEST_CASE("batches come at once, and a backlog is there at the start", "[world]") {
  const Result r = asking("gaps = \"1s\"\nbatch = 5\nat_start = 7");
  CHECK(client(r).offered == 7 + 9 * 5);
  CHECK(service(r).arrivals == 7 + 9 * 5);
  CHECK(client(r).peak_per_100ms == 7);
}

TEST_CASE("a client may start late and stop early", "[world]") {
  const Result r = asking("gaps = \"1s\"\nstarts = \"2s\"\nstops = \"6s\"");
  CHECK(client(r).offered == 3);  // 3, 4 and 5 s
}

TEST_CASE("users think, ask, wait", "[world]") {
  // Each cycle is 90 ms of thought and 10 ms of service.
  const Result r = asking("users = 3\nthink = \"90ms\"");
  CHECK(client(r).offered == 3 * 100);
  CHECK(service(r).in_system_mean == Approx(0.3).epsilon(0.01));
}

TEST_CASE("the warm-up is left out of the figures, not of the ledger", "[world]") {
  const Result r =
      asking("rate = \"100/s\"\narrivals = \"constant\"", "duration = \"10s\"\nwarmup = \"4s\"\n");
  CHECK(r->ledger.offered == 999);
  CHECK(client(r).offered == 600);  // due at 4.00 … 9.99 s
  CHECK(service(r).arrivals == 600);
  CHECK(service(r).completed == 600);  // that of 3.99 s too, that of 9.99 s not yet
  CHECK(client(r).goodput_per_s == Approx(599 / 6.0));
}

TEST_CASE("parallel legs: needed, waited for, out of time", "[world][GD5]") {
  const auto with = [](const std::string& keys) {
    return run_text("duration = \"10s\"\n" + once("c", "gateway") +
                    "[service.gateway]\nthreads = 1\n"
                    "steps = [{ parallel = [\"fast\", \"slow\", \"broken\"], " +
                    keys + " }]\n" + works("fast", "1", "10ms") + works("slow", "1", "100ms") +
                    works("broken", "1", "1ms") +
                    "[[fault]]\nat = \"0s\"\nkind = \"errors\"\nservice = \"broken\"\n"
                    "share = \"100%\"\n");
  };
  const Result all = with("wait = \"all\"");
  CHECK(errors(client(all), Error::ServerError) == 1);
  CHECK(service(all, "gateway").latency.max == Approx(0.100));
  const Result hopeless = with("wait = \"need\"");
  CHECK(service(hopeless, "gateway").latency.max == 0);
  CHECK(service(hopeless, "slow").wasted_work_s == Approx(0.100));
  const Result one = with("need = 1, wait = \"need\"");
  CHECK(client(one).ok == 1);
  CHECK(client(one).degraded == 1);
  CHECK(client(one).quality_mean == Approx(1 / 3.0));
  CHECK(client(one).latency.max == Approx(0.010));
  CHECK(service(one, "slow").wasted_work_s == Approx(0.090));
  const Result two = with("need = 2");
  CHECK(client(two).latency.max == Approx(0.100));
  CHECK(client(two).quality_mean == Approx(2 / 3.0));
  const Result late = with("need = 1, timeout = \"50ms\"");
  CHECK(client(late).latency.max == Approx(0.050));
  CHECK(client(late).quality_mean == Approx(1 / 3.0));
  CHECK(service(late, "slow").wasted_work_s == Approx(0.050));
}
