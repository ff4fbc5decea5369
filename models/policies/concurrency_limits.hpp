#pragma once
// Limits on what is under way at once that find their own height from the times that answers take.
//
//   Aimd       Netflix concurrency-limits: one more while it is used and all is well, a tenth less
//              on a drop.
//   Vegas      the same library: from the fastest answer ever seen it reckons how many of those
//              under way only queue, and keeps that number small.
//   Gradient2  the same library: compares the present with the long-run average.
//   EnvoyGradient  Envoy's adaptive concurrency: the like, against a fastest time that it measures
//              now and then by letting only a few through.
//
// Vegas and Gradient2 see a summary of a window of answers (SampleWindow), as their library has it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "sim/time.hpp"

namespace faultline {

// One answer, or one that was given up.
struct LimitSample {
  Instant now, began;
  std::int64_t in_flight = 0;  // while it was under way, itself included
  bool dropped = false;
  double chance = 0;  // uniform in [0, 1): a draw of the request's own
  double seconds() const { return (now - began).seconds(); }
};

class ConcurrencyLimit {
 public:
  virtual ~ConcurrencyLimit() = default;
  virtual std::int64_t limit(Instant now) = 0;
  virtual void learn(const LimitSample& sample) = 0;
};

struct AimdRule {
  std::int64_t min = 20, max = 200;
  double backoff = 0.9;
  double timeout_s = 5;

  std::int64_t next(std::int64_t limit, double rtt_s, std::int64_t in_flight, bool dropped) const {
    if (dropped || rtt_s > timeout_s) {
      limit = static_cast<std::int64_t>(static_cast<double>(limit) * backoff);
    } else if (2 * in_flight >= limit) {
      ++limit;
    }
    return std::clamp(limit, min, max);
  }
};

class VegasRule {
 public:
  VegasRule(double initial, double max, double smoothing = 1)
      : limit_(initial), max_(max), smoothing_(smoothing) {}

  std::int64_t limit() const { return static_cast<std::int64_t>(limit_); }
  // `chance` says when to take the present for unloaded again.
  void learn(double rtt, std::int64_t in_flight, bool dropped, double chance) {
    ++since_probe_;
    if (jitter_ < 0) jitter_ = 0.5 + chance / 2;
    if (jitter_ * kProbes * limit_ <= static_cast<double>(since_probe_)) {
      jitter_ = 0.5 + chance / 2;
      since_probe_ = 0;
      unloaded_ = rtt;
      return;
    }
    if (unloaded_ <= 0 || rtt < unloaded_) {
      unloaded_ = rtt;
      return;
    }
    move(rtt, in_flight, dropped);
  }

 private:
  static constexpr double kProbes = 30;

  // floor(log10 x), 1 at least.
  static double step(double limit) {
    double log = 0;
    for (double power = 10; power <= std::floor(limit); power *= 10) ++log;
    return std::max(1.0, log);
  }
  void move(double rtt, std::int64_t in_flight, bool dropped) {
    const double queue = std::ceil(limit_ * (1 - unloaded_ / rtt));
    const double by = step(limit_);
    double next = limit_;
    if (dropped) {
      next -= by;
    } else if (2 * static_cast<double>(in_flight) < limit_) {
      return;
    } else if (queue <= by) {
      next += 6 * by;
    } else if (queue < 3 * by) {
      next += by;
    } else if (queue > 6 * by) {
      next -= by;
    } else {
      return;
    }
    next = std::clamp(next, 1.0, max_);
    limit_ = (1 - smoothing_) * limit_ + smoothing_ * next;
  }

  double limit_, max_, smoothing_;
  double unloaded_ = 0;
  double jitter_ = -1;
  std::int64_t since_probe_ = 0;
};

struct Gradient2Settings {
  double initial = 20, min = 20, max = 200;
  double smoothing = 0.2, queue = 4, tolerance = 1.5;
  std::int64_t long_window = 600;
};

class Gradient2Rule {
 public:
  explicit Gradient2Rule(const Gradient2Settings& s) : s_(s), limit_(s.initial) {}

