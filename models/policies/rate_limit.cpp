// rate_limit: lets no more than a rate of attempts through; the rest is refused at once
// (rate_limited), or, of a leaky bucket, delayed. The limit is per caller instance, so a fleet of N
// lets N times as much through; with a `store` they count together, for a round trip to it.
//
// Follows Envoy: its local rate limit is a bucket in each proxy, its global one asks a service and
// lets everybody through when that fails (failure_mode_deny = false). Algorithms: rate_gate.hpp.

#include <algorithm>
#include <array>

#include "models/policies/policies.hpp"
#include "models/policies/rate_gate.hpp"
#include "sim/distribution.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kStoreDraw = 0x73746f72;

// Where a fleet counts together.
struct Store {
  Distribution latency;
  Duration timeout = milliseconds(20);
  bool fails_closed = false;
  Share errors{0};
  std::optional<Duration> down_at, down_for;

  void describe(Binder& b) {
    static constexpr std::array<std::string_view, 2> kFails = {"open", "closed"};
    b.field({.key = "latency", .help = "Of a question and its answer.", .fallback = "0s"}, latency);
    b.field({.key = "timeout",
             .help = "Who has no answer by then decides without it.",
             .min = 0,
             .above_min = true},
            timeout);
    b.choice({.key = "fail", .help = "Without an answer: let through (open) or refuse (closed)."},
             fails_closed, kFails);
    b.field({.key = "errors", .help = "Share of questions it fails to answer.", .min = 0, .max = 1},
            errors);
    b.field({.key = "down_at", .help = "When it goes down.", .min = 0, .fallback = "never"},
            down_at);
    b.field({.key = "down_for",
             .help = "How long it is down.",
             .min = 0,
             .above_min = true,
             .fallback = "to the end"},
            down_for);
    if (down_for && !down_at) b.reject("down_for", "needs `down_at`");
  }
  bool down(Instant now) const {
    if (!down_at || now < Instant{} + *down_at) return false;
    return !down_for || now < Instant{} + *down_at + *down_for;
  }
};

class RateLimit final : public Policy {
 public:
  RateLimit(const RateLimitSettings& settings, const std::optional<Store>& store)
      : settings_(settings), gate_(settings), store_(store) {}

  Before before(const CallView& call) override {
    if (store_) return ask_store(call);
    const Admission answer = gate_.ask(call.now, call.who);
    if (!answer.allowed) return refused(answer);
    if (answer.delay.ns <= 0) return {};
    return {.verdict = Before::Verdict::Wait, .timing = Timing::Varying, .timer = answer.delay};
  }

  // Its turn has come, or the store has answered, or ought to have.
  OnTimer on_timer(const CallView& call) override {
    constexpr OnTimer kGoOn{.verdict = OnTimer::Verdict::GoOn};
    if (!store_) return kGoOn;
    if (reply_in(call) > store_->timeout) {
      if (!store_->fails_closed) return kGoOn;
      return {.verdict = OnTimer::Verdict::GiveUp, .why = settings_.refusal()};
    }
    const Admission answer = gate_.ask(call.now, call.who);
    if (answer.allowed) return kGoOn;
    return {.verdict = OnTimer::Verdict::GiveUp,
            .why = settings_.refusal(),
            .retry_after_s = settings_.again(answer)};
  }

 private:
  Before refused(const Admission& answer) const {
    return {.verdict = Before::Verdict::Refuse,
            .why = settings_.refusal(),
            .retry_after_s = settings_.again(answer)};
  }

  Before ask_store(const CallView& call) {
    return {.verdict = Before::Verdict::Wait,
            .timing = Timing::Varying,
            .timer = std::min(reply_in(call), store_->timeout)};
  }

  // How long the store takes for this attempt; for ever if it fails. The same whenever it is asked:
  // whether it is down counts from when the attempt came.
  Duration reply_in(const CallView& call) const {
    if (store_->down(call.born)) return Duration::max();
    Draws draws = call.draws(kStoreDraw);
    if (store_->errors.value > 0 && draws.uniform() < store_->errors.value) return Duration::max();
    return store_->latency.sample(draws);
  }

  RateLimitSettings settings_;
  RateGate gate_;
  std::optional<Store> store_;
};

class RateLimitConfig final : public PolicyConfigOf<RateLimitConfig> {
 public:
  void describe(Binder& b) override {
    static constexpr std::array<Dialect<RateLimitConfig>, 5> kDialects = {{
        {"guide", "A bucket of 100 tokens that gets 10 a second.",
         [](RateLimitConfig& c) { like_guide(c.settings_); }},
        {"nginx", "limit_req: refuses with 503, and says nothing of when to come again.",
         [](RateLimitConfig& c) { like_nginx(c.settings_); }},
        {"ingress-nginx", "limit-rps: for each user, five times as much at once, undelayed.",
         [](RateLimitConfig& c) { like_ingress_nginx(c.settings_); }},
        {"envoy-local", "A bucket in each proxy, filled at intervals.",
         [](RateLimitConfig& c) { like_envoy_local(c.settings_); }},
        {"envoy-global", "A service that counts in fixed windows; without it all get through.",
         [](RateLimitConfig& c) {
           c.settings_.kind = LimitKind::FixedWindow;
           c.settings_.rate = {1000};
           c.store_.emplace();
         }},
    }};
    const bool liked = b.like(kDialects, *this);
    settings_.describe(b, !liked);
    b.table({.key = "store",
             .help = "All instances of the caller count together, in a store they ask each time.",
             .fallback = "none: each counts for itself"},
            store_);
    if (store_ && settings_.kind == LimitKind::LeakyBucket)
      b.reject("store", "keeps counters, not a queue: take another kind");
    if (store_ && settings_.kind == LimitKind::Nginx)
      b.reject("store", "is not what nginx has: take another kind");
  }
  std::unique_ptr<Policy> make() const override {
    return std::make_unique<RateLimit>(settings_, store_);
  }
  bool shares_state() const override { return store_.has_value(); }
  bool needs_users() const override { return settings_.per_user; }
  std::vector<std::string> tiers() const override { return settings_.tier_names(); }

 private:
  RateLimitSettings settings_;
  std::optional<Store> store_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_rate_limit() {
  return std::make_unique<RateLimitConfig>();
}

}  // namespace faultline
