#pragma once
// What a question to the ruler carries: a few named inputs, in the vocabulary of the project's
// ground-truth table (tests/published/exact.toml). Order of insertion is kept.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace faultline::theory {

class Inputs {
 public:
  using List = std::vector<double>;
  using Table = std::vector<List>;
  using Value = std::variant<double, std::string, bool, List, Table>;

  // Sets or replaces one input; returns *this so that calls chain.
  Inputs& set(std::string_view name, Value value);

  std::optional<double> number(std::string_view name) const { return get<double>(name); }
  std::optional<std::string> text(std::string_view name) const { return get<std::string>(name); }
  std::optional<bool> flag(std::string_view name) const { return get<bool>(name); }
  std::optional<List> list(std::string_view name) const { return get<List>(name); }
  std::optional<Table> table(std::string_view name) const { return get<Table>(name); }

  bool has(std::string_view name) const { return find(name) != nullptr; }
  const std::vector<std::pair<std::string, Value>>& all() const { return values_; }

 private:
  const Value* find(std::string_view name) const;

  template <class T>
  std::optional<T> get(std::string_view name) const {
    const Value* value = find(name);
    if (value == nullptr) return std::nullopt;
    const T* held = std::get_if<T>(value);
    return held != nullptr ? std::optional<T>(*held) : std::nullopt;
  }

  std::vector<std::pair<std::string, Value>> values_;
};

}  // namespace faultline::theory
