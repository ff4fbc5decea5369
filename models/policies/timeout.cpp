// timeout: gives up a try that has taken too long. The server is not told (unless the policy
// propagates cancellation), so the work it does from then on is wasted.
// Besides, the parts of a try on the wire have timeouts of their own: connecting, agreeing on keys,
// waiting for the answer to begin, waiting for its next piece (as in Go's http.Transport, curl,
// OkHttp). Each is enforced for itself; none is longer than the whole.
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
             .above_min = true,
             .fallback = "none"},
            after_);
    const auto phase = [&](const char* key, const char* help, Duration& target) {
      std::optional<Duration> given;
      b.field({.key = key, .help = help, .min = 0, .above_min = true, .fallback = "none"}, given);
      if (given) target = *given;
      phased_ = phased_ || given;
    };
    phase("connect", "Time to look the name up and connect; then it is unreachable.",
          phases_.connect);
    phase("tls", "Time to agree on keys; then it is unreachable.", phases_.tls);
    phase("header", "Time from the request sent to the beginning of its answer.", phases_.header);
    phase("read", "Time between two pieces of the answer.", phases_.read);
    if (!after_ && !phased_) b.reject("", "needs one of after, connect, tls, header, read");
  }
  std::unique_ptr<Policy> make() const override { return std::make_unique<Timeout>(); }
  std::optional<Duration> try_timeout() const override { return after_; }
  std::optional<Duration> only_alarm() const override { return after_; }
  std::optional<PhaseTimeouts> phases() const override {
    return phased_ ? std::optional(phases_) : std::nullopt;
  }
  bool only_phases() const override { return !after_; }

 private:
  std::optional<Duration> after_;
  PhaseTimeouts phases_;
  bool phased_ = false;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_timeout() {
  return std::make_unique<TimeoutConfig>();
}

}  // namespace faultline
