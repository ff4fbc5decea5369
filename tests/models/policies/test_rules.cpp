// The small machines inside the policies, on a clock of the test's own.
#include "models/policies/backoff.hpp"
#include "models/policies/circuit_breaker.hpp"
#include "models/policies/retry_budget.hpp"
#include "models/policies/token_bucket.hpp"
#include "tests/support/catch.hpp"

using namespace faultline;

namespace {

Instant at_ms(std::int64_t ms) {
  return Instant{} + milliseconds(ms);
}

}  // namespace

TEST_CASE("closed → open → half-open → closed", "[policies][CB1]") {
  BreakerSettings s;
  s.window = s.min_calls = 4;
  s.open_for = milliseconds(1000);
  s.half_open_calls = 2;
  CircuitBreaker b(s);
  for (int i = 0; i < 4; ++i) {
    REQUIRE(b.acquire(at_ms(i)));
    b.record(at_ms(i), i % 2 == 0, milliseconds(1));
  }
  CHECK(b.state() == BreakerState::Open);  // 50 % is enough, though the last was a success
  CHECK_FALSE(b.acquire(at_ms(1003)));     // strictly longer
  CHECK(b.acquire(at_ms(1004)));
  CHECK(b.state() == BreakerState::HalfOpen);
  CHECK(b.acquire(at_ms(1004)));
  CHECK_FALSE(b.acquire(at_ms(1004)));
  b.release();  // one of them doesn't count
  CHECK(b.acquire(at_ms(1005)));
  b.record(at_ms(1006), false, milliseconds(1));
  CHECK(b.state() == BreakerState::HalfOpen);
  b.record(at_ms(1007), false, milliseconds(1));
  CHECK(b.state() == BreakerState::Closed);
  CHECK(b.opened() == 1);
  b.record(at_ms(1008), true, milliseconds(1));  // its memory is fresh
  CHECK(b.state() == BreakerState::Closed);
}

TEST_CASE("a time-based window forgets by whole seconds", "[policies][CB1]") {
  BreakerWindow w(true, 3);
  w.record(at_ms(900), true, false);
  w.record(at_ms(1100), true, true);
  w.forget_old(at_ms(2999));
  CHECK(w.total() == 2);
  w.forget_old(at_ms(3000));
  CHECK(w.total() == 1);
  CHECK(w.slow() == 1);
  w.forget_old(at_ms(1'000'000));
  CHECK(w.total() == 0);
  CHECK(w.failed() == 0);
}

TEST_CASE("a wait is a function of whose it is and which", "[policies][RT2]") {
  for (Jitter jitter : {Jitter::Full, Jitter::Equal, Jitter::Decorrelated, Jitter::Spread}) {
    const Backoff b{milliseconds(100), 2, milliseconds(3000), jitter, 0.2};
    for (int n = 0; n < 12; ++n) {
      CHECK(b.wait(n, 7) == b.wait(n, 7));
      CHECK(b.wait(n, 7) <= milliseconds(3000));
    }
    CHECK_FALSE(b.wait(1, 7) == b.wait(1, 8));
  }
  const Backoff plain{milliseconds(100), 2, milliseconds(3000)};
  CHECK(plain.wait(3, 1) == milliseconds(800));
  CHECK(plain.wait(60, 1) == milliseconds(3000));
  const Backoff endless{milliseconds(100), 10};
  CHECK(endless.wait(1000, 1) == Duration::max());
}

TEST_CASE("a retry budget is what came in, for a while", "[policies][RT6]") {
  RetryBudget b(0.2, 0, milliseconds(10'000));
  CHECK_FALSE(b.withdraw(at_ms(0)));
  for (int i = 0; i < 10; ++i) b.deposit(at_ms(0));
  CHECK(b.balance(at_ms(8000)) == 2);
  CHECK(b.withdraw(at_ms(8000)));
  CHECK(b.balance(at_ms(12'000)) <= 0);  // forgotten; the withdrawal not yet
}

TEST_CASE("a token bucket refills continuously and says how long until", "[policies][CB3]") {
  TokenBucket b(10, 2);
  CHECK(b.take(at_ms(0)));
  CHECK(b.take(at_ms(0)));
  CHECK_FALSE(b.take(at_ms(99)));
  CHECK(b.wait(at_ms(50)) == milliseconds(50));
  CHECK(b.take(at_ms(100)));
  CHECK(b.tokens(at_ms(9'000)) == Approx(2));
}
