#pragma once
// A set of errors as a setting: a list of their names (`on = ["timeout", "server_error"]`).

#include <optional>
#include <string>
#include <vector>

#include "models/vocabulary/describe.hpp"
#include "models/vocabulary/outcome.hpp"

namespace faultline {

inline std::optional<Error> error_named(std::string_view text) {
  for (std::size_t i = 1; i < kErrors; ++i) {
    if (kErrorNames[i] == text) return static_cast<Error>(i);
  }
  return std::nullopt;
}

inline void describe_errors(Binder& b, const Field& f, ErrorSet& set) {
  std::vector<Error> errors;
  b.choices(f, errors, kErrorNames);
  if (errors.empty() && !b.given(f.key)) return;
  set = 0;
  for (Error e : errors) set |= bit(e);
}

}  // namespace faultline
