// Connections, the parts of a try, and what a link can do to a message.
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

std::string link(const std::string& keys) {
  return "[link.\"c->s\"]\n" + keys + "\n";
}
std::string fault(const std::string& kind, const std::string& more = "") {
  return "[[fault]]\nat = \"0s\"\nkind = \"" + kind + "\"\nlink = \"c->s\"\n" + more;
}
std::string one(const std::string& policy = "", const char* work = "10ms", const char* more = "") {
  return "duration = \"600s\"\n" + once("c", "s", 1, policy.empty() ? "" : "policy = \"p\"") +
         works("s", "9", work, more) + (policy.empty() ? "" : "[policy.p]\n" + policy + "\n");
}
double took(const Result& r) {
  return client(r).latency.max;
}

}  // namespace

TEST_CASE("a connection costs a round trip, and TLS one more", "[world][CE4][RT5]") {
  const auto with = [](const char* connections) {
    return took(
        run_text(one() + link(std::string("latency = \"5ms\"\nconnections = ") + connections)));
  };
  CHECK(with("\"fresh\"") == Approx(0.030));
  CHECK(with("{ kind = \"fresh\", tls = 2 }") == Approx(0.050));
}

TEST_CASE("a pooled connection is used again; a fresh one never is", "[world][CE4]") {
  const auto made = [](const char* kind, const char* more = "") {
    return edge(
               run_text("duration = \"1s\"\n[client.c]\ncalls = \"s\"\nrate = \"10/s\"\narrivals = "
                        "\"constant\"\n" +
                        works("s", "9", "250ms") +
                        link(std::string("connections = { kind = \"") + kind + "\"" + more + " }")))
        .connections;
  };
  CHECK(made("fresh") == 9);
  CHECK(made("pooled") == 3);  // three are under way at a time
  CHECK(made("shared") == 1);
  CHECK(made("pooled", ", keep_alive = \"0s\"") == 9);
}

TEST_CASE("the parts of a try have timeouts of their own", "[world][RT5]") {
  const std::string slow = link("latency = \"100ms\"\nconnections = { kind = \"fresh\", tls = 1 }");
  const auto error = [&](const char* timeouts, Error e) {
    const Result r = run_text(one(std::string("timeout = { ") + timeouts + " }", "1s") + slow, 0);
    return errors(client(r), e) == 1 ? r : nullptr;
  };
  const auto failed = [](const Result& r, const char* when) {
    return r != nullptr && traced(r, when, "has failed");
  };
  CHECK(failed(error("connect = \"150ms\"", Error::Unreachable), "0.150000 s"));
  CHECK(failed(error("connect = \"200ms\", tls = \"150ms\"", Error::Unreachable), "0.350000 s"));
  CHECK(failed(error("header = \"500ms\"", Error::Timeout), "0.900000 s"));
  CHECK(client(run_text(one("timeout = { connect = \"300ms\", tls = \"300ms\", header = \"2s\" }",
                            "1s") +
                        slow))
            .ok == 1);
}

TEST_CASE("a read timeout watches the pauses within an answer", "[world][RT5]") {
  const auto run = [](const char* timeouts) {
    return run_text(
        "duration = \"60s\"\n" + once("c", "s", 1, "policy = \"p\"") +
            "[service.s]\nthreads = 9\nsteps = [{ work = \"100ms\" }, { flush = true }, "
            "{ work = \"400ms\" }, { flush = true }, { work = \"100ms\" }]\n[policy.p]\n"
            "timeout = { " +
            timeouts + " }\n",
        0);
  };
  CHECK(client(run("header = \"200ms\", read = \"500ms\"")).ok == 1);
  CHECK(traced(run("header = \"200ms\", read = \"300ms\""), "0.400000 s", "has failed"));
  CHECK(traced(run("header = \"50ms\", read = \"500ms\""), "0.050000 s", "has failed"));
}

TEST_CASE("who is given up on the wire works on for nobody", "[world][RT5]") {
  const Result r = run_text(one("timeout = { header = \"100ms\" }", "1s"));
  CHECK(service(r).wasted_work_s == Approx(0.9));
}

TEST_CASE("a bandwidth makes messages stand in line", "[world][CE4]") {
  // Three answers of 10 kB at once over 100 kB/s: 100, 200, 300 ms.
  const Result r =
      run_text("duration = \"10s\"\n" + once("c", "s", 3) +
               works("s", "9", "0s", "response_size = \"10kB\"") + link("bandwidth = \"100kB/s\""));
  CHECK(client(r).latency.max == Approx(0.3));
  CHECK(client(r).latency.mean == Approx(0.2));
  CHECK(edge(r).link_utilization == Approx(0.3 / 20));
}

