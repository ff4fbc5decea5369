#pragma once
// Numbers and verdicts as people say them. Plain std::string, so that it can be tested by itself.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gui/chart_series.hpp"
#include "lab/run/result.hpp"

namespace faultline::gui {

std::string clock_text(double seconds);     // "3:05", "1:02:03", "3:05.4" where a fraction matters
std::string grouped(std::uint64_t number);  // "12 034"
std::string spaced(std::string_view identifier);  // "rate_limited" -> "rate limited"
std::string value_text(double value, Unit unit);  // "1.24 s", "950/s", "97 %"; "–" for NaN
std::string fingerprint_text(std::uint64_t fingerprint);  // 16 hex digits

// "client.shoppers.success_rate" -> "shoppers: success rate"
std::string metric_words(const std::string& metric);
// "shoppers: success rate from 5:00 to 10:00 is 41.2 %, expected above 99 %"
std::string sentence(const Judgement& judgement);

struct VerdictCount {
  int pass = 0, fail = 0, inconclusive = 0;
  int all() const { return pass + fail + inconclusive; }
};
VerdictCount count(const std::vector<Judgement>& judgements);

// "2 of 3 expectations fail", "All 3 expectations hold", "Nothing was expected of this run"
std::string headline(const RunResult& result);

// "97 of 100 were good: 97 %, target 99 %. The error budget is spent, 200 % over."
std::string budget_sentence(const SloFigures& slo);

// Values at which an axis is labelled: about `wanted` of them, in steps of 1, 2 or 5 times a power
// of ten, from the first not below `low` to the last not above `high`.
std::vector<double> value_ticks(double low, double high, int wanted);
// The same for a time axis in seconds: steps of 1, 2, 5, 10, 15, 30 s, minutes, hours.
std::vector<double> time_ticks(double from, double to, int wanted);
// 1, 2 and 5 times powers of ten from `low` to `high`; the powers alone if the others would be
// more than `wanted`.
std::vector<double> decade_ticks(double low, double high, int wanted);
// The least end of an axis that holds `high` and lies on a tick.
double nice_top(double high);

}  // namespace faultline::gui
