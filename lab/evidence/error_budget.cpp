#include "lab/evidence/error_budget.hpp"

#include <algorithm>
#include <cmath>

namespace faultline {
namespace {

constexpr double kRecent = 300, kLow = 0.2, kHalf = 0.5;

// Good and bad up to the end of each bin, so that a window is a difference of two.
class Sums {
 public:
  Sums(const RunResult& result, const SloFigures& slo)
      : step_(result.step_s), begin_(result.warmup_s), allowed_(1 - slo.target) {
    bad_.push_back(0);
    all_.push_back(0);
    for (std::size_t b = 0; b < slo.bad_series.size(); ++b) {
      bad_.push_back(bad_.back() + slo.bad_series[b]);
      all_.push_back(all_.back() + slo.bad_series[b] + slo.good_series[b]);
    }
    history_s_ = slo.history_s;
    if (history_s_ <= 0 || allowed_ <= 0) return;
    // The history came at the run's own rate (lab/run/slo.cpp).
    history_rate_ = (slo.budget / allowed_ - static_cast<double>(slo.total)) / history_s_;
    history_bad_rate_ = slo.spent_before / history_s_;
  }

  Burn over(double t, double window) const {
    const double from = t - window;
    const double run = std::max(0.0, t - std::max(from, begin_));
    const double before = std::clamp(begin_ - from, 0.0, history_s_);
    const double bad = at(bad_, t) - at(bad_, from) + history_bad_rate_ * before;
    const double all = at(all_, t) - at(all_, from) + history_rate_ * before;
    return {all > 0 && allowed_ > 0 ? bad / all / allowed_ : 0, run + before};
  }
  double bad_in(double from, double to) const { return at(bad_, to) - at(bad_, from); }

 private:
  double at(const std::vector<double>& sums, double t) const {
    const double place = std::clamp(t / step_, 0.0, static_cast<double>(sums.size() - 1));
    const auto bin = static_cast<std::size_t>(place);
    if (bin + 1 >= sums.size()) return sums.back();
    return sums[bin] + (place - static_cast<double>(bin)) * (sums[bin + 1] - sums[bin]);
  }

  double step_, begin_, allowed_, history_s_ = 0, history_rate_ = 0, history_bad_rate_ = 0;
  std::vector<double> bad_, all_;
};

}  // namespace

Burn burn_over(const RunResult& result, const SloFigures& slo, double t, double window_s) {
  return Sums(result, slo).over(t, window_s);
}

std::vector<double> burn_series(const RunResult& result, const SloFigures& slo, double window_s) {
  const Sums sums(result, slo);
  std::vector<double> series;
  for (std::size_t b = 0; b < slo.bad_series.size(); ++b)
    series.push_back(sums.over(static_cast<double>(b + 1) * result.step_s, window_s).rate);
  return series;
}

std::string_view word(Burning burning) {
  constexpr std::array<std::string_view, 4> kWords = {"calm", "increasing", "burning",
                                                      "recovering"};
  return kWords[static_cast<std::size_t>(burning)];
}

Burning burning(double long_rate, double short_rate, double threshold) {
  if (long_rate > threshold) return short_rate > threshold ? Burning::Burning : Burning::Recovering;
  return short_rate > threshold ? Burning::Increasing : Burning::Calm;
}

std::string_view word(BudgetState state) {
  constexpr std::array<std::string_view, 3> kWords = {"healthy", "at risk", "exhausted"};
  return kWords[static_cast<std::size_t>(state)];
}

std::string_view release_word(double left) {
  if (left <= 0) return "freeze";
  if (left < kLow) return "slow down";
  return left <= kHalf ? "caution" : "ship";
}

BudgetReading budget_at(const RunResult& result, const SloFigures& slo, double t) {
  const Sums sums(result, slo);
  BudgetReading reading;
  reading.total = slo.budget;
  reading.spent = slo.spent_before + sums.bad_in(0, t);
  reading.left = slo.budget > 0 ? 1 - reading.spent / slo.budget : 1;
  reading.total_s = (1 - slo.target) * slo.covered_s;
  reading.spent_s = reading.total_s * (1 - reading.left);
  reading.recent_s = std::min(kRecent, std::max(0.0, t - result.warmup_s));
  if (reading.recent_s > 0)
    reading.bad_per_s = sums.bad_in(t - reading.recent_s, t) / reading.recent_s;
  if (reading.bad_per_s > 0)
    reading.gone_in_s = std::max(0.0, reading.left * slo.budget) / reading.bad_per_s;
  bool alerting = false;
  for (const BurnRule& rule : kBurnRules) {
    BurnReading one{rule, sums.over(t, rule.long_s), sums.over(t, rule.short_s), {}, {}};
    one.state = burning(one.over_long.rate, one.over_short.rate, rule.threshold);
    alerting = alerting || (rule.page && one.state == Burning::Burning);
    for (std::size_t b = 0; b < slo.bad_series.size() && !one.first_s; ++b) {
      const double end = static_cast<double>(b + 1) * result.step_s;
      if (burning(sums.over(end, rule.long_s).rate, sums.over(end, rule.short_s).rate,
                  rule.threshold) == Burning::Burning)
        one.first_s = end;
    }
    reading.rules.push_back(one);
  }
  reading.state = reading.left <= 0                 ? BudgetState::Exhausted
                  : alerting || reading.left < kLow ? BudgetState::AtRisk
                                                    : BudgetState::Healthy;
  return reading;
}

}  // namespace faultline
