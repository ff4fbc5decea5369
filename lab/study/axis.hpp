#pragma once
// An axis of a sweep: a key of the scenario, and the values it takes. Written as a list
// (`8,16,32`), as evenly spaced values (`range(10ms, 50ms, 5)`), as evenly spaced factors
// (`log(8, 512, 7)`), or, for samples, as a stretch (`range(8, 64)`, `log(10ms, 1s)`).

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace faultline {

// What a value is a number of, so that only like is compared and spaced with like.
enum class Dimension : std::uint8_t { Number, Time, Share, Rate, Size };

struct Amount {
  double value = 0;  // seconds, 0 … 1, per second, bytes
  Dimension dimension = Dimension::Number;
  bool whole = false;  // a number without a point
};

// The amount that a value of a scenario is, if it is one: 8, "50ms", 5%, 400/s, 64MiB.
std::optional<Amount> amount_of(std::string_view value);
// As it is written; times and the like to four significant digits.
std::string text_of(const Amount& amount);

struct Axis {
  std::string key;
  std::vector<std::string> values;  // as TOML, or as words for text; empty: a stretch
  bool stretch = false;             // from `low` to `high`, for samples
  bool logarithmic = false;
  Amount low, high;  // of a stretch

  // The value at a place u in [0, 1): of a stretch, or of a list the one that u falls on.
  std::string at(double u) const;
};

// KEY=VALUES as on the command line. An error is a sentence.
tl::expected<Axis, std::string> parse_axis(std::string_view text);
// The same of a `[sweep]` table, where the values are TOML.
tl::expected<Axis, std::string> axis_of(const std::string& key, const std::string& toml);

// "A < B", where A and B are keys of axes or values; also <=, >, >=, ==, !=.
struct Constraint {
  std::string left, right, op, text;
};
tl::expected<Constraint, std::string> parse_constraint(const std::string& text);
// Whether two values fulfil it; an error where they can't be compared.
tl::expected<bool, std::string> holds(const Constraint& constraint, const std::string& left,
                                      const std::string& right);

}  // namespace faultline
