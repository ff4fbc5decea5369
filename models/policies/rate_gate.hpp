#pragma once
// A rate limit as callers (`rate_limit`) and servers (`door.rate_limit`) set it up: how it is
// measured, how much, and for whom. Per user, each of them has a bucket of his own, whose rate is
// that of his tier.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/policies/quota.hpp"
#include "models/vocabulary/describe.hpp"
#include "models/vocabulary/identity.hpp"
#include "models/vocabulary/outcome.hpp"
#include "sim/distribution.hpp"
#include "sim/random.hpp"
#include "sim/time.hpp"

namespace faultline {

enum class LimitKind : std::uint8_t {
  TokenBucket,
  LeakyBucket,
  Gcra,
  FixedWindow,
  SlidingLog,
  SlidingCounter,
  Nginx,
  Filled
};

// What a limiter says to one request.
struct Admission {
  bool allowed = true;
  Duration delay{0};  // of one that is allowed: it is let out after so long
  Duration again{0};  // of one that is refused: not worth coming sooner
};

class Limiter {
 public:
  virtual ~Limiter() = default;
  virtual Admission ask(Instant now) = 0;
  virtual Quota quota(Instant now) = 0;
};

struct TierRate {
  Rate rate;
  std::optional<std::int64_t> burst;
  void describe(Binder& b);
};

// Where several count together: it is asked each time, and takes its time.
struct LimitStore {
  Distribution latency;
  Duration timeout = milliseconds(20);
  bool fails_closed = false;
  Share errors{0};
  std::optional<Duration> down_at, down_for;

  void describe(Binder& b);
  // How long a question put at that moment takes; for ever if it fails. The same for equal draws.
  Duration reply_in(Instant asked, Draws draws) const;
};

struct RateLimitSettings {
  LimitKind kind = LimitKind::TokenBucket;
  Rate rate;
  std::int64_t burst = 1;
  Duration window = milliseconds(1000);
  std::optional<std::int64_t> undelayed;  // Nginx: of the burst; none: all of it is delayed
  bool per_user = false;
  std::vector<Named<TierRate>> tiers;
  std::optional<Rate> total;        // of all users together
  bool unavailable = false;         // answers 503 instead of 429
  bool tells = true;                // says when to come again
  std::optional<LimitStore> store;  // none: each instance counts for itself

  void describe(Binder& b);
  std::vector<std::string> tier_names() const {
    std::vector<std::string> names;
    for (const auto& tier : tiers) names.push_back(tier.name);
    return names;
  }
  Error refusal() const { return unavailable ? Error::Shed : Error::RateLimited; }
  // What the refused is told, in seconds: 0 is nothing.
  float again(const Admission& refused) const {
    return tells ? static_cast<float>(refused.again.seconds()) : 0;
  }
};

// Its state: one limiter, or one a user.
class RateGate {
 public:
  explicit RateGate(const RateLimitSettings& settings);
  Admission ask(Instant now, const Identity& who);
  // Of his own limit or of that of all together, whichever has less left.
  Quota quota(Instant now, const Identity& who);

 private:
  std::unique_ptr<Limiter> limiter_for(Tier tier) const;
  Limiter& of(const Identity& who);

  RateLimitSettings settings_;
  std::unique_ptr<Limiter> all_;
  // By user, in pages that are made when one of theirs first comes.
  static constexpr std::uint32_t kPage = 64;
  std::vector<std::unique_ptr<std::vector<std::unique_ptr<Limiter>>>> pages_;
};

}  // namespace faultline
