#include "models/policies/concurrency_settings.hpp"

#include <array>

namespace faultline {
namespace {

class FixedLimit final : public ConcurrencyLimit {
 public:
  explicit FixedLimit(std::int64_t limit) : limit_(limit) {}
  std::int64_t limit(Instant) override { return limit_; }
  void learn(const LimitSample&) override {}

 private:
  std::int64_t limit_;
};

class AimdLimit final : public ConcurrencyLimit {
 public:
  AimdLimit(const AimdRule& rule, std::int64_t initial) : rule_(rule), limit_(initial) {}
  std::int64_t limit(Instant) override { return limit_; }
  void learn(const LimitSample& s) override {
    limit_ = rule_.next(limit_, s.seconds(), s.in_flight, s.dropped);
  }

 private:
  AimdRule rule_;
  std::int64_t limit_;
};

class VegasLimit final : public ConcurrencyLimit {
 public:
  VegasLimit(const VegasRule& rule, Duration window) : rule_(rule), window_(window) {}
  std::int64_t limit(Instant) override { return rule_.limit(); }
  void learn(const LimitSample& s) override {
    SampleWindow::Summary seen;
    if (window_.add(s, seen)) rule_.learn(seen.rtt, seen.in_flight, seen.dropped, s.chance);
  }

 private:
  VegasRule rule_;
  SampleWindow window_;
};

class Gradient2Limit final : public ConcurrencyLimit {
 public:
  Gradient2Limit(const Gradient2Settings& s, Duration window) : rule_(s), window_(window) {}
  std::int64_t limit(Instant) override { return rule_.limit(); }
  void learn(const LimitSample& s) override {
    SampleWindow::Summary seen;
    if (window_.add(s, seen)) rule_.learn(seen.rtt, seen.in_flight);
  }

