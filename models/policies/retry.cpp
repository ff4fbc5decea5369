// retry: sends a failed call again, after a pause, within a budget.
// `attempts` counts the first one too (gRPC's maxAttempts; Polly's MaxRetryAttempts leaves it out).
// The budget is Finagle's without its reserve, unless it says otherwise (budget.hpp). What is not
// idempotent is sent again only if it cannot have reached the server (error_classes.hpp).

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>

#include "models/policies/backoff.hpp"
#include "models/policies/budget.hpp"
#include "models/policies/error_classes.hpp"
#include "models/policies/errors.hpp"
#include "models/policies/policies.hpp"

namespace faultline {
namespace {

constexpr std::uint64_t kBackoffDraw = 0x6261636b;
constexpr std::uint64_t kHintDraw = 0x68696e74;

// What a server's "come again after n seconds" is to this caller.
enum class Hint : std::uint8_t {
  Ignore,
  Honour,  // it waits at least so long
  Grpc,    // exactly so long, and the backoff begins anew; below 0, not at all
  Envoy,   // between so long and half as long again
  Aws,     // at least its own pause, and at most 5 s longer
};
constexpr std::array<std::string_view, 5> kHints = {"ignore", "honour", "grpc", "envoy", "aws"};

struct RetrySettings {
  std::int64_t attempts = 3;
  Backoff backoff;
  std::optional<Duration> throttled_backoff;
  ErrorSet on = kTransient;
  Hint hint = Hint::Ignore;
  Duration hint_limit = milliseconds(300'000);
  bool unsafe = false;
};

class Retry final : public Policy {
 public:
  Retry(const RetrySettings& settings, std::unique_ptr<AttemptBudget> budget)
      : set_(settings), budget_(std::move(budget)) {}

  Before before(const CallView& call) override {
    if (budget_) budget_->call_began(call);
    return {};
  }

  After after(const CallView& call, Outcome outcome) override {
    const NotAgain why = verdict(call, outcome);
    if (why == NotAgain::NotAsked && !outcome.ok() && !call.final)
      return {.verdict = After::Verdict::SendAgain, .delay = pause(call, outcome)};
    if (budget_) budget_->call_over(call, outcome.ok());
    if (!pushed_back_.empty()) pushed_back_.erase(call.lineage);
    return {.not_again = why};
  }

 private:
  // NotAsked: it is sent again, if it failed at all.
  NotAgain verdict(const CallView& call, Outcome outcome) {
    if (call.final) return NotAgain::NotAsked;
    const bool told_not_to = set_.hint == Hint::Grpc && outcome.retry_after_s() < 0;
    const bool retryable = !outcome.ok() && contains(set_.on, outcome.error);
    if (budget_) budget_->attempt_ended(call, outcome, retryable || told_not_to);
    if (outcome.ok()) return NotAgain::NotAsked;
    if (!retryable) return NotAgain::Permanent;
    if (call.tries >= set_.attempts) return NotAgain::Spent;
    if (told_not_to) return NotAgain::Pushback;
    if (!call.idempotent && !set_.unsafe && !safe_to_repeat(outcome)) return NotAgain::Unsafe;
    if (budget_ && !budget_->may_resend(call, outcome.error)) return NotAgain::Budget;
    return NotAgain::NotAsked;
  }

