#include "lab/study/experiment.hpp"
namespace faultline {
const std::vector<ExperimentFamily>& policy_experiments() {
  static const std::vector<ExperimentFamily> all = {};
  return all;
}
}  // namespace faultline
