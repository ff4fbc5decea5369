// deadline: limits the whole call, every retry and every pause included.
// With `propagation = "deadline"` or "cancel" the callee learns what is left of it.

#include "models/policies/policies.hpp"

namespace faultline {
namespace {

class Deadline final : public Policy {
 public:
  explicit Deadline(Duration after) : after_(after) {}
  Before before(const CallView&) override { return {.timer = after_}; }
  OnTimer on_timer(const CallView&) override {
    return {.verdict = OnTimer::Verdict::GiveUp, .why = Error::Deadline};
  }

 private:
  Duration after_;
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
  std::unique_ptr<Policy> make() const override { return std::make_unique<Deadline>(after_); }
  std::optional<Duration> call_deadline() const override { return after_; }

 private:
  Duration after_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_deadline() {
  return std::make_unique<DeadlineConfig>();
}

}  // namespace faultline
