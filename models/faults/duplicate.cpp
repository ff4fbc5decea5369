// duplicate: some requests get to the server twice (a network or a queue that delivers at least
// once). TCP hides this; datagrams and message queues don't. Nobody waits for the second answer.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Duplicate final : public FaultOf<Duplicate> {
 public:
  void describe(Binder& b) override {
    describe_link(b);
    b.field({.key = "share",
             .help = "Share of requests that get there twice.",
             .min = 0,
             .max = 1,
             .required = true},
            share_);
  }
  void contribute(LinkConditions& c) const override { add_chance(c.duplicated, share_.value); }
  std::string sentence() const override {
    return fmt::format("{} delivers {:g} % of requests twice", link_, share_.value * 100);
  }

 private:
  Share share_;
};

}  // namespace

std::unique_ptr<Fault> make_duplicate() {
  return std::make_unique<Duplicate>();
}

}  // namespace faultline
