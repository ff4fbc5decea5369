#pragma once
// The ruler in one question: what is the value of `quantity` for a system of `family` with these
// inputs? Families, input names and quantities are those of the project's ground-truth table
// (tests/published/exact.toml); the answers are computed here, never looked up. Rates are per time
// unit and times in that same unit, except where an input says so in its name (…_s, …_h, …_min).

#include <optional>
#include <string_view>
#include <vector>

#include "models/theory/inputs.hpp"

namespace faultline::theory {

// Empty when the ruler has no formula for the family or the quantity, when an input is missing or
// out of range, and when the system has no steady state (the answer would be infinite).
std::optional<double> exact_value(std::string_view family, const Inputs& inputs,
                                  std::string_view quantity);

// Every family the ruler knows, in the order of the catalogue.
std::vector<std::string_view> known_families();

}  // namespace faultline::theory
