// rate_limit: lets no more than a rate of attempts through; the rest is refused at once
// (rate_limited), or, of a leaky bucket, delayed. The limit is per caller instance, so a fleet of N
// lets N times as much through; with a `store` they count together, for a round trip to it.
//
// Follows Envoy: its local rate limit is a bucket in each proxy, its global one asks a service and
// lets everybody through when that fails (failure_mode_deny = false). Algorithms: rate_gate.hpp.

#include <algorithm>

#include "models/policies/policies.hpp"
#include "models/policies/rate_gate.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kStoreDraw = 0x73746f72;

class RateLimit final : public Policy {
 public:
  explicit RateLimit(const RateLimitSettings& settings) : settings_(settings), gate_(settings) {}

  Before before(const CallView& call) override {
    if (settings_.store) return ask_store(call);
    const Admission answer = gate_.ask(call.now, call.who);
    if (!answer.allowed) return refused(answer);
    if (answer.delay.ns <= 0) return {};
    return {.verdict = Before::Verdict::Wait, .timing = Timing::Varying, .timer = answer.delay};
  }

  // Its turn has come, or the store has answered, or ought to have.
  OnTimer on_timer(const CallView& call) override {
    constexpr OnTimer kGoOn{.verdict = OnTimer::Verdict::GoOn};
    if (!settings_.store) return kGoOn;
    if (reply_in(call) > settings_.store->timeout) {
      if (!settings_.store->fails_closed) return kGoOn;
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
            .timer = std::min(reply_in(call), settings_.store->timeout)};
  }

  Duration reply_in(const CallView& call) const {
    return settings_.store->reply_in(call.born, call.draws(kStoreDraw));
  }

  RateLimitSettings settings_;
  RateGate gate_;
};

class RateLimitConfig final : public PolicyConfigOf<RateLimitConfig> {
 public:
  void describe(Binder& b) override { settings_.describe(b); }
  std::unique_ptr<Policy> make() const override { return std::make_unique<RateLimit>(settings_); }
  bool shares_state() const override { return settings_.store.has_value(); }
  bool needs_users() const override { return settings_.per_user; }
  std::vector<std::string> tiers() const override { return settings_.tier_names(); }

 private:
  RateLimitSettings settings_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_rate_limit() {
  return std::make_unique<RateLimitConfig>();
}

}  // namespace faultline
