#include "models/policies/budget.hpp"

#include <array>
#include <iterator>
#include <map>
#include <set>

#include "models/policies/retry_budget.hpp"

namespace faultline {
namespace {

class Ratio final : public AttemptBudget {
 public:
  explicit Ratio(const RetryBudget& budget) : budget_(budget) {}
  void call_began(const CallView& call) override { budget_.deposit(call.now); }
  bool may_resend(const CallView& call, Error) override { return budget_.withdraw(call.now); }

 private:
  RetryBudget budget_;
};

class Throttle final : public AttemptBudget {
 public:
  Throttle(double tokens, double ratio) : throttle_(tokens, ratio) {}
  void attempt_ended(const CallView&, Outcome outcome, bool retryable) override {
    if (outcome.ok()) throttle_.succeeded();
    if (retryable || outcome.retry_after_s() < 0) throttle_.failed();
  }
  bool may_resend(const CallView&, Error) override { return throttle_.allows(); }

 private:
  GrpcThrottle throttle_;
};

class Quota final : public AttemptBudget {
 public:
  explicit Quota(const BudgetOptions& o)
      : quota_(static_cast<std::int64_t>(o.tokens > 0 ? o.tokens : 500)),
        cost_(o.cost),
        timeout_cost_(o.timeout_cost),
        throttled_cost_(o.throttled_cost) {}
  bool may_resend(const CallView& call, Error why) override {
    const std::int64_t cost = why == Error::Timeout                             ? timeout_cost_
                              : why == Error::RateLimited || why == Error::Shed ? throttled_cost_
                                                                                : cost_;
    if (!quota_.acquire(cost)) return false;
    acquired_[call.lineage] = cost;
    return true;
  }
  void call_over(const CallView& call, bool ok) override {
    const auto found = acquired_.find(call.lineage);
    if (ok) quota_.succeeded(found != acquired_.end() ? found->second : 0);
    if (found != acquired_.end()) acquired_.erase(found);
  }

 private:
  AwsQuota quota_;
  std::int64_t cost_, timeout_cost_, throttled_cost_;
  std::map<std::uint64_t, std::int64_t> acquired_;  // by calls that are being retried
};

class Concurrent final : public AttemptBudget {
 public:
  Concurrent(double share, std::int64_t at_least) : share_(share), at_least_(at_least) {}
  void call_began(const CallView&) override { ++calls_; }
  void attempt_ended(const CallView& call, Outcome, bool) override {
    retrying_.erase(call.lineage);
  }
  bool may_resend(const CallView& call, Error) override {
    if (std::ssize(retrying_) >= envoy_retry_limit(share_, calls_, at_least_)) return false;
    retrying_.insert(call.lineage);
    return true;
  }
  void call_over(const CallView& call, bool) override {
    --calls_;
    retrying_.erase(call.lineage);
  }

 private:
  double share_;
  std::int64_t at_least_, calls_ = 0;
  std::set<std::uint64_t> retrying_;  // calls, the pause included
};

class Bucket final : public AttemptBudget {
 public:
  Bucket(double most, double given) : most_(most), given_(given), tokens_(most) {}
  void call_began(const CallView&) override {
    tokens_ = tokens_ + given_ < most_ ? tokens_ + given_ : most_;
  }
  bool may_resend(const CallView&, Error) override {
    if (tokens_ <= 1) return false;  // strictly more than one, as in the original
    tokens_ -= 1;
    return true;
  }

 private:
  double most_, given_, tokens_;
};

class FailureShare final : public AttemptBudget {
 public:
  explicit FailureShare(double most) : most_(most) {}
  void call_began(const CallView&) override { calls_ += 1; }
  void attempt_ended(const CallView&, Outcome outcome, bool) override { failed_ += !outcome.ok(); }
  bool may_resend(const CallView&, Error) override { return failed_ <= most_ * calls_; }

