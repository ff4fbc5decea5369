#pragma once
// Many experiments, run side by side on all cores: each run is a world of its own on one thread, so
// the numbers don't depend on how many threads there are. Questions that share a scenario share its
// runs.

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "lab/study/experiment.hpp"

namespace faultline {

struct Measured {
  double value = 0;
  double samples = 0;
  bool balanced = true;  // the ledger of the run it comes from
};

// How a campaign spends its time: every question gets the samples it wants, unless that costs more
// events than `budget` in all; then the dearest are cut to what is left, evenly.
struct Effort {
  int runs = 3;  // with successive seeds
  std::uint64_t first_seed = 1;
  double budget = 1e9;   // events; some 10 million a second on one core
  unsigned threads = 0;  // 0: as many as there are cores
  const std::atomic<bool>* stop = nullptr;
  std::function<void(double share)> progress{};  // from any thread, one at a time
};

struct Question {
  Experiment experiment;
  double wanted_samples = 0;  // over all runs
};

// [question][run]; empty lists if it was stopped. A question whose experiment has replications of
// its own gets that many runs.
std::vector<std::vector<Measured>> measure_all(const std::vector<Question>& questions,
                                               const Effort& effort);

}  // namespace faultline
