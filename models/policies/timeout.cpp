// timeout: gives up a try that has taken too long. The server is not told (unless the policy
// propagates cancellation), so the work it does from then on is wasted.
// Not to be confused with `deadline`, which limits the whole call, retries included.

#include "models/policies/policies.hpp"

namespace faultline {
namespace {

class Timeout final : public Policy {
 public:
  OnTimer on_timer(const CallView&) override {
    return {.verdict = OnTimer::Verdict::GiveUp, .why = Error::Timeout};
  }
};

class TimeoutConfig final : public PolicyConfigOf<TimeoutConfig> {
 public:
  void describe(Binder& b) override {
    b.shorthand("after");
    b.field({.key = "after",
             .help = "Time for each try, waiting in the bulkhead included.",
             .min = 0,
             .required = true,
             .above_min = true},
            after_);
  }
  std::unique_ptr<Policy> make() const override { return std::make_unique<Timeout>(); }
  std::optional<Duration> try_timeout() const override { return after_; }
  std::optional<Duration> only_alarm() const override { return after_; }

 private:
  Duration after_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_timeout() {
  return std::make_unique<TimeoutConfig>();
}

}  // namespace faultline
