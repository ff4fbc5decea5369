#pragma once
// Internal to the catalogue: one question, and helpers that read its inputs and its words. A
// missing input throws Unanswerable, which only exact_value() catches: each formula can then read
// as one line.

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/theory/inputs.hpp"
#include "models/theory/service_law.hpp"

namespace faultline::theory {

struct Unanswerable {};

struct Question {
  const Inputs& inputs;
  std::string_view quantity;

  // No input of the vocabulary may be negative.
  double number(std::string_view name) const {
    const double value = need(inputs.number(name));
    if (!(value >= 0.0)) throw Unanswerable{};
    return value;
  }
  double share(std::string_view name) const {  // a probability, or a part of a whole
    const double value = number(name);
    if (value > 1.0) throw Unanswerable{};
    return value;
  }
  int whole(std::string_view name) const {
    const double value = std::round(number(name));
    if (value > 1e7) throw Unanswerable{};
    return static_cast<int>(value);
  }
  std::string text(std::string_view name) const { return need(inputs.text(name)); }
  // False when the input is absent or not a flag.
  bool flag(std::string_view name) const { return inputs.flag(name).value_or(false); }
  Inputs::List list(std::string_view name) const { return need(inputs.list(name)); }
  Inputs::Table table(std::string_view name) const { return need(inputs.table(name)); }

  bool asks(std::string_view name) const { return quantity == name; }
  // For "wait_p99" with prefix "wait_p": 0.99. Also "p99.9" with prefix "p": 0.999.
  std::optional<double> percentile(std::string_view prefix) const;
  // For "class2_mean_wait" with ("class", "_mean_wait"): 2.
  std::optional<int> index(std::string_view prefix, std::string_view suffix) const;

 private:
  template <class T>
  static T need(const std::optional<T>& value) {
    if (!value) throw Unanswerable{};
    return *value;
  }
};

using Answer = std::optional<double>;
using Family = Answer (*)(const Question&);

// "lognormal(cv=2)", "H2(cv2=4,balanced)", "exponential mean 1, ...", "exp mean 0.1",
// "bimodal 0.99 exp(1) + 0.01 exp(mean 50)". The second argument is the mean when the words name
// none.
ServiceLaw law_in_words(const std::string& words, double mean = 1.0);
// The number that follows `key` in `words`, as in number_after("think mean 0.5", "mean").
std::optional<double> number_after(std::string_view words, std::string_view key);

// The families, by file: catalogue_queues.cpp, catalogue_networks.cpp, catalogue_policies.cpp,
// catalogue_operations.cpp.
struct Entry {
  std::string_view name;
  Family answer;
};
const std::vector<Entry>& queue_families();
const std::vector<Entry>& network_families();
const std::vector<Entry>& policy_families();
const std::vector<Entry>& operation_families();

}  // namespace faultline::theory
