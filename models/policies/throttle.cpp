// throttle: a caller that is being refused asks less. Follows the client-side throttling of the
// Site Reliability Engineering book, chapter 21: over the last two minutes it counts what it was
// asked for and what the callee accepted, and refuses by itself, by chance,
//     max(0, (requests - k · accepts) / (requests + 1))
// of what comes next, so that the callee sees about k times what it accepts. Unlike a breaker it
// has no states and never stops asking altogether; unlike a rate limit nobody has to know the rate.

#include <array>

#include "models/policies/errors.hpp"
#include "models/policies/policies.hpp"
#include "models/policies/throttle.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kThrottleDraw = 0x7468726f;
// Nobody has taken it on.
constexpr ErrorSet kNotAccepted = bit(Error::Timeout) | bit(Error::Deadline) | bit(Error::Refused) |
                                  bit(Error::Unavailable) | bit(Error::Unreachable) |
                                  bit(Error::RateLimited) | bit(Error::Shed) | bit(Error::Crash);

class Throttle final : public Policy {
 public:
  Throttle(Duration window, double k, bool by_priority, ErrorSet refusals)
      : k_(k), by_priority_(by_priority), refusals_(refusals) {
    classes_.fill(ThrottleWindow(window));
  }

  Before before(const CallView& call) override {
    ThrottleWindow& seen = class_of(call);
    const double share = seen.reject_share(call.now, k_);
    seen.request(call.now);
    if (share > 0 && call.draws(kThrottleDraw).uniform() < share)
      return {.verdict = Before::Verdict::Refuse, .why = Error::Shed};
    return {};
  }
  After after(const CallView& call, Outcome outcome) override {
    if (outcome.error == Error::Cancelled || contains(refusals_, outcome.error)) return {};
    class_of(call).accept(call.now);
    return {};
  }

 private:
  ThrottleWindow& class_of(const CallView& call) {
    return classes_[by_priority_ ? call.priority : 0];
  }

  std::array<ThrottleWindow, 4> classes_;
  double k_;
  bool by_priority_;
  ErrorSet refusals_;
};

class ThrottleConfig final : public PolicyConfigOf<ThrottleConfig> {
 public:
  void describe(Binder& b) override {
    static constexpr std::array<std::string_view, 2> kBy = {"all", "priority"};
    b.shorthand("k");
    b.field({.key = "k",
             .help = "The callee sees about so many times what it accepts.",
             .min = 1,
             .max = 1000},
            k_);
    b.field({.key = "window",
             .help = "How far back it counts (in 60 slices).",
             .min = 0.001,
             .max = 86'400},
            window_);
    b.choice({.key = "by", .help = "One count for all calls, or one for each priority."},
             by_priority_, kBy);
    describe_errors(b,
                    {.key = "on",
                     .help = "Errors that mean it was not accepted.",
                     .fallback = "timeout, deadline, refused, unavailable, unreachable, crash, "
                                 "shed, rate_limited"},
                    on_);
  }
  std::unique_ptr<Policy> make() const override {
    return std::make_unique<Throttle>(window_, k_, by_priority_, on_);
  }

 private:
  double k_ = 2;
  Duration window_ = milliseconds(120'000);
  bool by_priority_ = false;
  ErrorSet on_ = kNotAccepted;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_throttle() {
  return std::make_unique<ThrottleConfig>();
}

}  // namespace faultline
