#pragma once
// What limits retries (and hedges) over all calls of a caller, so that they can't multiply an
// overload. One interface; the budgets of real clients behind it (budget.cpp):
//   finagle, linkerd  a share of requests, forgotten after a while (retry_budget.hpp)
//   grpc              tokens: failures take one, successes give a fraction; at half of them it
//   stops aws               the SDK's retry quota: retries cost, successes give back envoy retries
//   under way at once, a share of the calls under way bucket            Brooker's token bucket:
//   calls give a fraction, retries take one failure_share     Brooker's breaker for retries: none
//   while too many attempts failed

#include <memory>
#include <optional>

#include "models/policies/policy.hpp"

namespace faultline {

class AttemptBudget {
 public:
  virtual ~AttemptBudget() = default;
  virtual void call_began(const CallView&) {}
  // An attempt has ended; `retryable`: with an error that is worth another. Comes before
  // `may_resend`.
  virtual void attempt_ended(const CallView&, Outcome, bool /*retryable*/) {}
  // Whether the call may be sent again after `why`, and if so, takes it off the budget.
  virtual bool may_resend(const CallView&, Error why) = 0;
  virtual void call_over(const CallView&, bool /*ok*/) {}
};

// `budget = "20%"`, or a table.
struct BudgetOptions {
  enum class Kind : std::uint8_t { Finagle, Linkerd, Grpc, Aws, Envoy, Bucket, FailureShare };

  Kind kind = Kind::Finagle;
  Share ratio{0.2};
  double min_per_s = 0;
  Duration ttl = milliseconds(10'000);
  double tokens = 0;  // 0: the kind's own
  std::optional<double> token_ratio;
  std::int64_t min_concurrent = 3;
  std::int64_t cost = 5;
  std::int64_t timeout_cost = 10;
  std::int64_t throttled_cost = 5;

  void describe(Binder& b);
  std::unique_ptr<AttemptBudget> make() const;
};

// gRPC's retry throttling (A6), for one server name.
class GrpcThrottle {
 public:
  // max_tokens 1 … 1000; of the ratio three decimals count.
  GrpcThrottle(double max_tokens, double ratio)
      : most_(static_cast<std::int64_t>(max_tokens * 1000)),
        ratio_(static_cast<std::int64_t>(ratio * 1000 + 1e-9)),
        tokens_(most_) {}
  void failed() { tokens_ = tokens_ > 1000 ? tokens_ - 1000 : 0; }
  void succeeded() { tokens_ = tokens_ + ratio_ < most_ ? tokens_ + ratio_ : most_; }
  bool allows() const { return 2 * tokens_ > most_; }
  double tokens() const { return static_cast<double>(tokens_) / 1000; }

 private:
  std::int64_t most_, ratio_, tokens_;  // thousandths
};

// The retry quota of the AWS SDKs (botocore's standard mode).
class AwsQuota {
 public:
  explicit AwsQuota(std::int64_t most) : most_(most), left_(most) {}
  bool acquire(std::int64_t cost) {
    if (cost > left_) return false;
    left_ -= cost;
    return true;
  }
  // `last`: what the call acquired last; 0 if it was never retried.
  void succeeded(std::int64_t last) {
    left_ += last > 0 ? last : 1;
    if (left_ > most_) left_ = most_;
  }
  std::int64_t left() const { return left_; }

 private:
  std::int64_t most_, left_;
};

// Envoy: how many retries may be under way while so many calls are, retries included.
constexpr std::int64_t envoy_retry_limit(double share, std::int64_t under_way,
                                         std::int64_t at_least) {
  const auto allowed = static_cast<std::int64_t>(share * static_cast<double>(under_way));
  return allowed > at_least ? allowed : at_least;
}

}  // namespace faultline
