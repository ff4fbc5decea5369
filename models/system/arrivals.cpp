#include "models/system/arrivals.hpp"

#include <algorithm>

namespace faultline {
namespace {

constexpr std::int64_t kBin = 100'000'000;  // ns

}  // namespace

void Arrivals::bring_up_to_now(Stretch& stretch) const {
  if (!stretch.open) return;
  stretch.count += total_ - at_turn_;
  stretch.peak = std::max(stretch.peak, total_ - at_bin_);
}

Arrivals::Stretch Arrivals::in(Instant begin, Instant end) const {
  for (Stretch stretch : watched_) {
    if (stretch.begin != begin || stretch.end != end) continue;
    bring_up_to_now(stretch);
    return stretch;
  }
  return {begin, end};
}

void Arrivals::turn(Instant now) {
  for (Stretch& stretch : watched_) bring_up_to_now(stretch);
  at_turn_ = total_;
  if (now >= bin_end_) {
    bin_end_ = Instant{(now.ns / kBin + 1) * kBin};
    at_bin_ = total_;
  }
  turn_ = bin_end_;
  for (Stretch& stretch : watched_) {
    stretch.open = now >= stretch.begin && now < stretch.end;
    const Instant edge = now < stretch.begin ? stretch.begin : stretch.end;
    if (now < edge) turn_ = std::min(turn_, edge);
  }
}

}  // namespace faultline
