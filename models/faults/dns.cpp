// dns: the callee's name can't be looked up. Callers that remember an address go on until it
// expires; then their tries are `unreachable` before anything is sent. Without a `dns` table on the
// link nobody remembers.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Dns final : public FaultOf<Dns> {
 public:
  void describe(Binder& b) override { describe_link(b); }
  bool stops_new() const override { return true; }
  void contribute(LinkConditions& c) const override { c.no_dns = true; }
  std::string sentence() const override {
    return fmt::format("names can't be looked up on {}", link_);
  }
};

}  // namespace

std::unique_ptr<Fault> make_dns() {
  return std::make_unique<Dns>();
}

}  // namespace faultline
