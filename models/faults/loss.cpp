// loss: messages on a link get lost. Each loss costs the link's retransmission time; losses
// combine.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Loss final : public FaultOf<Loss> {
 public:
  void describe(Binder& b) override {
    describe_link(b);
    b.field(
        {.key = "share", .help = "Share of messages lost.", .min = 0, .max = 1, .required = true},
        share_);
    b.field({.key = "correlation",
             .help = "How much a loss depends on the one before: they come in bursts, and small "
                     "shares become smaller still (netem).",
             .min = 0,
             .max = 1},
            correlation_);
  }
  void contribute(LinkConditions& c) const override {
    c.add_loss(share_.value);
    if (correlation_.value > c.correlation) c.correlation = correlation_.value;
  }
  std::string sentence() const override {
    return fmt::format("{} loses {:g} % of messages", link_, share_.value * 100);
  }

 private:
  Share share_;
  Share correlation_;
};

}  // namespace

std::unique_ptr<Fault> make_loss() {
  return std::make_unique<Loss>();
}

}  // namespace faultline
