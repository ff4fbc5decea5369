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
    b.field(
        {.key = "jitter",
         .help = "Besides, evenly so much more or less (netem, Toxiproxy); below 0 is no delay.",
         .min = 0,
         .fallback = "0s"},
        jitter_);
    if (jitter_.ns > 0 && !add_.is_constant())
      b.reject("jitter", "is about a constant `add`, and this is a distribution");
  }
  void contribute(LinkConditions& c) const override {
    if (jitter_.ns == 0) return c.added.push_back(add_);
    Draws none(0);
    c.swings.push_back({add_.sample(none), jitter_});
  }
  std::string sentence() const override {
    return fmt::format("{} slower by {}", link_, add_.text());
  }

 private:
  Distribution add_ = Distribution::constant({0});
  Duration jitter_;
};

}  // namespace

std::unique_ptr<Fault> make_latency() {
  return std::make_unique<Latency>();
}

}  // namespace faultline
