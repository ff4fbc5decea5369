#pragma once
// What the axes of a sweep do to a metric: a linear model with all main effects and interactions of
// two, by least squares. Replications share their seeds, so a replication is a block: what it
// shifts everywhere is taken out before the rest is called chance.

#include <string>
#include <vector>

#include "lab/study/statistics.hpp"
#include "lab/study/sweep.hpp"

namespace faultline {

struct Effect {
  std::string name;  // "service.db.threads", "variant = bare", "a × b"
  double size = 0;   // numbers: from the lowest to the highest value; words: to the mean of all
  double half_width = 0;  // of the 95 % interval
  bool has_interval = false;
  bool clear() const { return has_interval && std::abs(size) > half_width; }
};

struct Level {  // the mean at one value of an axis, over everything else
  std::string value;
  Estimate mean;
};

struct AxisEffect {
  std::string key;
  std::vector<Level> levels;  // of a stretch: none
};

struct Effects {
  std::string metric;
  std::size_t runs = 0;  // with a finite value
  double least = 0, mean = 0, most = 0;
  std::vector<Effect> main, interactions;  // the largest first
  double explained = 0;                    // share of the variance, R²
  bool without_interactions = false;       // there are too few points to tell them apart
  std::vector<AxisEffect> axes;
};

// Of the plan's metric with this number. Without any finite value, `runs` is 0 and nothing else.
Effects effects_of(const Merged& merged, std::size_t metric);

// Bars of text, for the metrics that people look at first.
std::string effects_report(const Merged& merged);

}  // namespace faultline
