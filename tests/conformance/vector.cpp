#include "tests/conformance/vector.hpp"

#include <algorithm>
#include <cmath>

namespace faultline::conformance {
namespace {

[[noreturn]] void lacks(std::string_view key, const char* what) {
  throw BadVector{"`" + std::string(key) + "` is missing or isn't " + what};
}

}  // namespace

void Fields::only(std::initializer_list<std::string_view> keys) const {
  for (const auto& [key, value] : table_) {
    if (std::find(keys.begin(), keys.end(), key.str()) == keys.end()) throw NotModelled{};
  }
}

double Fields::number(std::string_view key) const {
  const auto value = node(key).value<double>();
  if (!value) lacks(key, "a number");
  return *value;
}

double Fields::number(std::string_view key, double otherwise) const {
  return has(key) ? number(key) : otherwise;
}

std::int64_t Fields::whole(std::string_view key) const {
  const double value = number(key);
  if (value != std::floor(value) || std::abs(value) > 9e15) lacks(key, "a whole number");
  return static_cast<std::int64_t>(value);
}

std::string Fields::text(std::string_view key) const {
  const toml::node& found = node(key);
  if (!found.is_string()) lacks(key, "a string");
  return *found.value<std::string>();
}

std::string Fields::text(std::string_view key, std::string_view otherwise) const {
  return has(key) ? text(key) : std::string(otherwise);
}

bool Fields::flag(std::string_view key, bool otherwise) const {
  if (!has(key)) return otherwise;
  const toml::node& found = node(key);
  if (!found.is_boolean()) lacks(key, "true or false");
  return *found.value<bool>();
}

Duration Fields::milliseconds_of(std::string_view key) const {
  return {static_cast<std::int64_t>(std::llround(number(key) * 1e6))};
}

Duration Fields::seconds_of(std::string_view key) const {
  return {static_cast<std::int64_t>(std::llround(number(key) * 1e9))};
}

Fields Fields::table(std::string_view key) const {
  const toml::node& found = node(key);
  if (!found.is_table()) lacks(key, "a table");
  return Fields(*found.as_table());
}

const toml::array& Fields::list(std::string_view key) const {
  const toml::node& found = node(key);
  if (!found.is_array()) lacks(key, "a list");
  return *found.as_array();
}

const toml::node& Fields::node(std::string_view key) const {
  const toml::node* found = table_.get(key);
  if (found == nullptr) lacks(key, "there");
  return *found;
}

Fields fields_of(const toml::node& node) {
  if (!node.is_table()) throw BadVector{"a list holds something that isn't a table"};
  return Fields(*node.as_table());
}

}  // namespace faultline::conformance
