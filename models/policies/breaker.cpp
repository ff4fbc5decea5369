// breaker: stops calling a callee that fails, and lets probes through after a while. Every attempt
// that passed it counts; every outcome but ok is a failure, those of the layers inside it too,
// unless listed in `ignore`. Follows resilience4j (circuit_breaker.hpp); `like` chooses the state
// machines of Hystrix and Polly (breaker_hystrix.hpp, breaker_polly.hpp), or the limits that Envoy
// calls circuit breaking (breaker_envoy.hpp).

#include <algorithm>
#include <array>

#include "models/policies/breaker_envoy.hpp"
#include "models/policies/breaker_hystrix.hpp"
#include "models/policies/breaker_polly.hpp"
#include "models/policies/circuit_breaker.hpp"
#include "models/policies/errors.hpp"
#include "models/policies/policies.hpp"

namespace faultline {
namespace {

template <class Machine>
class Breaker final : public Policy {
 public:
  template <class Settings>
  Breaker(const Settings& settings, ErrorSet ignored) : breaker_(settings), ignored_(ignored) {}

  Before before(const CallView& call) override {
    if (breaker_.acquire(call.now)) return {};
    return {.verdict = Before::Verdict::Refuse, .why = Error::BreakerOpen};
  }
  After after(const CallView& call, Outcome outcome) override {
    // A loser of a hedge says nothing about the callee.
    if (contains(ignored_, outcome.error) || outcome.error == Error::Cancelled) {
      breaker_.release(call.now);
    } else {
      breaker_.record(call.now, !outcome.ok(), call.now - call.born);
    }
    return {};
  }
  std::optional<BreakerState> breaker_state() const override { return breaker_.state(); }