TEST_CASE("refused are new connections only", "[world][CE4]") {
  const auto with = [](const char* connections) {
    return run_text(
        "duration = \"10s\"\n[client.c]\ncalls = \"s\"\nrate = \"10/s\"\narrivals = "
        "\"constant\"\n" +
        works("s", "9", "10ms") + connections +
        "[[fault]]\nat = \"5s\"\nkind = \"refuse\"\nlink = \"c->s\"\n");
  };
  CHECK(errors(client(with("")), Error::Refused) == 50);
  CHECK(errors(client(with(link("connections = \"pooled\"").c_str())), Error::Refused) == 0);
}

TEST_CASE("a cut may hit established connections, or new ones", "[world][CE4]") {
  const auto with = [](const char* which) {
    return run_text(
        "duration = \"20s\"\n[client.c]\ncalls = \"s\"\nrate = \"10/s\"\narrivals = "
        "\"constant\"\npolicy = \"p\"\n" +
        works("s", "9", "10ms") + link("connections = \"pooled\"") +
        "[policy.p]\ntimeout = \"1s\"\n[[fault]]\nat = \"5s\"\nkind = \"partition\"\n"
        "link = \"c->s\"\nconnections = \"" +
        which + "\"\n");
  };
  // One connection is in the pool: the try on it is lost, and then new ones are made.
  CHECK(errors(client(with("established")), Error::Timeout) == 1);
  CHECK(client(with("new")).failed == 0);
  CHECK(client(with("all")).failed >= 130);
}

TEST_CASE("duplicated requests are done twice, and only one is answered", "[world][CE4]") {
  const Result r =
      run_text(one("", "10ms", "idempotent = false") + fault("duplicate", "share = \"100%\"\n"));
  CHECK(client(r).ok == 1);
  CHECK(service(r).arrivals == 2);
  CHECK(service(r).duplicates == 1);
}

TEST_CASE("damage is found out and costs time, or makes wrong data", "[world][CE4]") {
  const auto with = [](const char* more) {
    return run_text("duration = \"60s\"\n" + once("c", "s", 100) + works("s", "999", "1ms") +
                    fault("corrupt", std::string("share = \"50%\"\n") + more));
  };
  CHECK(client(with("")).ok == 100);
  CHECK(client(with("")).latency.max > 0.2);
  CHECK(errors(client(with("noticed = false\n")), Error::WrongData) > 50);
}

TEST_CASE("a reset tells the caller, and nobody else", "[world][CE4]") {
  const Result r = run_text(one("", "1s") + fault("reset", "after = \"200ms\"\n"), 0);
  CHECK(errors(client(r), Error::Crash) == 1);
  CHECK(traced(r, "0.200000 s", "has failed"));
  CHECK(service(r).completed == 1);
  CHECK(service(r).wasted_work_s == Approx(0.8));
}

TEST_CASE("into a black hole goes everything, and nothing comes out", "[world][CE6]") {
  const Result r = run_text(one("timeout = \"1s\"") + fault("black_hole"));
  CHECK(errors(client(r), Error::Timeout) == 1);
  CHECK(service(r).arrivals == 0);
}

TEST_CASE("remembered addresses outlive the name server, for a while", "[world][CE4]") {
  const auto failed = [](const char* dns) {
    return client(
               run_text("duration = \"60s\"\n[client.c]\ncalls = \"s\"\nrate = \"1/s\"\narrivals "
                        "= \"constant\"\n" +
                        works("s", "9", "1ms") + link(std::string("dns = ") + dns) +
                        "[[fault]]\nat = \"10500ms\"\nfor = \"30s\"\nkind = \"dns\"\nlink = "
                        "\"c->s\"\n"))
        .failed;
  };
  // Looked up at 1 s, again at 11 s at the latest; the fault is over at 40.5 s.
  CHECK(failed("{ ttl = \"10s\" }") == 30);
  CHECK(failed("{ ttl = \"1h\" }") == 0);
  CHECK(failed("{ ttl = \"10s\", stale_for = \"20s\" }") == 10);
}

TEST_CASE("correlated losses come in bursts, and rarely if the share is small", "[world][CE4]") {
  const auto slow = [](const char* more) {
    const Result r = run_text("duration = \"100s\"\n[client.c]\ncalls = \"s\"\nrate = \"1k/s\"\n" +
                              works("s", "\"unbounded\"", "0s") +
                              fault("loss", std::string("share = \"5%\"\n") + more));
    return client(r).latency.mean / 0.2;  // losses per request
  };
  CHECK(slow("") == Approx(2 * 0.05 / 0.95).epsilon(0.03));
  CHECK(slow("correlation = \"50%\"\n") < 0.03);
}
