// Doing less on purpose: fallbacks by tiers, flags, ladders, answers with parts missing.

#include "tests/support/run.hpp"

using namespace faultline;

namespace {

std::string shop(const std::string& policy, const std::string& more = "") {
  return "duration = \"60s\"\n[client.c]\ncalls = \"s\"\nrate = \"50/s\"\npolicy = \"p\"\n"
         "[service.s]\nthreads = 64\nwork = \"5ms\"\n"
         "[service.popular]\nthreads = 64\nwork = \"20ms\"\n"
         "[service.static]\nthreads = 64\nwork = \"1ms\"\n[policy.p]\n" +
         policy + "\n" + more;
}
std::string down(const char* service, int at_s, int for_s) {
  return "[[fault]]\nat = \"" + std::to_string(at_s) + "s\"\nfor = \"" + std::to_string(for_s) +
         "s\"\nkind = \"crash\"\nservice = \"" + service + "\"\n";
}

const std::string kTiers =
    "fallback = [{ call = \"popular\", quality = 0.8 }, { call = \"static\", quality = 0.5 }, "
    "{ quality = 0.1 }]";

}  // namespace

TEST_CASE("a fallback may call another", "[GD2]") {
  const Result r =
      run_text(shop("fallback = { call = \"popular\", quality = 0.8 }", down("s", 20, 20)));
  CHECK(client(r).success_rate == 1);
  CHECK(client(r).degraded == edge(r, "c->popular").calls);
  CHECK(client(r).degraded == Approx(1000).epsilon(0.1));
  CHECK(client(r).quality_mean == Approx(1 - 0.2 * static_cast<double>(client(r).degraded) /
                                                 static_cast<double>(client(r).ok)));
}

TEST_CASE("tiers are tried in order, and the last needs nobody", "[GD2]") {
  const Result r =
      run_text(shop(kTiers, down("s", 10, 50) + down("popular", 20, 40) + down("static", 40, 20)));
  CHECK(client(r).success_rate == 1);
  CHECK(edge(r, "c->popular").calls == Approx(2500).epsilon(0.1));
  CHECK(edge(r, "c->static").calls == Approx(2000).epsilon(0.1));
  // 10 s of everything, 10 s of 0.8, 20 s of 0.5, 20 s of 0.1.
  CHECK(client(r).quality_mean == Approx((10 + 8 + 10 + 2) / 60.0).epsilon(0.05));
  const std::vector<double>& quality = r->client_series[0].value.quality;
  CHECK(quality[5] == 1);
  CHECK(quality[15] == Approx(0.8));
  CHECK(quality[30] == Approx(0.5));
  CHECK(quality[50] == Approx(0.1));
}

TEST_CASE("when every tier has failed, the call has", "[GD2]") {
  const Result r = run_text(
      shop("fallback = { call = \"popular\" }", down("s", 10, 50) + down("popular", 30, 30)));
  CHECK(client(r).success_rate == Approx(0.5).margin(0.04));
  CHECK(errors(client(r), Error::Unavailable) + 3 >= client(r).failed);  // others died with it
}

TEST_CASE("a fallback comes after the retries, with a policy of its own", "[GD2]") {
  const Result r = run_text(
      shop("retry = { attempts = 3 }\nfallback = { call = \"popular\", policy = \"quick\" }\n"
           "[policy.quick]\ntimeout = \"10ms\"",
           down("s", 30, 30)));
  CHECK(edge(r).attempts == Approx(1500 + 3 * 1500).epsilon(0.1));
  CHECK(edge(r, "c->popular").calls == Approx(1500).epsilon(0.1));
  CHECK(errors(client(r), Error::Timeout) == edge(r, "c->popular").calls);
}

