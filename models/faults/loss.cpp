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
  }
  void contribute(LinkConditions& c) const override { c.add_loss(share_.value); }
  std::string sentence() const override {
    return fmt::format("{} loses {:g} % of messages", link_, share_.value * 100);
  }

 private:
  Share share_;
};

}  // namespace

std::unique_ptr<Fault> make_loss() {
  return std::make_unique<Loss>();
}

}  // namespace faultline
