// fallback: when the call has failed for good, answers with something lesser. Tier by tier: another
// call (a popular list instead of a personal one), and in the end a default that needs nobody. The
// answer counts as ok with `quality` < 1, and as degraded.
//
// Follows Polly and Hystrix, whose fallbacks may themselves have fallbacks; here they stand in one
// list. A tier's call has the limits of its own policy, and none of the call that failed.
// Often confused: a retry asks the same again; a hedge asks the same twice; a fallback asks for
// something else.

#include "models/policies/policies.hpp"

namespace faultline {
namespace {

class Fallback final : public Policy {
 public:
  explicit Fallback(const std::vector<FallbackTier>& tiers) : tiers_(tiers) {}

  After after(const CallView& v, Outcome outcome) override {
    if (v.final || outcome.error == Error::Cancelled) return {};
    if (outcome.ok()) {
      if (v.tier == 0) return {};
      const double quality = tiers_[v.tier - 1u].quality * static_cast<double>(outcome.quality());
      return {.verdict = After::Verdict::Replace, .outcome = worth(quality, outcome.partial)};
    }
    if (v.tier >= tiers_.size()) return {};
    const FallbackTier& next = tiers_[v.tier];
    if (!next.call.empty()) return {.verdict = After::Verdict::CallInstead};
    return {.verdict = After::Verdict::Replace, .outcome = worth(next.quality, false)};
  }

 private:
  static Outcome worth(double quality, bool partial) {
    Outcome outcome = Outcome::answered(static_cast<float>(quality));
    outcome.partial = partial;
    return outcome;
  }

  const std::vector<FallbackTier>& tiers_;  // of the config, which outlives it
};

class FallbackConfig final : public PolicyConfigOf<FallbackConfig> {
 public:
  void describe(Binder& b) override {
    b.shorthand("tiers");
    FallbackTier only;
    only.describe(b);
    b.list({.key = "tiers",
            .help = "Several, tried in order, instead of `call` and `quality`; the last may do "
                    "without a call. A list stands for this key alone."},
           tiers_);
    const bool single = b.given("call") || b.given("quality") || b.given("policy");
    if (single && !tiers_.empty()) b.reject("tiers", "stands instead of `call` and `quality`");
    if (tiers_.empty()) tiers_.push_back(only);
    if (tiers_.size() > kMostTiers) b.reject("tiers", "are more than 7");
    for (std::size_t i = 0; i + 1 < tiers_.size(); ++i) {
      if (tiers_[i].call.empty())
        b.reject("tiers", "has a tier without a call before the last, which always answers");
    }
  }
  std::unique_ptr<Policy> make() const override { return std::make_unique<Fallback>(tiers_); }
  std::span<const FallbackTier> fallback_tiers() const override { return tiers_; }
  // What stands inside belongs to an attempt, which is over when another call is made instead.
  bool resends() const override {
    for (const FallbackTier& tier : tiers_) {
      if (!tier.call.empty()) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kMostTiers = 7;
  std::vector<FallbackTier> tiers_;
};

}  // namespace

void FallbackTier::describe(Binder& b) {
  b.field({.key = "call",
           .help = "service/endpoint to ask instead; without it the answer needs nobody.",
           .refers = Refers::Endpoint},
          call);
  b.field({.key = "quality",
           .help = "Worth of the lesser answer; a full one is 1.",
           .min = 0,
           .max = 1,
           .above_min = true},
          quality);
  b.field({.key = "policy", .help = "The policies on that call.", .refers = Refers::Policy},
          policy);
  if (call.empty() && !policy.empty()) b.reject("policy", "is about `call`, which is not there");
}

std::unique_ptr<PolicyConfig> make_fallback() {
  return std::make_unique<FallbackConfig>();
}

}  // namespace faultline
