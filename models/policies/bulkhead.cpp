// bulkhead: limits how many attempts are under way at once, so that one slow callee cannot hold
// every thread of its caller. Follows resilience4j's semaphore bulkhead: fair, and by default
// nobody waits.

#include <deque>

#include "models/policies/policies.hpp"

namespace faultline {
namespace {

class Bulkhead final : public Policy {
 public:
  Bulkhead(std::int64_t concurrent, std::int64_t waiting)
      : concurrent_(concurrent), room_(waiting) {}

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
    return {.verdict = Before::Verdict::Wait};
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

  void leave(const CallView& call) override { std::erase(waiting_, call.attempt); }
  std::int64_t permits_held() const override { return under_way_; }

 private:
  std::int64_t concurrent_;
  std::int64_t room_;
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
  }
  std::unique_ptr<Policy> make() const override {
    return std::make_unique<Bulkhead>(concurrent_, waiting_);
  }

 private:
  std::int64_t concurrent_ = 25;
  std::int64_t waiting_ = 0;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_bulkhead() {
  return std::make_unique<BulkheadConfig>();
}

}  // namespace faultline