TEST_CASE("a fallback's call has none of the limits of the call that failed", "[GD2]") {
  const Result r =
      run_text(shop("deadline = \"50ms\"\nfallback = { call = \"slow\" }",
                    down("s", 0, 60) + "[service.slow]\nthreads = 64\nwork = \"200ms\"\n"));
  CHECK(client(r).success_rate == 1);
  CHECK(client(r).latency.p50 == Approx(0.2).epsilon(0.01));
}

TEST_CASE("nothing is hedged while another is asked", "[GD2][RT7]") {
  const Result r =
      run_text(shop("hedge = { after = \"20ms\", max = 3 }\nfallback = { call = \"slow\" }",
                    down("s", 10, 50) + "[service.slow]\nthreads = 64\nwork = \"100ms\"\n"));
  CHECK(client(r).success_rate == 1);
  CHECK(edge(r).attempts == edge(r).calls);
}

TEST_CASE("who gives up gives up the call made instead, too", "[GD2]") {
  // The page's patience ends while the fallback of one of its parts is under way.
  const Result r = run_text(
      "duration = \"30s\"\n[client.c]\ncalls = \"page\"\nrate = \"20/s\"\npolicy = \"hurry\"\n"
      "[policy.hurry]\ntimeout = \"50ms\"\npropagation = \"cancel\"\n"
      "[policy.p]\nfallback = { call = \"popular\", quality = 0.5 }\nbulkhead = { concurrent = 8 "
      "}\n"
      "[service.page]\nthreads = 64\nsteps = [{ parallel = [\"s\", \"t\"], policy = \"p\", "
      "timeout = \"40ms\", need = 1 }]\n"
      "[service.s]\nthreads = 4\nwork = \"5ms\"\n[service.t]\nthreads = 64\nwork = \"exp(20ms)\"\n"
      "[service.popular]\nthreads = 64\nwork = \"exp(60ms)\"\n" +
      down("s", 5, 20));
  CHECK(edge(r, "page->popular").calls > 300);
  CHECK(client(r).partial > 50);
}

TEST_CASE("a switch by hand leaves a step out, and the answer is worth less", "[GD3]") {
  const std::string text =
      "duration = \"60s\"\n[client.c]\ncalls = \"s\"\nrate = \"50/s\"\n[service.s]\nthreads = 64\n"
      "steps = [{ work = \"1ms\" }, { call = \"r\", flag = \"recommendations\", without = 0.7 }]\n"
      "[service.r]\nthreads = 64\nwork = \"20ms\"\n[flag.recommendations]\n"
      "[[action]]\nat = \"20s\"\nflag = \"recommendations\"\non = false\n"
      "[[action]]\nat = \"40s\"\nflag = \"recommendations\"\non = true\n";
  const Result r = run_text(text);
  CHECK(moments(r, "action") == std::vector<double>{20, 40});
  CHECK(edge(r, "s->r").calls == Approx(2000).epsilon(0.06));
  CHECK(client(r).degraded == Approx(1000).epsilon(0.1));
  CHECK(r->client_series[0].value.quality[30] == Approx(0.7));
  CHECK(client(r).partial == 0);
  CHECK(traced(run_text(text, 1500), "c->s", "leaves recommendations out"));
}

TEST_CASE("a flag that guards a step changes no draw of the others", "[GD3][US6]") {
  const auto with = [](const char* flag) {
    return run_text(
        "duration = \"20s\"\n[client.c]\ncalls = \"s\"\nrate = \"50/s\"\n"
        "[service.s]\nthreads = 64\nsteps = [{ work = \"1ms\"" +
        std::string(flag) + " }, { work = \"exp(9ms)\" }]\n[flag.f]\n");
  };
  CHECK(client(with("")).latency.mean == client(with(", flag = \"f\", without = 1")).latency.mean);
}

