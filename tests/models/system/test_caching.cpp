// What a cache gives out: fresh, stale while it is fetched anew, stale because fetching failed, or
// nothing; and what it does to keep a herd from its store.

#include "tests/support/run.hpp"

using namespace faultline;

namespace {

// A front with a cache of `cache` before a store; readers ask for a few keys.
std::string reading(const std::string& cache, const std::string& more = "",
                    const std::string& step = "keys = 1") {
  return "duration = \"100s\"\n[client.c]\ncalls = \"front\"\nrate = \"20/s\"\n"
         "arrivals = \"constant\"\n"
         "[service.front]\nthreads = 256\nsteps = [{ cache = \"k\", miss = \"store\", " +
         step + " }]\n[service.store]\nthreads = 64\nwork = \"200ms\"\n[cache.k]\n" + cache + "\n" +
         more;
}

const CacheCounts& counts(const Result& r) {
  return r->caches.front().value.counts;
}

const std::string kStoreFails =
    "[[fault]]\nat = \"30s\"\nfor = \"40s\"\nkind = \"errors\"\nservice = \"store\"\n"
    "share = \"100%\"\n";

}  // namespace

TEST_CASE("figures of a cache leave the warm-up out", "[GD4]") {
  const Result all = run_text(reading("ttl = \"1h\""));
  CHECK(counts(all).misses > 1);  // of a cold cache, and those who came before it was filled
  const Result warm = run_text("warmup = \"10s\"\n" + reading("ttl = \"1h\""));
  CHECK(counts(warm).misses == 0);
  CHECK(counts(warm).hits == 1800);
  CHECK(warm->caches[0].value.hit_ratio == 1);
}

TEST_CASE("stale while revalidate: nobody waits, and one fetches behind the scenes", "[GD4]") {
  const Result plain = run_text("warmup = \"5s\"\n" + reading("ttl = \"10s\"\ncoalesce = true"));
  CHECK(client(plain).latency.max == Approx(0.2).epsilon(0.02));
  const Result swr =
      run_text("warmup = \"5s\"\n" + reading("ttl = \"10s\"\nstale_while_revalidate = \"5s\"\n"
                                             "stale_quality = 0.9"));
  CHECK(client(swr).latency.max < 0.001);
  CHECK(counts(swr).refreshes == 9);
  CHECK(counts(swr).fills == 9);
  CHECK(counts(swr).stale == Approx(9 * 5).margin(9));  // 200 ms of 20/s, and who begins it
  CHECK(client(swr).degraded == counts(swr).stale);
  CHECK(client(swr).quality_mean == Approx(1 - 0.1 * 45 / 1900).epsilon(0.001));
}

TEST_CASE("stale if error: two settings, not one", "[GD4]") {
  // The guide says both "expired: reject" and "database down: return stale anyway".
  const Result none = run_text(reading("ttl = \"5s\"", kStoreFails));
  CHECK(client(none).success_rate == Approx(0.64).margin(0.03));  // down from the first expiry
  const Result rescued = run_text(reading("ttl = \"5s\"\nstale_if_error = \"1min\"", kStoreFails));
  CHECK(client(rescued).success_rate == 1);
  CHECK(counts(rescued).rescued > 600);
  const Result too_old = run_text(reading("ttl = \"5s\"\nstale_if_error = \"10s\"", kStoreFails));
  CHECK(client(too_old).success_rate == Approx(0.74).margin(0.03));
}

TEST_CASE("a store that is down is not hidden by revalidation for ever", "[GD4]") {
  const Result r = run_text(reading("ttl = \"5s\"\nstale_while_revalidate = \"10s\"", kStoreFails));
  CHECK(client(r).success_rate < 0.8);
  CHECK(client(r).success_rate > 0.7);
}

TEST_CASE("early refresh: the entry of a busy key does not expire", "[GD4]") {
  const Result r =
      run_text("warmup = \"20s\"\n" + reading("ttl = \"10s\"\nearly_refresh = 1\ncoalesce = true"));
  CHECK(counts(r).misses == 0);
  CHECK(counts(r).early >= 8);
  CHECK(counts(r).early <= 10);
}

TEST_CASE("jitter spreads what was filled together", "[GD4]") {
  const std::string many = "keys = 50";
  const auto peak = [&](const std::string& cache) {
    const Result r =
        run_text("warmup = \"5s\"\n" + reading(cache,
                                               "[[expect]]\nmetric = "
                                               "\"service.store.peak_per_100ms\"\nabove = -1\n",
                                               many));
    return service(r, "store").peak_per_100ms;
  };
  // Filled within seconds of each other, they expire within seconds of each other.
  CHECK(peak("ttl = \"20s\"\nttl_jitter = \"50%\"") <= peak("ttl = \"20s\""));
}

