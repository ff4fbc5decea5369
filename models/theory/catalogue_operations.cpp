#include "models/theory/question.hpp"

namespace faultline::theory {

const std::vector<Entry>& operation_families() {
  static const std::vector<Entry> families;
  return families;
}

}  // namespace faultline::theory
