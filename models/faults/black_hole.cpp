// black_hole: messages vanish without a word and are never sent again (Toxiproxy's timeout of 0).
// Callers wait until a timeout of their own.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class BlackHole final : public FaultOf<BlackHole> {
 public:
  void describe(Binder& b) override {
    describe_link(b);
    b.field({.key = "share",
             .help = "Share of messages that vanish.",
             .min = 0,
             .max = 1,
             .fallback = "100%"},
            share_);
  }
  void contribute(LinkConditions& c) const override { add_chance(c.swallowed, share_.value); }
  std::string sentence() const override {
    return fmt::format("{} swallows {:g} % of messages", link_, share_.value * 100);
  }

 private:
  Share share_{1};
};

}  // namespace

std::unique_ptr<Fault> make_black_hole() {
  return std::make_unique<BlackHole>();
}

}  // namespace faultline
