// corrupt: messages are damaged on the way. A checksum finds out and they are sent again, which
// costs as much as a loss; what no checksum finds makes wrong data.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Corrupt final : public FaultOf<Corrupt> {
 public:
  void describe(Binder& b) override {
    describe_link(b);
    b.field({.key = "share",
             .help = "Share of messages that are damaged.",
             .min = 0,
             .max = 1,
             .required = true},
            share_);
    b.field({.key = "noticed",
             .help = "Whether a checksum finds out; if not, the answer is wrong_data."},
            noticed_);
  }
  void contribute(LinkConditions& c) const override {
    noticed_ ? c.add_loss(share_.value) : add_chance(c.corrupted, share_.value);
  }
  std::string sentence() const override {
    return fmt::format("{} damages {:g} % of messages{}", link_, share_.value * 100,
                       noticed_ ? "" : ", and nobody notices");
  }

 private:
  Share share_;
  bool noticed_ = true;
};

}  // namespace

std::unique_ptr<Fault> make_corrupt() {
  return std::make_unique<Corrupt>();
}

}  // namespace faultline
