#pragma once
// One conformance vector: a kind, an input, and what the original system answers to it. A runner
// puts the input to the models' own code and answers in the shape of the expectation; comparing is
// done in one place (compare.cpp), numbers to 1e-6.

#include <toml++/toml.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "sim/time.hpp"

namespace faultline::conformance {

// The vector asks for something that no model has. Never guessed.
struct NotModelled {};
// The vector lacks something that its kind needs: the file is mistaken.
struct BadVector {
  std::string why;
};

// A table of a vector, read with what it must and may hold.
class Fields {
 public:
  explicit Fields(const toml::table& table) : table_(table) {}

  // Other keys than these are not understood, and a vector that isn't understood is not modelled.
  void only(std::initializer_list<std::string_view> keys) const;
  const toml::table& all() const { return table_; }
  bool has(std::string_view key) const { return table_.contains(key); }
  double number(std::string_view key) const;
  double number(std::string_view key, double otherwise) const;
  std::int64_t whole(std::string_view key) const;
  std::string text(std::string_view key) const;
  std::string text(std::string_view key, std::string_view otherwise) const;
  bool flag(std::string_view key, bool otherwise) const;
  Duration milliseconds_of(std::string_view key) const;
  Duration seconds_of(std::string_view key) const;
  Fields table(std::string_view key) const;
  const toml::array& list(std::string_view key) const;
  const toml::node& node(std::string_view key) const;

 private:
  const toml::table& table_;
};

// An element of a list that must be a table.
Fields fields_of(const toml::node& node);

// A time on a vector's clock, which begins at 0.
inline Instant instant_of(const Fields& step) {
  return Instant{} + step.milliseconds_of("t_ms");
}

using Runner = toml::table (*)(const Fields& input);

// Where `got` isn't as expected, as "expected …, got …"; empty if it is.
std::string difference(const toml::table& expected, const toml::table& got);

}  // namespace faultline::conformance