  Duration pause(const CallView& call, Outcome outcome) {
    Backoff backoff = set_.backoff;
    if (set_.throttled_backoff &&
        (outcome.error == Error::RateLimited || outcome.error == Error::Shed))
      backoff.base = *set_.throttled_backoff;
    int n = call.tries - 1;
    if (!pushed_back_.empty()) {
      if (const auto at = pushed_back_.find(call.lineage); at != pushed_back_.end())
        n -= at->second;
    }
    const Duration own = backoff.wait(n, derive(call.lineage, kBackoffDraw));
    if (set_.hint == Hint::Ignore || outcome.retry_after_s() <= 0) return own;
    const Duration told = from_seconds(static_cast<double>(outcome.retry_after_s()));
    if (told > set_.hint_limit) return own;
    switch (set_.hint) {
      case Hint::Ignore:
        break;
      case Hint::Honour:
        return std::max(own, told);
      case Hint::Grpc:
        pushed_back_[call.lineage] = call.tries;
        return told;
      case Hint::Envoy:
        return envoy_told(told, call.draws(kHintDraw).uniform());
      case Hint::Aws:
        return std::clamp(told, own, own + milliseconds(5'000));
    }
    return own;
  }

  RetrySettings set_;
  std::unique_ptr<AttemptBudget> budget_;
  std::map<std::uint64_t, int> pushed_back_;  // by call: tries when the backoff began anew
};

class RetryConfig final : public PolicyConfigOf<RetryConfig> {
 public:
  void describe(Binder& b) override {
    static constexpr std::array<Dialect<RetryConfig>, 7> kDialects = {{
        {"grpc", "gRPC: 5 attempts at most, jitter after the cap, pushback, throttling tokens.",
         [](RetryConfig& c) {
           c.backs_off(100, 2, 1'000, "grpc");
           c.set_.on = bit(Error::Unavailable) | bit(Error::Refused) | bit(Error::Unreachable) |
                       bit(Error::Crash) | bit(Error::Shed);
           c.set_.hint = Hint::Grpc;
           c.budget_.emplace().kind = BudgetOptions::Kind::Grpc;
           c.most_attempts_ = 5;
         }},
        {"envoy", "Envoy: one retry, 25 to 250 ms, at most a fifth of the calls under way.",
         [](RetryConfig& c) {
           c.set_.attempts = 2;
           c.backs_off(25, 2, 250, "envoy");
           c.set_.hint = Hint::Envoy;
           c.budget_.emplace().kind = BudgetOptions::Kind::Envoy;
         }},
        {"aws", "The AWS SDKs' standard mode: full jitter up to 20 s, a quota of 500 tokens.",
         [](RetryConfig& c) {
           c.backs_off(50, 2, 20'000, "full");
           c.set_.throttled_backoff = milliseconds(1'000);
           c.set_.hint = Hint::Aws;
           BudgetOptions& quota = c.budget_.emplace();
           quota.kind = BudgetOptions::Kind::Aws;
           quota.cost = quota.timeout_cost = 14;
         }},
        {"finagle", "Finagle and Linkerd: a fifth of the requests, and ten retries a second.",
         [](RetryConfig& c) { c.budget_.emplace().min_per_s = 10; }},
        {"resilience4j", "resilience4j: 500 ms, times 1.5, randomized by half.",
         [](RetryConfig& c) { c.backs_off(500, 1.5, 0, "resilience4j"); }},
        {"polly", "Polly: three retries, from 2 s, decorrelated jitter.",
         [](RetryConfig& c) {
           c.set_.attempts = 4;
           c.backs_off(2'000, 2, 0, "polly");
         }},
        {"guide",
         "Waits 1, 2, 4 and 8 seconds, each up to half more or less; a fifth of the requests.",
         [](RetryConfig& c) {
           c.set_.attempts = 5;
           c.backs_off(1'000, 2, 60'000, "50%");
           c.budget_.emplace();
         }},
    }};
    const bool liked = b.like(kDialects, *this);
    b.field({.key = "attempts",
             .help = "Tries in all, the first included.",
             .min = 1,
             .max = 1000,
             .required = !liked},
            set_.attempts);
    b.field({.key = "backoff", .help = "The first pause.", .min = 0}, set_.backoff.base);
    b.field({.key = "throttled_backoff",
             .help = "The first pause after rate_limited or shed.",
             .min = 0,
             .fallback = "backoff"},
            set_.throttled_backoff);
    b.field({.key = "factor",
             .help = "Each pause is this many times the one before.",
             .min = 1,
             .max = 100},
            set_.backoff.factor);
    b.field({.key = "cap", .help = "No pause is longer.", .min = 0, .fallback = "none"}, cap_);
    b.field({.key = "jitter",
             .help = "Chance in the pause: none, full, equal, decorrelated, a share such as "
                     "\"20%\" (±), or as in grpc, envoy, resilience4j, polly."},
            jitter_);
    describe_errors(
        b,
        {.key = "on",
         .help = "Errors worth sending again.",
         .fallback =
             "timeout, refused, unavailable, unreachable, crash, shed, rate_limited, server_error"},
        set_.on);
    b.choice(
        {.key = "retry_after",
         .help = "What a server's Retry-After is to the caller: ignored; honoured (it waits at "
                 "least so long); grpc: exactly so long; envoy: up to half as long again; aws: "
                 "its own pause and up to 5 s more."},
        set_.hint, kHints);
    b.field({.key = "retry_after_limit",
             .help = "A longer Retry-After is ignored.",
             .min = 0,
             .above_min = true},
            set_.hint_limit);
    b.field({.key = "unsafe",
             .help = "Sends again even what isn't idempotent and may have been done already; the "
                     "callee's `duplicates` counts what that does."},
            set_.unsafe);
    b.table({.key = "budget",
             .help = "Limits retries to a share of requests, over all calls.",
             .fallback = "none"},
            budget_);
    if (most_attempts_ > 0 && set_.attempts > most_attempts_)
      b.reject("attempts", "is more than gRPC makes, which is 5");
    if (!read_jitter())
      b.reject("jitter",
               "is one of none, full, equal, decorrelated, grpc, grpc_connection, envoy, "
               "resilience4j, polly, or a share such as \"20%\"");
    if (b.given("retry_after_limit") && set_.hint == Hint::Ignore)
      b.reject("retry_after_limit", "is about retry_after, which is ignored");
  }

  std::unique_ptr<Policy> make() const override {
    RetrySettings settings = set_;
    settings.backoff.cap = cap_.value_or(Duration::max());
    return std::make_unique<Retry>(settings, budget_ ? budget_->make() : nullptr);
  }
  bool resends() const override { return true; }

 private:
  void backs_off(std::int64_t base_ms, double factor, std::int64_t cap_ms, const char* jitter) {
    set_.backoff.base = milliseconds(base_ms);
    set_.backoff.factor = factor;
    if (cap_ms > 0) cap_ = milliseconds(cap_ms);
    jitter_ = jitter;
  }

  bool read_jitter() {
    for (std::size_t i = 0; i < kJitterNames.size(); ++i) {
      if (jitter_ != kJitterNames[i]) continue;
      set_.backoff.jitter = static_cast<Jitter>(i);
      return true;
    }
    char* end = nullptr;
    double& spread = set_.backoff.spread;
    spread = std::strtod(jitter_.c_str(), &end) / 100;
    set_.backoff.jitter = Jitter::Spread;
    return end != jitter_.c_str() && std::string_view(end) == "%" && spread >= 0 && spread <= 1;
  }

  RetrySettings set_;
  std::int64_t most_attempts_ = 0;  // 0: no limit
  std::optional<Duration> cap_;
  std::string jitter_ = "none";
  std::optional<BudgetOptions> budget_;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_retry() {
  return std::make_unique<RetryConfig>();
}

}  // namespace faultline
