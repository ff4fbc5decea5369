// slow: a service works slower, for all of its jobs or (slow queries) for a share of them. Work
// drawn at the start of a step × factor; two slowdowns multiply.

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
    b.field({.key = "share",
             .help = "Share of jobs that it hits, by chance.",
             .min = 0,
             .max = 1,
             .above_min = true},
            share_);
  }
  void contribute(InstanceConditions& c, std::uint64_t key) const override {
    if (share_.value >= 1) {
      c.slowdown *= factor_;
    } else {
      c.slowed.push_back({share_.value, factor_, key});
    }
  }
  std::string sentence() const override {
    if (share_.value >= 1) return fmt::format("{} slower ×{:g}", service_, factor_);
    return fmt::format("{} slower ×{:g} for {:g} % of its jobs", service_, factor_,
                       share_.value * 100);
  }

 private:
  Share share_{1};
  double factor_ = 1;
};

}  // namespace

std::unique_ptr<Fault> make_slow() {
  return std::make_unique<Slow>();
}

}  // namespace faultline
