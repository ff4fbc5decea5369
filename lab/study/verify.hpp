#pragma once
// The simulator held against exact theory: `faultline verify`. Theory (models/theory) and simulator
// share no code but the names of things, so an error would have to be made twice to go unnoticed.
//
// Every value is measured in independent runs with fixed seeds. It misses when it is further from
// theory than kMissAt (quantile of Student's t) standard errors of those very runs; it is vague,
// which counts as a miss too, when its 95 % interval is wider than kSharp of the value, for then
// agreement would mean nothing.

#include <string>
#include <vector>

#include "lab/study/campaign.hpp"

namespace faultline {

inline constexpr int kVerifyRuns = 12;
inline constexpr double kMissAt = 0.9995;  // one-sided: 1 in 1000 values misses by bad luck
inline constexpr double kSharp = 0.03;

// A value that theory knows.
struct TheoryCheck {
  std::string about;  // in words: what is asked of which system
  std::string family;
  theory::Inputs inputs;
  std::string quantity;
};
std::vector<TheoryCheck> theory_checks();

enum class TheoryVerdict : std::uint8_t { Holds, Misses, Vague, Unbalanced };

struct TheoryAnswer {
  TheoryCheck check;
  double exact = 0;
  double measured = 0;
  double half_width = 0;  // of the 95 % interval
  double errors_off = 0;  // |measured − exact| in standard errors
  TheoryVerdict verdict = TheoryVerdict::Holds;
};

// Judges `runs` measured values against the exact one.
TheoryAnswer judge_runs(TheoryCheck check, double exact, const std::vector<Measured>& runs);

// In the order of the checks; empty if it was stopped.
std::vector<TheoryAnswer> verify(std::vector<TheoryCheck> checks, Effort effort);

// The table and what it means, for people. `seconds` is how long it took.
std::string verify_report(const std::vector<TheoryAnswer>& answers, double seconds);

}  // namespace faultline