TEST_CASE("a flush is a cold start", "[GD4][CE6]") {
  const Result r = run_text("warmup = \"10s\"\n" +
                            reading("ttl = \"1h\"\ncoalesce = true",
                                    "[[fault]]\nat = \"50s\"\nkind = \"flush\"\ncache = \"k\"\n"));
  CHECK(counts(r).misses == 1);
  CHECK(counts(r).coalesced == 3);
  CHECK(moments(r, "fault", "flushed") == std::vector<double>{50});
  const Result by_hand =
      run_text("warmup = \"10s\"\n" + reading("ttl = \"1h\"\ncoalesce = true",
                                              "[[action]]\nat = \"50s\"\nflush = \"k\"\n"));
  CHECK(counts(by_hand).misses == 1);
  CHECK(moments(by_hand, "action", "flushed") == std::vector<double>{50});
}

TEST_CASE("a retried request looks up the same key", "[GD4][RT1]") {
  // The front fails often and is asked again: still one key a request.
  const Result r = run_text(
      "duration = \"50s\"\n[client.c]\ncalls = \"front\"\nrate = \"20/s\"\npolicy = \"p\"\n"
      "[policy.p]\nretry = { attempts = 4 }\n"
      "[service.front]\nthreads = 64\nsteps = [{ cache = \"k\", keys = 100000, miss = \"store\" }, "
      "{ call = \"flaky\" }]\n[service.flaky]\nthreads = 64\nwork = \"1ms\"\n"
      "[service.store]\nthreads = 64\nwork = \"1ms\"\n[cache.k]\nttl = \"1h\"\n"
      "[[fault]]\nat = \"0s\"\nkind = \"errors\"\nservice = \"flaky\"\nshare = \"50%\"\n");
  CHECK(edge(r, "c->front").attempts > 1.7 * static_cast<double>(edge(r, "c->front").calls));
  CHECK(static_cast<double>(counts(r).misses) <= static_cast<double>(client(r).offered));
  CHECK(counts(r).hits ==
        Approx(edge(r, "c->front").attempts - edge(r, "c->front").calls).epsilon(0.03));
}

TEST_CASE("what goes first when it is full", "[GD4]") {
  // A scan of many keys between two looks at a hot one: LRU keeps the hot one.
  const auto ratio = [](const char* eviction) {
    const Result r = run_text("warmup = \"10s\"\n" +
                              reading("capacity = 20\neviction = \"" + std::string(eviction) + "\"",
                                      "", "keys = 200, zipf = 1.2"));
    return r->caches[0].value.hit_ratio;
  };
  CHECK(ratio("lru") > ratio("fifo") + 0.02);
  CHECK(ratio("fifo") == Approx(ratio("random")).margin(0.04));  // IRM: equal in the long run
}

TEST_CASE("what is done behind the scenes dies with its instance", "[GD4][CE3]") {
  const Result r = run_text(reading("ttl = \"2s\"\nstale_while_revalidate = \"1h\"",
                                    "[[fault]]\nat = \"20s\"\nfor = \"5s\"\nevery = \"20s\"\n"
                                    "kind = \"crash\"\nservice = \"front\"\n"
                                    "[[fault]]\nat = \"10s\"\nfor = \"80s\"\nkind = \"slow\"\n"
                                    "service = \"store\"\nfactor = 10\n"));
  CHECK(counts(r).refreshes > 10);
  CHECK(errors(client(r), Error::Unavailable) > 300);
  CHECK(moments(r, "fault", "crashes") == std::vector<double>{20, 40, 60, 80});
}

TEST_CASE("settings of a cache that mean nothing are refused", "[GD4]") {
  const std::string base =
      "[client.c]\ncalls = \"s\"\nrate = \"1/s\"\n[service.s]\nthreads = 1\nsteps = [{ cache = "
      "\"k\", miss = \"t\" }]\n[service.t]\nthreads = 1\nwork = \"1ms\"\n[cache.k]\n";
  CHECK(refusal(base + "like = \"guide\"\n") == "");
  CHECK(refusal(base + "stale_if_error = \"1min\"\n").find("is about a `ttl`") !=
        std::string::npos);
  CHECK(refusal(base + "ttl = \"1s\"\neviction = \"fifo\"\n").find("is about a `capacity`") !=
        std::string::npos);
  CHECK(refusal(base + "ttl = \"1s\"\n[[fault]]\nat = \"1s\"\nfor = \"1s\"\nkind = \"flush\"\n"
                       "cache = \"k\"\n")
            .find("takes no time") != std::string::npos);
  CHECK(refusal(base + "ttl = \"1s\"\n[[fault]]\nat = \"1s\"\nkind = \"flush\"\ncache = \"q\"\n")
            .find("no cache") != std::string::npos);
}
