// bandwidth: a link carries only so much; messages stand in line for it. Of several limits the
// least holds. Messages have a size only if their endpoint says so (`request_size`,
// `response_size`).

#include <fmt/format.h>

#include "models/faults/faults.hpp"

namespace faultline {
namespace {

class BandwidthLimit final : public FaultOf<BandwidthLimit> {
 public:
  void describe(Binder& b) override {
    describe_link(b);
    b.field({.key = "limit",
             .help = "Bytes a second, each way.",
             .min = 0,
             .required = true,
             .above_min = true},
            limit_);
  }
  void contribute(LinkConditions& c) const override {
    if (c.bandwidth == 0 || limit_.bytes_per_second < c.bandwidth)
      c.bandwidth = limit_.bytes_per_second;
  }
  std::string sentence() const override {
    return fmt::format("{} carries no more than {:g} kB/s", link_, limit_.bytes_per_second / 1e3);
  }

 private:
  Bandwidth limit_;
};

}  // namespace

std::unique_ptr<Fault> make_bandwidth() {
  return std::make_unique<BandwidthLimit>();
}

}  // namespace faultline
