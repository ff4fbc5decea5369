// latency: messages on a link take longer, each way; two delays add.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Latency final : public FaultOf<Latency> {
 public:
  void describe(Binder& b) override {
    describe_link(b);
    b.field({.key = "add",
             .help = "Extra time for each message, one way; any distribution.",
             .required = true},
            add_);
  }
  void contribute(LinkConditions& c) const override { c.added.push_back(add_); }
  std::string sentence() const override {
    return fmt::format("{} slower by {}", link_, add_.text());
  }

 private:
  Distribution add_ = Distribution::constant({0});
};

}  // namespace

std::unique_ptr<Fault> make_latency() {
  return std::make_unique<Latency>();
}

}  // namespace faultline
