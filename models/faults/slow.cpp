// slow: a service works slower. Work drawn at the start of a step × factor; two slowdowns multiply.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Slow final : public FaultOf<Slow> {
 public:
  void describe(Binder& b) override {
    describe_service(b);
    b.field({.key = "factor",
             .help = "Work takes this many times as long.",
             .min = 0,
             .max = 1e6,
             .required = true,
             .above_min = true},
            factor_);
  }
  void contribute(InstanceConditions& c, std::uint64_t) const override { c.slowdown *= factor_; }
  std::string sentence() const override {
    return fmt::format("{} slower ×{:g}", service_, factor_);
  }

 private:
  double factor_ = 1;
};

}  // namespace

std::unique_ptr<Fault> make_slow() {
  return std::make_unique<Slow>();
}

}  // namespace faultline
