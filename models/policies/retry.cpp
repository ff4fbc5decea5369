// retry: sends a failed call again, after a pause, within a budget.
// `attempts` counts the first one too (gRPC's maxAttempts; Polly's MaxRetryAttempts leaves it out).
// The budget is Finagle's (retry_budget.hpp), without its reserve unless `min_per_s` is given.

#include <array>
#include <cstdlib>
#include <optional>

#include "models/policies/backoff.hpp"
#include "models/policies/errors.hpp"
#include "models/policies/policies.hpp"
#include "models/policies/retry_budget.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kBackoffDraw = 0x6261636b;

// What is worth sending again: the next try may fare better.
constexpr ErrorSet kTransient =
    bit(Error::Timeout) | bit(Error::Refused) | bit(Error::Unavailable) | bit(Error::Unreachable) |
    bit(Error::Crash) | bit(Error::Shed) | bit(Error::RateLimited) | bit(Error::ServerError);

struct BudgetOptions {
  Share ratio{0.2};
  double min_per_s = 0;
  Duration ttl = milliseconds(10'000);

  void describe(Binder& b) {
    b.shorthand("ratio");
    b.field({.key = "ratio", .help = "Retries allowed for each request.", .min = 0, .max = 1000},
            ratio);
    b.field({.key = "min_per_s",
             .help = "Retries per second that are allowed besides.",
             .min = 0,
             .max = 1e9},
            min_per_s);
    b.field({.key = "ttl",
             .help = "How long requests and retries are remembered.",
             .min = 1,
             .max = 3600},
            ttl);
  }
};

class Retry final : public Policy {
 public:
  Retry(int attempts, const Backoff& backoff, ErrorSet on,
        const std::optional<BudgetOptions>& budget)
      : attempts_(attempts), backoff_(backoff), on_(on) {
    if (budget) budget_.emplace(budget->ratio.value, budget->min_per_s, budget->ttl);
  }

  Before before(const CallView& call) override {
    if (budget_) budget_->deposit(call.now);
    return {};
  }

  After after(const CallView& call, Outcome outcome) override {
    if (outcome.ok() || call.final || !contains(on_, outcome.error)) return {};
    if (call.tries >= attempts_) return {};
    if (!call.idempotent && !never_reached(outcome.error)) return {};
    if (budget_ && !budget_->withdraw(call.now)) return {};
    const Duration wait = backoff_.wait(call.tries - 1, derive(call.lineage, kBackoffDraw));
    return {.verdict = After::Verdict::SendAgain, .delay = wait};
  }

 private:
  // Nothing has happened at the server, so sending again cannot do it twice.
  static bool never_reached(Error e) {
    return e == Error::Refused || e == Error::Unavailable || e == Error::Unreachable ||
           e == Error::RateLimited || e == Error::Shed || e == Error::BreakerOpen ||
           e == Error::BulkheadFull;
  }

  int attempts_;
  Backoff backoff_;
  ErrorSet on_;
  std::optional<RetryBudget> budget_;
};

class RetryConfig final : public PolicyConfigOf<RetryConfig> {
 public:
  void describe(Binder& b) override {
    static constexpr std::array<Dialect<RetryConfig>, 1> kDialects = {{
        {"guide", "Waits 1, 2, 4 and 8 seconds, each up to half more or less.",
         [](RetryConfig& c) {
           c.attempts_ = 5;
           c.base_ = milliseconds(1'000);
           c.cap_ = milliseconds(60'000);
           c.jitter_ = "50%";
         }},
    }};
    const bool liked = b.like(kDialects, *this);
    b.field({.key = "attempts",
             .help = "Tries in all, the first included.",
             .min = 1,
             .max = 1000,
             .required = !liked},
            attempts_);
    b.field({.key = "backoff", .help = "The first pause.", .min = 0}, base_);
    b.field({.key = "factor",
             .help = "Each pause is this many times the one before.",
             .min = 1,
             .max = 100},
            factor_);
    b.field({.key = "cap", .help = "No pause is longer.", .min = 0, .fallback = "none"}, cap_);
    b.field({.key = "jitter",
             .help = "Chance in the pause: none, full, equal, decorrelated, or a share such as "
                     "\"20%\" (±)."},
            jitter_);
    describe_errors(
        b,
        {.key = "on",
         .help = "Errors worth sending again.",
         .fallback =
             "timeout, refused, unavailable, unreachable, crash, shed, rate_limited, server_error"},
        on_);
    b.table({.key = "budget",
             .help = "Limits retries to a share of requests, over all calls.",
             .fallback = "none"},
            budget_);
    if (!read_jitter())
      b.reject("jitter", "is one of none, full, equal, decorrelated, or a share such as \"20%\"");
  }

  std::unique_ptr<Policy> make() const override {
    Backoff backoff{base_, factor_, cap_.value_or(Duration::max()), kind_, spread_};
    return std::make_unique<Retry>(static_cast<int>(attempts_), backoff, on_, budget_);
  }
  bool resends() const override { return true; }

 private:
  bool read_jitter() {
    constexpr std::array<std::string_view, 4> kNames = {"none", "full", "equal", "decorrelated"};
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if (jitter_ != kNames[i]) continue;
      kind_ = static_cast<Jitter>(i);
      return true;
    }
    char* end = nullptr;
    spread_ = std::strtod(jitter_.c_str(), &end) / 100;
    kind_ = Jitter::Spread;
    return end != jitter_.c_str() && std::string_view(end) == "%" && spread_ >= 0 && spread_ <= 1;
  }

  std::int64_t attempts_ = 3;
  Duration base_{0};
  double factor_ = 2;
  std::optional<Duration> cap_;
  std::string jitter_ = "none";
  Jitter kind_ = Jitter::None;
  double spread_ = 0;
  ErrorSet on_ = kTransient;
  std::optional<BudgetOptions> budget_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_retry() {
  return std::make_unique<RetryConfig>();
}

}  // namespace faultline
