// hedge: sends another attempt when the first has not answered after a while; the first answer wins
// and the others are dropped (Dean & Barroso, "The Tail at Scale", 2013). A failure that leaves no
// attempt under way is the call's; one that leaves some is waited out. The delay may be a quantile
// of the caller's own last 1 000 answers.
// With `nonfatal` it is gRPC's hedging (A6): an error of the list sends the next attempt at once, a
// server's pushback says when or that no more are sent, and any other error is the call's.

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "models/policies/budget.hpp"
#include "models/policies/error_classes.hpp"
#include "models/policies/errors.hpp"
#include "models/policies/policies.hpp"

namespace faultline {
namespace {

// The last 1 000 latencies of answers, each from when it was first asked for: of what a hedge
// answered, too, or the slow ones would be missing and the quantile sink. The quantile is brought
// up to date every 100 answers; before the first 100 there is none, and nothing is hedged.
class OwnLatencies {
 public:
  explicit OwnLatencies(double q) : q_(q) {}
  void record(Duration d) {
    if (ring_.size() < kSize) {
      ring_.push_back(d);
    } else {
      ring_[next_ % kSize] = d;
    }
    if (++next_ % kEvery == 0) update();
  }
  Duration quantile() const { return value_; }  // < 0: not known yet

 private:
  static constexpr std::size_t kSize = 1000;
  static constexpr std::size_t kEvery = 100;
  void update() {
    scratch_ = ring_;
    const auto rank = static_cast<std::ptrdiff_t>(q_ * static_cast<double>(scratch_.size() - 1));
    std::nth_element(scratch_.begin(), scratch_.begin() + rank, scratch_.end());
    value_ = scratch_[static_cast<std::size_t>(rank)];
  }
  double q_;
  std::vector<Duration> ring_, scratch_;
  std::size_t next_ = 0;
  Duration value_{-1};
};

class Hedge final : public Policy {
 public:
  Hedge(Patience after, std::int64_t max, std::optional<ErrorSet> nonfatal,
        std::unique_ptr<AttemptBudget> budget)
      : after_(after),
        max_(max),
        nonfatal_(nonfatal),
        budget_(std::move(budget)),
        own_(after.quantile) {}

  Before before(const CallView& call) override {
    if (budget_) budget_->call_began(call);
    const Duration delay = patience();
    return {.timing = after_.quantile > 0 ? Timing::Varying : Timing::Constant, .timer = delay};
  }
  OnTimer on_timer(const CallView& call) override {
    // Counted by what was sent: a hedge that has failed meanwhile is not given back.
    if (call.hedges >= max_) return {};
    // The budget may allow it later, but not at this instant: the clock would stand still.
    if (budget_ && call.live > 0 && !budget_->may_resend(call, Error::None))
      return {.again = std::max(patience(), milliseconds(1))};
    return {.verdict = OnTimer::Verdict::SendAnother,
            .again = call.hedges + 1 < max_ ? patience() : Duration{-1}};
  }
  After after(const CallView& call, Outcome outcome) override {
    const After answer = judge(call, outcome);
    if (budget_ && answer.verdict == After::Verdict::Accept) budget_->call_over(call, outcome.ok());
    return answer;
  }

 private:
  After judge(const CallView& call, Outcome outcome) {
    const bool passing = !nonfatal_ || contains(*nonfatal_, outcome.error);
    if (budget_ && !call.final) budget_->attempt_ended(call, outcome, !outcome.ok() && passing);
    if (outcome.ok()) {
      if (after_.quantile > 0) own_.record(call.now - call.asked);
      return {};
    }
    // What comes from no attempt (a fallback further in) is the last there is.
    if (call.final || call.attempt == kNone) return {};
    if (nonfatal_) return as_grpc(call, outcome);
    return {.verdict = call.live > 1 ? After::Verdict::Absorb : After::Verdict::Accept};
  }
  After as_grpc(const CallView& call, Outcome outcome) {
    if (!contains(*nonfatal_, outcome.error)) return {};
    const bool alone = call.live <= 1;
    if (outcome.retry_after_s() < 0)
      return {.verdict = alone ? After::Verdict::Accept : After::Verdict::NoMore};
    // The last one under way: the next is paid for here, as the call would else wait for nothing.
    const bool may =
        call.hedges < max_ && (!alone || !budget_ || budget_->may_resend(call, outcome.error));
    if (!may) return {.verdict = alone ? After::Verdict::Accept : After::Verdict::Absorb};
    return {.verdict = After::Verdict::Rearm,
            .delay = from_seconds(static_cast<double>(outcome.retry_after_s()))};
  }
  Duration patience() const { return after_.quantile > 0 ? own_.quantile() : after_.time; }
  Patience after_;
  std::int64_t max_;
  std::optional<ErrorSet> nonfatal_;
  std::unique_ptr<AttemptBudget> budget_;
  OwnLatencies own_;
};

class HedgeConfig final : public PolicyConfigOf<HedgeConfig> {
 public:
  void describe(Binder& b) override {
    static constexpr std::array<Dialect<HedgeConfig>, 2> kDialects = {{
        {"grpc",
         "gRPC's hedging: a failure of the server's or on the way to it sends the next attempt at "
         "once, and the throttle counts.",
         [](HedgeConfig& c) {
           c.nonfatal_ = kTransient;
           c.budget_.emplace().kind = BudgetOptions::Kind::Grpc;
         }},
        {"polly", "Polly's hedging: the next attempt after 2 s, or at once after a failure.",
         [](HedgeConfig& c) {
           c.after_.time = milliseconds(2'000);
           c.nonfatal_ = kTransient;
         }},
    }};
    b.shorthand("after");
    const bool liked = b.like(kDialects, *this);
    b.field({.key = "after",
             .help = "How long before another attempt: a time, or a quantile of the caller's last "
                     "1 000 answers such as \"p95\".",
             .min = 0,
             .required = !liked},
            after_);
    b.field({.key = "max", .help = "Attempts sent besides the first.", .min = 1, .max = 10}, max_);
    ErrorSet nonfatal = 0;
    describe_errors(
        b,
        {.key = "nonfatal",
         .help = "Errors after which the next attempt is sent at once; any other is the "
                 "call's (gRPC).",
         .fallback = "none: a failure is waited out while others are under way"},
        nonfatal);
    if (b.given("nonfatal")) nonfatal_ = nonfatal;
    b.table({.key = "budget",
             .help = "Limits hedges over all calls, as a retry's budget does retries.",
             .fallback = "none"},
            budget_);
  }
  std::unique_ptr<Policy> make() const override {
    return std::make_unique<Hedge>(after_, max_, nonfatal_, budget_ ? budget_->make() : nullptr);
  }
  bool resends() const override { return true; }

 private:
  Patience after_;
  std::int64_t max_ = 1;
  std::optional<ErrorSet> nonfatal_;
  std::optional<BudgetOptions> budget_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_hedge() {
  return std::make_unique<HedgeConfig>();
}

}  // namespace faultline
