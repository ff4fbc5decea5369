// Messages between caller and callee: latency, loss, partitions, crashes seen from the caller.
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

std::string fault(const std::string& keys) {
  return "[[fault]]\n" + keys + "\n";
}
std::string link(const std::string& keys) {
  return "[link.\"c->s\"]\n" + keys + "\n";
}
const std::string kStation = works("s", "\"unbounded\"", "10ms");

}  // namespace

TEST_CASE("a link's latency is paid there and back", "[world][CE4]") {
  const Result r =
      run_text("duration = \"1s\"\n" + once("c", "s") + kStation + link("latency = \"5ms\""));
  CHECK(client(r).latency.max == Approx(0.020));
  CHECK(service(r).latency.max == Approx(0.010));
}

TEST_CASE("a latency fault adds to every message of its time, and two of them add up",
          "[world][CE4]") {
  const Result r = run_text(
      "duration = \"1s\"\n" + once("c", "s") + once_at("later", "s", 500) + kStation +
      link("latency = \"5ms\"") +
      fault("at = \"0s\"\nfor = \"400ms\"\nkind = \"latency\"\nlink = \"c->s\"\nadd = \"20ms\"") +
      fault("at = \"0s\"\nfor = \"400ms\"\nkind = \"latency\"\nlink = \"c->s\"\nadd = \"3ms\""));
  CHECK(client(r).latency.max == Approx(0.010 + 2 * 0.028));
  CHECK(client(r, "later").latency.max == Approx(0.010));  // another link
}

TEST_CASE("what is lost is sent again, at the price of the retransmission", "[world][CE4]") {
  const Result r = run_text(
      "duration = \"1000s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\nstops = \"900s\"\n" +
      kStation + link("loss = \"50%\"\nretransmit = \"100ms\""));
  // A message takes a geometric number of retransmissions, one on average.
  CHECK(client(r).ok == client(r).offered);
  CHECK(client(r).latency.mean == Approx(0.210).epsilon(0.01));
}

TEST_CASE("without retransmission what is lost is lost for good", "[world][CE4]") {
  const Result r =
      run_text("duration = \"10s\"\n" + once("c", "s") + kStation +
               link("loss = \"100%\"\nretransmit = \"0s\"\nunreachable_after = \"2s\""));
  CHECK(errors(client(r), Error::Unreachable) == 1);
  CHECK(service(r).arrivals == 0);
}

TEST_CASE("a partition holds messages back until it heals", "[world][CE4]") {
  const Result r =
      run_text("duration = \"10s\"\n" + once("c", "s") + once_at("d", "s", 50) + kStation +
               link("latency = \"1ms\"") +
               fault("at = \"0s\"\nfor = \"1s\"\nkind = \"partition\"\nlink = \"c->s\""));
  CHECK(client(r).latency.max == Approx(1.012));
  CHECK(client(r, "d").latency.max == Approx(0.010));
}

TEST_CASE("what was held back goes through at its next retransmission", "[world][CE4]") {
  const Result r = run_text(
      "duration = \"10s\"\n" + once_at("c", "s", 50) + kStation +
      link("latency = \"1ms\"\nretransmit = \"200ms\"") +
      fault(
          "at = \"0s\"\nfor = \"1s\"\nkind = \"partition\"\nlink = \"c->s\"\ndirection = \"to\""));
  // Sent at 50 ms, tried again every 200 ms: 1050 ms is the first try after it healed.
  CHECK(client(r).latency.max == Approx(1.012));
}

TEST_CASE("a partition from the callee lets it work and holds the answer", "[world][CE4]") {
  const Result r =
      run_text("duration = \"10s\"\n" + once("c", "s") + kStation + link("latency = \"1ms\"") +
               fault("at = \"0s\"\nfor = \"1s\"\nkind = \"partition\"\nlink = \"c->s\"\ndirection "
                     "= \"from\""));
  CHECK(service(r).latency.max == Approx(0.010));
  CHECK(client(r).latency.max == Approx(1.001));
}

TEST_CASE("a partition that outlasts the transport's patience is unreachable", "[world][CE4]") {
  for (const char* retransmit : {"200ms", "0s"}) {
    INFO(retransmit);
    const Result r = run_text(
        "duration = \"10s\"\n" + once("c", "s") + kStation +
        link("unreachable_after = \"2s\"\nretransmit = \"" + std::string(retransmit) + "\"") +
        fault("at = \"0s\"\nfor = \"5s\"\nkind = \"partition\"\nlink = \"c->s\""));
    CHECK(errors(client(r), Error::Unreachable) == 1);
    CHECK(service(r).arrivals == 0);
  }
}

TEST_CASE("a partition with 0s retransmission loses what it meets", "[world][CE4]") {
  const Result r =
      run_text("duration = \"10s\"\n" + once("c", "s", 1, "policy = \"p\"") + kStation +
               "[policy.p]\ntimeout = \"2s\"\n" + link("retransmit = \"0s\"") +
               fault("at = \"0s\"\nfor = \"1s\"\nkind = \"partition\"\nlink = \"c->s\""));
  CHECK(errors(client(r), Error::Timeout) == 1);
  CHECK(service(r).arrivals == 0);
}

TEST_CASE("who gives up takes the message out of the partition", "[world][CE4]") {
  const Result r =
      run_text("duration = \"10s\"\n" + once("c", "s", 3, "policy = \"p\"") + kStation +
               "[policy.p]\ntimeout = \"100ms\"\n" +
               fault("at = \"0s\"\nfor = \"1s\"\nkind = \"partition\"\nlink = \"c->s\""));
  CHECK(errors(client(r), Error::Timeout) == 3);
  CHECK(service(r).arrivals == 0);
}

TEST_CASE("slowdowns multiply, and count for work begun meanwhile", "[world][CE6]") {
  const Result r =
      run_text("duration = \"10s\"\n" + once("c", "s") + once_at("d", "s", 500) + kStation +
               fault("at = \"0s\"\nfor = \"1ms\"\nkind = \"slow\"\nservice = \"s\"\nfactor = 3") +
               fault("at = \"0s\"\nfor = \"1ms\"\nkind = \"slow\"\nservice = \"s\"\nfactor = 2"));
  CHECK(client(r).latency.max == Approx(0.060));
  CHECK(client(r, "d").latency.max == Approx(0.010));
}

TEST_CASE("an error fault fails a share of jobs before any work", "[world][CE6]") {
  const Result r = run_text(
      "duration = \"100s\"\n[client.c]\ncalls = \"s\"\nrate = \"100/s\"\narrivals = "
      "\"constant\"\n" +
      kStation +
      fault("at = \"0s\"\nkind = \"errors\"\nservice = \"s\"\nshare = \"30%\"\n"
            "error = \"client_error\""));
  const double share = static_cast<double>(errors(client(r), Error::ClientError)) / 10'000;
  CHECK(share == Approx(0.3).margin(0.02));
  CHECK(client(r).latency.mean == Approx(0.010));
}
