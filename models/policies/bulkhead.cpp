// bulkhead: limits how many attempts are under way at once, so that one slow callee cannot hold
// every thread of its caller. Follows resilience4j's semaphore bulkhead: fair, and by default
// nobody waits.

#include <deque>

#include "models/policies/policies.hpp"

namespace faultline {
namespace {

class Bulkhead final : public Policy {
 public:
  Bulkhead(std::int64_t concurrent, std::int64_t waiting, Duration longest)
      : concurrent_(concurrent), room_(waiting), longest_(longest) {}

  Before before(const CallView& call) override {
    if (call.waited) return {};  // the place was kept for it when it was woken
    if (under_way_ < concurrent_) {
      ++under_way_;
      return {};
    }
    if (std::ssize(waiting_) >= room_) {
      return {.verdict = Before::Verdict::Refuse, .why = Error::BulkheadFull};
    }
    waiting_.push_back(call.attempt);
    return {.verdict = Before::Verdict::Wait, .timer = longest_};
  }

  After after(const CallView&, Outcome) override {
    if (waiting_.empty()) {
      --under_way_;
      return {};
    }
    const AttemptId next = waiting_.front();  // the place passes straight on
    waiting_.pop_front();
    return {.wake = next};
  }

  // It has waited long enough.
  OnTimer on_timer(const CallView& call) override {
    std::erase(waiting_, call.attempt);
    return {.verdict = OnTimer::Verdict::GiveUp, .why = Error::BulkheadFull};
  }
  AttemptId leave(const CallView& call) override {
    std::erase(waiting_, call.attempt);
    return kNone;
  }
  std::int64_t permits_held() const override { return under_way_; }

 private:
  std::int64_t concurrent_;
  std::int64_t room_;
  Duration longest_;  // < 0: for ever
  std::int64_t under_way_ = 0;
  std::deque<AttemptId> waiting_;
};

class BulkheadConfig final : public PolicyConfigOf<BulkheadConfig> {
 public:
  void describe(Binder& b) override {
    b.shorthand("concurrent");
    b.field({.key = "concurrent", .help = "Attempts under way at once.", .min = 1, .max = 1e7},
            concurrent_);
    b.field({.key = "waiting",
             .help = "Attempts that may wait for a place; the rest is refused.",
             .min = 0,
             .max = 1e7},
            waiting_);
    b.field({.key = "max_wait",
             .help = "Who has waited so long is refused.",
             .min = 0,
             .above_min = true,
             .fallback = "none"},
            max_wait_);
    if (max_wait_ && waiting_ == 0) b.reject("max_wait", "needs `waiting`: nobody may wait");
  }
  std::unique_ptr<Policy> make() const override {
    return std::make_unique<Bulkhead>(concurrent_, waiting_, max_wait_.value_or(Duration{-1}));
  }

 private:
  std::int64_t concurrent_ = 25;
  std::int64_t waiting_ = 0;
  std::optional<Duration> max_wait_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_bulkhead() {
  return std::make_unique<BulkheadConfig>();
}

}  // namespace faultline
