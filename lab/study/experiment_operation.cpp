#include "lab/study/experiment.hpp"
namespace faultline {
const std::vector<ExperimentFamily>& operation_experiments() {
  static const std::vector<ExperimentFamily> all = {};
  return all;
}
}  // namespace faultline
