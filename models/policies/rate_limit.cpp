// rate_limit: lets no more than a rate of attempts through; the rest is refused at once
// (rate_limited). The limit is per caller instance, so a fleet of N lets N times as much through.

#include <array>

#include "models/policies/policies.hpp"
#include "models/policies/token_bucket.hpp"

namespace faultline {
namespace {

class RateLimit final : public Policy {
 public:
  RateLimit(double rate, double burst) : bucket_(rate, burst) {}
  Before before(const CallView& call) override {
    if (bucket_.take(call.now)) return {};
    return {.verdict = Before::Verdict::Refuse, .why = Error::RateLimited};
  }

 private:
  TokenBucket bucket_;
};

class RateLimitConfig final : public PolicyConfigOf<RateLimitConfig> {
 public:
  void describe(Binder& b) override {
    static constexpr std::array<std::string_view, 1> kKinds = {"token_bucket"};
    static constexpr std::array<Dialect<RateLimitConfig>, 1> kDialects = {{
        {"guide", "A bucket of 100 tokens that gets 10 a second.",
         [](RateLimitConfig& c) {
           c.rate_ = {10};
           c.burst_ = 100;
         }},
    }};
    const bool liked = b.like(kDialects, *this);
    b.choice({.key = "kind", .help = "How the rate is measured."}, kind_, kKinds);
    b.field({.key = "rate",
             .help = "Attempts per second in the long run.",
             .min = 0,
             .max = 1e9,
             .required = !liked,
             .above_min = true},
            rate_);
    b.field({.key = "burst", .help = "Attempts that may come at once.", .min = 1, .max = 1e9},
            burst_);
  }
  std::unique_ptr<Policy> make() const override {
    return std::make_unique<RateLimit>(rate_.per_second, static_cast<double>(burst_));
  }

 private:
  int kind_ = 0;
  Rate rate_;
  std::int64_t burst_ = 1;
};

}  // namespace

std::unique_ptr<PolicyConfig> make_rate_limit() {
  return std::make_unique<RateLimitConfig>();
}

}  // namespace faultline
