// reset: connections break with a request on them (Toxiproxy's reset_peer). The caller learns at
// once and can't tell whether it was done (`crash`); the server works on.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Reset final : public FaultOf<Reset> {
 public:
  void describe(Binder& b) override {
    describe_link(b);
    b.field({.key = "share",
             .help = "Share of requests whose connection breaks.",
             .min = 0,
             .max = 1,
             .fallback = "100%"},
            share_);
    b.field({.key = "after", .help = "So long after the request got there.", .min = 0}, after_);
  }
  void contribute(LinkConditions& c) const override {
    add_chance(c.reset, share_.value);
    c.reset_after = after_;
  }
  std::string sentence() const override {
    return fmt::format("{} breaks {:g} % of connections in use", link_, share_.value * 100);
  }

 private:
  Share share_{1};
  Duration after_;
};

}  // namespace

std::unique_ptr<Fault> make_reset() {
  return std::make_unique<Reset>();
}

}  // namespace faultline
