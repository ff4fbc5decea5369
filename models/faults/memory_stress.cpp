// memory_stress: something else holds memory of an instance, as Chaos Mesh's StressChaos does, or a
// leak. Requests find less; with what they hold already it may be too much at once.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class MemoryStress final : public FaultOf<MemoryStress> {
 public:
  void describe(Binder& b) override {
    describe_service(b);
    b.field({.key = "size", .help = "How much it holds.", .min = 1, .max = 1e15, .required = true},
            size_);
  }
  void contribute(InstanceConditions& c, std::uint64_t) const override {
    c.memory_stress += size_.value;
  }
  Needs needs() const override { return Needs::Memory; }
  std::string sentence() const override {
    return fmt::format("{:.4g} MiB of {}'s memory are taken",
                       static_cast<double>(size_.value) / 0x1p20, service_);
  }

 private:
  Bytes size_;
};

}  // namespace

std::unique_ptr<Fault> make_memory_stress() {
  return std::make_unique<MemoryStress>();
}

}  // namespace faultline
