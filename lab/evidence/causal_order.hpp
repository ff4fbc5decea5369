#pragma once
// What broke first, and how it spread: for each service and client, the first time after the first
// fault at which a golden signal left what it had been before, in order of time.

#include <string>
#include <vector>

#include "lab/run/result.hpp"

namespace faultline {

struct Break {
  double t_s = 0;
  std::string who;   // a service or a client
  std::string what;  // "threads all busy (38 % before)"
};

std::vector<Break> causal_order(const RunResult& result);

}  // namespace faultline
