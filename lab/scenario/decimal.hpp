#pragma once
// Decimal numbers as the quantities of a scenario write them: digits, a point, digits. Kept as text
// until the unit is known, so that "1.2k" and "99.9%" become the nearest double in one rounding and
// "1.5ms" becomes 1 500 000 ns in none.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lab/scenario/quantity.hpp"

namespace faultline {

struct Decimal {
  std::string_view whole;     // digits before the point, at least one
  std::string_view fraction;  // digits after it, without trailing zeros

  // The nearest double to this · 10^exponent.
  double value(int exponent = 0) const;
  bool is_zero() const;
};

// This many units of `unit` each. `exact` is false when a rest below 1 was left out; `fits` is
// false beyond `limit`.
struct Scaled {
  std::int64_t amount = 0;
  bool exact = true;
  bool fits = true;
};
Scaled scale(const Decimal& number, std::int64_t unit, std::int64_t limit);

// Reads a number at `at` and moves past it. `what` names the quantity in messages ("a duration").
Quantity<Decimal> read_decimal(std::string_view text, std::size_t& at, std::string_view what);

// The letters (and µ, %) at `at`, up to a digit, space or mark; moves past them.
std::string_view read_unit(std::string_view text, std::size_t& at);

// A span of time in nanoseconds that may have a fraction of one, as a mean may (exp(333.3ns)).
struct Span {
  Duration whole;
  bool exact = true;
  double ns = 0;
};
// Reads from `at` as far as it is a duration, and moves past it.
Quantity<Span> read_span(std::string_view text, std::size_t& at);

// The nanoseconds of a unit of time, or an error that knows the usual slips.
Quantity<std::int64_t> time_unit(std::string_view unit, std::size_t offset);

tl::unexpected<QuantityError> mistake(std::string message, std::string hint, std::size_t offset);

}  // namespace faultline