 private:
  Machine breaker_;
  ErrorSet ignored_;
};

class BreakerConfig final : public PolicyConfigOf<BreakerConfig> {
 public:
  void describe(Binder& b) override {
    choose_dialect(b);
    if (system_ == System::Envoy) return describe_limits(b);
    const bool resilience4j = system_ == System::Resilience4j;
    b.field({.key = "window",
             .help = resilience4j
                         ? "How far back it looks: a count of calls, or a time (whole seconds)."
                         : "How far back it looks: a time.",
             .min = resilience4j ? 1 : 0.01,
             .max = 1e6},
            window_);
    b.field({.key = "min_calls",
             .help = "Calls in the window before its rates count.",
             .min = system_ == System::Polly ? 2.0 : 1.0,
             .max = 1e6,
             .fallback = resilience4j ? "min(100, window)" : ""},
            min_calls_);
    b.field({.key = "failure_rate",
             .help = "Opens when this share of calls failed, or more.",
             .min = 0,
             .max = 1,
             .above_min = true},
            failure_rate_);
    if (resilience4j) describe_slow(b);
    b.field(
        {.key = "open_for", .help = "How long it refuses before it lets probes through.", .min = 0},
        open_for_);
    if (resilience4j) describe_half_open(b);
    if (system_ == System::Hystrix) {
      b.field({.key = "snapshot",
               .help = "How often the share of failures is judged.",
               .min = 0.001,
               .max = 3600},
              snapshot_);
    }
    describe_errors(b, {.key = "ignore", .help = "Errors that are not counted at all."}, ignore_);
    if (resilience4j) {
      if (window_.time.ns % 1'000'000'000 != 0) b.reject("window", "is counted in whole seconds");
      if (!window_.time_based() && min_calls_ && *min_calls_ > window_.count)
        b.reject("min_calls", "is more than the window holds, so the breaker could never open");
    } else if (!window_.time_based()) {
      b.reject("window", "is a time in this dialect");
    } else if (system_ == System::Hystrix && window_.time.ns % snapshot_.ns != 0) {
      b.reject("window", "isn't a whole number of snapshots");
    }
  }

  std::unique_ptr<Policy> make() const override {
    switch (system_) {
      case System::Resilience4j:
        break;
      case System::Hystrix:
        return std::make_unique<Breaker<HystrixBreaker>>(
            HystrixSettings{min_calls_.value_or(20),
                            static_cast<std::int64_t>(100 * failure_rate_.value + 0.5), open_for_,
                            window_.time, snapshot_},
            ignore_);
      case System::Polly:
        return std::make_unique<Breaker<PollyBreaker>>(
            PollySettings{failure_rate_.value, min_calls_.value_or(100), window_.time, open_for_},
            ignore_);
      case System::Envoy:
        return std::make_unique<EnvoyBreaker>(limits_);
    }
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
    s.half_open_for = half_open_for_;
    return std::make_unique<Breaker<CircuitBreaker>>(s, ignore_);
  }

 private:
  enum class System : std::uint8_t { Resilience4j, Hystrix, Polly, Envoy };

  void choose_dialect(Binder& b) {
    static constexpr std::array<Dialect<BreakerConfig>, 5> kDialects = {{
        {"resilience4j", "Judged after every call; the wait is strict.", [](BreakerConfig&) {}},
        {"guide", "resilience4j with a small window.",
         [](BreakerConfig& c) {
           c.window_ = {.count = 10};
           c.min_calls_ = 10;
           c.half_open_calls_ = 3;
         }},
        {"hystrix",
         "Judged at the end of each snapshot; one probe; what is not counted fails a probe.",
         [](BreakerConfig& c) {
           c.system_ = System::Hystrix;
           c.window_ = {.time = milliseconds(10'000)};
           c.min_calls_ = 20;
           c.open_for_ = milliseconds(5'000);
           c.ignore_ = bit(Error::ClientError);
         }},
        {"polly", "Trips on a failure only; one probe; what is not counted is a success.",
         [](BreakerConfig& c) {
           c.system_ = System::Polly;
           c.window_ = {.time = milliseconds(30'000)};
           c.min_calls_ = 100;
           c.failure_rate_ = {0.1};
           c.open_for_ = milliseconds(5'000);
         }},
        {"envoy", "No states: limits on what is under way at once.",
         [](BreakerConfig& c) { c.system_ = System::Envoy; }},
    }};
    b.like(kDialects, *this);
  }

  void describe_slow(Binder& b) {
    b.field({.key = "slow_rate",
             .help = "Opens when this share of calls was slow, or more.",
             .min = 0,
             .max = 1,
             .above_min = true},
            slow_rate_);
    b.field({.key = "slow_after", .help = "A call that took strictly longer is slow.", .min = 0},
            slow_after_);
  }

  void describe_half_open(Binder& b) {
    b.field(
        {.key = "half_open_calls", .help = "Probes admitted when half-open.", .min = 1, .max = 1e6},
        half_open_calls_);
    b.field({.key = "half_open_for",
             .help = "Opens again if the probes have not decided after this; 0s: never.",
             .min = 0},
            half_open_for_);
  }

  void describe_limits(Binder& b) {
    const auto limit = [&](std::string_view key, std::string_view help, std::int64_t& target) {
      b.field({.key = key, .help = help, .min = 0, .max = 1e9, .unbounded = true}, target);
    };
    limit("max_connections", "Attempts under way at once, one a connection; unbounded: HTTP/2.",
          limits_.connections);
    limit("max_pending", "Attempts that may wait for a connection.", limits_.pending);
    limit("max_requests", "Attempts under way at once.", limits_.requests);
    limit("max_retries", "Second and later attempts under way at once.", limits_.retries);
    if (limits_.connections == 0) b.reject("max_connections", "leaves no connection to wait for");
  }

  System system_ = System::Resilience4j;
  Window window_;
  std::optional<std::int64_t> min_calls_;
  Share failure_rate_{0.5};
  Share slow_rate_{1.0};
  Duration slow_after_ = milliseconds(60'000);
  Duration open_for_ = milliseconds(60'000);
  std::int64_t half_open_calls_ = 10;
  Duration half_open_for_{0};
  Duration snapshot_ = milliseconds(500);
  ErrorSet ignore_ = 0;
  EnvoyLimits limits_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_breaker() {
  return std::make_unique<BreakerConfig>();
}

}  // namespace faultline
