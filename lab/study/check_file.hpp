#pragma once
// Every expectation of a file, for every variant it concerns, over one or more replications.

#include <atomic>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "lab/evidence/judge.hpp"
#include "lab/scenario/load.hpp"

namespace faultline {

struct FileVerdict {
  std::string file, title;
  std::vector<Judgement> judgements;
  bool balanced = true;  // every ledger was
};

// With replications > 1, seeds count up from the scenario's, and an expectation is judged by the 95
// % confidence interval of the mean (Student's t): inconclusive where it straddles the bound.
tl::expected<FileVerdict, Diagnostics> check_file(const std::string& file,
                                                  std::int64_t replications,
                                                  const std::atomic<bool>* stop);

}  // namespace faultline
