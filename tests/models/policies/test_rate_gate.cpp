// Rate limits, whatever measures them: [CB3] the algorithms, [CB4] for whom, [CB5] what is told.

#include "models/policies/buckets.hpp"
#include "models/policies/rate_gate.hpp"
#include "models/policies/windows.hpp"
#include "tests/support/catch.hpp"

namespace faultline {
namespace {

Instant at(double seconds) {
  return Instant{} + from_seconds(seconds);
}

RateLimitSettings settings(LimitKind kind, double rate, std::int64_t burst, double window_s = 1) {
  RateLimitSettings s;
  s.kind = kind;
  s.rate = {rate};
  s.burst = burst;
  s.window = from_seconds(window_s);
  return s;
}

// How many of `each` requests at every one of `times` get through.
std::int64_t through(RateGate& gate, std::initializer_list<double> times, int each) {
  std::int64_t n = 0;
  for (const double t : times) {
    for (int i = 0; i < each; ++i) n += gate.ask(at(t), {}).allowed;
  }
  return n;
}

}  // namespace

TEST_CASE("around a boundary a fixed window of 100 a minute lets 200 through at once",
          "[limits][CB3]") {
  RateGate fixed(settings(LimitKind::FixedWindow, 100.0 / 60, 1, 60));
  CHECK(through(fixed, {59.999, 60}, 150) == 200);
  RateGate log(settings(LimitKind::SlidingLog, 100.0 / 60, 1, 60));
  CHECK(through(log, {59.999, 60}, 150) == 100);
  RateGate counter(settings(LimitKind::SlidingCounter, 100.0 / 60, 1, 60));
  CHECK(through(counter, {59.999, 60}, 150) == 100);
  RateGate token(settings(LimitKind::TokenBucket, 100.0 / 60, 100));
  CHECK(through(token, {59.999, 60}, 150) == 100);
}

TEST_CASE("a bucket of 100 and 10 a second admits up to 700 in a minute", "[limits][CB3]") {
  RateGate gate(settings(LimitKind::TokenBucket, 10, 100));
  std::int64_t admitted = 0;
  for (int i = 0; i <= 6000; ++i) admitted += gate.ask(at(i / 100.0), {}).allowed;
  CHECK(admitted == 700);
}

TEST_CASE("what is refused is told when to come again, and then gets in", "[limits][CB5]") {
  for (const LimitKind kind :
       {LimitKind::TokenBucket, LimitKind::Gcra, LimitKind::FixedWindow, LimitKind::SlidingLog,
        LimitKind::SlidingCounter, LimitKind::LeakyBucket, LimitKind::Filled}) {
    CAPTURE(static_cast<int>(kind));
    RateGate gate(settings(kind, 4, 4));
    Instant now = at(0.3);
    Admission answer;
    int admitted = 0;
    while ((answer = gate.ask(now, {})).allowed) ++admitted;
    CHECK(admitted >= 4);
    REQUIRE(answer.again.ns > 0);
    CHECK(answer.again <= milliseconds(1000));
    now += answer.again + nanoseconds(10);
    CHECK(gate.ask(now, {}).allowed);
  }
}

TEST_CASE("what is counted is told: a limit, what is left of it, and when all is back",
          "[limits][CB5]") {
  for (const LimitKind kind :
       {LimitKind::TokenBucket, LimitKind::Gcra, LimitKind::FixedWindow, LimitKind::SlidingLog,
        LimitKind::SlidingCounter, LimitKind::LeakyBucket, LimitKind::Filled, LimitKind::Nginx}) {
    CAPTURE(static_cast<int>(kind));
    RateGate gate(settings(kind, 4, 4));
    const Instant now = at(0.3);
    const Quota fresh = gate.quota(now, {});
    CHECK(fresh.limit >= 4);
    CHECK(fresh.remaining == fresh.limit);
    CHECK(fresh.reset.ns == 0);
    // So many get through as it says, each takes one, and then it says none.
    for (std::int64_t left = fresh.limit; left-- > 0;) {
      REQUIRE(gate.ask(now, {}).allowed);
      CHECK(gate.quota(now, {}).remaining == left);
    }
    const Quota spent = gate.quota(now, {});
    CHECK(spent.limit == fresh.limit);
    CHECK_FALSE(gate.ask(now, {}).allowed);
    REQUIRE(spent.reset.ns > 0);
    // Looking takes nothing, and changes nothing of what comes.
    CHECK(gate.quota(now + spent.reset - milliseconds(2), {}).remaining < fresh.limit);
    CHECK(gate.quota(now + spent.reset + milliseconds(1), {}).remaining == fresh.limit);
  }
}

TEST_CASE("of his own limit and that of all, a user is told the one with less left",
          "[limits][CB4][CB5]") {
  RateLimitSettings s = settings(LimitKind::FixedWindow, 3, 1);
  s.per_user = true;
  s.total = Rate{5};
  RateGate gate(s);
  CHECK(gate.quota(at(0.1), {1, kNoTier}).limit == 3);
  for (int i = 0; i < 3; ++i) REQUIRE(gate.ask(at(0.1), {1, kNoTier}).allowed);
  const Quota other = gate.quota(at(0.1), {2, kNoTier});
  CHECK(other.limit == 5);
  CHECK(other.remaining == 2);
  CHECK(other.reset == milliseconds(900));
}

TEST_CASE("per user each has his own, by tier, and all together no more than the total",
          "[limits][CB4]") {
  RateLimitSettings s = settings(LimitKind::TokenBucket, 100.0 / 60, 100);
  s.per_user = true;
  s.tiers.push_back({"premium", {{1000.0 / 60}, 1000}});
  const auto burst = [](RateGate& gate, std::uint32_t user, Tier tier) {
    int n = 0;
    for (int i = 0; i < 2000; ++i) n += gate.ask(at(1), {user, tier}).allowed;
    return n;
  };
  RateGate gate(s);
  CHECK(burst(gate, 7, kNoTier) == 100);
  CHECK(burst(gate, 7, kNoTier) == 0);
  CHECK(burst(gate, 70'000, kNoTier) == 100);
  CHECK(burst(gate, 8, tier_named("premium")) == 1000);
  CHECK(burst(gate, 9, tier_named("basic")) == 100);
  s.total = Rate{100.0 / 60};
  RateGate both(s);
  CHECK(burst(both, 1, kNoTier) + burst(both, 2, kNoTier) == 100);
}

TEST_CASE("a sliding counter takes the window before to have come evenly", "[limits][CB3]") {
  SlidingCounter counter(100, milliseconds(60'000));
  for (int i = 0; i < 42; ++i) REQUIRE(counter.take(at(10)));
  for (int i = 0; i < 18; ++i) REQUIRE(counter.take(at(61)));
  CHECK(counter.estimate(at(75)) == Approx(49.5));
}

TEST_CASE("what leaves a leaky bucket never has a burst", "[limits][CB3]") {
  LeakyBucket bucket(10, 5);
  Instant last{-1'000'000'000};
  int out = 0;
  for (int i = 0; i < 100; ++i) {
    const Instant now = at(i * 0.013);
    const auto leaves = bucket.take(now);
    if (!leaves) continue;
    CHECK(*leaves >= now);
    CHECK((*leaves - last) >= milliseconds(100));
    last = *leaves;
    ++out;
  }
  CHECK(out == 13 + 5);  // 1.287 s at ten a second, and a full bucket
}

}  // namespace faultline
