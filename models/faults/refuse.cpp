// refuse: new connections are refused at once (`refused`, which is safe to send again); those there
// are go on working. On a link without `connections` each try is a new one.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Refuse final : public FaultOf<Refuse> {
 public:
  void describe(Binder& b) override { describe_link(b); }
  bool stops_new() const override { return true; }
  void contribute(LinkConditions& c) const override { c.refused = true; }
  std::string sentence() const override { return fmt::format("{} refuses connections", link_); }
};

}  // namespace

std::unique_ptr<Fault> make_refuse() {
  return std::make_unique<Refuse>();
}

}  // namespace faultline
