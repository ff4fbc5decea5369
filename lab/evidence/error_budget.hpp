#pragma once
// An error budget at an instant of a run: what is left, how fast it burns over the windows that
// alerts look at, when it will be gone. Windows and thresholds are those of the SRE Workbook
// (chapter 5, "Alerting on SLOs", multiwindow multi-burn-rate alerts).

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "lab/run/result.hpp"

namespace faultline {

struct BurnRule {
  double threshold;        // times the rate that would just use the budget up
  double long_s, short_s;  // both windows have to be above it
  bool page;               // or a ticket
};
inline constexpr std::array<BurnRule, 3> kBurnRules = {
    {{14.4, 3600, 300, true}, {6, 21'600, 1800, true}, {1, 259'200, 21'600, false}}};

// The burn rate of [t − window, t], and how much of that window the run and its history hold.
struct Burn {
  double rate = 0, held_s = 0;
};
Burn burn_over(const RunResult& result, const SloFigures& slo, double t, double window_s);
// The same at the end of every bin.
std::vector<double> burn_series(const RunResult& result, const SloFigures& slo, double window_s);

// Long and short window against the threshold.
enum class Burning { Calm, Increasing, Burning, Recovering };
std::string_view word(Burning burning);
Burning burning(double long_rate, double short_rate, double threshold);

struct BurnReading {
  BurnRule rule;
  Burn over_long, over_short;
  Burning state = Burning::Calm;
  std::optional<double> first_s;  // when it would first have alerted, in the whole run
};

enum class BudgetState { Healthy, AtRisk, Exhausted };
std::string_view word(BudgetState state);
// What may be released with so much of the budget left: "ship", "caution", "slow down", "freeze".
std::string_view release_word(double left);

struct BudgetReading {
  double left = 1;                     // share of the budget
  double total = 0, spent = 0;         // requests
  double total_s = 0, spent_s = 0;     // as time without any good answer
  double bad_per_s = 0, recent_s = 0;  // over the latest five minutes, or what there is of them
  std::optional<double> gone_in_s;     // at that rate; none: never
  BudgetState state = BudgetState::Healthy;
  std::vector<BurnReading> rules;
};
BudgetReading budget_at(const RunResult& result, const SloFigures& slo, double t);

}  // namespace faultline
