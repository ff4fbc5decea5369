#pragma once
// A published experiment of a few lines, and what one seed of it gives.

#include <fmt/format.h>

#include <string>

#include "tests/support/run.hpp"

namespace faultline {

inline Result outcome(const std::string& text, int seed = 1) {
  return run_text(fmt::format("seed = {}\n", seed) + text);
}

}  // namespace faultline