 private:
  double most_, calls_ = 0, failed_ = 0;
};

}  // namespace

void BudgetOptions::describe(Binder& b) {
  static constexpr std::array<std::string_view, 7> kKinds = {
      "finagle", "linkerd", "grpc", "aws", "envoy", "bucket", "failure_share"};
  b.shorthand("ratio");
  b.choice({.key = "kind", .help = "Whose budget it is."}, kind, kKinds);
  b.field(
      {.key = "ratio",
       .help = "Retries allowed for each request; envoy: retries under way for each call under "
               "way; failure_share: failed attempts for each call beyond which none is retried.",
       .min = 0,
       .max = 1000},
      ratio);
  b.field({.key = "min_per_s",
           .help = "finagle, linkerd: retries per second that are allowed besides.",
           .min = 0,
           .max = 1e9},
          min_per_s);
  b.field({.key = "ttl",
           .help = "finagle, linkerd: how long requests and retries are remembered.",
           .min = 1,
           .max = 3600},
          ttl);
  b.field({.key = "tokens",
           .help = "grpc, aws, bucket: tokens at first and at most.",
           .min = 1,
           .max = 1e6,
           .fallback = "grpc 10, aws 500, bucket 5"},
          tokens);
  b.field({.key = "token_ratio",
           .help = "grpc: tokens that a success gives back; three decimals count.",
           .min = 0,
           .max = 1000,
           .fallback = "0.1"},
          token_ratio);
  b.field({.key = "min_concurrent",
           .help = "envoy: so many retries are always allowed at once.",
           .min = 0,
           .max = 1e6},
          min_concurrent);
  b.field({.key = "cost", .help = "aws: tokens a retry takes.", .min = 1, .max = 1e6}, cost);
  b.field({.key = "timeout_cost", .help = "aws: the same after a timeout.", .min = 1, .max = 1e6},
          timeout_cost);
  b.field({.key = "throttled_cost",
           .help = "aws: the same after rate_limited or shed.",
           .min = 1,
           .max = 1e6},
          throttled_cost);
  struct Belongs {
    const char* key;
    std::array<Kind, 3> to;
  };
  static constexpr std::array<Belongs, 9> kBelongs = {{
      {"ratio", {Kind::Finagle, Kind::Linkerd, Kind::Envoy}},
      {"min_per_s", {Kind::Finagle, Kind::Linkerd, Kind::Linkerd}},
      {"ttl", {Kind::Finagle, Kind::Linkerd, Kind::Linkerd}},
      {"tokens", {Kind::Grpc, Kind::Aws, Kind::Bucket}},
      {"token_ratio", {Kind::Grpc, Kind::Grpc, Kind::Grpc}},
      {"min_concurrent", {Kind::Envoy, Kind::Envoy, Kind::Envoy}},
      {"cost", {Kind::Aws, Kind::Aws, Kind::Aws}},
      {"timeout_cost", {Kind::Aws, Kind::Aws, Kind::Aws}},
      {"throttled_cost", {Kind::Aws, Kind::Aws, Kind::Aws}},
  }};
  for (const Belongs& belongs : kBelongs) {
    if (!b.given(belongs.key)) continue;
    bool known = false;
    for (Kind k : belongs.to) known = known || k == kind;
    const bool ratio_too = std::string_view(belongs.key) == "ratio" &&
                           (kind == Kind::Bucket || kind == Kind::FailureShare);
    if (!known && !ratio_too) b.reject(belongs.key, "is not about a budget of this kind");
  }
}

std::unique_ptr<AttemptBudget> BudgetOptions::make() const {
  switch (kind) {
    case Kind::Finagle:
      return std::make_unique<Ratio>(RetryBudget(ratio.value, min_per_s, ttl));
    case Kind::Linkerd:
      return std::make_unique<Ratio>(
          RetryBudget(ratio.value, min_per_s, ttl, RetryBudget::Like::Linkerd));
    case Kind::Grpc:
      return std::make_unique<Throttle>(tokens > 0 ? tokens : 10, token_ratio.value_or(0.1));
    case Kind::Aws:
      return std::make_unique<Quota>(*this);
    case Kind::Envoy:
      return std::make_unique<Concurrent>(ratio.value, min_concurrent);
    case Kind::Bucket:
      return std::make_unique<Bucket>(tokens > 0 ? tokens : 5, ratio.value);
    case Kind::FailureShare:
      return std::make_unique<FailureShare>(ratio.value);
  }
  return nullptr;
}

}  // namespace faultline
