// disk_latency: every operation on an instance's disk takes longer, as Chaos Mesh's IOChaos
// (`latency`) makes it. The disk itself is no busier: operations overlap while they are held up.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class DiskLatency final : public FaultOf<DiskLatency> {
 public:
  void describe(Binder& b) override {
    describe_service(b);
    b.field({.key = "add",
             .help = "Added to each step of disk; any distribution.",
             .min = 0,
             .required = true},
            add_);
  }
  void contribute(InstanceConditions& c, std::uint64_t) const override {
    c.disk_added.push_back(add_);
  }
  Needs needs() const override { return Needs::Disk; }
  std::string sentence() const override {
    return fmt::format("the disk of {} takes {} longer", service_, add_.text());
  }

 private:
  Distribution add_;
};

}  // namespace

std::unique_ptr<Fault> make_disk_latency() {
  return std::make_unique<DiskLatency>();
}

}  // namespace faultline
