#include "models/policies/rate_gate.hpp"

#include <array>
#include <cmath>

#include "models/policies/buckets.hpp"
#include "models/policies/token_bucket.hpp"
#include "models/policies/windows.hpp"

namespace faultline {
namespace {

// A limiter that lets through at once or refuses.
template <class Counter>
class Counting final : public Limiter {
 public:
  template <class... Args>
  explicit Counting(Args... args) : counter_(args...) {}
  Admission ask(Instant now) override {
    if (counter_.take(now)) return {};
    return {.allowed = false, .again = counter_.wait(now)};
  }
  Quota quota(Instant now) override { return counter_.quota(now); }

 private:
  Counter counter_;
};

class Leaking final : public Limiter {
 public:
  Leaking(double rate, std::int64_t waiting) : bucket_(rate, waiting) {}
  Admission ask(Instant now) override {
    if (const auto out = bucket_.take(now)) return {.delay = *out - now};
    return {.allowed = false, .again = bucket_.wait(now)};
  }
  Quota quota(Instant now) override { return bucket_.quota(now); }

 private:
  LeakyBucket bucket_;
};

class Celled final : public Limiter {
 public:
  Celled(double rate, std::int64_t burst) : gcra_(from_seconds(1 / rate), burst - 1) {}
  Admission ask(Instant now) override {
    const Gcra::Answer answer = gcra_.ask(now);
    if (!answer.limited) return {};
    return {.allowed = false, .again = answer.retry_after};
  }
  Quota quota(Instant now) override { return gcra_.quota(now); }

 private:
  Gcra gcra_;
};

class Nginxed final : public Limiter {
 public:
  Nginxed(double rate, std::int64_t burst, std::int64_t undelayed)
      : gap_(from_seconds(1 / rate)),
        limit_(std::max<std::int64_t>(1, std::llround(rate * 1000)), burst, undelayed) {}
  Admission ask(Instant now) override {
    if (const auto delay = limit_.take(now)) return {.delay = *delay};
    return {.allowed = false, .again = gap_};
  }
  Quota quota(Instant now) override { return limit_.quota(now); }

