// hedge: sends another attempt when the first has not answered after a while; the first answer wins
// and the others are dropped. Follows gRPC's hedging (A6): a failure that leaves no attempt under
// way is the call's; one that leaves some is waited out. The delay may be a quantile of the
// caller's own last 1 000 answers (Dean & Barroso, "The Tail at Scale", 2013).

#include <algorithm>
#include <vector>

#include "models/policies/policies.hpp"

namespace faultline {
namespace {

// The last 1 000 latencies of answers. The quantile is brought up to date every 100 answers; before
// the first 100 there is none, and nothing is hedged.
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
  Hedge(Patience after, std::int64_t max) : after_(after), max_(max), own_(after.quantile) {}

  Before before(const CallView&) override {
    const Duration delay = patience();
    return {.timing = after_.quantile > 0 ? Timing::Varying : Timing::Constant, .timer = delay};
  }
  OnTimer on_timer(const CallView& call) override {
    // Counted by what was sent: a hedge that has failed meanwhile is not given back.
    if (call.hedges >= max_) return {};
    return {.verdict = OnTimer::Verdict::SendAnother,
            .again = call.hedges + 1 < max_ ? patience() : Duration{-1}};
  }
  After after(const CallView& call, Outcome outcome) override {
    if (outcome.ok()) {
      if (after_.quantile > 0) own_.record(call.now - call.born);
      return {};
    }
    if (call.final || call.live <= 1) return {};
    return {.verdict = After::Verdict::Absorb};
  }

 private:
  Duration patience() const { return after_.quantile > 0 ? own_.quantile() : after_.time; }
  Patience after_;
  std::int64_t max_;
  OwnLatencies own_;
};

class HedgeConfig final : public PolicyConfigOf<HedgeConfig> {
 public:
  void describe(Binder& b) override {
    b.shorthand("after");
    b.field({.key = "after",
             .help = "How long before another attempt: a time, or a quantile of the caller's last "
                     "1 000 answers such as \"p95\".",
             .min = 0,
             .required = true},
            after_);
    b.field({.key = "max", .help = "Attempts sent besides the first.", .min = 1, .max = 10}, max_);
  }
  std::unique_ptr<Policy> make() const override { return std::make_unique<Hedge>(after_, max_); }
  bool resends() const override { return true; }

 private:
  Patience after_;
  std::int64_t max_ = 1;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_hedge() {
  return std::make_unique<HedgeConfig>();
}

}  // namespace faultline
