// deadline: limits the whole call, every retry and every pause included.
// With `propagation = "deadline"` or "cancel" the callee learns what is left of it.

#include "models/policies/policies.hpp"

namespace faultline {
namespace {

class Deadline final : public Policy {
 public:
  OnTimer on_timer(const CallView&) override {
    return {.verdict = OnTimer::Verdict::GiveUp, .why = Error::Deadline};
  }
};

class DeadlineConfig final : public PolicyConfigOf<DeadlineConfig> {
 public:
  void describe(Binder& b) override {
    b.shorthand("after");
    b.field({.key = "after",
             .help = "Time for the whole call, retries included.",
             .min = 0,
             .required = true,
             .above_min = true},
            after_);
  }
  std::unique_ptr<Policy> make() const override { return std::make_unique<Deadline>(); }
  std::optional<Duration> call_deadline() const override { return after_; }
  std::optional<Duration> only_alarm() const override { return after_; }

 private:
  Duration after_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_deadline() {
  return std::make_unique<DeadlineConfig>();
}

}  // namespace faultline
