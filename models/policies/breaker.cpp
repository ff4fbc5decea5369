// breaker: stops calling a callee that fails, and lets a few probes through after a while.
// Follows resilience4j (circuit_breaker.hpp). Every attempt that passed it counts; every outcome
// but ok is a failure, those of the layers inside it too, unless listed in `ignore`.

#include <algorithm>

#include "models/policies/circuit_breaker.hpp"
#include "models/policies/errors.hpp"
#include "models/policies/policies.hpp"

namespace faultline {
namespace {

class Breaker final : public Policy {
 public:
  Breaker(const BreakerSettings& settings, ErrorSet ignored)
      : breaker_(settings), ignored_(ignored) {}

  Before before(const CallView& call) override {
    if (breaker_.acquire(call.now)) return {};
    return {.verdict = Before::Verdict::Refuse, .why = Error::BreakerOpen};
  }
  After after(const CallView& call, Outcome outcome) override {
    // A loser of a hedge says nothing about the callee.
    if (contains(ignored_, outcome.error) || outcome.error == Error::Cancelled) {
      breaker_.release();
    } else {
      breaker_.record(call.now, !outcome.ok(), call.now - call.born);
    }
    return {};
  }
  std::optional<BreakerState> breaker_state() const override { return breaker_.state(); }

 private:
  CircuitBreaker breaker_;
  ErrorSet ignored_;
};

class BreakerConfig final : public PolicyConfigOf<BreakerConfig> {
 public:
  void describe(Binder& b) override {
    b.field({.key = "window",
             .help = "How far back it looks: a count of calls, or a time (whole seconds).",
             .min = 1,
             .max = 1e6},
            window_);
    b.field({.key = "min_calls",
             .help = "Calls in the window before its rates count.",
             .min = 1,
             .max = 1e6,
             .fallback = "min(100, window)"},
            min_calls_);
    b.field({.key = "failure_rate",
             .help = "Opens when this share of calls failed, or more.",
             .min = 0,
             .max = 1,
             .above_min = true},
            failure_rate_);
    b.field({.key = "slow_rate",
             .help = "Opens when this share of calls was slow, or more.",
             .min = 0,
             .max = 1,
             .above_min = true},
            slow_rate_);
    b.field({.key = "slow_after", .help = "A call that took strictly longer is slow.", .min = 0},
            slow_after_);
    b.field({.key = "open_for",
             .help = "How long it refuses before it lets probes through (strictly longer).",
             .min = 0},
            open_for_);
    b.field(
        {.key = "half_open_calls", .help = "Probes admitted when half-open.", .min = 1, .max = 1e6},
        half_open_calls_);
    describe_errors(b, {.key = "ignore", .help = "Errors that are not counted at all."}, ignore_);
    if (window_.time.ns % 1'000'000'000 != 0) b.reject("window", "is counted in whole seconds");
    if (!window_.time_based() && min_calls_ && *min_calls_ > window_.count) {
      b.reject("min_calls", "is more than the window holds, so the breaker could never open");
    }
  }

  std::unique_ptr<Policy> make() const override {
    BreakerSettings s;
    s.time_based = window_.time_based();
    s.window =
        s.time_based ? std::max<std::int64_t>(1, window_.time.ns / 1'000'000'000) : window_.count;
    s.min_calls = min_calls_.value_or(s.time_based ? 100 : std::min<std::int64_t>(100, s.window));
    s.failure_rate = failure_rate_.value;
    s.slow_rate = slow_rate_.value;
    s.slow_after = slow_after_;
    s.open_for = open_for_;
    s.half_open_calls = half_open_calls_;
    return std::make_unique<Breaker>(s, ignore_);
  }

 private:
  Window window_;
  std::optional<std::int64_t> min_calls_;
  Share failure_rate_{0.5};
  Share slow_rate_{1.0};
  Duration slow_after_ = milliseconds(60'000);
  Duration open_for_ = milliseconds(60'000);
  std::int64_t half_open_calls_ = 10;
  ErrorSet ignore_ = 0;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_breaker() {
  return std::make_unique<BreakerConfig>();
}

}  // namespace faultline
