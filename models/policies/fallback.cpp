// fallback: when the call has failed for good, answers with something lesser: a default, a cached
// page, an empty list. The answer counts as ok with `quality` < 1, and as degraded.

#include "models/policies/policies.hpp"

namespace faultline {
namespace {

class Fallback final : public Policy {
 public:
  explicit Fallback(float quality) : quality_(quality) {}
  After after(const CallView&, Outcome outcome) override {
    if (outcome.ok() || outcome.error == Error::Cancelled) return {};
    return {.verdict = After::Verdict::Replace, .outcome = Outcome::answered(quality_)};
  }

 private:
  float quality_;
};

class FallbackConfig final : public PolicyConfigOf<FallbackConfig> {
 public:
  void describe(Binder& b) override {
    b.field({.key = "quality",
             .help = "Worth of the lesser answer; a full one is 1.",
             .min = 0,
             .max = 1,
             .above_min = true},
            quality_);
  }
  std::unique_ptr<Policy> make() const override {
    return std::make_unique<Fallback>(static_cast<float>(quality_));
  }

 private:
  double quality_ = 0.5;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_fallback() {
  return std::make_unique<FallbackConfig>();
}

}  // namespace faultline
