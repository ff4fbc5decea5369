// What is done twice, and who notices.
#include "tests/support/run.hpp"

using namespace faultline;

namespace {

// One payment that takes 500 ms; the caller gives up after 200 ms and asks again every 300 ms.
std::string payment(const std::string& bank, const std::string& retry = "unsafe = true") {
  return "duration = \"9s\"\n" + once("c", "s", 1, "policy = \"p\"") +
         works("s", "9", "500ms", bank) +
         "[policy.p]\ntimeout = \"200ms\"\nretry = { attempts = 3, backoff = \"100ms\", factor = 1"
         ", on = [\"timeout\", \"client_error\"], retry_after = \"honour\", " +
         retry + " }\n";
}

}  // namespace

TEST_CASE("what is not idempotent is done as often as it is sent", "[world][RT4]") {
  const Result r = run_text(payment("idempotent = false"));
  CHECK(service(r).effects == 3);
  CHECK(service(r).duplicates == 2);
  CHECK(client(r).ok == 0);
}

TEST_CASE("what may have been done is not sent again", "[world][RT4]") {
  const Result r = run_text(payment("idempotent = false", "unsafe = false"));
  CHECK(edge(r).attempts == 1);
  CHECK(service(r).duplicates == 0);
}

TEST_CASE("what never got there is safe to send again", "[world][RT4]") {
  const Result r = run_text(payment("idempotent = false", "unsafe = false") +
                            "[[fault]]\nat = \"0s\"\nkind = \"refuse\"\nlink = \"c->s\"\n");
  CHECK(errors(client(r), Error::Refused) == 1);
  const Result all = run_text("duration = \"9s\"\n" + once("c", "s", 1, "policy = \"p\"") +
                              works("s", "9", "1ms", "idempotent = false") +
                              "[policy.p]\nretry = { attempts = 3 }\n" +
                              "[[fault]]\nat = \"0s\"\nkind = \"refuse\"\nlink = \"c->s\"\n");
  CHECK(edge(all).attempts == 3);
  CHECK(service(all).effects == 0);
}

TEST_CASE("an unreachable whose request got there is not safe", "[world][RT4][CE4]") {
  const auto attempts = [](const char* direction) {
    return edge(
               run_text("duration = \"60s\"\n" + once("c", "s", 1, "policy = \"p\"") +
                        works("s", "9", "1ms", "idempotent = false") +
                        "[network]\nunreachable_after = \"5s\"\n[policy.p]\nretry = { attempts = 3 "
                        "}\n[[fault]]\nat = \"0s\"\nkind = \"partition\"\nlink = \"c->s\"\n"
                        "direction = \"" +
                        direction + "\"\n"))
        .attempts;
  };
  CHECK(attempts("to") == 3);
  CHECK(attempts("from") == 1);
}

TEST_CASE("a key is done once: in flight a conflict, then the answer from the store",
          "[world][RT4]") {
  const Result r = run_text(payment("idempotency_keys = { ttl = \"1h\" }"));
  CHECK(service(r).effects == 1);
  CHECK(service(r).duplicates == 0);
  CHECK(service(r).conflicts == 1);  // at 300 ms, told to come again in 1 s
  CHECK(service(r).replayed == 1);   // at 1 300 ms
  CHECK(client(r).ok == 1);
}

TEST_CASE("a store that does not know what is under way lets the second through", "[world][RT4]") {
  const Result r = run_text(payment("idempotency_keys = { in_flight = \"race\" }"));
  CHECK(service(r).effects == 2);  // the third try, at 600 ms, finds the first one's answer
  CHECK(service(r).duplicates == 1);
  CHECK(service(r).replayed == 1);
}

TEST_CASE("a key that has expired is done again", "[world][RT4]") {
  const Result r = run_text(payment("idempotency_keys = { ttl = \"50ms\" }", "unsafe = true"));
  CHECK(service(r).duplicates == 1);  // at 1 300 ms the answer of 500 ms is gone
}

TEST_CASE("an operation is the same at every hop", "[world][RT4]") {
  // The client's second try makes the gateway call the bank once more, for the same payment.
  const Result r = run_text(
      "duration = \"9s\"\n" + once("c", "gateway", 1, "policy = \"p\"") +
      "[service.gateway]\nthreads = 9\nsteps = [{ call = \"s\" }, { work = \"500ms\" }]\n" +
      works("s", "9", "1ms", "idempotent = false") +
      "[policy.p]\ntimeout = \"200ms\"\nretry = { attempts = 2 }\n");
  CHECK(service(r).effects == 2);
  CHECK(service(r).duplicates == 1);
}

TEST_CASE("two payments of one client are two operations", "[world][RT4]") {
  const Result r = run_text("duration = \"9s\"\n" + once("c", "s", 5) +
                            works("s", "9", "1ms", "idempotency_keys = { ttl = \"1h\" }"));
  CHECK(service(r).effects == 5);
  CHECK(service(r).replayed == 0);
}

TEST_CASE("what a crash cuts short is not done", "[world][RT4]") {
  const Result r =
      run_text("duration = \"9s\"\n" + once("c", "s", 1, "policy = \"p\"") +
               works("s", "9", "500ms", "idempotency_keys = { ttl = \"1h\" }") +
               "[policy.p]\nretry = { attempts = 2, backoff = \"2s\" }\n"
               "[[fault]]\nat = \"100ms\"\nkind = \"crash\"\nservice = \"s\"\nrestart = \"1s\"\n");
  CHECK(service(r).effects == 1);
  CHECK(service(r).conflicts == 0);
  CHECK(client(r).ok == 1);
}