 private:
  Gradient2Rule rule_;
  SampleWindow window_;
};

constexpr std::array<std::string_view, 5> kKinds = {"fixed", "aimd", "vegas", "gradient2", "envoy"};
using Kind = ConcurrencySettings::Kind;

// Which of the others each key is about.
void reject_foreign(Binder& b, Kind kind) {
  struct Belongs {
    const char* key;
    std::array<bool, 5> to;  // fixed, aimd, vegas, gradient2, envoy
  };
  constexpr std::array<Belongs, 14> kKeys = {{
      {"limit", {true, false, false, false, false}},
      {"initial", {false, true, true, true, false}},
      {"min", {false, true, false, true, true}},
      {"max", {false, true, true, true, true}},
      {"backoff", {false, true, false, false, false}},
      {"timeout", {false, true, false, false, false}},
      {"smoothing", {false, false, true, true, false}},
      {"tolerance", {false, false, false, true, false}},
      {"queue", {false, false, false, true, false}},
      {"long_window", {false, false, false, true, false}},
      {"window", {false, false, true, true, false}},
      {"buffer", {false, false, false, false, true}},
      {"update", {false, false, false, false, true}},
      {"measure_every", {false, false, false, false, true}},
  }};
  for (const Belongs& key : kKeys) {
    if (b.given(key.key) && !key.to[static_cast<std::size_t>(kind)])
      b.reject(key.key, "is not a setting of this kind");
  }
}

}  // namespace

void ConcurrencySettings::describe(Binder& b) {
  b.shorthand("limit");
  b.choice({.key = "kind", .help = "Fixed, or how it finds its own height."}, kind, kKinds);
  b.field({.key = "limit", .help = "Of fixed: under way at once.", .min = 1, .max = 1e9}, limit);
  b.field({.key = "initial",
           .help = "Where it begins (envoy: at its minimum).",
           .min = 1,
           .max = 1e6,
           .fallback = "20"},
          initial);
  b.field({.key = "min",
           .help = "Never less; of envoy also while it measures the fastest time.",
           .min = 1,
           .max = 1e6,
           .fallback = "20 (envoy 3)"},
          min);
  b.field({.key = "max",
           .help = "Never more.",
           .min = 1,
           .max = 1e6,
           .fallback = "200 (vegas, envoy 1000)"},
          max);
  b.field({.key = "backoff", .help = "Of aimd: what a drop leaves of it.", .min = 0.1, .max = 1},
          backoff);
  b.field({.key = "timeout",
           .help = "Of aimd: an answer that took longer counts as a drop.",
           .min = 0,
           .above_min = true},
          timeout);
  b.field({.key = "smoothing",
           .help = "Weight of a step against the limit so far.",
           .min = 0,
           .max = 1,
           .above_min = true,
           .fallback = "vegas 1, gradient2 0.2"},
          smoothing);
  b.field({.key = "tolerance",
           .help = "Of gradient2: so many times the long-run average is no reason to shrink.",
           .min = 1,
           .max = 100},
          tolerance);
  b.field({.key = "queue", .help = "Of gradient2: added at each step.", .min = 0, .max = 1e4},
          queue);
  b.field({.key = "long_window",
           .help = "Of gradient2: steps that its average looks back.",
           .min = 1,
           .max = 1e6},
          long_window);
  b.field({.key = "window",
           .help = "Of vegas and gradient2: answers are seen together for so long, ten at least.",
           .min = 0},
          window);
  b.field({.key = "buffer",
           .help = "Of envoy: so much above the fastest time is no reason to shrink.",
           .min = 0,
           .max = 10},
          envoy.buffer);
  b.field({.key = "update", .help = "Of envoy: how often it decides.", .min = 0, .above_min = true},
          envoy.update);
  b.field({.key = "measure_every",
           .help = "Of envoy: how often it measures the fastest time anew.",
           .min = 0,
           .above_min = true},
          envoy.measure_every);
  reject_foreign(b, kind);
  if (kind == Kind::Fixed && !limit) b.reject("limit", "is needed where the limit is fixed");
  const std::int64_t least = min.value_or(kind == Kind::Envoy ? 3 : kind == Kind::Vegas ? 1 : 20);
  const std::int64_t most = max.value_or(kind == Kind::Envoy || kind == Kind::Vegas ? 1000 : 200);
  if (kind != Kind::Fixed && most < least) b.reject("max", "is less than `min`");
  if (kind == Kind::Envoy) {
    envoy.min = least;
    envoy.max = most;
  }
}

std::unique_ptr<ConcurrencyLimit> ConcurrencySettings::make() const {
  const std::int64_t begin = initial.value_or(20);
  switch (kind) {
    case Kind::Fixed:
      return std::make_unique<FixedLimit>(limit.value_or(1));
    case Kind::Aimd: {
      const AimdRule rule{min.value_or(20), max.value_or(200), backoff.value, timeout.seconds()};
      return std::make_unique<AimdLimit>(rule, std::clamp(begin, rule.min, rule.max));
    }
    case Kind::Vegas: {
      const auto most = static_cast<double>(max.value_or(1000));
      return std::make_unique<VegasLimit>(
          VegasRule(std::min(static_cast<double>(begin), most), most, smoothing.value_or(1)),
          window);
    }
    case Kind::Gradient2: {
      Gradient2Settings s;
      s.min = static_cast<double>(min.value_or(20));
      s.max = static_cast<double>(max.value_or(200));
      s.initial = std::clamp(static_cast<double>(begin), s.min, s.max);
      s.smoothing = smoothing.value_or(0.2);
      s.queue = static_cast<double>(queue);
      s.tolerance = tolerance;
      s.long_window = long_window;
      return std::make_unique<Gradient2Limit>(s, window);
    }
    case Kind::Envoy:
      return std::make_unique<EnvoyGradient>(envoy);
  }
  return nullptr;
}

std::int64_t EnvoyGradient::limit(Instant now) {
  if (!measuring_ && now >= ends_) end_window(now);
  return limit_;
}

void EnvoyGradient::learn(const LimitSample& sample) {
  chance_ = sample.chance;
  if (!measuring_ && sample.now >= ends_) end_window(sample.now);
  // What set out before it began to measure went through a crowd.
  if (sample.dropped || sample.began < since_) return;
  samples_.push_back(sample.seconds());
  if (!measuring_ || std::ssize(samples_) < s_.measure_requests) return;
  fastest_ = median();
  measuring_ = false;
  if (kept_ > 0) limit_ = kept_;
  at_minimum_ = 0;
  ends_ = sample.now + s_.update;
  again_ = sample.now + from_seconds(s_.measure_every.seconds() * (1 + s_.jitter * chance_));
}

double EnvoyGradient::median() {
  const auto middle = samples_.begin() + std::ssize(samples_) / 2;
  std::nth_element(samples_.begin(), middle, samples_.end());
  const double value = *middle;
  samples_.clear();
  return value;
}

void EnvoyGradient::end_window(Instant now) {
  ends_ = now + s_.update;
  if (!samples_.empty()) {
    const double sample = median();
    if (sample > 0) limit_ = envoy_gradient_step(limit_, fastest_, sample, s_).limit;
    at_minimum_ = limit_ == s_.min ? at_minimum_ + 1 : 0;
  }
  if (now >= again_ || at_minimum_ >= kTooLong) measure(now);
}

void EnvoyGradient::measure(Instant now) {
  measuring_ = true;
  kept_ = limit_;
  limit_ = s_.min;
  since_ = now;
  samples_.clear();
}

}  // namespace faultline
