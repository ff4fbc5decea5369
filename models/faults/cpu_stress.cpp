// cpu_stress: somebody else's threads compete for an instance's cores, as Chaos Mesh's StressChaos
// does (`workers` at `load`). With a fair scheduler each counts like one of the service's own
// running steps; under a limit it spends the same quota. Only steps of `cpu` feel it. Not to be
// confused with `slow`, which lengthens all work by a factor whatever the load.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class CpuStress final : public FaultOf<CpuStress> {
 public:
  void describe(Binder& b) override {
    describe_service(b);
    b.field({.key = "workers",
             .help = "Threads that want to compute all the time.",
             .min = 1,
             .max = 1e4,
             .required = true},
            workers_);
    b.field({.key = "load",
             .help = "Share of the time that each of them does.",
             .min = 0,
             .max = 1,
             .above_min = true},
            load_);
  }
  void contribute(InstanceConditions& c, std::uint64_t) const override {
    c.cpu_stress += static_cast<double>(workers_) * load_.value;
  }
  Needs needs() const override { return Needs::Processor; }
  std::string sentence() const override {
    return fmt::format("{} threads at {:g} % compete for the cores of {}", workers_,
                       load_.value * 100, service_);
  }

 private:
  std::int64_t workers_ = 1;
  Share load_{1};
};

}  // namespace

std::unique_ptr<Fault> make_cpu_stress() {
  return std::make_unique<CpuStress>();
}

}  // namespace faultline
