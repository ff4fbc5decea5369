#pragma once
// Internal to check.cpp: settings that are possible each by itself, but mean nothing beside what
// the rest of the scenario has.

#include <string>
#include <vector>

#include "lab/scenario/scenario.hpp"

namespace faultline {

struct Misfit {
  std::vector<std::string> path;
  std::string message, hint;
};

// Of faults and their targets, fallbacks, flags and ladders.
std::vector<Misfit> misfits(const Scenario& scenario);

}  // namespace faultline
