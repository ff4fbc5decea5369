// crash: instances die. What is in flight there ends with `crash`; new attempts find nobody
// (`unavailable`) until the restart, which counts from the fault's beginning.

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class Crash final : public FaultOf<Crash> {
 public:
  void describe(Binder& b) override {
    describe_service(b);
    b.field({.key = "restart",
             .help = "How long after the crash the instances serve again.",
             .min = 0,
             .fallback = "the fault's `for`, else never"},
            restart_);
  }
  std::optional<Duration> lasts(std::optional<Duration> given) const override {
    return restart_ ? restart_ : given;
  }
  void contribute(InstanceConditions& c, std::uint64_t) const override { c.down = true; }
  std::string sentence() const override { return fmt::format("{} crashes", service_); }

 private:
  std::optional<Duration> restart_;
};

}  // namespace

std::unique_ptr<Fault> make_crash() {
  return std::make_unique<Crash>();
}

}  // namespace faultline
