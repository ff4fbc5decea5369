#pragma once
// A set of errors as a setting: a list of their names (`on = ["timeout", "server_error"]`).

#include <span>
#include <vector>

#include "models/vocabulary/describe.hpp"
#include "models/vocabulary/outcome.hpp"

namespace faultline {

inline void describe_errors(Binder& b, const Field& f, ErrorSet& set) {
  std::vector<Error> errors;
  b.choices(f, errors, std::span(kErrorNames).subspan(1));
  if (errors.empty() && !b.given(f.key)) return;
  set = 0;
  // The list leaves `none` out, so its places are one less than the errors' numbers.
  for (Error e : errors) set |= bit(static_cast<Error>(static_cast<int>(e) + 1));
}

}  // namespace faultline
