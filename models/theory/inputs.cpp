#include "models/theory/inputs.hpp"

namespace faultline::theory {

Inputs& Inputs::set(std::string_view name, Value value) {
  for (auto& [known, held] : values_) {
    if (known == name) {
      held = std::move(value);
      return *this;
    }
  }
  values_.emplace_back(std::string(name), std::move(value));
  return *this;
}

const Inputs::Value* Inputs::find(std::string_view name) const {
  for (const auto& [known, value] : values_)
    if (known == name) return &value;
  return nullptr;
}

}  // namespace faultline::theory
