#include "lab/study/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "models/theory/catalogue.hpp"
#include "sim/assert.hpp"

namespace faultline {
namespace {

double t_quantile(double share, int runs) {
  return boost::math::quantile(boost::math::students_t(runs - 1), share);
}

std::string_view word(TheoryVerdict verdict) {
  switch (verdict) {
    case TheoryVerdict::Holds:
      return "ok";
    case TheoryVerdict::Misses:
      return "MISS";
    case TheoryVerdict::Vague:
      return "VAGUE";
    case TheoryVerdict::Unbalanced:
      return "LOST";
  }
  return "";
}

std::string plain(std::string quantity) {
  std::replace(quantity.begin(), quantity.end(), '_', ' ');
  return quantity;
}

}  // namespace

TheoryAnswer judge_runs(TheoryCheck check, double exact, const std::vector<Measured>& runs) {
  TheoryAnswer a;
  a.check = std::move(check);
  a.exact = exact;
  const int n = static_cast<int>(runs.size());
  FL_ASSERT(n >= 2, "an interval needs two runs");
  bool balanced = true;
  for (const Measured& m : runs) {
    a.measured += m.value / n;
    balanced = balanced && m.balanced;
  }
  double squares = 0;
  for (const Measured& m : runs) squares += (m.value - a.measured) * (m.value - a.measured);
  const double error = std::sqrt(squares / (n - 1) / n);
  a.half_width = t_quantile(0.975, n) * error;
  // Values that chance has no part in are whole nanoseconds, which theory doesn't know.
  const double rounding = 1e-6 * std::max(1.0, std::abs(exact));
  const double off = std::abs(a.measured - exact);
  a.errors_off = off / std::max(error, rounding);
  if (!balanced) {
    a.verdict = TheoryVerdict::Unbalanced;
  } else if (!(off <= t_quantile(kMissAt, n) * error + rounding)) {  // not a number misses too
    a.verdict = TheoryVerdict::Misses;
  } else if (a.half_width > kSharp * std::abs(exact) + rounding) {
    a.verdict = TheoryVerdict::Vague;
  }
  return a;
}

std::vector<TheoryAnswer> verify(std::vector<TheoryCheck> checks, Effort effort) {
  effort.runs = kVerifyRuns;
  std::vector<Question> questions;
  std::vector<double> exact;
  for (const TheoryCheck& check : checks) {
    auto experiment = experiment_for(check.family, check.inputs, check.quantity);
    const auto value = theory::exact_value(check.family, check.inputs, check.quantity);
    FL_ASSERT(experiment.has_value() && value.has_value(),
              "a check that theory or the model cannot answer");
    exact.push_back(*value);
    // As many samples as the budget allows.
    questions.push_back({std::move(*experiment), 1e12});
  }
  const auto measured = measure_all(questions, effort);
  std::vector<TheoryAnswer> answers;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    if (measured[i].empty()) return {};
    answers.push_back(judge_runs(std::move(checks[i]), exact[i], measured[i]));
  }
  return answers;
}

std::string verify_report(const std::vector<TheoryAnswer>& answers, double seconds) {
  std::string out = fmt::format(
      "Faultline against exact theory. Each value is computed from formulas and measured in {} "
      "independent\nruns; ± is the 95 % confidence interval of what was measured. Times are in "
      "mean "
      "service times.\n",
      kVerifyRuns);
  std::size_t wrong = 0, vague = 0;
  double worst = 0;
  std::string about;
  for (const TheoryAnswer& a : answers) {
    if (a.check.about != about) {
      about = a.check.about;
      out += fmt::format("\n{}\n", about);
      out += fmt::format("  {:<38} {:>12} {:>12}   {:<11} {}\n", a.check.family, "exact",
                         "measured", "", "verdict");
    }
    out += fmt::format("  {:<38} {:>12.5g} {:>12.5g} ± {:<10.2g} {}\n", plain(a.check.quantity),
                       a.exact, a.measured, a.half_width, word(a.verdict));
    vague += a.verdict == TheoryVerdict::Vague;
    wrong += a.verdict != TheoryVerdict::Holds && a.verdict != TheoryVerdict::Vague;
    if (a.half_width > 0) worst = std::max(worst, a.errors_off);
  }
  const double bound = t_quantile(kMissAt, kVerifyRuns);
  if (wrong == 0 && vague == 0) {
    out += fmt::format(
        "\nAll {} values agree with theory. The one furthest off is {:.1f} standard errors away; "
        "up "
        "to {:.1f}\nis chance. Every interval is narrower than ± {:.0f} %, so an error of that "
        "size "
        "would have shown.\n",
        answers.size(), worst, bound, kSharp * 100);
  } else {
    out += fmt::format(
        "\n{} of {} values disagree with theory: they are further off than chance explains ({:.1f} "
        "standard\nerrors), or requests were lost. Then the simulator cannot be trusted: please "
        "report "
        "it.\n",
        wrong, answers.size(), bound);
    if (vague > 0)
      out += fmt::format("{} more are too vague to say: the interval is wider than ± {:.0f} %.\n",
                         vague, kSharp * 100);
  }
  return out + fmt::format("{} agree, {} disagree, {} vague; {:.0f} s\n",
                           answers.size() - wrong - vague, wrong, vague, seconds);
}

}  // namespace faultline
