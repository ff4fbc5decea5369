#include "models/controllers/ladder_rules.hpp"

namespace faultline {

std::size_t Ladder::look(Instant now, double strain) {
  const std::size_t was = rung_;
  const bool rested = !moved_ || now - since_ >= rules_->dwell;
  if (rung_ < rules_->above.size() && strain > rules_->above[rung_]) {
    ++rung_;
  } else if (rested && rung_ > 0 && strain < rules_->above[rung_ - 1] - rules_->margin) {
    --rung_;
  }
  if (rung_ != was) {
    since_ = now;
    moved_ = true;
  }
  return rung_;
}

}  // namespace faultline
