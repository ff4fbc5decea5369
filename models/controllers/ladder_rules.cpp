#include "models/controllers/ladder_rules.hpp"

namespace faultline {

std::size_t Ladder::look(Instant now, double strain) {
  if (moved_ && now - since_ < rules_->dwell) return rung_;
  const std::size_t was = rung_;
  if (rung_ < rules_->above.size() && strain > rules_->above[rung_]) {
    ++rung_;
  } else if (rung_ > 0 && strain < rules_->above[rung_ - 1] - rules_->margin) {
    --rung_;
  }
  if (rung_ != was) {
    since_ = now;
    moved_ = true;
  }
  return rung_;
}

}  // namespace faultline
