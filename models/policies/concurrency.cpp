// concurrency: limits what a caller has under way at once, and finds out by itself how much that
// is. Follows Netflix's concurrency-limits and Envoy's adaptive concurrency
// (concurrency_limits.hpp). A bulkhead is a wall whose place somebody chose; this one moves.

#include "models/policies/concurrency_settings.hpp"
#include "models/policies/policies.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kLimitDraw = 0x6c696d69;
// The callee had no room for it, or none was to be seen.
constexpr ErrorSet kDropped = bit(Error::Timeout) | bit(Error::Deadline) | bit(Error::Refused) |
                              bit(Error::RateLimited) | bit(Error::Shed);

class Concurrency final : public Policy {
 public:
  explicit Concurrency(std::unique_ptr<ConcurrencyLimit> limit) : limit_(std::move(limit)) {}

  Before before(const CallView& call) override {
    if (under_way_ >= limit_->limit(call.now))
      return {.verdict = Before::Verdict::Refuse, .why = Error::BulkheadFull};
    ++under_way_;
    return {};
  }
  After after(const CallView& call, Outcome outcome) override {
    // How fast a failure comes says nothing about how full the callee is.
    const bool dropped = contains(kDropped, outcome.error);
    if (outcome.ok() || dropped) {
      limit_->learn({call.now, call.born, under_way_, dropped, call.draws(kLimitDraw).uniform()});
    }
    --under_way_;
    return {};
  }
  std::int64_t permits_held() const override { return under_way_; }

 private:
  std::unique_ptr<ConcurrencyLimit> limit_;
  std::int64_t under_way_ = 0;
};

class ConcurrencyConfig final : public PolicyConfigOf<ConcurrencyConfig> {
 public:
  void describe(Binder& b) override { settings_.describe(b); }
  std::unique_ptr<Policy> make() const override {
    return std::make_unique<Concurrency>(settings_.make());
  }

 private:
  ConcurrencySettings settings_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_concurrency() {
  return std::make_unique<ConcurrencyConfig>();
}

}  // namespace faultline