  std::int64_t limit() const { return static_cast<std::int64_t>(limit_); }
  void learn(double rtt, std::int64_t in_flight) {
    const double average = remember(rtt);
    if (average / rtt > 2) average_ *= 0.95;
    if (static_cast<double>(in_flight) < limit_ / 2) return;
    const double gradient = std::clamp(s_.tolerance * average / rtt, 0.5, 1.0);
    const double next = limit_ * gradient + s_.queue;
    limit_ = std::clamp(limit_ * (1 - s_.smoothing) + next * s_.smoothing, s_.min, s_.max);
  }

 private:
  static constexpr std::int64_t kWarmUp = 10;

  double remember(double rtt) {
    if (samples_ < kWarmUp) {
      ++samples_;
      sum_ += rtt;
      average_ = sum_ / static_cast<double>(samples_);
    } else {
      const double factor = 2 / static_cast<double>(s_.long_window + 1);
      average_ = average_ * (1 - factor) + rtt * factor;
    }
    return average_;
  }

  Gradient2Settings s_;
  double limit_, average_ = 0, sum_ = 0;
  std::int64_t samples_ = 0;
};

// Answers of at least a second, ten at least, seen as one.
class SampleWindow {
 public:
  explicit SampleWindow(Duration length) : length_(length) {}
  struct Summary {
    double rtt = 0;              // seconds, the mean
    std::int64_t in_flight = 0;  // the most
    bool dropped = false;
  };
  // Answers whether a window is complete, which `out` then is.
  bool add(const LimitSample& sample, Summary& out) {
    constexpr double kTooFast = 100e-6;
    constexpr std::int64_t kFewest = 10;
    if (sample.seconds() < kTooFast) return false;
    ++count_;
    sum_ += sample.seconds();
    now_.in_flight = std::max(now_.in_flight, sample.in_flight);
    now_.dropped = now_.dropped || sample.dropped;
    if (sample.now < ends_ || count_ < kFewest) return false;
    out = now_;
    out.rtt = sum_ / static_cast<double>(count_);
    now_ = {};
    sum_ = 0;
    count_ = 0;
    ends_ = sample.now + length_;
    return true;
  }

 private:
  Duration length_;
  Instant ends_;
  Summary now_;
  double sum_ = 0;
  std::int64_t count_ = 0;
};

struct EnvoyGradientSettings {
  std::int64_t min = 3, max = 1000;  // min: also while the fastest time is measured
  double buffer = 0.25, jitter = 0.15;
  Duration update = milliseconds(100);
  Duration measure_every = milliseconds(60'000);
  std::int64_t measure_requests = 50;
};

struct GradientStep {
  double gradient = 1;
  std::int64_t limit = 0;
};
inline GradientStep envoy_gradient_step(std::int64_t limit, double fastest, double sample,
                                        const EnvoyGradientSettings& s) {
  const double gradient = std::clamp((fastest + s.buffer * fastest) / sample, 0.5, 2.0);
  const double next = static_cast<double>(limit) * gradient;
  const auto whole = static_cast<std::int64_t>(next + std::sqrt(next));
  return {gradient, std::clamp(whole, s.min, s.max)};
}

class EnvoyGradient final : public ConcurrencyLimit {
 public:
  explicit EnvoyGradient(const EnvoyGradientSettings& s) : s_(s), limit_(s.min) {}
  std::int64_t limit(Instant now) override;
  void learn(const LimitSample& sample) override;

 private:
  static constexpr int kTooLong = 5;  // windows at the minimum: the fastest time must be wrong
  double median();
  void measure(Instant now);
  void end_window(Instant now);

  EnvoyGradientSettings s_;
  std::int64_t limit_;
  std::int64_t kept_ = 0;  // while it measures: the limit before
  bool measuring_ = true;
  double fastest_ = 0;
  std::vector<double> samples_;  // seconds
  Instant since_, ends_, again_;
  int at_minimum_ = 0;
  double chance_ = 0;
};

}  // namespace faultline
