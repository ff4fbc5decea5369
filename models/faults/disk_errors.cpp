// disk_errors: a share of the operations on an instance's disk fails at once, as Chaos Mesh's
// IOChaos (`fault`, an errno) makes it. The job that wanted it fails with server_error.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class DiskErrors final : public FaultOf<DiskErrors> {
 public:
  void describe(Binder& b) override {
    describe_service(b);
    b.field({.key = "share",
             .help = "Share of the steps of disk that fail.",
             .min = 0,
             .max = 1,
             .required = true},
            share_);
  }
  void contribute(InstanceConditions& c, std::uint64_t key) const override {
    c.disk_errors.push_back({share_.value, Error::ServerError, 0, key});
  }
  Needs needs() const override { return Needs::Disk; }
  std::string sentence() const override {
    return fmt::format("{:g} % of the disk operations of {} fail", share_.value * 100, service_);
  }

 private:
  Share share_;
};

}  // namespace

std::unique_ptr<Fault> make_disk_errors() {
  return std::make_unique<DiskErrors>();
}

}  // namespace faultline