 private:
  Duration gap_;
  NginxLimitReq limit_;
};

std::unique_ptr<Limiter> make_limiter(const RateLimitSettings& s, double rate, std::int64_t burst) {
  const auto in_window = std::max<std::int64_t>(1, std::llround(rate * s.window.seconds()));
  switch (s.kind) {
    case LimitKind::TokenBucket:
      return std::make_unique<Counting<TokenBucket>>(rate, static_cast<double>(burst));
    case LimitKind::LeakyBucket:
      return std::make_unique<Leaking>(rate, burst);
    case LimitKind::Gcra:
      return std::make_unique<Celled>(rate, burst);
    case LimitKind::FixedWindow:
      return std::make_unique<Counting<FixedWindow>>(in_window, s.window);
    case LimitKind::SlidingLog:
      return std::make_unique<Counting<SlidingLog>>(in_window, s.window);
    case LimitKind::SlidingCounter:
      return std::make_unique<Counting<SlidingCounter>>(in_window, s.window);
    case LimitKind::Nginx:
      return std::make_unique<Nginxed>(rate, burst, s.undelayed.value_or(0));
    case LimitKind::Filled:
      return std::make_unique<Counting<FilledBucket>>(burst, in_window, s.window);
  }
  return nullptr;
}

constexpr std::array<std::string_view, 8> kKinds = {
    "token_bucket", "leaky_bucket",    "gcra",  "fixed_window",
    "sliding_log",  "sliding_counter", "nginx", "envoy_local"};
constexpr std::array<std::string_view, 2> kPer = {"all", "user"};
constexpr std::array<std::string_view, 2> kAnswers = {"rate_limited", "shed"};

constexpr std::array<std::string_view, 2> kFails = {"open", "closed"};

void like_guide(RateLimitSettings& s) {
  s.rate = {10};
  s.burst = 100;
}

void like_nginx(RateLimitSettings& s) {
  s.kind = LimitKind::Nginx;
  s.rate = {10};
  s.burst = 0;
  s.unavailable = true;
  s.tells = false;
}

void like_ingress_nginx(RateLimitSettings& s) {
  like_nginx(s);
  s.rate = {100};
  s.burst = 500;
  s.undelayed = 500;
  s.per_user = true;
}

void like_envoy_local(RateLimitSettings& s) {
  s.kind = LimitKind::Filled;
  s.rate = {1000};
  s.burst = 2000;
}

void like_envoy_global(RateLimitSettings& s) {
  s.kind = LimitKind::FixedWindow;
  s.rate = {1000};
  s.store.emplace();
}

bool counts_windows(LimitKind kind) {
  return kind == LimitKind::FixedWindow || kind == LimitKind::SlidingLog ||
         kind == LimitKind::SlidingCounter;
}

}  // namespace

void TierRate::describe(Binder& b) {
  b.shorthand("rate");
  b.field({.key = "rate",
           .help = "Of each user of this tier.",
           .min = 0,
           .max = 1e9,
           .required = true,
           .above_min = true},
          rate);
  b.field({.key = "burst",
           .help = "Of each user of this tier.",
           .min = 0,
           .max = 1e9,
           .fallback = "the limit's"},
          burst);
}

void LimitStore::describe(Binder& b) {
  b.field({.key = "latency", .help = "Of a question and its answer.", .fallback = "0s"}, latency);
  b.field({.key = "timeout",
           .help = "Who has no answer by then decides without it.",
           .min = 0,
           .above_min = true},
          timeout);
  b.choice({.key = "fail", .help = "Without an answer: let through (open) or refuse (closed)."},
           fails_closed, kFails);
  b.field({.key = "errors", .help = "Share of questions it fails to answer.", .min = 0, .max = 1},
          errors);
  b.field({.key = "down_at", .help = "When it goes down.", .min = 0, .fallback = "never"}, down_at);
  b.field({.key = "down_for",
           .help = "How long it is down.",
           .min = 0,
           .above_min = true,
           .fallback = "to the end"},
          down_for);
  if (down_for && !down_at) b.reject("down_for", "needs `down_at`");
}

Duration LimitStore::reply_in(Instant asked, Draws draws) const {
  if (down_at && asked >= Instant{} + *down_at &&
      (!down_for || asked < Instant{} + *down_at + *down_for))
    return Duration::max();
  if (errors.value > 0 && draws.uniform() < errors.value) return Duration::max();
  return latency.sample(draws);
}

void RateLimitSettings::describe(Binder& b) {
  static constexpr std::array<Dialect<RateLimitSettings>, 5> kDialects = {{
      {"guide", "A bucket of 100 tokens that gets 10 a second.", like_guide},
      {"nginx", "limit_req: refuses with 503, and says nothing of when to come again.", like_nginx},
      {"ingress-nginx", "limit-rps: for each user, five times as much at once, undelayed.",
       like_ingress_nginx},
      {"envoy-local", "A bucket in each proxy, filled at intervals.", like_envoy_local},
      {"envoy-global", "A service that counts in fixed windows; without it all get through.",
       like_envoy_global},
  }};
  const bool liked = b.like(kDialects, *this);
  b.choice({.key = "kind", .help = "How the rate is measured."}, kind, kKinds);
  b.field({.key = "rate",
           .help = "Requests per second in the long run.",
           .min = 0,
           .max = 1e9,
           .required = !liked,
           .above_min = true},
          rate);
  b.field(
      {.key = "burst",
       .help = "Requests that may come at once (token_bucket, gcra), that may wait (leaky_bucket),"
               " that may come too early (nginx), tokens in all (envoy_local).",
       .min = 0,
       .max = 1e9},
      burst);
  b.field({.key = "window",
           .help = "Of the windows: rate × window requests in each; of envoy_local: between fills.",
           .min = 0,
           .max = 1e6,
           .above_min = true},
          window);
  b.field(
      {.key = "undelayed",
       .help = "Of nginx: so many of the burst go on at once (its `delay`; all of it: `nodelay`).",
       .min = 0,
       .max = 1e9,
       .fallback = "0"},
      undelayed);
  b.choice({.key = "per", .help = "Whether all share the rate, or each user has his own."},
           per_user, kPer);
  b.map({.key = "tiers", .help = "Rates of users of a tier: { premium = \"1000/min\" }."}, tiers);
  b.field({.key = "total",
           .help = "Per user: what all together may have besides, asked after the user's own.",
           .min = 0,
           .max = 1e9,
           .above_min = true,
           .fallback = "none"},
          total);
  b.choice({.key = "answer", .help = "What the refused is told: 429 or 503."}, unavailable,
           kAnswers);
  b.field({.key = "retry_after", .help = "Whether the refused is told when to come again."}, tells);
  b.table({.key = "store",
           .help = "All instances count together, in a store they ask each time.",
           .fallback = "none: each counts for itself"},
          store);
  if (store && (kind == LimitKind::LeakyBucket || kind == LimitKind::Nginx))
    b.reject("store", "keeps counters, not a queue: take another kind");
  if (b.given("undelayed") && kind != LimitKind::Nginx)
    b.reject("undelayed", "is about kind = \"nginx\"");
  if (b.given("window") && !counts_windows(kind) && kind != LimitKind::Filled)
    b.reject("window", "is about windows, which this kind has not");
  if (b.given("burst") && counts_windows(kind))
    b.reject("burst", "is not what windows count: rate × window may come at once");
  const bool needs_one =
      kind == LimitKind::TokenBucket || kind == LimitKind::Gcra || kind == LimitKind::Filled;
  if (needs_one && burst < 1) b.reject("burst", "must be 1 at least, or nothing would get through");
  if (!per_user) {
    for (const char* key : {"tiers", "total"}) {
      if (b.given(key)) b.reject(key, "needs per = \"user\"");
    }
  }
}

RateGate::RateGate(const RateLimitSettings& settings) : settings_(settings) {
  if (!settings.per_user) all_ = make_limiter(settings, settings.rate.per_second, settings.burst);
  if (settings.total) all_ = make_limiter(settings, settings.total->per_second, settings.burst);
}

std::unique_ptr<Limiter> RateGate::limiter_for(Tier tier) const {
  for (const auto& [name, rate] : settings_.tiers) {
    if (tier_named(name) == tier)
      return make_limiter(settings_, rate.rate.per_second, rate.burst.value_or(settings_.burst));
  }
  return make_limiter(settings_, settings_.rate.per_second, settings_.burst);
}

Limiter& RateGate::of(const Identity& who) {
  // Whoever is nobody in particular shares the limit of user 0 of nobody.
  const std::uint32_t user = who.user == kNobody ? 0 : who.user + 1;
  if (user / kPage >= pages_.size()) pages_.resize(user / kPage + 1);
  auto& page = pages_[user / kPage];
  if (!page) page = std::make_unique<std::vector<std::unique_ptr<Limiter>>>(kPage);
  auto& limiter = (*page)[user % kPage];
  if (!limiter) limiter = limiter_for(who.tier);
  return *limiter;
}

Admission RateGate::ask(Instant now, const Identity& who) {
  if (!settings_.per_user) return all_->ask(now);
  Admission own = of(who).ask(now);
  if (!own.allowed || !all_) return own;
  const Admission together = all_->ask(now);
  if (!together.allowed) return together;
  own.delay = std::max(own.delay, together.delay);
  return own;
}

Quota RateGate::quota(Instant now, const Identity& who) {
  if (!settings_.per_user) return all_->quota(now);
  const Quota own = of(who).quota(now);
  if (!all_) return own;
  const Quota together = all_->quota(now);
  return together.remaining < own.remaining ? together : own;
}

}  // namespace faultline