TEST_CASE("a rule switches a flag off under strain, and on again", "[GD3]") {
  const Result r = run_text(
      "duration = \"3min\"\n[client.c]\ncalls = \"s\"\nrate = \"50/s\"\n"
      "shape = [[\"0s\", 1], [\"60s\", 1], [\"60s\", 3], [\"120s\", 3], [\"120s\", 1]]\n"
      "[service.s]\nthreads = 10\nsteps = [{ work = \"10ms\" }, { work = \"60ms\", flag = "
      "\"extra\", "
      "without = 0.5 }]\n"
      "[flag.extra]\noff_when = { service = \"s\", above = \"80%\", margin = \"60%\", period = "
      "\"2s\", dwell = \"10s\" }\n");
  const auto out = moments(r, "action", "goes to rung 1"),
             back = moments(r, "action", "comes back");
  REQUIRE(out.size() >= 1);
  CHECK(out[0] == Approx(62).margin(2.1));
  REQUIRE(!back.empty());
  CHECK(back.back() >= 72);
  CHECK(client(r).quality_mean < 0.95);
}

TEST_CASE("a ladder climbs one rung at a time, and comes back after a dwell", "[GD1]") {
  const Result r = run_text(
      "duration = \"4min\"\n[client.c]\ncalls = \"s\"\nrate = \"60/s\"\n"
      "shape = [[\"0s\", 1], [\"60s\", 1], [\"60s\", 4], [\"120s\", 4], [\"120s\", 1]]\n"
      "[service.s]\nthreads = 10\nqueue = { limit = 20 }\nsteps = [{ work = \"20ms\" }, "
      "{ work = \"30ms\", flag = \"a\", without = 0.8 }, "
      "{ work = \"20ms\", flag = \"b\", without = 0.5 }]\n[flag.a]\n[flag.b]\n"
      "[ladder.l]\nservice = \"s\"\nperiod = \"5s\"\ndwell = \"10s\"\nmargin = \"50%\"\n"
      "rungs = [{ name = \"less\", above = \"75%\", off = [\"a\"] }, "
      "{ name = \"least\", above = \"90%\", off = [\"a\", \"b\"], quality = 0.9 }]\n");
  const auto first = moments(r, "action", "goes to rung 1"),
             second = moments(r, "action", "goes to rung 2");
  REQUIRE(!first.empty());
  REQUIRE(!second.empty());
  CHECK(first[0] >= 60);
  CHECK(first[0] <= 66);
  CHECK(second[0] - first[0] >= 5);
  CHECK(!moments(r, "action", "to rung 0").empty());
  const std::vector<double>& quality = r->client_series[0].value.quality;
  CHECK(quality[50] == 1);
  CHECK(quality[110] == Approx(0.8 * 0.5 * 0.9));
  CHECK(quality.back() == 1);
}

TEST_CASE("an optional call may fail: the answer is partial", "[GD5]") {
  const Result r = run_text(
      "duration = \"60s\"\n[client.c]\ncalls = \"s\"\nrate = \"50/s\"\n[service.s]\nthreads = 64\n"
      "steps = [{ call = \"r\", optional = true, without = 0.6 }]\n"
      "[service.r]\nthreads = 64\nwork = \"5ms\"\n" +
      down("r", 20, 20));
  CHECK(client(r).success_rate == 1);
  CHECK(client(r).partial == client(r).degraded);
  CHECK(client(r).partial == Approx(1000).epsilon(0.1));
  CHECK(r->client_series[0].value.quality[30] == Approx(0.6));
}

