// Records that are changed optimistically, and work that takes longer in a crowd.

#include "tests/support/run.hpp"

using namespace faultline;

namespace {

// So many who come at once, with `steps`, and a row that is 10 ms away.
std::string writers(int n, const std::string& steps, const std::string& more = "") {
  return "duration = \"10s\"\n[client.c]\ncalls = \"writer\"\nrate = \"1/d\"\nstops = \"1us\"\n"
         "at_start = " +
         std::to_string(n) +
         "\npolicy = \"again\"\n[service.writer]\nthreads = \"unbounded\"\nsteps = [" + steps +
         "]\n[service.row]\nthreads = \"unbounded\"\n[service.row.endpoint.look]\n"
         "steps = [{ read = \"r\" }]\n[service.row.endpoint.change]\nsteps = [{ write = \"r\" }]\n"
         "[link.\"writer->row\"]\nlatency = \"10ms\"\n[policy.again]\n" +
         more;
}

const ServiceFigures& row(const Result& r) {
  return r->services[1].value;
}

}  // namespace

TEST_CASE("of those who read the same version one writes", "[RT1]") {
  const std::string both = "{ call = \"row/look\" }, { call = \"row/change\" }";
  const Result once = run_text(writers(3, both));
  CHECK(client(once).ok == 1);
  CHECK(client(once).errors[static_cast<std::size_t>(Error::ServerError)] == 2);
  CHECK(row(once).conflicts == 2);
  CHECK(row(once).errors[static_cast<std::size_t>(Error::ClientError)] == 2);
  const Result again = run_text(writers(3, both, "retry = { attempts = 3 }\n"));
  CHECK(client(again).ok == 3);
  CHECK(edge(again, "c->writer").attempts == 6);  // 3 + 2 + 1
  CHECK(client(again).latency.max == Approx(0.12).epsilon(0.001));
}

TEST_CASE("the same write sent again brings the same old version", "[RT3]") {
  const Result r = run_text(writers(
      2, "{ call = \"row/look\" }, { call = \"row/change\", policy = \"stubborn\" }",
      "[policy.stubborn]\nretry = { attempts = 4, on = [\"client_error\"], unsafe = true }\n"));
  CHECK(client(r).ok == 1);
  CHECK(row(r).conflicts == 4);
}

TEST_CASE("who has not read does not write", "[RT1]") {
  const Result r = run_text(writers(2, "{ call = \"row/change\" }"));
  CHECK(client(r).ok == 0);
  CHECK(row(r).conflicts == 2);
}

TEST_CASE("a job that reads, works and writes has its own version in mind", "[RT1]") {
  const auto with = [](const char* threads) {
    return run_text(std::string("duration = \"10s\"\n[client.c]\ncalls = \"s\"\nrate = \"1/d\"\n"
                                "stops = \"1us\"\nat_start = 4\n[service.s]\nthreads = ") +
                    threads +
                    "\nsteps = [{ read = \"r\" }, { work = \"10ms\" }, { write = \"r\" }]\n");
  };
  CHECK(client(with("4")).ok == 1);
  CHECK(client(with("1")).ok == 4);  // one after the other
}

TEST_CASE("a write nobody waits for takes place all the same", "[RT5]") {
  const Result r =
      run_text(writers(1, "{ call = \"row/look\" }, { call = \"row/change\", policy = \"hasty\" }",
                       "[policy.hasty]\ntimeout = \"5ms\"\n"));
  CHECK(client(r).ok == 0);
  CHECK(row(r).conflicts == 0);
  CHECK(row(r).ok == 2);
}

TEST_CASE("work takes longer in a crowd", "[GS4]") {
  const Result r = run_text(
      "duration = \"10s\"\n[client.c]\ncalls = \"s\"\nrate = \"1/d\"\nstops = \"1us\"\n"
      "at_start = 5\n[service.s]\nthreads = \"unbounded\"\nwork = \"1s\"\ncontention = \"10%\"\n");
  CHECK(client(r).latency.mean == Approx(1.3).epsilon(0.001));  // 1.1, 1.2 … 1.5
  CHECK(client(r).latency.max == Approx(1.5).epsilon(0.001));
}
