#pragma once
// Hypotheses → verdicts. An expectation about one variant needs that variant's result; one that
// compares with another variant needs that one's too.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lab/run/result.hpp"

namespace faultline {

// The result of a variant, or null if it was not run.
using ResultOf = std::function<const RunResult*(const std::string& variant)>;

// Whether the expectation speaks about the variant ("base" for the file as written).
bool concerns(const Expectation& e, const std::string& variant);

// Of one expectation and one variant's result. `other` is asked for the variant it compares with.
Judgement judge(const Expectation& e, const RunResult& result, const ResultOf& other);

std::string_view unit_of(std::string_view metric);  // share, seconds, per_second, factor, count
std::string format_value(double value, std::string_view unit);

}  // namespace faultline
