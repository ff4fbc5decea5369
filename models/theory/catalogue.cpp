#include "models/theory/catalogue.hpp"

#include <cmath>
#include <exception>

#include "models/theory/question.hpp"

namespace faultline::theory {
namespace {

// The whole catalogue: four explicit tables, searched in order.
std::vector<Entry> all_families() {
  std::vector<Entry> all;
  for (const auto* table :
       {&queue_families(), &network_families(), &policy_families(), &operation_families()})
    all.insert(all.end(), table->begin(), table->end());
  return all;
}

}  // namespace

std::optional<double> exact_value(std::string_view family, const Inputs& inputs,
                                  std::string_view quantity) {
  for (const Entry& entry : all_families()) {
    if (entry.name != family) continue;
    try {
      const Answer answer = entry.answer({inputs, quantity});
      return answer && std::isfinite(*answer) ? answer : std::nullopt;
    } catch (const Unanswerable&) {
      return std::nullopt;
    } catch (const std::exception&) {
      return std::nullopt;  // Boost.Math's answer to an argument outside a function's domain
    }
  }
  return std::nullopt;
}

std::vector<std::string_view> known_families() {
  std::vector<std::string_view> names;
  for (const Entry& entry : all_families()) names.push_back(entry.name);
  return names;
}

}  // namespace faultline::theory