TEST_CASE("parallel parts: some must be there, others may be late", "[GD5]") {
  const auto with = [](const std::string& fault) {
    return run_text(
        "duration = \"60s\"\n[client.c]\ncalls = \"s\"\nrate = \"50/s\"\n"
        "[service.s]\nthreads = 256\nsteps = [{ parallel = [\"user\", { call = \"ads\", optional = "
        "true }, { call = \"news\", optional = true }], timeout = \"100ms\", without = 0.25 }]\n"
        "[service.user]\nthreads = 64\nwork = \"5ms\"\n"
        "[service.ads]\nthreads = 64\nwork = \"5ms\"\n"
        "[service.news]\nthreads = 64\nwork = \"5ms\"\n" +
        fault);
  };
  CHECK(client(with("")).partial == 0);
  const Result missing = with(down("ads", 0, 60));
  CHECK(client(missing).success_rate == 1);
  CHECK(client(missing).partial == client(missing).ok);
  CHECK(client(missing).quality_mean == Approx((1 + 1 + 0.25) / 3));
  const Result late =
      with("[[fault]]\nat = \"0s\"\nkind = \"slow\"\nservice = \"news\"\nfactor = 100\n");
  CHECK(client(late).success_rate == 1);
  CHECK(client(late).latency.p50 == Approx(0.1).epsilon(0.02));
  CHECK(client(late).partial == client(late).ok);
  CHECK(client(with(down("user", 0, 60))).ok == 0);  // the one that must be there
  const Result slow_user =
      with("[[fault]]\nat = \"0s\"\nkind = \"slow\"\nservice = \"user\"\nfactor = 100\n");
  CHECK(client(slow_user).ok == 0);
}

TEST_CASE("a slow fault may hit a share of the jobs", "[CE7]") {
  const Result r = run_text(
      "duration = \"60s\"\n[client.c]\ncalls = \"s\"\nrate = \"50/s\"\n[service.s]\nthreads = 64\n"
      "work = \"10ms\"\n[[fault]]\nat = \"0s\"\nkind = \"slow\"\nservice = \"s\"\nfactor = 10\n"
      "share = \"20%\"\n");
  CHECK(client(r).latency.p50 == Approx(0.01).epsilon(0.01));
  CHECK(client(r).latency.mean == Approx(0.028).epsilon(0.05));
}

TEST_CASE("settings of degradation that mean nothing are refused", "[GD1][GD2][GD3][GD5]") {
  const std::string c = "[client.c]\ncalls = \"s\"\nrate = \"1/s\"\n";
  const std::string s =
      "[service.s]\nthreads = 1\nwork = \"1ms\"\n[service.t]\nthreads = "
      "\"unbounded\"\nwork = \"1ms\"\n";
  const auto says = [&](const std::string& text, const char* what) {
    INFO(text);
    INFO(refusal(text));
    CHECK(refusal(text).find(what) != std::string::npos);
  };
  says(c + s + "[policy.p]\nfallback = [{ quality = 0.5 }, { call = \"t\" }]\n",
       "a tier without a call before the last");
  says(c + s + "[policy.p]\nfallback = { quality = 0.5, tiers = [{ call = \"t\" }] }\n",
       "stands instead");
  says(c + s + "[policy.p]\nfallback = { call = \"t\", policy = \"p\" }\n", "has a fallback that");
  says(c + "[service.s]\nthreads = 1\nsteps = [{ work = \"1ms\", flag = \"f\" }]\n[flag.f]\n",
       "needs `without`");
  says(c + "[service.s]\nthreads = 1\nsteps = [{ work = \"1ms\", flag = \"g\", without = 1 }]\n"
           "[flag.f]\n",
       "no flag \"g\"");
  says(c + "[service.s]\nthreads = 1\nsteps = [{ work = \"1ms\", optional = true, without = 1 }]\n",
       "is about a call");
  says(c + s + "[ladder.l]\nservice = \"t\"\nrungs = [{ above = \"50%\" }]\n",
       "to take a share of");
  says(c + s + "[ladder.l]\nservice = \"s\"\nrungs = [{ above = \"50%\" }, { above = \"40%\" }]\n",
       "begins below");
  says(c + s + "[[action]]\nat = \"1s\"\n", "exactly one of flag, flush");
  says(c + s + "[cache.k]\n[[action]]\nat = \"1s\"\nflush = \"k\"\non = true\n",
       "is about a `flag`");
  says(c + s +
           "[[fault]]\nat = \"1s\"\nfor = \"5s\"\nevery = \"2s\"\nkind = \"crash\"\nservice = "
           "\"s\"\n",
       "no longer");
}
